"""Reads of the room: what holds now, kept for a second; sets of rules; what there is to choose from."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.utils.translation import gettext_lazy as _

from cityhall.apps.identity import public as identity
from cityhall.apps.identity.contracts import TeamInfo
from cityhall.apps.places import public as places
from cityhall.apps.routing import rules
from cityhall.apps.routing.contracts import MANAGE, Plan, Rule, SetInfo, SetState
from cityhall.apps.routing.models import NearingPlan, RuleSet
from cityhall.apps.service_requests import public as service_requests
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.permissions import need
from cityhall.kernel.django.reading import lasting
from cityhall.kernel.errors import NotFound
from cityhall.kernel.offers import Route, ToRoute

IN_FORCE = "routing.in_force"


@dataclass(frozen=True, slots=True)
class InForce:
    """What holds now.

    Args:
        version: of the rules; 0 when there are none.
        teams: those that can be given work today.
        loads: open requests of the teams that rules share work between. What is sent meanwhile is counted on.
    """

    version: int
    rules: tuple[Rule, ...]
    teams: Mapping[uuid.UUID, TeamInfo]
    loads: Counter[uuid.UUID]
    plan: Plan


def in_force() -> InForce:
    """Return what holds now, as it was a second ago at most: filing requests reads it no more often than that."""
    return cast(InForce, lasting(IN_FORCE, _read))


def _read() -> InForce:
    row = RuleSet.objects.filter(state=SetState.LIVE).values_list("number", "rules").first()
    number, found = (row[0] or 0, rules.rules_from(row[1])) if row else (0, ())
    teams = {team.id: team for team in identity.working_teams()} if found else {}
    return InForce(number, found, teams, loads(found), plan())


def shared_teams(of: tuple[Rule, ...]) -> set[uuid.UUID]:
    """Return the teams between which rules share work."""
    return {share.team for rule in of if len(rule.shares) > 1 for share in rule.shares}


def loads(of: tuple[Rule, ...]) -> Counter[uuid.UUID]:
    """Return how many open requests the teams have between which rules share work."""
    return Counter(service_requests.open_by_team(shared_teams(of)))


def plan() -> Plan:
    """Return the steps before a target."""
    row = NearingPlan.objects.first()
    return Plan(rules.steps_from(row.steps), row.is_paused, row.revision) if row else Plan()


class Router:
    """Sends requests by the rules in force. See `kernel.offers.RequestRouter`."""

    def route(self, request: ToRoute) -> Route | None:
        """Return where a request goes; None leaves it to its category's team."""
        held = in_force()
        if not held.rules:
            return None
        calendar = places.calendar()
        found = rules.first_match(
            held.rules, request, calendar.local(request.at), is_holiday=calendar.is_holiday, teams=held.teams
        )
        if found is None:
            return None
        number, rule, shares = found
        chosen = rules.choose(shares, held.loads)
        others = [share for share in shares if share is not chosen]
        counts = [[str(share.team), held.loads[share.team]] for share in (chosen, *others)] if others else []
        if chosen.team in held.loads:
            held.loads[chosen.team] += 1
        why = {"number": number, "name": rule.name, "version": held.version, "open": counts}
        return Route(chosen.team, held.teams[chosen.team].department_id, why)

    def look_at(self, category: str, start: datetime, due: datetime | None, *, after: datetime) -> datetime | None:
        """Return the first moment after `after` at which a request that nobody has begun is escalated."""
        return rules.next_moment(in_force().plan.steps, category, start, due, after=after)


def live(actor: Actor) -> SetInfo | None:
    """Return the set in force, None when there is none. Raises NotAllowed without "routing.manage"."""
    return _one(actor, state=SetState.LIVE)


def draft(actor: Actor) -> SetInfo | None:
    """Return the draft, None when there is none. Raises NotAllowed without "routing.manage"."""
    return _one(actor, state=SetState.DRAFT)


def version(number: int, actor: Actor) -> SetInfo:
    """Return a version that is or was in force. Raises NotAllowed, and NotFound when there is none of this number."""
    found = _one(actor, number=number)
    if found is None:
        raise NotFound(_("There is no such version of the rules."))
    return found


def _one(actor: Actor, **wanted: object) -> SetInfo | None:
    need(actor, MANAGE)
    row = RuleSet.objects.filter(**wanted).first()
    return info(row, identity.names([row.live_by] if row.live_by else [])) if row else None


def versions(actor: Actor, *, limit: int = 20) -> list[SetInfo]:
    """Return the versions that were in force before, the newest first. Raises NotAllowed without "routing.manage"."""
    need(actor, MANAGE)
    rows = list(RuleSet.objects.filter(state=SetState.PAST).order_by("-number")[:limit])
    names = identity.names(row.live_by for row in rows if row.live_by)
    return [info(row, names) for row in rows]


def info(row: RuleSet, names: Mapping[uuid.UUID, str]) -> SetInfo:
    """Return a set's row as a value."""
    return SetInfo(
        id=row.id,
        state=SetState(row.state),
        number=row.number,
        revision=row.revision,
        rules=rules.rules_from(row.rules),
        copied_from=row.copied_from,
        changed_at=row.changed_at,
        live_from=row.live_from,
        live_until=row.live_until,
        live_by=names.get(row.live_by, "") if row.live_by else "",
        trial=rules.trial_from(row.trial) if row.trial else None,
    )
