"""A dataset as its readers see it: its columns, its versions, how fresh it is, what became of a run."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cityhall.apps.opendata.contracts.reasons import Reason
from cityhall.apps.opendata.contracts.terms import Transform
from cityhall.kernel.snapshots import ColumnType


class Freshness(StrEnum):
    """How a dataset keeps its promise: within it, up to twice as late, later, or nothing was promised."""

    FRESH = "fresh"
    LATE = "late"
    STALE = "stale"
    UNPROMISED = "unpromised"


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """A published column, and what the snapshot in force holds of it."""

    name: str
    type: ColumnType
    title: Mapping[str, str]
    description: Mapping[str, str]
    unit: str
    nulls: int
    distinct: int


@dataclass(frozen=True, slots=True)
class DatasetInfo:
    """A published dataset with its snapshot in force.

    Args:
        id: CKAN's resource id; code: the 4x4.
        created_at: when the dataset began; published_at: when the snapshot was; shown_since: when readers began to see
            it, later where one after it was recalled.
        checked_at: when a file last held just these rows.
        number: of the snapshot, from 1.
        rows, quarantined: of the snapshot; added, changed, removed: since the one before.
        size: bytes of all its files.
        is_live: it is the city's own records, always current: only the snapshot in force is kept.
    """

    id: uuid.UUID
    code: str
    name: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    owner: str
    licence: str
    fresh_within: str
    freshness: Freshness
    created_at: datetime
    published_at: datetime
    shown_since: datetime
    checked_at: datetime
    number: int
    rows: int
    quarantined: int
    added: int
    changed: int
    removed: int
    size: int
    columns: tuple[ColumnInfo, ...]
    key: tuple[str, ...]
    is_live: bool = False
    topics: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """A snapshot in the history of its dataset.

    Args:
        rows, size: 0 for one that was recalled.
        recalled_at: None for one that can be read; `reason` is the public notice.
        since: the number of the one before that can be read, None when there is none.
    """

    number: int
    published_at: datetime
    rows: int
    quarantined: int
    added: int
    changed: int
    removed: int
    size: int
    is_current: bool
    recalled_at: datetime | None
    reason: str
    since: int | None = None


@dataclass(frozen=True, slots=True)
class RefusedRun:
    """A run that was refused; `reasons` are for who publishes."""

    at: datetime
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class History:
    """What became of a dataset.

    Args:
        title: of the dataset, which may be withdrawn.
        versions: the newest first; those no longer kept are not among them.
        refused: the newest runs that were refused.
        columns: names of all columns that a version has which can be read.
        is_live: as of a dataset.
    """

    code: str
    name: str
    title: Mapping[str, str]
    is_withdrawn: bool
    versions: tuple[Version, ...]
    refused: tuple[RefusedRun, ...]
    columns: tuple[str, ...]
    is_live: bool = False

    @property
    def recalled(self) -> tuple[Version, ...]:
        """Return the versions that were recalled."""
        return tuple(one for one in self.versions if one.recalled_at is not None)


@dataclass(frozen=True, slots=True)
class Recalled:
    """What a recall did: the snapshots that are gone, and the one readers see now; None when there is none left."""

    code: str
    name: str
    snapshots: tuple[int, ...]
    current: int | None


@dataclass(frozen=True, slots=True)
class Published:
    """What came of a run that went through.

    Args:
        is_new: False when the file held just what is published already.
        guarded: by heading, what was done with columns that look as if they were about people, nobody having said.
        closing: how rows at the end begin that look like totals or notes, and were published all the same.
    """

    id: str
    resource_id: uuid.UUID
    snapshot: int
    rows: int
    quarantined: int
    seconds: float
    reasons: Mapping[str, int]
    is_new: bool
    guarded: Mapping[str, Transform]
    closing: Sequence[str] = ()


class Refused(Exception):
    """A run that would have broken the dataset's promises. The last good snapshot stays up.

    Args:
        told: why, for the person who publishes. `reasons` are the same as sentences in English.
    """

    def __init__(self, told: Sequence[Reason]) -> None:
        self.told, self.reasons = tuple(told), tuple(map(str, told))
        super().__init__(" ".join(self.reasons))


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened to a dataset: a snapshot was published, or recalled.

    Args:
        is_live: it is published whenever the city's records change.
        gained, lost: names of columns it has that the one before had not, and the other way round.
        reason: the public notice of a recall; "" for what was published.
    """

    code: str
    title: Mapping[str, str]
    at: datetime
    number: int
    is_live: bool
    rows: int = 0
    added: int = 0
    changed: int = 0
    removed: int = 0
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    reason: str = ""
