"""What ended visits add up to, by category and month; and what was sent back and still waits."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, Count, FloatField, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from cityhall.apps.crews.contracts import VIEW, Result, Total, Used, VisitInfo
from cityhall.apps.crews.models import MaterialUsed, Visit
from cityhall.apps.crews.queries.day import OPEN
from cityhall.apps.crews.queries.materials import materials
from cityhall.apps.crews.queries.visits import full, infos
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests.contracts import DeskFilter, DeskRow, RequestFilter
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.permissions import need
from cityhall.kernel.offers import WorkTime

#: So many jobs of a category must have been done within a year before their middle is believed.
TIMED_FROM = 10
_TIMED_DAYS = 365
_SHORTEST, _LONGEST = 1, 480
_BACK_DAYS = 30
_MOST_BACK = 50


def _own(actor: Actor, prefix: str = "") -> Q:
    """Limit to visits for any of the actor's departments or of any of their teams, as everywhere at the desk."""
    if not (actor.departments or actor.teams):
        return Q()
    return Q(**{f"{prefix}department_id__in": actor.departments}) | Q(**{f"{prefix}team_id__in": actor.teams})


def _ended(actor: Actor) -> QuerySet[Any, Any]:
    month = TruncMonth("finished_at", tzinfo=places.zone())
    return Visit.objects.filter(_own(actor), finished_at__isnull=False).annotate(month=month).values("month")


def months(actor: Actor) -> list[date]:
    """Return the months, by their first day, in which visits ended that the actor may see; the newest first."""
    need(actor, VIEW)
    found = _ended(actor).distinct().order_by("-month").values_list("month", flat=True)
    return [one.date() for one in found]


def totals(actor: Actor, *, month: date | None = None) -> list[Total]:
    """Return totals by month and category, the newest month first, the most minutes first; of one month or of all.

    Raises:
        NotAllowed: without "requests.view".
    """
    need(actor, VIEW)
    counted = _ended(actor).values("month", "category")
    rows = counted.annotate(
        visits=Count("id"), sent_back=Count("id", filter=Q(result=Result.SENT_BACK)), minutes=Sum("minutes")
    )
    used = _used(actor)
    found = [
        Total(
            month=row["month"].date(),
            category=row["category"],
            visits=row["visits"],
            sent_back=row["sent_back"],
            minutes=row["minutes"] or 0,
            used=used.get((row["month"].date(), row["category"]), ()),
        )
        for row in rows
        if month is None or row["month"].date() == month
    ]
    return sorted(found, key=lambda one: (-one.month.toordinal(), -one.minutes, one.category))


def _used(actor: Actor) -> dict[tuple[date, str], tuple[Used, ...]]:
    known = {one.id: one for one in materials(everything=True)}
    rows = (
        MaterialUsed.objects.filter(_own(actor, "visit__"), visit__finished_at__isnull=False)
        .annotate(month=TruncMonth("visit__finished_at", tzinfo=places.zone()))
        .values("month", "visit__category", "material_id")
        .annotate(sum=Sum("quantity"))
    )
    sums: dict[tuple[date, str], dict[uuid.UUID, Decimal]] = defaultdict(dict)
    for row in rows:
        sums[row["month"].date(), row["visit__category"]][row["material_id"]] = row["sum"]
    return {
        key: tuple(Used(one, amounts[one.id]) for one in known.values() if one.id in amounts)
        for key, amounts in sums.items()
    }


class _Middle(Aggregate):
    function = "percentile_cont"
    template = "%(function)s(0.5) within group (order by %(expressions)s)"
    output_field = FloatField()


def work_times() -> dict[str, WorkTime]:
    """Return what crews took for work they did themselves, by category; see `offers.work_times`."""
    since = clock.now() - timedelta(days=_TIMED_DAYS)
    done = Visit.objects.filter(
        finished_at__gte=since, result=Result.FIXED, minutes__gte=_SHORTEST, minutes__lte=_LONGEST
    )
    rows = done.values("category").annotate(count=Count("id"), middle=_Middle("minutes")).filter(count__gte=TIMED_FROM)
    return {row["category"]: WorkTime(max(1, round(row["middle"])), row["count"]) for row in rows}


def sent_back(actor: Actor) -> list[tuple[VisitInfo, DeskRow]]:
    """Return what crews could not do lately and nobody has taken up since, newest first, each with its desk row."""
    need(actor, VIEW)
    since = clock.now() - timedelta(days=_BACK_DAYS)
    rows = full().filter(_own(actor), result=Result.SENT_BACK, finished_at__gte=since).order_by("-finished_at", "-id")
    latest: dict[uuid.UUID, Visit] = {}
    for row in rows[:500]:
        latest.setdefault(row.request_id, row)
    if not latest:
        return []
    wanted = DeskFilter(RequestFilter(ids=tuple(latest)), OPEN[:2])
    rows_now = service_requests.desk_queue(wanted, actor, limit=500).items
    waiting = {one.request.id: one for one in rows_now if one.assignee_id is None}
    found = [row for key, row in latest.items() if key in waiting][:_MOST_BACK]
    return [(one, waiting[one.request_id]) for one in infos(found, actor)]
