"""Which jobs are one stop: small ones close together that the same crew can do."""

from __future__ import annotations

from collections.abc import Iterable

from cityhall.apps.day_plans.contracts import Job
from cityhall.apps.day_plans.rules.timing import DETOUR, metres_between

NEAR_METRES = 60
#: A job longer than this is no small one; a stop longer than that is a building site.
SMALL_MINUTES = 45
STOP_MINUTES = 120
MOST_AT_A_STOP = 6


def grouped(jobs: Iterable[Job]) -> list[tuple[Job, ...]]:
    """Return the jobs as stops, each job once. A stop begins with the first job that is near to none before it."""
    stops: list[list[Job]] = []
    for job in jobs:
        home = next((stop for stop in stops if _joins(stop, job)), None)
        if home is None:
            stops.append([job])
        else:
            home.append(job)
    return [tuple(stop) for stop in stops]


def _joins(stop: list[Job], job: Job) -> bool:
    first = stop[0]
    return (
        not first.alone
        and not job.alone
        and (first.skill, first.earliest, first.latest) == (job.skill, job.earliest, job.latest)
        and len(stop) < MOST_AT_A_STOP
        and max(first.minutes, job.minutes) <= SMALL_MINUTES
        and sum(one.minutes for one in stop) + job.minutes <= STOP_MINUTES
        and metres_between(first.lat, first.lon, job.lat, job.lon) <= NEAR_METRES * DETOUR
    )
