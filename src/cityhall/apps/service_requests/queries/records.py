"""Which requests a legal hold or an erasure means."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import QuerySet

from cityhall.apps.service_requests.contracts import number_text, number_value
from cityhall.apps.service_requests.models import ServiceRequest


def ids_of(numbers: Iterable[str]) -> dict[str, uuid.UUID]:
    """Return the ids of the requests with these numbers, by the number as people read it; others are left out."""
    wanted = {value for one in numbers if (value := number_value(one)) is not None}
    rows = ServiceRequest.objects.filter(number__in=wanted).values_list("number", "id")
    return {number_text(number): request_id for number, request_id in rows}


def numbers_of(ids: Collection[uuid.UUID]) -> list[str]:
    """Return the numbers of requests as people read them, the newest first."""
    rows = ServiceRequest.objects.filter(id__in=ids).order_by("-number").values_list("number", flat=True)
    return [number_text(number) for number in rows]


def requests_at(
    *,
    area_id: uuid.UUID | None = None,
    address: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    among: Collection[uuid.UUID] | None = None,
) -> frozenset[uuid.UUID]:
    """Return the ids of requests at an exact place: in an area, or with these words in the address; nothing without.

    Args:
        since, until: when they were reported; the first included, the second not.
        among: look at these only.
    """
    rows: QuerySet[ServiceRequest] = ServiceRequest.objects.all()
    if area_id is None and not address.strip():
        return frozenset()
    if area_id is not None:
        rows = rows.filter(areas__contains=[area_id])
    if address.strip():
        rows = rows.filter(address__icontains=address.strip())
    if since is not None:
        rows = rows.filter(requested_at__gte=since)
    if until is not None:
        rows = rows.filter(requested_at__lt=until)
    if among is not None:
        rows = rows.filter(id__in=among)
    return frozenset(rows.values_list("id", flat=True))
