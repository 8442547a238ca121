"""What the tallies tell: months, areas, categories and departments in numbers, and the ages of what is open."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from cityhall.apps.service_requests.contracts import Detail, Outcome, Tallied, TallyBy, TallyFilter
from cityhall.apps.service_requests.queries import rows
from cityhall.apps.service_requests.queries.desk import VIEW
from cityhall.apps.service_requests.rules.publication import pick
from cityhall.apps.service_requests.rules.tallies import DAY_EDGES
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.permissions import need
from cityhall.kernel.django.reading import read

Key = tuple[Any, ...]
_OUTCOMES = tuple(Outcome)
_MANY = 1000
_NAMES = ("opened", *(one.value for one in _OUTCOMES), "contested", "upheld")
#: What a row counts for: those of categories that are left out are taken away from those of all.
_SIGN = " * case when category is null then 1 else -1 end"


def _sums(sign: str, *, days: bool) -> str:
    """Return the columns that are summed, each row times its sign."""
    sums = [
        *(f"sum({name}{sign})::bigint" for name in _NAMES),
        f"sum(due{sign}) filter (where month < %s)::bigint",
        f"sum(met{sign}) filter (where month < %s)::bigint",
    ]
    if days:
        sums += [f"sum(days[{step}]{sign})::bigint" for step in range(1, len(DAY_EDGES) + 2)]
    return ", ".join(sums)


_SUMS = {(less, days): _sums(_SIGN if less else "", days=days) for less in (False, True) for days in (False, True)}


def tallies(
    wanted: TallyFilter, by: Sequence[TallyBy] = (), *, actor: Actor | None = None, days: bool = True
) -> dict[Key, Tallied]:
    """Return counts by what they are told apart by, as keys: first days of months, ids.

    Areas are those of the place the public sees: a request whose place is withheld is in none.

    Args:
        by: nothing gives one row, with the key ().
        actor: staff see their own work's counts; None gives the whole city's, which are public.
        days: how long repairs took is wanted too; it is most of the work.

    Raises:
        NotAllowed: an actor without "requests.view".
    """
    where, parameters = _where(wanted, by, actor)
    if not (wanted.since or wanted.until or TallyBy.MONTH in by):
        where.append("month is null")
    else:
        where.append("month >= %s and month < %s")
        parameters += [wanted.since or date.min, wanted.until or date.max]
    keys = [one.value for one in by]
    columns = ", ".join([*keys, _SUMS[_subtracts(wanted, by), days]])
    sql = f"select {columns} from service_requests_tally where {' and '.join(where)}"  # noqa: S608
    if keys:
        sql += f" group by {', '.join(keys)}"
    last = wanted.due_until or date.max
    with connection.cursor() as cursor:
        cursor.execute(sql, [last, last, *parameters])
        found = cursor.fetchall()
    return {tuple(row[: len(keys)]): _tallied(row[len(keys) :]) for row in found if row[len(keys)] is not None}


def _tallied(row: Sequence[int | None]) -> Tallied:
    told = [count or 0 for count in row]
    after = 1 + len(_OUTCOMES)
    contested, upheld, due, met = told[after : after + 4]
    closed = dict(zip(_OUTCOMES, told[1:after], strict=True))
    return Tallied(told[0], closed, due, met, contested, upheld, tuple(told[after + 4 :]))


def _subtracts(wanted: TallyFilter, by: Sequence[TallyBy]) -> bool:
    return bool(wanted.without) and not wanted.category and TallyBy.CATEGORY not in by


def _where(wanted: TallyFilter, by: Sequence[TallyBy], actor: Actor | None) -> tuple[list[str], list[Any]]:
    where: list[str] = []
    parameters: list[Any] = []

    def add(sql: str, *given: Any) -> None:
        where.append(sql)
        parameters.extend(given)

    if TallyBy.AREA in by:
        add("area = any(%s)", list(wanted.areas))
    elif wanted.area:
        add("area = %s", wanted.area)
    else:
        add("area is null")
    less = _subtracts(wanted, by)
    if wanted.category:
        add("category = %s", wanted.category)
    elif not less:
        add("category is not null" if TallyBy.CATEGORY in by else "category is null")
    if wanted.department:
        add("department = %s", wanted.department)
    own: list[tuple[str, list[uuid.UUID]]] = []
    if actor is not None:
        need(actor, VIEW)
        own = [(name, list(ids)) for name, ids in (("department", actor.departments), ("team", actor.teams)) if ids]
        if own:
            add(f"({' or '.join(f'{name} = any(%s)' for name, _ in own)})", *(ids for _, ids in own))
    told_apart = wanted.category or wanted.department or own or {TallyBy.CATEGORY, TallyBy.DEPARTMENT} & set(by)
    whole = "not whole" if told_apart else "whole"
    if less:
        add(f"(category is null and {whole} or category = any(%s) and not whole)", list(wanted.without))
    else:
        where.append(whole)
    return where, parameters


def open_ages(wanted: TallyFilter, days: Sequence[date], *, actor: Actor | None = None) -> list[int]:
    """Return how many open requests were filed before the first of these days, from each to the next, since the last.

    Its months do not count: what is open is open. The rest is as for `tallies`.

    Args:
        days: in their order.
    """
    counts = [0] * (len(days) + 1)
    for place, count in _open("filed", "width_bucket(day, %s::date[])", [list(days)], wanted, actor):
        counts[place] = count
    return counts


def open_late(wanted: TallyFilter, today: date, *, actor: Actor | None = None) -> int:
    """Return how many open requests are past their target; otherwise as `open_ages`."""
    return sum(count for is_late, count in _open("due", "day < %s", [today], wanted, actor) if is_late)


def _open(kind: str, by: str, given: list[Any], wanted: TallyFilter, actor: Actor | None) -> list[tuple[Any, int]]:
    where, parameters = _where(wanted, (), actor)
    sign = _SIGN if _subtracts(wanted, ()) else ""
    sql = f"""
        select {by}, sum(count{sign})::bigint from service_requests_opentally
        where kind = %s and day is not null and {" and ".join(where)}
        group by 1
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [*given, kind, *parameters])
        return [(place, count) for place, count in cursor.fetchall()]


def tallied_at() -> datetime | None:
    """Return the moment the tallies tell; None while nothing was ever filed."""
    found = read("select added_at from service_requests_tallystate order by id limit 1")
    return found[0][0] if found else None


def tallies_are_behind() -> bool:
    """Say whether so much waits to be added up that the tallies tell far too little: a load has just come in."""
    found = read("select count(*) from (select 1 from service_requests_tallychange limit %s::int) waits", [_MANY])
    return bool(found[0][0] >= _MANY)


def tallied_until() -> date | None:
    """Return the first day of the newest month in which something was filed; None while nothing is counted."""
    found = read("select max(month) from service_requests_tally where area is null and whole and opened > 0")
    last: date | None = found[0][0]
    return last


@dataclass(frozen=True, slots=True)
class Kind:
    """A category, as far as figures name it. `tells_places` says whether the public sees its exact places."""

    id: uuid.UUID
    code: str
    name: str
    tells_places: bool


def tallied_kinds(language: str | None = None) -> list[Kind]:
    """Return every category, inactive ones too, in the order of their names."""
    tongue = rows.language_of(language)
    found = read("select id, code, name::text, place_policy from service_requests_category")
    kinds = [Kind(id_, code, pick(json.loads(name), tongue), place == Detail.EXACT) for id_, code, name, place in found]
    return sorted(kinds, key=lambda kind: (kind.name, kind.code))
