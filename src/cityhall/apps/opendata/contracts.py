"""What the opendata room speaks: contracts of datasets, what was published, and why something was refused."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cityhall.kernel.snapshots import ColumnType

PUBLISH = "opendata.publish"


class Freshness(StrEnum):
    """How a dataset keeps its promise: within it, up to twice as late, later, or nothing was promised."""

    FRESH = "fresh"
    LATE = "late"
    STALE = "stale"
    UNPROMISED = "unpromised"


@dataclass(frozen=True, slots=True)
class ColumnTerms:
    """What a contract says of a column.

    Args:
        name: as programs call it: lower-case letters, digits and `_`, beginning with a letter.
        source: its heading in the file.
        title, description: translated texts.
        unit: what a number counts, as in "days"; "" for none.
        required: a row without a value is put aside.
        choices: the only values there may be; empty for any.
        least, most: bounds of a number.
        publish: False keeps the column out of every snapshot.
    """

    name: str
    source: str
    type: ColumnType
    title: Mapping[str, str]
    description: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    publish: bool = True


@dataclass(frozen=True, slots=True)
class Contract:
    """What a city promises of a dataset, and how a file becomes it.

    Args:
        name: the dataset's name in addresses: lower-case letters, digits and `-`.
        owner: who answers for it; licence: its name or address.
        key: names of the columns that tell rows apart; empty when only their whole content does.
        fresh_within: ISO 8601 duration such as "P1D"; "" promises nothing.
        most_lost: the share of the rows of the snapshot before that may be gone at most.
        most_aside: the share of a file's rows that may be put aside at most.
    """

    name: str
    title: Mapping[str, str]
    description: Mapping[str, str]
    owner: str
    licence: str
    columns: tuple[ColumnTerms, ...]
    key: tuple[str, ...] = ()
    fresh_within: str = ""
    most_lost: float = 0.5
    most_aside: float = 0.1


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
        number: of the snapshot, from 1.
        rows, quarantined: of the snapshot; added, changed, removed: since the one before.
        size: bytes of all its files.
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
    published_at: datetime
    number: int
    rows: int
    quarantined: int
    added: int
    changed: int
    removed: int
    size: int
    columns: tuple[ColumnInfo, ...]
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """What came of a run that went through. `is_new` is False when the file held just what is published already."""

    id: str
    resource_id: uuid.UUID
    snapshot: int
    rows: int
    quarantined: int
    seconds: float
    reasons: Mapping[str, int]
    is_new: bool


class Refused(Exception):
    """A run that would have broken the dataset's promises. The last good snapshot stays up.

    Args:
        reasons: each a sentence for the person who publishes.
    """

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = tuple(reasons)
