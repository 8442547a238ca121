"""Boards of figures, from the tallies of the service requests room."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from cityhall.apps.dashboards import rules
from cityhall.apps.dashboards.contracts import Board, ByArea, Line, Month, Span, Wanted
from cityhall.apps.identity import public as identity
from cityhall.apps.identity.contracts import DepartmentInfo
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import public as requests
from cityhall.apps.service_requests.contracts import Tallied, TallyBy, TallyFilter
from cityhall.apps.service_requests.public import Kind
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.translated import pick

MEASURES = (
    "opened", "closed", "open", "due", "met", "share_met", "contested", "contested_share", "upheld", "upheld_share",
    "median_days", "ninety_days",
)  # fmt: skip


def measures(told: Tallied, open_now: int) -> tuple[Any, ...]:
    """Return the figures of one row, in the order of `MEASURES`; None for what is too few to tell."""
    done = closed(told)
    fixed = sum(told.days)
    return (
        told.opened,
        done,
        open_now,
        told.due,
        told.met,
        _rounded(rules.share(told.met, told.due), 4),
        told.contested,
        _rounded(100 * told.contested / done if done >= rules.ENOUGH else None, 1),
        told.upheld,
        _rounded(rules.share(told.upheld, told.contested), 4),
        _rounded(requests.quantile(told.days, 0.5) if fixed >= rules.ENOUGH else None, 1),
        _rounded(requests.quantile(told.days, 0.9) if fixed >= rules.ENOUGH else None, 1),
    )


def _rounded(value: float | None, places: int) -> float | None:
    return None if value is None else round(value, places)


def closed(told: Tallied) -> int:
    """Return how many were closed, with whatever outcome."""
    return sum(told.closed.values())


def board(wanted: Wanted, *, actor: Actor | None = None, by_area: ByArea | None = None) -> Board:
    """Return the figures of what was asked for.

    Where a category's places are shown roughly or not at all, the public is told nothing of it by area: neither alone
    nor as a part of an area's sums.

    Args:
        actor: staff, who see their own work and all of it; None is the public.
        by_area: what `told_by_area` told of the same, as far as somebody has it.
    """
    by_area = by_area or told_by_area(wanted, actor=actor)
    today = places.local(clock.now()).date()
    span = rules.span(wanted.period, today)
    categories = requests.tallied_kinds()
    chosen = next((one for one in categories if one.code == wanted.category), None)
    base = TallyFilter(
        category=chosen.id if chosen else None, area=wanted.area, department=wanted.department, due_until=span.this
    )
    kept_back = actor is None and wanted.area is not None and chosen is not None and not chosen.tells_places
    if kept_back:
        base = replace(base, area=None)
    hidden = _hidden(categories, actor)
    if base.area and not chosen:
        base = replace(base, without=hidden)

    told = _teller(actor)
    by_month = {key[0]: one for key, one in requests.tallies(base, [TallyBy.MONTH], actor=actor).items()}
    months, backlog = [], 0
    for month in sorted(set(by_month) | set(rules.months_of(span))):
        one = by_month.get(month) or _nothing()
        backlog += one.opened - closed(one)
        if span.since <= month < span.until:
            months.append(Month(month, one, backlog, month < span.this))
    in_span = replace(base, since=span.since, until=span.until)
    ages = requests.open_ages(base, rules.age_days(today), actor=actor)
    shown = [one for one in categories if actor is not None or not base.area or one.tells_places]
    if chosen:
        shown = [chosen]
    names = {one.id: pick(one.name) for one in _departments(actor)}
    return Board(
        as_of=requests.tallied_at(),
        span=span,
        total=_sum([one.told for one in months]),
        months=tuple(months),
        ages=rules.ages(ages),
        open=sum(ages),
        late=requests.open_late(base, today, actor=actor),
        categories=_categories(in_span, base, shown, told, actor),
        areas=by_area.lines,
        departments=tuple(
            Line(name, *_pair(id_, found, ever))
            for found, ever in [_twice(in_span, base, TallyBy.DEPARTMENT, told)]
            for id_, name in names.items()
            if id_ in found
        ),
        sheet=by_area.sheet,
        is_kept_back=kept_back,
        left_out=0 if chosen else len(hidden),
    )


def told_by_area(wanted: Wanted, *, actor: Actor | None = None) -> ByArea:
    """Return what `board` tells area by area; the area that was asked for does not count."""
    span = rules.span(wanted.period, places.local(clock.now()).date())
    categories = requests.tallied_kinds()
    chosen = next((one for one in categories if one.code == wanted.category), None)
    sheet = places.outlines(wanted.kind) if wanted.kind else None
    if sheet is None or (actor is None and chosen is not None and not chosen.tells_places):
        return ByArea((), sheet)
    base = TallyFilter(
        category=chosen.id if chosen else None,
        department=wanted.department,
        due_until=span.this,
        areas=tuple(one.area.id for one in sheet.areas),
        without=() if chosen else _hidden(categories, actor),
    )
    in_span = replace(base, since=span.since, until=span.until)
    found, ever = _twice(in_span, base, TallyBy.AREA, _teller(actor))
    lines = (
        Line(pick(one.area.name), *_pair(one.area.id, found, ever), code=one.area.code, outline=one)
        for one in sheet.areas
    )
    return ByArea(tuple(lines), sheet)


def _hidden(categories: list[Kind], actor: Actor | None) -> tuple[uuid.UUID, ...]:
    return tuple(one.id for one in categories if actor is None and not one.tells_places)


def _teller(actor: Actor | None) -> Told:
    def told(asked: TallyFilter, by: TallyBy, *, days: bool = True) -> Found:
        return {key[0]: one for key, one in requests.tallies(asked, [by], actor=actor, days=days).items()}

    return told


def _departments(actor: Actor | None) -> tuple[DepartmentInfo, ...]:
    return tuple(identity.workforce(actor).departments if actor else identity.departments())


Told = Callable[..., Mapping[uuid.UUID, Tallied]]
Found = Mapping[uuid.UUID, Tallied]


def _twice(in_span: TallyFilter, base: TallyFilter, by: TallyBy, told: Told) -> tuple[Found, Found]:
    """Return what each had in the span, and ever: what was ever filed and not closed is open."""
    return told(in_span, by), told(base, by, days=False)


def _pair(id_: uuid.UUID, found: Found, ever: Found) -> tuple[Tallied, int]:
    one = ever.get(id_)
    return found.get(id_) or _nothing(), one.opened - closed(one) if one else 0


def _categories(
    in_span: TallyFilter, base: TallyFilter, shown: list[Kind], told: Told, actor: Actor | None
) -> tuple[Line, ...]:
    found, ever = _twice(in_span, base, TallyBy.CATEGORY, told)
    by_month = requests.tallies(in_span, [TallyBy.CATEGORY, TallyBy.MONTH], actor=actor, days=False)
    assert in_span.since and in_span.until
    span = Span(in_span.since, in_span.until, in_span.until)
    lines = [
        Line(
            one.name,
            *_pair(one.id, found, ever),
            code=one.code,
            months=tuple(
                by_month[one.id, month].opened if (one.id, month) in by_month else 0 for month in rules.months_of(span)
            ),
        )
        for one in shown
        if one.id in ever
    ]
    return tuple(sorted(lines, key=lambda line: (-line.told.opened, line.name)))


def month_by_month() -> Iterator[tuple[date, uuid.UUID | None, uuid.UUID, Tallied]]:
    """Iterate over what each month so far had of each category at each department: what the public's page tells too.

    A department that is no longer at work counts as none, as it has no name on that page.
    """
    this = places.local(clock.now()).date().replace(day=1)
    asked = TallyFilter(until=rules.shifted(this, 1), due_until=this)
    at_work = {one.id for one in identity.departments()}
    found: dict[tuple[date, uuid.UUID | None, uuid.UUID], list[Tallied]] = {}
    by = [TallyBy.MONTH, TallyBy.DEPARTMENT, TallyBy.CATEGORY]
    for (month, department, category), told in requests.tallies(asked, by).items():
        key = month, department if department in at_work else None, category
        found.setdefault(key, []).append(told)
    for key in sorted(found, key=str):
        yield *key, _sum(found[key])


def _nothing() -> Tallied:
    return Tallied(0, {}, 0, 0, 0, 0, ())


def _sum(rows: list[Tallied]) -> Tallied:
    outcomes = {outcome: sum(row.closed.get(outcome, 0) for row in rows) for row in rows for outcome in row.closed}
    steps = max((len(row.days) for row in rows), default=0)
    days = tuple(sum(row.days[step] for row in rows if row.days) for step in range(steps))
    return Tallied(
        sum(row.opened for row in rows),
        outcomes,
        sum(row.due for row in rows),
        sum(row.met for row in rows),
        sum(row.contested for row in rows),
        sum(row.upheld for row in rows),
        days,
    )
