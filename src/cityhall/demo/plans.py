"""The crews of two of Harborview's teams and their day: one published this morning, one still a draft."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from cityhall.apps.day_plans import public as day_plans
from cityhall.apps.day_plans.contracts import CrewTerms, KindTerms, TeamTerms
from cityhall.demo.ground import city as ground
from cityhall.demo.ground import frame
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor

KINDS = {
    "pothole": KindTerms(30, "asphalt"),
    "street-damage": KindTerms(60, "asphalt"),
    "streetlight-out": KindTerms(40, "electric"),
}


@dataclass(frozen=True, slots=True)
class Yard:
    """A team, where it starts, and its crews: name, skills, most jobs."""

    team: str
    crews: tuple[tuple[str, tuple[str, ...], int], ...]
    published: bool


YARDS = (
    Yard("pavement", (("Truck 4", ("asphalt",), 9), ("Truck 7", ("asphalt", "paver"), 8)), True),
    Yard("lighting", (("Lift 2", ("electric",), 8),), False),
)


def load(
    city: ground.Harborview,
    teams: Mapping[str, tuple[uuid.UUID, uuid.UUID]],
    people: Mapping[str, uuid.UUID],
    now: datetime,
    *,
    actor: Actor,
) -> None:
    """Say how the teams' days are, and plan today as it was planned before the crews went out."""
    today = now.astimezone(ZoneInfo(ground.TIME_ZONE)).date()
    early = datetime.combine(today, time(6), ZoneInfo(ground.TIME_ZONE))
    yard = min(city.addresses, key=lambda home: (home.x**2 + home.y**2, home.label))
    lat, lon = frame.to_lat_lon(yard.x, yard.y)
    with clock.held_at(min(now, early)):
        for one in YARDS:
            _department, team = teams[one.team]
            day_plans.save_team(team, TeamTerms(yard.label, lat, lon), actor=actor)
            for number, (name, skills, most) in enumerate(one.crews):
                members = (people[one.team],) if number == 0 and one.team in people else ()
                day_plans.save_crew(team, CrewTerms(name, members, skills, most), actor=actor)
            day_plans.save_kinds(team, KINDS, actor=actor)
            plan_id = day_plans.plan_now(team, today, actor=actor, seconds=0.3)
            if one.published:
                version = day_plans.plan_of(plan_id, actor).version
                day_plans.publish(plan_id, actor=actor, version=version)
