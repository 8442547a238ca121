"""Covering faces and plates on a request's photo. The covered photo has new addresses; the old ones open nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from cityhall.apps.documents import public as documents
from cityhall.apps.documents.contracts import Box
from cityhall.apps.service_requests.contracts import Changed, Fact, Visibility
from cityhall.apps.service_requests.models import Approval, HistoryEvent, RequestPhoto, ServiceRequest
from cityhall.apps.service_requests.queries import catalogue
from cityhall.apps.service_requests.services import photos, writing
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import Actor
from cityhall.kernel.errors import Invalid, NotFound

MODERATE = "requests.moderate"
MOST_BOXES = 20


def cover_photo(
    request_id: uuid.UUID,
    document_id: uuid.UUID,
    *,
    boxes: Sequence[Box],
    actor: Actor,
    version: int | None = None,
    command_id: uuid.UUID | None = None,
) -> Changed:
    """Cover parts of a photo, in place of what was covered before; the original stays, for those who moderate.

    Raises:
        NotFound: the request has no such photo.
        Invalid: field "boxes": none, too many, or not on the picture.
    """
    if not 0 < len(boxes) <= MOST_BOXES or not all(_on_picture(box) for box in boxes):
        raise Invalid({"boxes": _("Mark 1 to 20 areas that lie on the picture.")})

    def change(request: ServiceRequest, photo: RequestPhoto) -> dict[str, Any]:
        before = photo.document_id
        source = photo.original_id or before
        _show(request, photo, documents.cover(source, boxes))
        photo.original_id, photo.covered_at = source, clock.now()
        photo.covered = [[box.left, box.top, box.width, box.height] for box in boxes]
        photo.save()
        if before != source:
            documents.discard([before])
        return {"covered": len(boxes)}

    said = [[box.left, box.top, box.width, box.height] for box in boxes]
    return _run("cover_photo", request_id, document_id, actor, version, command_id, {"boxes": said}, change)


def uncover_photo(
    request_id: uuid.UUID,
    document_id: uuid.UUID,
    *,
    actor: Actor,
    version: int | None = None,
    command_id: uuid.UUID | None = None,
) -> Changed:
    """Show a photo as it was before it was covered."""

    def change(request: ServiceRequest, photo: RequestPhoto) -> dict[str, Any]:
        covered = photo.document_id
        _show(request, photo, _original(photo))
        photo.original, photo.covered, photo.covered_at = None, None, None
        photo.save()
        documents.discard([covered])
        return {"covered": 0}

    return _run("uncover_photo", request_id, document_id, actor, version, command_id, {}, change)


def erase_original(
    request_id: uuid.UUID,
    document_id: uuid.UUID,
    *,
    actor: Actor,
    version: int | None = None,
    command_id: uuid.UUID | None = None,
) -> Changed:
    """Remove what a photo was before it was covered, for good.

    Raises:
        Invalid: field "original": it is not there any more, or a legal hold keeps it.
    """

    def change(request: ServiceRequest, photo: RequestPhoto) -> dict[str, Any]:
        gone = _original(photo)
        if offers.records_office.get().holds_on(request.id):
            raise Invalid({"original": _("A legal hold keeps the original. Erase it when the hold is lifted.")})
        photo.original = None
        photo.save(update_fields=["original"])
        documents.discard([gone])
        return {"original_erased": True}

    return _run("erase_original", request_id, document_id, actor, version, command_id, {}, change)


def _original(photo: RequestPhoto) -> uuid.UUID:
    if photo.original_id is None:
        raise Invalid({"original": _("The original is not there any more.")})
    return photo.original_id


def _on_picture(box: Box) -> bool:
    return (
        box.left >= 0
        and box.top >= 0
        and box.width >= 0.5
        and box.height >= 0.5
        and box.left + box.width <= 100.01
        and box.top + box.height <= 100.01
    )


def _show(request: ServiceRequest, photo: RequestPhoto, document_id: uuid.UUID) -> None:
    """Let another document stand for the photo, in the history too. Does not save the photo."""
    before, after = str(photo.document_id), str(document_id)
    for event in HistoryEvent.objects.filter(request=request, data__photos__contains=[before]):
        event.data = {**event.data, "photos": [after if one == before else one for one in event.data["photos"]]}
        event.save(update_fields=["data"])
    for waiting in Approval.objects.filter(request=request, evidence__contains=[photo.document_id]):
        waiting.evidence = [document_id if one == photo.document_id else one for one in waiting.evidence]
        waiting.save(update_fields=["evidence"])
    documents.withdraw([photo.document_id])
    documents.keep([document_id])
    photo.document_id = document_id


def _run(
    verb: str,
    request_id: uuid.UUID,
    document_id: uuid.UUID,
    actor: Actor,
    version: int | None,
    command_id: uuid.UUID | None,
    arguments: dict[str, Any],
    change: Callable[[ServiceRequest, RequestPhoto], dict[str, Any]],
) -> Changed:
    def run() -> Changed:
        request = writing.locked(request_id, actor=actor, permission=MODERATE, version=version)
        photo = RequestPhoto.objects.filter(request=request, document_id=document_id).first()
        if photo is None:
            raise NotFound(_("This request has no such photo."))
        facts = change(request, photo)
        photos.settle(request, catalogue.policy_of(request.category))
        event = writing.add_event(request, actor, Fact.MODERATED, visibility=Visibility.INTERNAL, data=facts)
        return writing.finish(request, actor, "photo_covered", event=event, data=facts)

    said = {"id": request_id, "document": document_id, "version": version, **arguments}
    return writing.command(command_id, verb, actor, said, run)
