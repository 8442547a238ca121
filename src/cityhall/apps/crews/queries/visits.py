"""The visits to one request, and who they were by, as far as the reader may know."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet

from cityhall.apps.crews.contracts import Reason, Result, Used, VisitInfo
from cityhall.apps.crews.models import MaterialUsed, Visit
from cityhall.apps.crews.queries.materials import material_info
from cityhall.apps.identity import public as identity
from cityhall.kernel.actors import Actor

_LATE = timedelta(minutes=10)


def visits_of(request_id: uuid.UUID, actor: Actor) -> list[VisitInfo]:
    """Return a request's visits, newest first. The caller has made sure that the actor may see the request.

    A contractor's people see those of their own teams.
    """
    rows = full().filter(request_id=request_id).order_by("-started_at", "-id")
    if actor.contractor is not None:
        rows = rows.filter(team_id__in=actor.teams)
    return infos(rows, actor)


def desk_panel(request_id: uuid.UUID, actor: Actor) -> dict[str, Any] | None:
    """Return what the request's page at the desk shows; None when nobody was there."""
    found = visits_of(request_id, actor)
    return {"visits": found} if found else None


def full() -> QuerySet[Visit]:
    """Return visits with what was used on them."""
    used = MaterialUsed.objects.select_related("material").order_by("material__order", "id")
    return Visit.objects.prefetch_related(Prefetch("used", used))


def infos(rows: Iterable[Visit], actor: Actor) -> list[VisitInfo]:
    """Return visits as the actor may see them: a contractor's people learn the names of their own only."""
    found = list(rows)
    own = identity.workforce(actor)
    people: Mapping[uuid.UUID, str] = {one.id: one.name or one.email for one in own.people}
    teams = {one.id: one.name for one in own.teams}
    return [_info(row, people, teams) for row in found]


def _info(row: Visit, people: Mapping[uuid.UUID, str], teams: Mapping[uuid.UUID, Mapping[str, str]]) -> VisitInfo:
    late = row.finished_at and row.finish_arrived_at and row.finish_arrived_at - row.finished_at > _LATE
    return VisitInfo(
        id=row.id,
        request_id=row.request_id,
        number=row.number,
        category=row.category,
        person=people.get(row.person_id, "") if row.person_id else "",
        team=teams.get(row.team_id, {}) if row.team_id else {},
        started_at=row.started_at,
        finished_at=row.finished_at,
        minutes=row.minutes,
        result=Result(row.result) if row.result else None,
        reason=Reason(row.reason) if row.reason else None,
        used=tuple(Used(material_info(one.material), one.quantity) for one in row.used.all()),
        sent_late=bool(late),
    )
