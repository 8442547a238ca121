"""The files people brought to publish, and who is in them: what is handed out, erased, and gone after some days."""

from __future__ import annotations

import re
import time
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cityhall.apps.opendata.models import Draft
from cityhall.apps.opendata.queries import desk
from cityhall.apps.opendata.services import drafts
from cityhall.apps.opendata.services.live import forget_marks
from cityhall.kernel.offers import Held, Period, Person, Retained, phone_digits

_LEFT_BEHIND_SECONDS: Final = 24 * 3600
_CHUNK: Final = 1024 * 1024


def drafts_kind() -> Retained:
    """Return the kind of records the room keeps for a while."""
    return Retained(
        "data drafts",
        _("Files that were brought to be published as open data"),
        _("From the moment a file was brought. Once it is published or discarded, the file is gone at once."),
        Period(7, "days"),
        lambda before, held: _due(before).count(),
        _sweep,
        at_once=True,
        order=47,
    )


def export(person: Person) -> Iterable[Mapping[str, Any]]:
    """Return which files a person brought that still wait."""
    for one in Draft.objects.filter(by=person.account).order_by("at") if person.account else ():
        yield {"kind": "data_draft", "file": one.file_name, "at": one.at.isoformat(), "state": one.state}


def _due(before: datetime) -> QuerySet[Draft]:
    return Draft.objects.filter(at__lt=before)


def _sweep(before: datetime, held: Held, limit: int) -> int:
    """Remove files, and what broke off on its way here."""
    ids = list(_due(before).values_list("id", flat=True)[:limit])
    for one in ids:
        drafts.forget(one)
    Draft.objects.filter(id__in=ids).delete()
    folder = desk.drafts_folder()
    for left in folder.glob("*.upload") if folder.is_dir() else ():
        if time.time() - left.stat().st_mtime > _LEFT_BEHIND_SECONDS:
            left.unlink(missing_ok=True)
    return len(ids)


def erase(person: Person) -> int:
    """Remove the files a person brought, or that have their e-mail address or telephone number; return how many went.

    What is published live already is published anew, so that it leaves there, too.
    """
    doomed = [
        one for one in Draft.objects.values_list("id", "by") if one[1] == person.account or _names(one[0], person)
    ]
    for draft_id, _by in doomed:
        drafts.forget(draft_id)
    Draft.objects.filter(id__in=[one for one, _by in doomed]).delete()
    return len(doomed) + forget_marks()


def _names(draft_id: uuid.UUID, person: Person) -> bool:
    email, phone = person.email, phone_digits(person.phone)
    texts = _texts(desk.draft_folder(draft_id)) if email or phone else ()
    return any((email and email in text.lower()) or (phone and phone in re.sub(r"\D", "", text)) for text in texts)


def _texts(folder: Path) -> Iterator[str]:
    """Iterate over the lines of a draft's table, and over what stands in the cells of a workbook that waits beside."""
    table = folder / desk.TABLE
    if table.is_file():
        with table.open(encoding="utf-8", errors="replace") as opened:
            yield from opened
    for workbook in folder.glob(f"{drafts.BROUGHT}.xls[xm]"):
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(workbook) as archive:  # a damaged one is about to be refused
            for part in archive.namelist():
                if part.endswith(".xml"):
                    yield from _cells(archive, part)


def _cells(archive: zipfile.ZipFile, part: str) -> Iterator[str]:
    """Iterate over what stands between the tags of a part, held a piece at a time."""
    with archive.open(part) as opened:
        rest = b""
        while chunk := opened.read(_CHUNK):
            *found, rest = (rest + chunk).split(b"<")
            yield from (one.partition(b">")[2].decode("utf-8", errors="replace") for one in found)
