"""What an import hands over."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from cityhall.apps.service_requests.contracts.filing import Contact, Place
from cityhall.apps.service_requests.contracts.states import Fact, Outcome, Showing, Source, State, Visibility

_NOTHING: Mapping[str, Any] = MappingProxyType({})


# Named tuples, of which a load makes millions: a frozen data class of this size takes four times as long to make.
class LoadedEvent(NamedTuple):
    """One line of a history that comes from elsewhere (an import, the demo). `at` is aware."""

    fact: Fact
    at: datetime
    text: str = ""
    visibility: Visibility = Visibility.PUBLIC
    author_kind: str = "system"
    author_id: uuid.UUID | None = None
    author_label: str = ""
    data: Mapping[str, Any] = _NOTHING


class LoadedPlace(NamedTuple):
    """What a `Place` says. A load makes millions, and a named tuple takes a quarter of the time."""

    lat: float | None = None
    lon: float | None = None
    address: str = ""
    address_id: uuid.UUID | None = None
    asset_id: uuid.UUID | None = None


class LoadedRequest(NamedTuple):
    """A whole request as it stands, with its history, for `bulk_load`. Times are aware.

    Args:
        external_id: its number in the other system, at most 120 characters; "" when it has none.
        row_hash: of the row it came from (at most 64 characters); the same hash again means unchanged.
        place: looked up by nobody: give the point.
        duplicate_of: the external id of the request it repeats; used with the outcome "duplicate" only.
        department_id, team_id, priority, due_at: None for the category's own. `routed` says not to fill them.
        events: none writes "received", and "closed" for a closed one.
        number: the city's own number, when it is known; else the next one.
    """

    category_code: str
    requested_at: datetime
    place: Place | LoadedPlace = LoadedPlace()
    external_id: str = ""
    row_hash: str = ""
    description: str = ""
    answers: Mapping[str, str | list[str]] = _NOTHING
    language: str = "en"
    source: Source = Source.IMPORT
    state: State = State.RECEIVED
    outcome: Outcome | None = None
    outcome_sentence: str = ""
    referred_to: str = ""
    scheduled_for: date | None = None
    updated_at: datetime | None = None
    closed_at: datetime | None = None
    due_at: datetime | None = None
    department_id: uuid.UUID | None = None
    team_id: uuid.UUID | None = None
    assignee_id: uuid.UUID | None = None
    priority: int | None = None
    routed: bool = False
    supporters: int = 0
    duplicate_of: str = ""
    events: tuple[LoadedEvent, ...] = ()
    photos: tuple[uuid.UUID, ...] = ()
    evidence: tuple[uuid.UUID, ...] = ()
    contact: Contact | None = None
    showing: Showing = Showing.SHOWN
    number: int | None = None
    id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class LoadResult:
    """How many requests a load wrote anew, changed, and found as they were."""

    imported: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: LoadResult) -> LoadResult:
        """Add two results up."""
        return LoadResult(
            self.imported + other.imported, self.updated + other.updated, self.unchanged + other.unchanged
        )
