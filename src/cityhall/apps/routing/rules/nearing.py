"""When a request that nobody has begun is escalated, and how."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from cityhall.apps.routing.contracts import Measure, Step


def steps_for(steps: Sequence[Step], category: str) -> list[Step]:
    """Return the steps for a category."""
    return [step for step in steps if not step.categories or category in step.categories]


def moment_of(step: Step, start: datetime, due: datetime) -> datetime:
    """Return when a step is taken for a request filed at `start` whose target is `due`."""
    if step.measure is Measure.DAYS:
        return due - timedelta(days=step.number)
    return start + (due - start) * step.number / 100


def next_moment(
    steps: Sequence[Step], category: str, start: datetime, due: datetime | None, *, after: datetime
) -> datetime | None:
    """Return the first moment of a step after `after`; None when none comes.

    A step whose moment is not after the filing is never taken: three days before a target that is two days away.
    """
    if due is None:
        return None
    moments = [moment_of(step, start, due) for step in steps_for(steps, category)]
    return min((moment for moment in moments if moment > max(start, after)), default=None)


def due_step(steps: Sequence[Step], category: str, start: datetime, due: datetime, *, now: datetime) -> Step | None:
    """Return the step to take now: of those whose moment has come, the latest, and of these the last in the list."""
    past = [
        (moment, place, step)
        for place, step in enumerate(steps_for(steps, category))
        if start < (moment := moment_of(step, start, due)) <= now
    ]
    return max(past, key=lambda one: one[:2])[2] if past else None
