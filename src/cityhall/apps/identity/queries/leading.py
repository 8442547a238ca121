"""Reads: which teams can be given work, and who leads them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet

from cityhall.apps.identity.contracts import ContractState, PersonInfo, TeamInfo
from cityhall.apps.identity.models import Membership, Team
from cityhall.apps.identity.queries.contractors import is_shut_out, state_of, today
from cityhall.apps.identity.queries.values import person_info, team_info


def working_teams() -> list[TeamInfo]:
    """Return the teams that can be given work today, by code: the city's own, and those whose contract runs."""
    day = today()
    rows = Team.objects.filter(is_active=True).select_related("contractor").order_by("code")
    return [
        team_info(row)
        for row in rows
        if row.contractor is None or state_of(row.contractor, day) is ContractState.RUNNING
    ]


def leads(team_id: uuid.UUID | None, department_id: uuid.UUID | None) -> list[PersonInfo]:
    """Return who leads a team, by name: who settles contests in it, else in its department, else in the whole city.

    Administrators are the last to be asked. A contractor's team is led by those of its own people who assign its work.
    """
    team = Team.objects.filter(id=team_id).first() if team_id else None
    if team is not None and team.contractor_id is not None:
        return _people(
            row for row in _holding("requests.assign").filter(team=team, user__contractor_id=team.contractor_id)
        )
    rows = list(_holding("requests.settle").filter(user__contractor__isnull=True))
    everywhere = [row for row in rows if row.department_id is None and row.team_id is None]
    for level in (
        [row for row in rows if team_id and row.team_id == team_id],
        [row for row in rows if department_id and row.department_id == department_id and row.team_id is None],
        [row for row in everywhere if "identity.manage" not in row.role.permissions],
    ):
        if level:
            return _people(level)
    return _people(everywhere)


def _holding(permission: str) -> QuerySet[Membership]:
    return (
        Membership.objects.filter(role__permissions__contains=[permission], user__is_active=True, user__is_staff=True)
        .select_related("user", "user__contractor", "role")
        .order_by("user__name", "user__email")
    )


def _people(rows: Iterable[Membership]) -> list[PersonInfo]:
    day = today()
    found = {row.user_id: person_info(row.user) for row in rows if not is_shut_out(row.user, day)}
    return list(found.values())
