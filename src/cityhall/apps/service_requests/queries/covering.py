"""One photo of a request, for those who may cover parts of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from cityhall.apps.documents.contracts import Box
from cityhall.apps.service_requests.contracts import DeskRow
from cityhall.apps.service_requests.models import RequestPhoto
from cityhall.apps.service_requests.queries.desk import desk_one
from cityhall.apps.service_requests.queries.reading import missing
from cityhall.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class CoverablePhoto:
    """A photo and what is covered on it.

    Args:
        source: the document it is covered from: the original while that is there.
        has_original: it was covered, and may be uncovered.
    """

    row: DeskRow
    document: uuid.UUID
    source: uuid.UUID
    boxes: tuple[Box, ...]
    has_original: bool


def coverable(number: str, document_id: uuid.UUID, actor: Actor) -> CoverablePhoto:
    """Return a photo of a request of the actor's work. Raises NotFound."""
    row = desk_one(number, actor).row
    photo = RequestPhoto.objects.filter(request_id=row.request.id, document_id=document_id).first()
    if photo is None:
        raise missing()
    has_original = photo.original_id is not None
    return CoverablePhoto(
        row=row,
        document=photo.document_id,
        source=photo.original_id or photo.document_id,
        boxes=tuple(Box(*numbers) for numbers in photo.covered or ()) if has_original else (),
        has_original=has_original,
    )
