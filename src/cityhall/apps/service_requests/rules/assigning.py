"""Whose work a request is, once somebody gave it to somebody."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

Owners = Mapping[str, uuid.UUID | None]
"""By "department_id", "team_id" and "assignee_id"."""


def assigned(now: Owners, wanted: Owners, departments: Mapping[uuid.UUID, uuid.UUID]) -> dict[str, uuid.UUID | None]:
    """Return whose work it is then; what is not wanted stays.

    A team brings its department along. Another department takes the team and the person away that are not wanted.

    Args:
        departments: each team's.
    """
    then = dict(wanted)
    if (team := then.get("team_id")) is not None and then.get("department_id") is None:
        then["department_id"] = departments.get(team)
    moves = then.get("department_id", now["department_id"]) != now["department_id"]
    return {**now, **({"team_id": None, "assignee_id": None} if moves else {}), **then}
