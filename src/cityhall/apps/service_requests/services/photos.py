"""A request's photos: tied to it, and shown to the public only where its category's policy says so."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db.models import Q

from cityhall.apps.documents import public as documents
from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import Policy, Showing
from cityhall.apps.service_requests.models import NoteFile, RequestPhoto, ServiceRequest
from cityhall.apps.service_requests.services.wording import refusal
from cityhall.kernel import clock

MOST = 8


def attach(
    request: ServiceRequest,
    ids: Sequence[uuid.UUID],
    policy: Policy,
    *,
    trusted: bool,
    evidence: bool = False,
    waits: bool = False,
    held: bool = False,
) -> list[str]:
    """Tie documents to the request and publish those that may be seen; return their ids as text.

    Evidence comes from staff, who are trusted: it still follows the category's policy for photos.

    Args:
        waits: a moderator looks at them before the public does, whatever the category says.
        held: nobody outside sees them until they are released.

    Raises:
        Invalid: an unknown document, one that belongs to another request, or too many.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return []
    there = RequestPhoto.objects.filter(request=request).count()
    if there + len(wanted) > MOST * 2 or len(wanted) > MOST:
        raise refusal("photos", "photo_many", limit=MOST)
    # What was covered, and what goes with a note among colleagues, is no new photo either.
    used = RequestPhoto.objects.filter(Q(document_id__in=wanted) | Q(original_id__in=wanted)).exists()
    used = used or NoteFile.objects.filter(document_id__in=wanted).exists()
    if used or len(documents.info(wanted)) < len(wanted):
        raise refusal("photos", "photo_unknown")
    showing = rules.photo_showing(policy, trusted=trusted)
    if waits and showing is Showing.SHOWN:
        showing = Showing.WAITING
    if held:
        showing = Showing.WITHHELD
    RequestPhoto.objects.bulk_create(
        RequestPhoto(
            request=request,
            document_id=one,
            is_evidence=evidence,
            showing=showing,
            withheld_by_policy=showing is Showing.WITHHELD and not held,
            order=there + position,
            added_at=clock.now(),
        )
        for position, one in enumerate(wanted)
    )
    documents.keep(wanted)
    if showing is Showing.SHOWN:
        documents.publish(wanted)
    return [str(one) for one in wanted]


def release(request: ServiceRequest, ids: Sequence[uuid.UUID], policy: Policy) -> list[str]:
    """Show photos that were held back, as far as the category's policy does; return their ids as text."""
    rows = RequestPhoto.objects.filter(request=request, document_id__in=ids)
    found = [str(one) for one in rows.order_by("order").values_list("document_id", flat=True)]
    showing = rules.photo_showing(policy, trusted=True)
    rows.update(showing=showing, withheld_by_policy=showing is Showing.WITHHELD)
    settle(request, policy)
    return found


def hold(request: ServiceRequest, ids: Sequence[uuid.UUID], policy: Policy) -> None:
    """Hold photos back, whatever the policy says, until they are released."""
    rows = RequestPhoto.objects.filter(request=request, document_id__in=ids)
    rows.update(showing=Showing.WITHHELD, withheld_by_policy=False)
    settle(request, policy)


def settle(request: ServiceRequest, policy: Policy) -> None:
    """Make the documents' public sight follow the policy and each photo's own state, after either changed."""
    rows = list(RequestPhoto.objects.filter(request=request))
    shown = {
        row.document_id
        for row in rows
        if row.showing == Showing.SHOWN
        and not request.hidden
        and rules.photo_showing(policy, trusted=True) is Showing.SHOWN
    }
    documents.publish(shown)
    documents.unpublish([row.document_id for row in rows if row.document_id not in shown])
