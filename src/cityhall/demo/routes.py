"""How Harborview routes its requests: five rules in force, a draft that was tested, and steps before a target."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, time, timedelta

from cityhall.apps.identity import public as identity
from cityhall.apps.places import public as places
from cityhall.apps.routing import public as routing
from cityhall.apps.routing.contracts import Measure, Rule, Share, Step, Window
from cityhall.apps.service_requests import public as service_requests
from cityhall.demo.accounts import ACCOUNTS
from cityhall.demo.loading import UTILITY
from cityhall.demo.past import kinds
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, ActorKind

STEPS = (Step(number=75, priority=2), Step(measure=Measure.DAYS, number=1, priority=1, tell=False))
_LATELY = timedelta(days=4)


def lay(teams: Mapping[str, tuple[uuid.UUID, uuid.UUID]], now: datetime) -> None:
    """Put the rules in force, test a draft, and take the steps of the last days, as the supervisor.

    Args:
        teams: team code to (department id, team id).
    """
    account = next(one for one in ACCOUNTS if one.role == "supervisor")
    person = next(one for one in identity.people() if one.email == account.email)
    actor = Actor(ActorKind.STAFF, person.id, account.name, frozenset({"routing.manage", "requests.configure"}))
    ids = {code: team for code, (_department, team) in teams.items()}
    for kind in kinds.KINDS:
        department, team = teams[kind.team]
        service_requests.give_category(kind.code, actor=actor, department_id=department, team_id=team)
    with clock.held_at(now - timedelta(days=12)):
        routing.begin_draft(actor=actor)
        _write(_in_force(ids), actor, revision=1)
        routing.try_draft(actor=actor, revision=1 + len(_in_force(ids)))
        routing.switch_on(actor=actor, revision=1 + len(_in_force(ids)))
        routing.save_plan(STEPS, actor=actor, revision=0)
    with clock.held_at(now):
        routing.begin_draft(actor=actor)
        _write(_draft(ids), actor, revision=1)
        routing.try_draft(actor=actor, revision=1 + len(_draft(ids)))
    with clock.held_at(now - _LATELY):
        routing.look_again()
    with clock.held_at(now):
        while routing.escalate_due():
            pass


def _write(rules: tuple[Rule, ...], actor: Actor, *, revision: int) -> None:
    for place, rule in enumerate(rules):
        routing.save_rule(rule, actor=actor, revision=revision + place)


def _in_force(ids: Mapping[str, uuid.UUID]) -> tuple[Rule, ...]:
    district = next(area.id for area in places.areas("council_district") if area.code == "1")
    night = Window(since=time(17), until=time(7))
    return (
        Rule(
            "Lights on the utility’s poles",
            categories=("streetlight-out",),
            layers=("streetlights",),
            owners=(UTILITY,),
            shares=(Share(ids["signals"]),),
        ),
        Rule(
            "Water after hours",
            categories=("street-flooding", "blocked-drain", "water-leak"),
            window=night,
            shares=(Share(ids["water-ops"]),),
        ),
        Rule(
            "Fallen trees on weekends",
            categories=("fallen-tree",),
            window=Window(days=frozenset({5, 6})),
            shares=(Share(ids["park-care"]),),
        ),
        Rule(
            "Sidewalks in District 1",
            categories=("sidewalk-damage", "curb-ramp"),
            areas=(district,),
            shares=(Share(ids["sidewalks"]), Share(ids["pavement"])),
        ),
        Rule(
            "Dumping and full bins",
            categories=("illegal-dumping", "overflowing-bin"),
            shares=(Share(ids["dumping"], 2), Share(ids["collection"])),
        ),
    )


def _draft(ids: Mapping[str, uuid.UUID]) -> tuple[Rule, ...]:
    """Return what is written into the draft, which begins as a copy of the rules in force."""
    return (
        Rule(
            "Parked for days",
            categories=("parking-72h",),
            shares=(Share(ids["parking"], 2), Share(ids["bikeways"])),
        ),
        Rule("Weeds along streets", categories=("weeds",), shares=(Share(ids["code"]),)),
    )
