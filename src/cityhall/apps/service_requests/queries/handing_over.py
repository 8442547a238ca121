"""What a system is told that does the city's work: the request as staff see it, and what happened to it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace

from django.db import connection

from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import (
    DeskEvent,
    Detail,
    Fact,
    HandedOver,
    PublicEvent,
    Showing,
    Viewer,
    Visibility,
)
from cityhall.apps.service_requests.models import Approval, HistoryEvent
from cityhall.apps.service_requests.queries import rows
from cityhall.apps.service_requests.queries.reading import author_of, row_of
from cityhall.kernel.errors import NotFound


def handed_over(request_id: uuid.UUID, *, language: str = "en", as_published: bool = False) -> HandedOver | None:
    """Return a request for the system that does its work; None for one that is gone or was taken down as abuse.

    Args:
        as_published: only what everybody sees, but for the place: whoever is to work there has to find it.
    """
    try:
        row = row_of(request_id, extra=", r.priority")
    except NotFound:
        return None
    facts = row.facts
    if as_published:
        facts = replace(facts, policy=replace(facts.policy, place=Detail.EXACT))
    seen = rules.publish(facts, Viewer(language=rows.language_of(language), sees_all=not as_published))
    if seen is None or seen.hidden:
        return None
    return HandedOver(seen, row.extra[0], row.department_id, row.team_id)


def awaits_approval(request_id: uuid.UUID) -> bool:
    """Say whether a closing of the request waits for a supervisor now."""
    return Approval.objects.filter(request_id=request_id, settled="").exists()


def happened(event_id: uuid.UUID) -> DeskEvent | None:
    """Return one event of a history, with who wrote it."""
    return happened_each([event_id]).get(event_id)


def happened_each(event_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, DeskEvent]:
    """Return events of histories by their ids, with who wrote them; those that are not there are left out."""
    return {event.id: _event(event) for event in HistoryEvent.objects.filter(id__in=event_ids)}


def _event(event: HistoryEvent) -> DeskEvent:
    return DeskEvent(
        event=PublicEvent(
            id=event.id,
            fact=Fact(event.fact),
            at=event.at,
            author=author_of(event, sees_all=False),
            text=event.text,
            data=event.data,
        ),
        visibility=Visibility(event.visibility),
        showing=Showing(event.showing),
        author_kind=event.author_kind,
        author_id=event.author_id,
    )


def named_referrals(but_not: Collection[uuid.UUID]) -> Mapping[str, int]:
    """Return how many requests are referred to whom, by the names as they were written. What was taken down counts not.

    Args:
        but_not: requests that are counted elsewhere.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select referred_to, count(*) from service_requests_servicerequest
            where state = 'referred' and referred_to > '' and not hidden and id <> all(%s::uuid[])
            group by referred_to
            """,
            [list(but_not)],
        )
        return dict(cursor.fetchall())
