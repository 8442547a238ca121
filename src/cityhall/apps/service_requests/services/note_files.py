"""Files with internal notes: kept by the documents room, published by nobody."""

from __future__ import annotations

from collections.abc import Sequence

from cityhall.apps.documents import public as documents
from cityhall.apps.service_requests.contracts import NewFile, Visibility
from cityhall.apps.service_requests.models import HistoryEvent, NoteFile, RequestPhoto
from cityhall.apps.service_requests.services.wording import refusal

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
