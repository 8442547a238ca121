"""Files with internal notes: kept by the documents room, published by nobody."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from cityhall.apps.documents import public as documents
from cityhall.apps.service_requests.contracts import NewFile, Visibility, number_text
from cityhall.apps.service_requests.models import HistoryEvent, NoteFile, RequestPhoto
from cityhall.apps.service_requests.services.wording import refusal
from cityhall.kernel.offers import Person

MOST = 8
MOST_NAME = 120


def attach(event: HistoryEvent, files: Sequence[NewFile]) -> None:
    """Tie documents to an internal note.

    Raises:
        Invalid: field "files": a public note, too many, an unknown document, or one that is used already.
    """
    if not files:
        return
    ids = [one.document_id for one in files]
    if event.visibility != Visibility.INTERNAL:
        raise refusal("files", "file_public")
    if len(ids) > MOST:
        raise refusal("files", "photo_many", limit=MOST)
    known = documents.info(ids)
    used = RequestPhoto.objects.filter(document_id__in=ids).exists()
    if used or len(known) < len(set(ids)) or any(one.is_public for one in known.values()):
        raise refusal("files", "file_unknown")
    if NoteFile.objects.filter(document_id__in=ids).exists():
        raise refusal("files", "file_unknown")
    NoteFile.objects.bulk_create(
        NoteFile(event=event, document_id=one.document_id, name=one.name.replace("\x00", "").strip()[:MOST_NAME])
        for one in files
    )
    documents.keep(ids)


def export(person: Person, requests: Collection[uuid.UUID]) -> Iterator[dict[str, Any]]:
    """Iterate over the files with notes on the person's requests, and those the person wrote notes with.

    Of colleagues' files it says that there is one: staff look at them before they are handed out.
    """
    rows = NoteFile.objects.select_related("event__request").order_by("id")
    for row in rows.filter(event__request_id__in=requests):
        yield {"kind": "note_file", "number": _number(row), "at": row.event.at.isoformat()}
    for row in rows.filter(event__author_id=person.account) if person.account else ():
        yield {"kind": "note_file_written", "number": _number(row), "at": row.event.at.isoformat(), "name": row.name}


def _number(row: NoteFile) -> str:
    return number_text(row.event.request.number)


def discard(request_ids: Collection[uuid.UUID]) -> int:
    """Remove the files with notes on requests, names and bytes; return how many. The notes stay."""
    rows = NoteFile.objects.filter(event__request_id__in=request_ids)
    ids = list(rows.values_list("document_id", flat=True))
    rows.delete()
    documents.discard(ids)
    return len(ids)
