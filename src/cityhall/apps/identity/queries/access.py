"""Reads: who may do what, person by person, from the tables and by the rule that the services check with."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from cityhall.apps.identity import rules
from cityhall.apps.identity.contracts import AccessRow, Held, Standing
from cityhall.apps.identity.models import Department, Membership, Team, User
from cityhall.apps.identity.queries.acting import PRIMARY_FACTORS, grant_of, reach_of
from cityhall.apps.identity.queries.contractors import is_shut_out, today
from cityhall.apps.identity.queries.values import person_info


def access_rows(
    *,
    words: str = "",
    department_id: uuid.UUID | None = None,
    contractor_id: uuid.UUID | None = None,
    permission: str = "",
) -> list[AccessRow]:
    """Return what each staff account may do today, by name. Five SQL queries.

    Args:
        words: part of the name or address.
        department_id: only people who may do something there; who is not limited may do it there too.
        contractor_id: only the people of this contractor.
        permission: only people who hold this permission.
    """
    factor = Authenticator.objects.filter(user_id=OuterRef("pk"), type__in=PRIMARY_FACTORS)
    users = User.objects.filter(is_staff=True).select_related("contractor").annotate(second=Exists(factor))
    if contractor_id is not None:
        users = users.filter(contractor_id=contractor_id)
    memberships: dict[uuid.UUID, list[Membership]] = defaultdict(list)
    rows = Membership.objects.filter(user__is_staff=True).select_related("role", "team")
    for row in rows.order_by("role__code", "id"):
        memberships[row.user_id].append(row)
    teams = {team.id: team for team in Team.objects.all()}
    departments = {row.id: row for row in Department.objects.all()}
    found = []
    day = today()
    wanted = words.casefold().strip()
    for user in users.order_by("name", "email"):
        if wanted and wanted not in f"{user.name} {user.email}".casefold():
            continue
        reach = reach_of(user, memberships[user.id], day)
        if permission and permission not in reach.permissions:
            continue
        reached = reach.departments | {teams[one].department_id for one in reach.teams}
        if department_id is not None and (not reach.permissions or (reached and department_id not in reached)):
            continue
        where = [departments[one].name for one in reach.departments] + [teams[one].name for one in reach.teams]
        found.append(
            AccessRow(
                person=person_info(user),
                standing=_standing(user, bool(user.second), day),
                contractor=user.contractor.name if user.contractor else "",
                contract_ends_on=user.contractor.ends_on if user.contractor else None,
                held=tuple(_held(reach, memberships[user.id], user)),
                where=tuple(where),
            )
        )
    return found


def _standing(user: User, has_factor: bool, day: date) -> Standing:
    if not user.is_active:
        return Standing.CLOSED
    if is_shut_out(user, day):
        return Standing.CONTRACT_OVER
    return Standing.IN_FORCE if has_factor else Standing.NO_SECOND_FACTOR


def _held(reach: rules.Reach, memberships: list[Membership], user: User) -> Iterator[Held]:
    """Yield each permission with the roles that give it."""
    for code in sorted(reach.permissions):
        roles = {
            row.role.code: row.role.name
            for row in memberships
            if any(code in grant.permissions for grant in rules.in_force([grant_of(row)], user.contractor_id))
        }
        yield Held(code, code in rules.WORK_PERMISSIONS, tuple(roles.values()))
