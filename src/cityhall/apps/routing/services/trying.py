"""Trying the draft on what was filed lately."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.db import transaction

from cityhall.apps.identity import public as identity
from cityhall.apps.places import public as places
from cityhall.apps.routing import queries, rules
from cityhall.apps.routing.contracts import MANAGE, Load, Rule, Trial
from cityhall.apps.routing.rules.trying import Past, week_counts
from cityhall.apps.routing.services.drafting import SUBJECT, locked_draft
from cityhall.apps.routing.services.wording import refusal
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests.public import FiledOne
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.django.permissions import need
from cityhall.kernel.offers import ToRoute

DAYS = (7, 30, 90)
MOST = 50_000


def try_draft(*, actor: Actor, revision: int, days: int = 30, most: int = MOST) -> Trial:
    """Play the draft, and the rules in force, through over the requests of the last days; keep what came of it.

    Nothing is changed but the draft's trial.

    Args:
        days: one of `DAYS`.
        most: with more requests than this, only the newest are looked at.

    Raises:
        NotAllowed: without "routing.manage".
        NotFound: there is no draft.
        Stale: somebody changed the draft since the actor read it.
        Invalid: field "days".
    """
    need(actor, MANAGE)
    if days not in DAYS:
        raise refusal("days", "days_back")
    with transaction.atomic():
        row = locked_draft(revision)
        held = queries.live(actor)
        trial = _play(held.rules if held else (), rules.rules_from(row.rules), days, most)
        row.trial = rules.kept_trial(trial)
        row.save(update_fields=["trial"])
        facts = {"days": days, "tested": trial.tested, "moved": trial.moved}
        audit.record(actor, "routing.tried", subject_kind=SUBJECT, subject_id=row.id, data=facts)
    return trial


def _play(in_force: tuple[Rule, ...], draft: tuple[Rule, ...], days: int, most: int) -> Trial:
    now = clock.now()
    filed = list(service_requests.filed_between(now - timedelta(days=days), now, limit=most + 1))
    is_cut, filed = len(filed) > most, filed[:most]
    calendar = places.calendar()
    teams = {team.id for team in identity.working_teams()}
    shared = queries.shared_teams((*in_force, *draft))
    start = Counter(service_requests.open_by_team(shared))
    before, after = (rules.Player(one, teams, calendar.is_holiday, Counter(start)) for one in (in_force, draft))

    def past() -> Iterable[Past]:
        for one in reversed(filed):
            yield Past(one.id, one.number, _to_route(one), calendar.local(one.at), one.category_team, one.team)

    played = rules.play(past(), before, after)
    concerned = shared | {team for flow in played.flow_rows for team in (flow.before, flow.after) if team}
    span = _span(filed, days, is_cut)
    return Trial(
        at=now,
        days=days,
        tested=played.tested,
        is_cut=is_cut,
        decided=tuple(after.decided[number] for number in range(1, len(draft) + 1)),
        moved=played.moved,
        by_hand=played.by_hand,
        by_hand_right=played.by_hand_right,
        flows=played.flow_rows,
        load=_load(concerned, week_counts(before.came, span), week_counts(after.came, span)),
        examples=tuple(played.examples),
    )


def _to_route(one: FiledOne) -> ToRoute:
    return ToRoute(one.category, one.areas, one.layer, one.owner, one.at)


def _span(filed: list[FiledOne], days: int, is_cut: bool) -> float:
    """Return over how many days the requests that were looked at came."""
    if not is_cut:
        return days
    return max((filed[0].at - filed[-1].at) / timedelta(days=1), 1.0)


def _load(
    teams: Collection[uuid.UUID], before: dict[uuid.UUID, float], after: dict[uuid.UUID, float]
) -> tuple[Load, ...]:
    open_now = service_requests.open_by_team(teams)
    first, last = _full_months(places.local(clock.now()).date(), 3)
    closed = service_requests.closed_by_team(first, last)
    weeks = (last - first).days / 7
    rows = [
        Load(
            team,
            open_now[team],
            round(before.get(team, 0.0), 1),
            round(after.get(team, 0.0), 1),
            round(closed[team] / weeks, 1) if closed.get(team) else None,
        )
        for team in teams
    ]
    return tuple(sorted(rows, key=lambda row: (row.before - row.after, str(row.team))))


def _full_months(today: date, count: int) -> tuple[date, date]:
    """Return the first days of the first of the last full months, and of the month that runs."""
    months = today.year * 12 + today.month - 1 - count
    return date(months // 12, months % 12 + 1, 1), today.replace(day=1)
