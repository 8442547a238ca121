"""How a team's day is set up: its depot and hours, its crews, what kinds of work take."""

from __future__ import annotations

import uuid

from cityhall.apps.day_plans import contracts
from cityhall.apps.day_plans.contracts import KindTerms, TeamTerms
from cityhall.apps.day_plans.models import Crew, Kind, TeamDay


def team_terms(team_id: uuid.UUID) -> TeamTerms:
    """Return how a team's day is; the usual hours where nobody said, and then no depot."""
    row = TeamDay.objects.filter(team_id=team_id).first()
    if row is None:
        return TeamTerms()
    return TeamTerms(row.depot, row.lat, row.lon, row.begins, row.ends, row.speed, row.at_once)


def crew_of(row: Crew) -> contracts.Crew:
    """Return a crew as it is set."""
    return contracts.Crew(row.id, row.name, tuple(row.members), tuple(row.skills), row.most_jobs, row.begins, row.ends)


def crews(team_id: uuid.UUID) -> tuple[contracts.Crew, ...]:
    """Return the crews of a team that go out, by name."""
    return tuple(crew_of(row) for row in Crew.objects.filter(team_id=team_id, is_active=True).order_by("name", "id"))


def teams_with_crews() -> frozenset[uuid.UUID]:
    """Return the teams that send crews out."""
    return frozenset(Crew.objects.filter(is_active=True).values_list("team_id", flat=True))


def kinds() -> dict[str, KindTerms]:
    """Return what is known of categories' jobs, by code."""
    return {row.category: KindTerms(row.minutes, row.skill) for row in Kind.objects.all()}
