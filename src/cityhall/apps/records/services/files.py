"""A person's data as a ZIP: to read, for programs, and their photos."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cityhall.apps.documents import public as documents
from cityhall.apps.records import queries
from cityhall.apps.records.models import PersonFile
from cityhall.apps.records.services import holds, labels
from cityhall.kernel import clock, offers, ports
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.errors import Invalid, NotFound
from cityhall.kernel.ids import new_id
from cityhall.kernel.offers import Held, Period, Person, Retained

PREFIX = "person-files/"


def kept_kinds() -> list[Retained]:
    """Return the room's own kind of records."""
    return [
        Retained(
            queries.FILES,
            _("Files with a person’s data, made by staff"),
            _("From the moment the file was made. Then nobody can fetch it; that it was made stays in the audit log."),
            Period(7, "days"),
            lambda before, held: PersonFile.objects.filter(made_at__lt=before).count(),
            _purge,
            at_once=True,
            order=30,
        )
    ]


def packed(person: Person) -> bytes:
    """Return what every room keeps of a person, already looked for everywhere, as a ZIP file."""
    rooms = {entry.key: [dict(row) for row in entry.export(person)] for entry in offers.personal_data}
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as out:
        pictures = _photos(rooms, out)
        body = {"exported_at": clock.now().isoformat(), "account": str(person.account or ""), "rooms": rooms}
        out.writestr("data.json", json.dumps(body, indent=2, ensure_ascii=False, default=str))
        context = {
            "rooms": _readable(rooms),
            "pictures": pictures,
            "at": clock.now(),
            "language": get_language() or "en",
        }
        out.writestr("index.html", render_to_string("records/person_file.html", context))
    return into.getvalue()


def _photos(rooms: Mapping[str, Sequence[Mapping[str, Any]]], out: zipfile.ZipFile) -> list[str]:
    ids = dict.fromkeys(one for rows in rooms.values() for row in rows for one in row.get("photos", []))
    names = []
    for one in ids:
        found = documents.content(uuid.UUID(one))
        if found is not None:
            names.append(f"photos/{one}.{found[1]}")
            out.writestr(names[-1], found[0])
    return names


def _readable(rooms: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[tuple[str, list[list[tuple[str, str]]]]]:
    return [
        (str(room.title), [[(labels.of(name), _said(value)) for name, value in row.items()] for row in rows])
        for room in offers.personal_data
        if (rows := rooms[room.key])
    ]


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_said(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_said(one) for one in value)
    return "" if value is None else str(value)


@transaction.atomic
def make(person: Person, *, actor: Actor, proof: str) -> uuid.UUID:
    """Make a file for somebody without an account, and return its id.

    Args:
        proof: how they proved who they are; written down with the file.

    Raises:
        Invalid: field "proof".
        NotFound: nothing is kept of the person.
    """
    holds.may_manage(actor)
    if not 5 <= len(proof.strip()) <= 300:
        raise Invalid({"proof": _("Say how the person proved who they are, in 5 to 300 characters.")})
    person = queries.look_for(person)
    if not (person.account or person.requests or person.follows):
        raise NotFound(_("Nothing is kept here of this person."))
    body = packed(person)
    file_id = new_id()
    key = f"{PREFIX}{file_id}.zip"
    ports.blob_store.get().put(key, body)
    PersonFile.objects.create(
        id=file_id,
        made_at=clock.now(),
        made_by=actor.id,
        proof=proof.strip(),
        account_id=person.account,
        requests=sorted(person.requests),
        follows=sorted(person.follows),
        key=key,
        bytes=len(body),
    )
    facts = {"requests": len(person.requests), "account": bool(person.account)}
    audit.record(actor, "records.file_made", subject_kind="person_file", subject_id=file_id, data=facts)
    return file_id


def fetch(file_id: uuid.UUID, *, actor: Actor) -> bytes:
    """Return a file's bytes, and write down who fetched it. Raises NotFound for one that is over."""
    holds.may_manage(actor)
    row = queries.file_of(file_id)
    if row is None:
        raise NotFound(_("This file is gone: it was kept for some days only. Make it again."))
    audit.record(actor, "records.file_fetched", subject_kind="person_file", subject_id=file_id)
    try:
        with ports.blob_store.get().open(row.key) as body:
            return body.read()
    except FileNotFoundError:
        raise NotFound(_("This file is gone: it was kept for some days only. Make it again.")) from None


def forget(person: Person) -> int:
    """Remove the files that hold anything of a person's; return how many."""
    mine = Q(requests__overlap=list(person.requests)) | Q(follows__overlap=list(person.follows))
    if person.account:
        mine |= Q(account_id=person.account)
    return _remove(list(PersonFile.objects.filter(mine)))


def _purge(before: datetime, held: Held, limit: int) -> int:
    return _remove(list(PersonFile.objects.filter(made_at__lt=before).order_by("made_at")[:limit]))


def _remove(rows: list[PersonFile]) -> int:
    keys = [row.key for row in rows]
    PersonFile.objects.filter(id__in=[row.id for row in rows]).delete()

    def bytes_too() -> None:
        for key in keys:
            ports.blob_store.get().delete(key)

    transaction.on_commit(bytes_too)
    return len(rows)
