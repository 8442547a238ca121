"""The columns of a dataset as CKAN has them: `_id` first, then the dataset's, with PostgreSQL's names for types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from cityhall.kernel.analytics.columns import ID, Column, Type
from cityhall.kernel.analytics.errors import NoSuchColumn
from cityhall.kernel.analytics.query import Field, Item

ROW_ID: Final = "_id"
TYPES: Final = {
    Type.TEXT: "text",
    Type.NUMBER: "numeric",
    Type.BOOLEAN: "bool",
    Type.TIMESTAMP: "timestamp",
    Type.INSTANT: "timestamptz",
    Type.POINT: "json",
    Type.URL: "text",
}


class Fields:
    """Knows the columns by the names CKAN's callers use."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._known = {ROW_ID: Field(ID, Type.TEXT), **{one.name: Field(one.name, one.type) for one in columns}}

    def __contains__(self, name: str) -> bool:
        return name in self._known

    @property
    def names(self) -> tuple[str, ...]:
        """Return all names."""
        return tuple(self._known)

    @property
    def texts(self) -> tuple[Field, ...]:
        """Return the columns of text."""
        kinds = (Type.TEXT, Type.URL)
        return tuple(one for name, one in self._known.items() if one.type in kinds and name != ROW_ID)

    def field(self, name: str) -> Field:
        """Return a column. Raises NoSuchColumn."""
        found = self._known.get(name)
        if found is None:
            raise NoSuchColumn(name, self._known)
        return found

    def item(self, name: str) -> Item:
        """Return a column of the answer. Raises NoSuchColumn."""
        return Item(self.field(name), name)


def told(columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Return the columns of an answer with their types."""
    return [{"id": column.name, "type": TYPES[column.type]} for column in columns]
