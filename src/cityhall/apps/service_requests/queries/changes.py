"""Public histories of many requests at once: what changed in a time, and what happened to each of a list."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import Fact, PublicEvent, State, Visibility, number_text, number_value
from cityhall.apps.service_requests.models import HistoryEvent, ServiceRequest
from cityhall.apps.service_requests.queries import reading, rows
from cityhall.kernel.actors import Actor, ActorKind

_AT_ONCE = 1000
_COMMITS_LATE = timedelta(minutes=5)
_RESIDENTS = {ActorKind.ANONYMOUS, ActorKind.RESIDENT}


@dataclass(frozen=True, slots=True)
class Change:
    """A public event with the request it happened to. `state` is what held after it, as far as the event says."""

    number: str
    event: PublicEvent
    state: State
    by_resident: bool


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
            told.append(_change(row, event, seen))
    return tuple(told)


def _change(row: rows.Row, event: HistoryEvent, seen: PublicEvent) -> Change:
    state = _state_after(event, row.facts.state)
    return Change(number_text(row.facts.number), seen, state, event.author_kind in _RESIDENTS)


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


def all_histories(viewer: Actor) -> Iterator[Change]:
    """Iterate over the public history of every request there is to see, a thousand requests in memory at a time."""
    after = uuid.UUID(int=0)
    while True:
        wanted = ServiceRequest.objects.filter(hidden=False, id__gt=after).order_by("id")
        ids = list(wanted.values_list("id", flat=True)[:_AT_ONCE])
        yield from changes_of(ids, viewer)
        if len(ids) < _AT_ONCE:
            return
        after = ids[-1]


def changes_of(ids: Collection[uuid.UUID], viewer: Actor) -> Iterator[Change]:
    """Iterate over the public history of these requests, request by request; those taken down have none."""
    found = {}
    for key, row in _rows(ids).items():
        looking = rows.viewer_of(row, viewer, language=rows.language_of(None))
        if rules.publish(row.facts, looking) is not None:
            found[key] = row, looking
    wanted = HistoryEvent.objects.filter(request_id__in=list(found), visibility=Visibility.PUBLIC)
    events = list(wanted.order_by("request_id", "at", "id"))
    others = reading.linked_in(events)
    for event in events:
        row, looking = found[event.request_id]
        seen = reading.event_as_seen(row, event, looking, others)
        if seen is not None:
            yield _change(row, event, seen)


def changed_since(moment: datetime, most: int) -> Mapping[uuid.UUID, str] | None:
    """Return the requests of which the public may see something else than at a moment: their numbers by id.

    Those they are linked with are among them, as what may be said of one depends on the other. What commits late is
    looked for further back. None when there are more than `most`.
    """
    since = moment - _COMMITS_LATE
    happened = HistoryEvent.objects.filter(visibility=Visibility.PUBLIC, at__gte=since)
    found = set(ServiceRequest.objects.filter(updated_at__gte=since).values_list("id", flat=True)[: most + 1])
    found |= set(happened.values_list("request_id", flat=True)[: most + 1])
    if len(found) > most:
        return None
    merges = HistoryEvent.objects.filter(request_id__in=found, fact__in=[Fact.MERGED, Fact.CLOSED])
    named = {
        number_value(str(data.get(key)))
        for data in merges.values_list("data", flat=True)
        for key in ("duplicate_of", "number")
        if data.get(key)
    }
    linked = Q(duplicate_of__in=found) | Q(duplicates__in=found) | Q(number__in=named - {None})
    wanted = ServiceRequest.objects.filter(Q(id__in=found) | linked).values_list("id", "number").distinct()
    told = {id_: number_text(number) for id_, number in wanted[: most + 1]}
    return told if len(told) <= most else None


def last_event(request_id: uuid.UUID) -> uuid.UUID | None:
    """Return the id of the newest event of a request, public or not."""
    found = HistoryEvent.objects.filter(request_id=request_id).order_by("-at", "-id")
    return found.values_list("id", flat=True).first()


def _rows(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, rows.Row]:
    if not ids:
        return {}
    sql = f"select {rows.COLUMNS} from {rows.TABLES} where r.id = any(%s)"  # noqa: S608
    return {row.facts.id: row for row in rows.fetch(sql, [list(ids)])}
