"""The types of published columns, and how a snapshot stores them.

A snapshot is one table, `rows`: in the query file (`rows.duckdb`) and, the same columns, in Parquet parts. It holds the
columns of the dataset and four of the system. Stored types:

    text, url   VARCHAR
    number      BIGINT or DOUBLE
    boolean     BOOLEAN
    timestamp   TIMESTAMP: the clock on the wall, no zone; a date is its midnight
    instant     TIMESTAMP: a moment, in UTC
    point       two columns of DOUBLE, "NAME.lon" and "NAME.lat" (WGS 84), both null where there is none
    :id         VARCHAR, never null, unique
    :created_at, :updated_at   TIMESTAMP: moments, in UTC

Rows are stored in the order of `:id`, which is the stable order of pages: with it, a page deep in the table is found
without sorting. A writer who wants another order, such as by date, gives out ids that follow it.

Beside it a query file may have heads: tables named "head:COLUMN" with the first HEAD_ROWS rows by that column,
descending and nulls first, so that the newest need no search. ":position" there is the place in `rows`. For a point it
may have "places:COLUMN": of every row the two degrees and the ":position", and neighbours stand together, so that what
lies in an area is found without reading the rest. And it may have "cells:COLUMN", with how many rows lie in each tile
of web maps of zoom CELL_ZOOM: `x` from the west and `y` from the north, `count`, and the sums `lon` and `lat` of their
degrees.

In the query file of a snapshot with a delta `rows` is a view. It needs the database "base", another query file: of its
`rows` those are left out whose places are in the table `gone`, and those of the table `delta` stand beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

TABLE = "rows"
HEAD = "head:"
HEAD_ROWS = 10_000
PLACES = "places:"
CELLS = "cells:"
CELL_ZOOM = 18
POSITION = ":position"
BASE = "base"
DELTA = "delta"
GONE = "gone"
PLACE = "place"
ID = ":id"
CREATED_AT = ":created_at"
UPDATED_AT = ":updated_at"


class Type(StrEnum):
    """What a column or an expression holds."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    INSTANT = "instant"
    POINT = "point"
    URL = "url"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a dataset or of an answer.

    Args:
        name: lower-case field name, the same in every protocol.
    """

    name: str
    type: Type

    @property
    def is_system(self) -> bool:
        """Say whether this is one of the system's own columns."""
        return self.name.startswith(":")

    @property
    def stored(self) -> tuple[str, ...]:
        """Return the names of the stored columns."""
        return (f"{self.name}.lon", f"{self.name}.lat") if self.type is Type.POINT else (self.name,)


SYSTEM_COLUMNS = (Column(ID, Type.TEXT), Column(CREATED_AT, Type.INSTANT), Column(UPDATED_AT, Type.INSTANT))
