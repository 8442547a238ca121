"""A contract: what a dataset is, which of it is published, and how what could harm somebody is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cityhall.apps.opendata.contracts.sources import SourceTerms
from cityhall.kernel.snapshots import ColumnType, Rare


class Classification(StrEnum):
    """Whom a column may harm when it is read. Only what is public may be published unchanged."""

    PUBLIC = "public"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"


class Transform(StrEnum):
    """What is published in the place of a value: nothing else, or less of it.

    Of a text: its hundred-block (`BLOCK`) or street (`STREET`), or what is left without personal data (`SCRUB`). Of a
    point: the centre of its H3 cell (`H3`) or of its square in a grid (`SNAP`), or the nearest crossing of two streets
    (`INTERSECTION`).
    """

    NONE = "none"
    DROP = "drop"
    BLOCK = "block"
    STREET = "street"
    INTERSECTION = "intersection"
    SCRUB = "scrub"
    H3 = "h3"
    SNAP = "snap"


class Policy(StrEnum):
    """What is done about a column of the file that the contract does not expect, or the other way round."""

    REFUSE = "refuse"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class ColumnTerms:
    """What a contract says of a column.

    Args:
        name: as programs call it: lower-case letters, digits and `_`, beginning with a letter.
        source: its heading in the file; "" for a point.
        title, description: translated texts.
        unit: what a number counts, as in "days"; "" for none.
        required: a row without a value is put aside.
        choices: the only values there may be; empty for any.
        least, most: bounds of a number.
        publish: False keeps the column out of every snapshot.
        longitude, latitude: the headings of a point's degrees.
        transform: with `resolution` of the H3 cell or `metres` of the grid.
        hold_hours: rows whose time here is newer are held back.
        most_empty: the share of rows that may have no value.
        fresh_within: how old the last time here may be, as an ISO 8601 duration.
        day_first: of dates and times: the file writes the day before the month.
        sign: what the file writes at each number, as "$" or "%"; "" for nothing.
        decimal_comma: of numbers and of a point's degrees: the file writes 1.234,5.
        brackets: the file writes five below zero as (5). With a sign that is understood.
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
    longitude: str = ""
    latitude: str = ""
    classification: Classification = Classification.PUBLIC
    transform: Transform = Transform.NONE
    resolution: int = 0
    metres: float = 0
    hold_hours: float = 0
    most_empty: float = 1
    fresh_within: str = ""
    day_first: bool = False
    sign: str = ""
    decimal_comma: bool = False
    brackets: bool = False

    @property
    def headings(self) -> tuple[str, ...]:
        """Return what the file must have for this column."""
        return (self.longitude, self.latitude) if self.type is ColumnType.POINT else (self.source,)


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
        suppress: values that too few rows have are taken out.
        new_columns, missing_columns: what is done about them; an ignored column that is missing is empty.
        source: where its rows are fetched from; None when files are given by hand.
        topics: what it is about, each a translated text.
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
    suppress: tuple[Rare, ...] = ()
    new_columns: Policy = Policy.IGNORE
    missing_columns: Policy = Policy.REFUSE
    source: SourceTerms | None = None
    topics: tuple[Mapping[str, str], ...] = ()
