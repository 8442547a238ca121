"""Changes of many requests at once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from cityhall.apps.service_requests.contracts.filing import Changed
from cityhall.apps.service_requests.contracts.states import Outcome, Visibility


@dataclass(frozen=True, slots=True)
class Refused:
    """Why one request of a bulk change was left as it was."""

    id: uuid.UUID
    number: str
    reason: Any


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """A change to many requests: exactly one of the fields is set.

    Args:
        assign: of "department_id", "team_id", "assignee_id", those to set.
        close: outcome and public sentence (not "duplicate": that is merging).
        schedule: the day, and a public sentence that may be empty.
        language: of the public sentence; `also` has it in other languages, by their codes. What stands in braces in
            them is filled in for each request.
    """

    assign: Mapping[str, uuid.UUID | None] | None = None
    close: tuple[Outcome, str] | None = None
    schedule: tuple[date | None, str] | None = None
    start: bool = False
    category_code: str = ""
    priority: int | None = None
    note: tuple[str, Visibility] | None = None
    language: str = "en"
    also: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BulkPreview:
    """What a bulk change would do: the requests it would change, and why it would leave others."""

    would_change: tuple[Changed, ...]
    refused: tuple[Refused, ...]
    followers: int


@dataclass(frozen=True, slots=True)
class BulkDone:
    """What a bulk change did. It can be undone by `change_id` until `undo_until`; then followers are told."""

    change_id: uuid.UUID
    changed: tuple[Changed, ...]
    refused: tuple[Refused, ...]
    undo_until: datetime
