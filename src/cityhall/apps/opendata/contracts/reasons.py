"""Why a file was refused, or a row put aside: a code with its values, told in each reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Self


class Why(StrEnum):
    """What a reason is."""

    LACKS_COLUMN = "lacks_column"
    UNKNOWN_COLUMN = "unknown_column"
    NO_ROW = "no_row"
    NO_ROW_YET = "no_row_yet"
    TOO_MANY_ASIDE = "too_many_aside"
    TOO_MANY_GONE = "too_many_gone"
    TOO_EMPTY = "too_empty"
    TOO_OLD = "too_old"
    NO_TIME = "no_time"
    NO_STREETS = "no_streets"
    NO_ROOM = "no_room"
    ASIDE = "aside"


#: In English, for the command line and for logs. The pages have the same words in the reader's language.
ENGLISH: Final[Mapping[Why, str]] = {
    Why.LACKS_COLUMN: (
        "The file has no column “%(column)s”, and the contract needs it. Add it to the file, or take it out of the"
        " contract."
    ),
    Why.UNKNOWN_COLUMN: (
        "The file has a column “%(column)s”, which the contract does not know. Add it to the contract, with publish ="
        " false to keep it back."
    ),
    Why.NO_ROW: "No row can be used.",
    Why.NO_ROW_YET: "No row can be used. %(held)s rows are too new to be shown.",
    Why.TOO_MANY_ASIDE: (
        "%(aside)s of %(rows)s rows cannot be used (%(worst)s); the contract allows %(percent)s %%. Mend the file, or"
        " raise most_aside."
    ),
    Why.TOO_MANY_GONE: (
        "%(gone)s of the %(rows)s rows published before are gone; the contract allows %(percent)s %%. Look whether the"
        " file is whole, or raise most_lost."
    ),
    Why.TOO_EMPTY: (
        "Column “%(column)s” is empty in %(empty)s of %(rows)s rows; the contract allows %(percent)s %%. Fill it, or"
        " raise its most_empty."
    ),
    Why.TOO_OLD: (
        "The last time in column “%(column)s” is %(latest)s; the contract allows it to be %(age)s old. Get a newer"
        " file, or change its fresh_within."
    ),
    Why.NO_TIME: (
        "The last time in column “%(column)s” is none; the contract allows it to be %(age)s old. Get a newer file, or"
        " change its fresh_within."
    ),
    Why.NO_STREETS: (
        "The city’s streets are not known, so %(column)s cannot become a crossing. Import the streets first."
    ),
    Why.NO_ROOM: "The disk of the city’s server is full. Make room, then try again.",
    Why.ASIDE: "%(many)s × %(why)s",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a file was refused, or how many rows were put aside for what.

    Args:
        why: None for one that was kept as a sentence in English, which is its only value, "text".
        values: texts and numbers; "worst" is a list of (how many, why) of rows.
    """

    why: Why | None
    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, kept: Any) -> Self:
        """Return what `to_keep` made, or what was kept before reasons had codes."""
        if isinstance(kept, str):
            return cls(None, {"text": kept})
        return cls(Why(kept["why"]), kept["values"])

    def to_keep(self) -> Any:
        """Return the reason as JSON holds it."""
        return {"why": self.why.value, "values": dict(self.values)} if self.why else self.values["text"]

    def __str__(self) -> str:
        if self.why is None:
            return str(self.values["text"])
        return ENGLISH[self.why] % {name: in_figures(value) for name, value in self.values.items()}


def in_figures(value: Any) -> str:
    """Return a value of a reason as it stands in a sentence."""
    if isinstance(value, list | tuple):
        return ", ".join(f"{many:,} × {why}" for many, why in value)
    return f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value)
