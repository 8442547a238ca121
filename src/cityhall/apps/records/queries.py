"""Reading the schedule, its nights, holds, erasures that wait and files made for people."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from cityhall.apps.identity import public as identity
from cityhall.apps.records import rules
from cityhall.apps.records.contracts import Due, HoldInfo, Kind
from cityhall.apps.records.models import ChosenPeriod, Erasure, Hold, PersonFile, PurgeRun, Schedule
from cityhall.apps.service_requests import public as service_requests
from cityhall.kernel import clock, offers
from cityhall.kernel.offers import Held, Period, Person, Retained

FILES = "person files"


def started_at() -> datetime | None:
    """Return when the schedule was started, None before."""
    return Schedule.objects.filter(id=1).values_list("started_at", flat=True).first()


def not_started() -> Iterator[str]:
    """Say what `cityhall doctor` should tell."""
    if started_at() is None:
        yield (
            "The retention schedule is not started, so nights only say what they would remove."
            " Look at it at the desk under Records, then start it."
        )


def kinds() -> list[Kind]:
    """Return the schedule: what people told us first, what the program needs for itself last."""
    chosen = {row.kind: row for row in ChosenPeriod.objects.all()}
    return [_kind(one, chosen.get(one.key)) for one in sorted(offers.retained, key=lambda one: one.order)]


def kind(key: str) -> Kind:
    """Return one line of the schedule. Raises KeyError."""
    return _kind(offers.retained[key], ChosenPeriod.objects.filter(kind=key).first())


def _kind(one: Retained, row: ChosenPeriod | None) -> Kind:
    period = one.period
    if row is not None and not one.fixed:
        period = Period(row.number, row.unit) if row.number else None  # type: ignore[arg-type]  # kept as chosen
    return Kind(one.key, one.label, one.says, period, row is None, one.fixed, one.at_once)


def due(key: str, period: Period | None, held: Held) -> Due:
    """Return what a period would remove now of a kind of record."""
    if period is None:
        return Due(0, 0)
    one, moment = offers.retained[key], rules.before(clock.now(), period)
    now = one.due(moment, held)
    return Due(now, one.due(moment, Held()) - now if held else 0)


def runs(limit: int = 50) -> list[PurgeRun]:
    """Return what the last nights did, the newest first."""
    return list(PurgeRun.objects.order_by("-at", "-id")[:limit])


def holds() -> list[HoldInfo]:
    """Return the holds: those in force first, each the newest first."""
    rows = list(Hold.objects.order_by("-placed_at"))
    people = identity.names({one for row in rows for one in (row.placed_by, row.lifted_by) if one})
    numbers = {row.id: tuple(service_requests.numbers_of(row.requests)) if row.requests else () for row in rows}
    return sorted(
        (
            HoldInfo(
                id=row.id,
                name=row.name,
                reason=row.reason,
                numbers=numbers[row.id],
                area_id=row.area_id,
                address=row.address,
                since=row.since,
                until=row.until,
                email=row.email,
                phone=row.phone,
                is_of_person=row.is_of_person,
                placed_at=row.placed_at,
                placed_by=people.get(row.placed_by, "") if row.placed_by else "",
                lifted_at=row.lifted_at,
                lifted_by=people.get(row.lifted_by, "") if row.lifted_by else "",
            )
            for row in rows
        ),
        key=lambda one: one.lifted_at is not None,
    )


def waiting() -> list[dict[str, Any]]:
    """Return the erasures a legal hold is in the way of, the oldest first."""
    return [
        {
            "asked_at": row.asked_at,
            "is_whole": row.is_whole,
            "numbers": service_requests.numbers_of(row.requests),
            "email": row.email,
            "phone": row.phone,
        }
        for row in Erasure.objects.filter(done_at__isnull=True).order_by("asked_at")
    ]


def files() -> list[dict[str, Any]]:
    """Return the files made for people that can still be fetched, the newest first."""
    rows = [row for row in PersonFile.objects.order_by("-made_at")[:100] if not is_over(row)]
    people = identity.names({row.made_by for row in rows if row.made_by})
    return [
        {
            "id": row.id,
            "made_at": row.made_at,
            "made_by": people.get(row.made_by, "") if row.made_by else "",
            "proof": row.proof,
            "numbers": service_requests.numbers_of(row.requests)[:5],
            "bytes": row.bytes,
        }
        for row in rows
    ]


def file_period() -> Period:
    """Return how long a file made for a person can be fetched."""
    return kind(FILES).period or Period(7, "days")


def is_over(row: PersonFile) -> bool:
    """Say whether a file can no longer be fetched."""
    return row.made_at < rules.before(clock.now(), file_period())


def file_of(file_id: uuid.UUID) -> PersonFile | None:
    """Return a file that can still be fetched."""
    row = PersonFile.objects.filter(id=file_id).first()
    return None if row is None or is_over(row) else row


def reporter_of(person: Person) -> Person:
    """Return a person known by one report with what that report says of them; nothing is searched by it."""
    return offers.personal_data["service_requests"].find(person)


def look_for(person: Person) -> Person:
    """Return the person with all that any room knows them by. The account's room comes first: it has the addresses."""
    rooms = sorted(offers.personal_data, key=lambda entry: entry.key != "identity")
    for _ in range(2):  # what one room adds, another may know more by
        for room in rooms:
            person = room.find(person)
    return replace(person, email=person.email.strip().lower())
