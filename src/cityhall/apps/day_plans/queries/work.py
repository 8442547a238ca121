"""A team's open work as jobs of a day, and the rows of requests a reader may see."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from cityhall.apps.day_plans.contracts import URGENT_WEIGHT, USUAL_MINUTES, Job, KindTerms, Timed
from cityhall.apps.day_plans.models import Window
from cityhall.apps.day_plans.queries.setting import kinds
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests.contracts import DeskFilter, DeskRow, RequestFilter, State
from cityhall.kernel.actors import Actor, system
from cityhall.kernel.offers import WorkTime, work_times

_READER = system("Day plan")
_OPEN = (State.RECEIVED, State.SCHEDULED, State.IN_PROGRESS, State.CONTESTED)
_PAGE, _MOST_READ = 500, 2000
URGENT = 1
#: How bad it is to leave a job out.
_WINDOW, _PROMISED, _DUE, _REST = 40, 20, 4, 1


@dataclass(frozen=True, slots=True)
class Work:
    """A team's work for a day: what to plan, the most pressing first; what nobody can drive to; how many wait."""

    jobs: tuple[Job, ...]
    without_place: tuple[uuid.UUID, ...]
    waiting: int


def open_work(team_id: uuid.UUID, day: date, *, most: int) -> Work:
    """Return what a team has to do on a day: what is urgent, promised or due first, then by the queue's order.

    What is scheduled for a later day, or lies with another body, is left for that.

    Args:
        most: at most so many jobs; the others wait.
    """
    today = [row for row in _read(team_id, day) if is_for(row, day)]
    placed = [row for row in today if row.request.lat is not None]
    windows = _windows([row.request.id for row in placed], day)

    def pressing(row: DeskRow) -> tuple[int, datetime, uuid.UUID]:
        return -_weight(row, day, windows), row.queue_at, row.request.id

    ordered = sorted(placed, key=pressing)
    without = tuple(row.request.id for row in today if row.request.lat is None)
    return Work(jobs_of(ordered[:most], day), without, max(0, len(ordered) - most))


def _read(team_id: uuid.UUID, day: date) -> Collection[DeskRow]:
    """Return the beginning of a team's queue, and what cannot wait wherever it stands there."""
    queue = DeskFilter(teams=(team_id,), states=_OPEN)
    promised = tuple(Window.objects.filter(day=day).values_list("request_id", flat=True))
    asked = (
        replace(queue, priorities=(URGENT,)),
        replace(queue, base=RequestFilter(ids=promised)),
        replace(queue, scheduled_for=day),
        queue,
    )
    return {row.request.id: row for one in asked for row in _first(one)}.values()


def _first(wanted: DeskFilter) -> Iterator[DeskRow]:
    after = ""
    for _page in range(_MOST_READ // _PAGE):
        page = service_requests.desk_queue(wanted, _READER, order="due", after=after, limit=_PAGE)
        yield from page.items
        after = page.next
        if not after:
            break


def jobs_of(rows: Collection[DeskRow], day: date) -> tuple[Job, ...]:
    """Return requests that have a place as jobs of a day."""
    known, taught = kinds(), work_times.get()()
    windows = _windows([row.request.id for row in rows], day)
    return tuple(_job(row, day, known, taught, windows) for row in rows if row.request.lat is not None)


def _job(
    row: DeskRow,
    day: date,
    known: Mapping[str, KindTerms],
    taught: Mapping[str, WorkTime],
    windows: Mapping[uuid.UUID, tuple[datetime, datetime]],
) -> Job:
    request = row.request
    kind = known.get(request.category_code, KindTerms())
    earliest, latest = windows.get(request.id, (None, None))
    assert request.lat is not None and request.lon is not None
    minutes, timed = _minutes(kind, taught.get(request.category_code))
    return Job(
        request.id,
        request.lat,
        request.lon,
        minutes,
        kind.skill,
        _weight(row, day, windows),
        earliest,
        latest,
        timed=timed,
    )


def _minutes(kind: KindTerms, taught: WorkTime | None) -> tuple[int, Timed]:
    """Return what a job takes, and who says so: a person before what crews took."""
    if kind.minutes:
        return kind.minutes, Timed.SET
    return (taught.minutes, Timed.LEARNT) if taught else (USUAL_MINUTES, Timed.USUAL)


def is_for(row: DeskRow, day: date) -> bool:
    """Say whether a request is to be worked on that day: not later, and not done and waiting for approval."""
    later = row.request.scheduled_for is not None and row.request.scheduled_for > day
    return not (row.request.hidden or row.approval or later)


def _weight(row: DeskRow, day: date, windows: Collection[uuid.UUID]) -> int:
    """Return how bad it is to leave a request out; `windows` are those somebody was promised an hour for."""
    if row.priority == URGENT:
        return URGENT_WEIGHT
    if row.request.id in windows:
        return _WINDOW
    if row.request.scheduled_for == day:
        return _PROMISED
    due = row.request.due_at
    is_due = due is not None and places.local(due).date() <= day
    return _DUE if is_due or row.request.state is State.CONTESTED else _REST


def at_hour(day: date, hour: time) -> datetime:
    """Return the moment, in UTC, of an hour of a day as the city's clocks show it."""
    return datetime.combine(day, hour, places.zone()).astimezone(UTC)


def _windows(ids: Collection[uuid.UUID], day: date) -> dict[uuid.UUID, tuple[datetime, datetime]]:
    return {
        row.request_id: (at_hour(day, row.begins), at_hour(day, row.ends))
        for row in Window.objects.filter(day=day, request_id__in=ids)
    }


def rows_of(ids: Collection[uuid.UUID], actor: Actor, *, language: str | None = None) -> dict[uuid.UUID, DeskRow]:
    """Return the requests among `ids` that are the actor's to see, closed ones too, by id."""
    wanted = list(ids)
    found: dict[uuid.UUID, DeskRow] = {}
    for first in range(0, len(wanted), _PAGE):
        some = RequestFilter(ids=tuple(wanted[first : first + _PAGE]))
        page = service_requests.desk_queue(
            DeskFilter(base=some, states=tuple(State)), actor, order="age", limit=_PAGE, language=language
        )
        found |= {row.request.id: row for row in page.items}
    return found


def waits_for_approval(request_id: uuid.UUID) -> bool:
    """Say whether the work is done as far as the crew goes, and a supervisor has to approve it."""
    row = rows_of([request_id], _READER).get(request_id)
    return row is not None and row.approval


def gone(ids: Collection[uuid.UUID], team_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Return which of these requests are no longer open work of the team."""
    rows = rows_of(ids, _READER)
    return frozenset(
        one
        for one in ids
        if one not in rows
        or rows[one].team_id != team_id
        or rows[one].request.state not in _OPEN
        or rows[one].request.hidden
    )
