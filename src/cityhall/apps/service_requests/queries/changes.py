"""Public histories of many requests at once: what changed in a time, and what happened to each of a list."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import Fact, PublicEvent, State, Visibility, number_text
from cityhall.apps.service_requests.models import HistoryEvent
from cityhall.apps.service_requests.queries import reading, rows
from cityhall.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Change:
    """A public event with the request it happened to. `state` is what held after it, as far as the event says."""

    number: str
    event: PublicEvent
    state: State


def changes(
    since: datetime, until: datetime, *, facts: Collection[Fact], viewer: Actor, limit: int
) -> tuple[Change, ...]:
    """Return the public events from `since` up to, not including, `until`, oldest first. Two queries and a few."""
    events = list(
        HistoryEvent.objects.filter(
            at__gte=since, at__lt=until, fact__in=list(facts), visibility=Visibility.PUBLIC, request__hidden=False
        ).order_by("at", "id")[:limit]
    )
    found = _rows({event.request_id for event in events})
    others = reading.linked_in(events)
    told = []
    for event in events:
        row = found.get(event.request_id)
        if row is None:
            continue
        looking = rows.viewer_of(row, viewer, language=rows.language_of(None))
        if rules.publish(row.facts, looking) is None:
            continue
        seen = reading.event_as_seen(row, event, looking, others)
        if seen is not None:
            told.append(Change(number_text(row.facts.number), seen, _state_after(event, row.facts.state)))
    return tuple(told)


def _state_after(event: HistoryEvent, now: State) -> State:
    after = event.data.get("to")
    if isinstance(after, str) and after in set(State):
        return State(after)
    return {
        Fact.CLOSED.value: State.CLOSED,
        Fact.REOPENED.value: State.RECEIVED,
        Fact.CONTESTED.value: State.CONTESTED,
    }.get(event.fact, now)


def histories(ids: Sequence[uuid.UUID], viewer: Actor) -> Mapping[uuid.UUID, tuple[PublicEvent, ...]]:
    """Return the public history of each request, oldest first. A few queries, however many requests."""
    found = _rows(set(ids))
    told: dict[uuid.UUID, list[PublicEvent]] = {}
    wanted = HistoryEvent.objects.filter(request_id__in=list(found), visibility=Visibility.PUBLIC)
    events = list(wanted.order_by("at", "id"))
    others = reading.linked_in(events)
    for event in events:
        row = found[event.request_id]
        looking = rows.viewer_of(row, viewer, language=rows.language_of(None))
        seen = reading.event_as_seen(row, event, looking, others)
        if seen is not None:
            told.setdefault(event.request_id, []).append(seen)
    return {key: tuple(value) for key, value in told.items()}


def last_event(request_id: uuid.UUID) -> uuid.UUID | None:
    """Return the id of the newest event of a request, public or not."""
    found = HistoryEvent.objects.filter(request_id=request_id).order_by("-at", "-id")
    return found.values_list("id", flat=True).first()


def _rows(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, rows.Row]:
    if not ids:
        return {}
    sql = f"select {rows.COLUMNS} from {rows.TABLES} where r.id = any(%s)"  # noqa: S608
    return {row.facts.id: row for row in rows.fetch(sql, [list(ids)])}
