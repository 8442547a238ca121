"""From rows to the plain values other rooms are given."""

from __future__ import annotations

from cityhall.apps.identity.contracts import PersonInfo, TeamInfo
from cityhall.apps.identity.models import Team, User


def person_info(row: User) -> PersonInfo:
    """Return a person."""
    return PersonInfo(
        id=row.id,
        name=row.name,
        email=row.email,
        language=row.language,
        is_staff=row.is_staff,
        is_demo=row.is_demo,
        contractor_id=row.contractor_id,
    )


def team_info(row: Team) -> TeamInfo:
    """Return a team."""
    return TeamInfo(
        id=row.id,
        code=row.code,
        name=row.name,
        department_id=row.department_id,
        contractor_id=row.contractor_id,
    )
