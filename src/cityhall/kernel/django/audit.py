"""The audit log: entries are written freely, one sealer chains them, the head is anchored outside the database."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.audit import GENESIS, entry_hash
from cityhall.kernel.django.models import AuditEntry, AuditSeal
from cityhall.kernel.django.reading import insert, new_row
from cityhall.kernel.django.request_ids import current_request_id

SEAL_BATCH = 1000
_SEALER_LOCK = 0x5EA1


def record(
    actor: Actor,
    action: str,
    *,
    subject_kind: str,
    subject_id: uuid.UUID | None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Write one entry in the current transaction. `data` holds facts, never personal data."""
    entry = new_row(
        AuditEntry,
        at=clock.now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label if actor.kind != "resident" else "",
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        data=dict(data or {}),
        request_id=current_request_id(),
    )
    insert(entry)


def seal() -> int:
    """Chain up to one batch of unsealed entries and anchor the new head; return how many were sealed.

    Only one sealer works at a time (an advisory lock); others return 0 at once. A head that could not be anchored, on
    a disk that is full for instance, is anchored before anything more is sealed.
    """
    global _owed
    if _owed is not None:
        _anchor(*_owed)
        _owed = None
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_xact_lock(%s)", [_SEALER_LOCK])
            if not cursor.fetchone()[0]:
                return 0
        waiting = list(AuditEntry.objects.filter(waiting=True).order_by("id")[:SEAL_BATCH])
        if not waiting:
            return 0
        last = AuditSeal.objects.order_by("-position").first()
        position, head = (last.position, last.hash) if last else (0, GENESIS)
        if last is None:
            _anchor(position, head)  # so that seals without any anchor always mean that somebody took it away
        seals = []
        for entry in waiting:
            position += 1
            head = entry_hash(head, _body(entry))
            seals.append(AuditSeal(position=position, entry=entry, hash=head))
        AuditSeal.objects.bulk_create(seals)
        AuditEntry.objects.filter(id__in=[entry.id for entry in waiting]).update(waiting=False)
    _owed = (position, head)
    _anchor(position, head)
    _owed = None
    return len(seals)


_owed: tuple[int, str] | None = None
"""The head that was sealed and not anchored yet."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying the chain found: `problem` is empty when it is whole."""

    entries: int
    head: str
    problem: str


def verify() -> Verdict:
    """Recompute the whole chain and compare its head with the anchor kept outside the database.

    The anchor follows the database's commit, so after a crash it may be one batch behind, never more.
    """
    head, position = GENESIS, 0
    try:
        anchored = _anchors()
    except ValueError as problem:
        return Verdict(0, head, _("the anchor cannot be read: %(why)s") % {"why": problem})
    for seal_row in AuditSeal.objects.select_related("entry").order_by("position").iterator(chunk_size=2000):
        position += 1
        if seal_row.position != position:
            said = _("the chain has a gap before position %(position)s") % {"position": seal_row.position}
            return Verdict(position, head, said)
        head = entry_hash(head, _body(seal_row.entry))
        if head != seal_row.hash:
            facts = {"entry": seal_row.entry_id, "position": position}
            return Verdict(position, head, _("entry %(entry)s at position %(position)s was changed") % facts)
        if anchored.get(position, head) != head:
            said = _("position %(position)s differs from the anchor outside the database") % {"position": position}
            return Verdict(position, head, said)
    beside = AuditEntry.objects.filter(waiting=False, seal__isnull=True).values_list("id", flat=True).first()
    if beside is not None:
        said = _("entry %(entry)s neither stands in the chain nor waits for it") % {"entry": beside}
        return Verdict(position, head, said)
    return Verdict(position, head, _problem_of_end(position, anchored))


def _problem_of_end(position: int, anchored: Mapping[int, str]) -> str:
    """Return what is wrong with where a chain of `position` entries and its anchor end; nothing when they fit."""
    last = max(anchored, default=0)
    if last > position:
        return _("the anchor knows %(last)s entries, the database only %(position)s") % {
            "last": last,
            "position": position,
        }
    if position and not anchored:
        return _("the anchor %(file)s is gone; put it back from a backup") % {"file": _anchor_file()}
    if position - last > SEAL_BATCH:
        return _("the anchor ends at entry %(last)s, the database at %(position)s") % {
            "last": last,
            "position": position,
        }
    return ""


def _body(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": str(entry.id),
        "at": entry.at.isoformat(),
        "actor": [entry.actor_kind, str(entry.actor_id or ""), entry.actor_label],
        "action": entry.action,
        "subject": [entry.subject_kind, str(entry.subject_id or "")],
        "data": entry.data,
        "request_id": entry.request_id,
    }


def _anchor_file() -> Path:
    return Path(settings.CITYHALL_DATA) / "audit" / "head.jsonl"


def _anchor(position: int, head: str) -> None:
    """Append the head, on disk before we return."""
    file = _anchor_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"position": position, "hash": head, "at": clock.now().isoformat()}) + "\n"
    with file.open("ab+") as out:
        if out.tell():
            out.seek(-1, os.SEEK_END)
            if out.read(1) != b"\n":  # a crash cut the last line short
                line = "\n" + line
        out.write(line.encode())
        out.flush()
        os.fsync(out.fileno())


def _anchors() -> dict[int, str]:
    """Return the anchored heads by position, without a line that a crash cut short. Raises ValueError on others."""
    file = _anchor_file()
    found = {}
    for number, line in enumerate(file.read_bytes().split(b"\n") if file.exists() else [], start=1):
        if line.endswith(b"}"):
            try:
                anchor = json.loads(line)
                found[int(anchor["position"])] = str(anchor["hash"])
            except (ValueError, KeyError, TypeError) as problem:
                raise ValueError(
                    _("line %(line)s of %(file)s is no anchor") % {"line": number, "file": file}
                ) from problem
    return found
