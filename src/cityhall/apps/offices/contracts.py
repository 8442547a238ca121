"""The words of the offices room: an office, and its week."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cityhall.apps.service_requests.contracts import PublicRequest

#: Who works in an office, and who says which offices there are.
WORK = "offices.work"
MANAGE = "offices.manage"


@dataclass(frozen=True, slots=True)
class OfficeTerms:
    """What can be set of an office.

    Args:
        name: language code to name; English is needed.
        area_kind, area_code: its district: areas are loaded anew, their codes stay.
        members: accounts of those who work there.
    """

    name: Mapping[str, str]
    area_kind: str
    area_code: str
    members: frozenset[uuid.UUID] = frozenset()
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class OfficeInfo:
    """An office. `area_id` is its district's as it is now, None when that is gone."""

    id: uuid.UUID
    terms: OfficeTerms
    area_id: uuid.UUID | None
    area_name: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure of the week, of the week before and of the same week last year."""

    now: int
    before: int
    last_year: int


@dataclass(frozen=True, slots=True)
class KindLine:
    """What one category had: see `Compared`. `name` is "" for those whose places are not public, together."""

    name: str
    opened: Compared
    closed: Compared


@dataclass(frozen=True, slots=True)
class Report:
    """An office's week, from a Monday to the Sunday after.

    Args:
        open, overdue: of the district, when the report is made; `as_of` is that moment.
        streets: street names with how many requests were filed there, the most first.
        oldest: the open requests that wait longest.
    """

    office: OfficeInfo
    monday: date
    sunday: date
    opened: Compared
    closed: Compared
    contested: Compared
    open: int
    overdue: int
    as_of: datetime
    kinds: tuple[KindLine, ...]
    streets: tuple[tuple[str, int], ...]
    oldest: tuple[PublicRequest, ...]
