"""The life of a request as a table: what may happen in each state, and who may make it happen."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cityhall.apps.service_requests.contracts import FARTHEST_PLAN, Action, Contester, Outcome, State, Status
from cityhall.apps.service_requests.rules.problems import Problem

WORK = "requests.work"
SETTLE = "requests.settle"
MOST_CONTESTS = 2
_SENTENCE_AT_LEAST = 3
_NO_TARGET = timedelta(days=365)
_ON_TOP = timedelta(days=36525)
_NEXT_TO_TOP = timedelta(days=18262)


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table.

    Args:
        to: the state afterwards.
        permission: what staff need.
        residents: whether anybody may do it, signed in or not.
    """

    to: State
    permission: str = WORK
    residents: bool = False


def _table() -> dict[tuple[State, Action], Transition]:
    at_work = [state for state in State if state not in {State.CLOSED, State.CONTESTED}]
    table: dict[tuple[State, Action], Transition] = {}
    for state in at_work:
        table[state, Action.SCHEDULE] = Transition(State.SCHEDULED)
        if state is not State.IN_PROGRESS:
            table[state, Action.START] = Transition(State.IN_PROGRESS)
        table[state, Action.REFER] = Transition(State.REFERRED)
        table[state, Action.CLOSE] = Transition(State.CLOSED)
    table[State.CLOSED, Action.REOPEN] = Transition(State.RECEIVED)
    table[State.CLOSED, Action.CONTEST] = Transition(State.CONTESTED, residents=True)
    # What residents contest is a supervisor's to decide before anybody works on.
    table[State.CONTESTED, Action.UPHOLD] = Transition(State.RECEIVED, SETTLE)
    table[State.CONTESTED, Action.KEEP_CLOSED] = Transition(State.CLOSED, SETTLE)
    table[State.REFERRED, Action.TAKE_BACK] = Transition(State.RECEIVED)
    # A crew came back without having done it.
    table[State.SCHEDULED, Action.PUT_BACK] = Transition(State.RECEIVED)
    table[State.IN_PROGRESS, Action.PUT_BACK] = Transition(State.RECEIVED)
    return table


TRANSITIONS: Mapping[tuple[State, Action], Transition] = _table()


def next_state(state: State, action: Action) -> Transition | None:
    """Return where `action` leads from `state`, None when it is not possible there."""
    return TRANSITIONS.get((state, action))


def allowed_actions(state: State, permissions: frozenset[str]) -> tuple[Action, ...]:
    """Return what somebody with `permissions` may do to a request in `state`, in the table's order."""
    return tuple(
        action
        for (start, action), row in TRANSITIONS.items()
        if start is state and (row.residents or row.permission in permissions)
    )


def status_of(state: State, outcome: Outcome | None) -> Status:
    """Return what is shown. Only work that was done is "fixed": every other outcome says "closed" or "duplicate"."""
    if state is not State.CLOSED:
        return Status(state.value)
    if outcome is Outcome.FIXED:
        return Status.FIXED
    return Status.DUPLICATE if outcome is Outcome.DUPLICATE else Status.CLOSED


def may_close(outcome: Outcome | None, sentence: str, duplicate_of: object | None) -> dict[str, Problem]:
    """Say what stands against closing: it needs an outcome, a public sentence, and for a duplicate the other one."""
    problems: dict[str, Problem] = {}
    if outcome is None or outcome is Outcome.NOT_STATED:  # history that was imported may not say; people must
        problems["outcome"] = Problem("outcome_missing")
    if len(sentence.strip()) < _SENTENCE_AT_LEAST:
        problems["sentence"] = Problem("sentence_missing")
    if (outcome is Outcome.DUPLICATE) != (duplicate_of is not None):
        problems["duplicate_of"] = Problem(
            "duplicate_missing" if outcome is Outcome.DUPLICATE else "duplicate_unwanted"
        )
    return problems


def may_plan(on: date | None, *, today: date) -> dict[str, Problem]:
    """Say what stands against planning work for a day: it is too far off."""
    return {"on": Problem("day_far")} if on is not None and abs(on - today) > FARTHEST_PLAN else {}


def needs_approval(outcome: Outcome | None, approve: Collection[str]) -> bool:
    """Say whether a closing waits for a supervisor. A duplicate never does: its followers go on with the other one."""
    return outcome is not None and outcome is not Outcome.DUPLICATE and outcome.value in approve


def may_approve(*, asked_by: uuid.UUID | None, by: uuid.UUID | None) -> dict[str, Problem]:
    """Say what stands against approving a closing or sending it back: nobody decides what they asked for."""
    return {"state": Problem("approve_own")} if asked_by is not None and asked_by == by else {}


def may_contest(by: Contester, *, photos: int, refused_before: int) -> dict[str, Problem]:
    """Say what stands against contesting a closed request.

    Whoever reported or follows it is believed as they are; a passer-by shows a photo. Where a supervisor looked
    already and kept it closed, there is one more time, and it needs a new photo.
    """
    if refused_before >= MOST_CONTESTS:
        return {"state": Problem("contested_twice")}
    if photos:
        return {}
    if refused_before:
        return {"photo": Problem("contest_new_photo")}
    return {"photo": Problem("contest_photo")} if by is Contester.PASSER_BY else {}


def may_settle(
    *, upheld: bool, sentence: str, photos: int, closed_by: uuid.UUID | None, settled_by: uuid.UUID | None
) -> dict[str, Problem]:
    """Say what stands against settling a contest: it needs words, and to keep it closed a photo, by somebody else.

    Who closed it may give way and open it again.
    """
    if not upheld and closed_by is not None and closed_by == settled_by:
        return {"state": Problem("settle_own")}
    problems: dict[str, Problem] = {}
    if len(sentence.strip()) < _SENTENCE_AT_LEAST:
        problems["sentence"] = Problem("sentence_missing")
    if not upheld and not photos:
        problems["photos"] = Problem("settle_photo")
    return problems


def upheld_priority(priority: int) -> int:
    """Return how urgent work is that was called done and was not: never below the second of five."""
    return min(priority, 2)


def queue_time(state: State, *, requested_at: datetime, due_at: datetime | None, changed_at: datetime) -> datetime:
    """Return what the desk's queue is ordered by: the target date, or a year after filing where there is none.

    Contested work goes before everything else, the longest contested first: its time is put a century back.
    """
    if state is State.CONTESTED:
        return changed_at - _ON_TOP
    return due_at or requested_at + _NO_TARGET


def upheld_queue_time(now: datetime) -> datetime:
    """Return where work stands in the desk's queue that was called done and was not.

    Right behind what is contested, before everything else, until somebody begins it.
    """
    return now - _NEXT_TO_TOP


def root_of(start: uuid.UUID, duplicate_of: Mapping[uuid.UUID, uuid.UUID | None]) -> uuid.UUID:
    """Follow duplicates to the one request that stands for all. Raises ValueError on a circle."""
    seen = {start}
    current = start
    while (parent := duplicate_of.get(current)) is not None:
        if parent in seen:
            raise ValueError("duplicates point at one another in a circle")
        seen.add(parent)
        current = parent
    return current
