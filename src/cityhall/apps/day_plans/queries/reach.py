"""Whose day the actor may see or plan: the teams of their own work."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext_lazy as _

from cityhall.apps.day_plans.models import Crew
from cityhall.apps.identity import public as identity
from cityhall.apps.identity.contracts import TeamInfo
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.permissions import need
from cityhall.kernel.errors import NotFound


def teams(actor: Actor) -> tuple[TeamInfo, ...]:
    """Return the teams the actor may see the day of: all without limits, else those of their departments and teams."""
    known = identity.workforce(actor).teams
    if not actor.departments and not actor.teams:
        return known
    return tuple(one for one in known if one.id in actor.teams or one.department_id in actor.departments)


def team_of(team_id: uuid.UUID, actor: Actor, permission: str) -> TeamInfo:
    """Return a team whose day the actor may see (or plan).

    Raises:
        NotAllowed: without the permission.
        NotFound: no such team, or none of theirs.
    """
    need(actor, permission)
    found = next((one for one in teams(actor) if one.id == team_id), None)
    if found is None:
        raise NotFound(_("There is no such team among yours."))
    return found


def own_crews(team_id: uuid.UUID, person_id: uuid.UUID | None) -> frozenset[uuid.UUID]:
    """Return the crews of a team that a person goes out with."""
    if person_id is None:
        return frozenset()
    found = Crew.objects.filter(team_id=team_id, members__contains=[person_id]).values_list("id", flat=True)
    return frozenset(found)
