"""Which requests go to which connection, and who may decide that."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping

from cityhall.apps.work_orders.contracts import Terms
from cityhall.kernel.actors import Actor


def concerns(terms: Terms, category: str, department_id: uuid.UUID | None, team_id: uuid.UUID | None) -> bool:
    """Say whether a request goes to the connection: of one of its categories, and of its departments or its teams."""
    if terms.categories and category not in terms.categories:
        return False
    if not terms.departments and not terms.teams:
        return True
    return department_id in terms.departments or team_id in terms.teams


def is_within(actor: Actor, departments: Collection[uuid.UUID], teams: Mapping[uuid.UUID, uuid.UUID]) -> bool:
    """Say whether all that goes to a connection is the actor's work: somebody with limits hands out nothing wider.

    Args:
        departments: of the connection.
        teams: of the connection, each with its department.
    """
    if not actor.departments and not actor.teams:
        return True
    if not departments and not teams:
        return False
    return all(one in actor.departments for one in departments) and all(
        team in actor.teams or department in actor.departments for team, department in teams.items()
    )
