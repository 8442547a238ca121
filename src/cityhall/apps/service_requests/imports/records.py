"""What passes between the stages of an import: rows as read, records as understood, and what could not be used."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from cityhall.kernel.errors import CityhallError

# Every reason a row can be put aside for. The import guide lists them from here; a test holds the two together.
REASONS: Mapping[str, str] = {
    "no_id": "The row has no number in the other system.",
    "bad_id": "The number is longer than 120 characters.",
    "no_date": "The row does not say when the request was made.",
    "unreadable_date": "A date could not be read.",
    "date_out_of_range": "A date is before 1970 or in the future.",
    "closed_before_requested": "The row was closed before it was made.",
    "no_closing_date": "The row is closed but has no date of closing.",
    "unknown_status": "The status word is not in the profile.",
    "bad_coordinates": "The coordinates are not numbers, or no place on Earth.",
    "outside_boundary": "The place is outside the city's boundary.",
    "bad_encoding": "The row holds bytes that are no text.",
    "wrong_columns": "The row has more or fewer fields than the header.",
    "duplicate_id": "An earlier row of the file has the same number and says something else.",
    "unreadable_record": "The record could not be read.",
    "file_broken": "The file ends or breaks in the middle of a record; nothing after it could be read.",
    "own_record_differs": "The row is a request of this city, and differs from it. Change it at the desk.",
}


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BLANK = hashlib.blake2b(digest_size=16)  # copied for each row: to make one takes longer


class Unusable(CityhallError):
    """A whole file or profile that cannot be imported. The message says why and what to do."""

    code = "unusable"


class Cells(Mapping[str, str]):
    """The cells of one row of a table, by column. Where columns stand is said once for all rows."""

    __slots__ = ("cells", "places")

    def __init__(self, places: Mapping[str, int], cells: Sequence[str]) -> None:
        self.places = places
        self.cells = cells

    def __getitem__(self, column: str) -> str:
        return self.cells[self.places[column]]

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


class Row(NamedTuple):
    """One record as the file has it.

    Args:
        number: place in the file, counted in records from 1.
        values: column to text. Nested values have dotted columns.
        broken: "" or the reason code when the reader could not make sense of the record.
        detail: what exactly was wrong, "" to use the reason's own sentence.
    """

    number: int
    values: Mapping[str, str]
    broken: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a row was put aside: a code of `REASONS` and a sentence that names the column or value."""

    code: str
    sentence: str


class RowRefused(Exception):
    """Raised inside the normaliser to put one row aside."""

    def __init__(self, code: str, sentence: str = "") -> None:
        super().__init__(code)
        self.trouble = Trouble(code, sentence or REASONS[code])


class Record(NamedTuple):
    """One request of the other system, understood. Times are aware and in UTC; "" and None mean not stated.

    Args:
        requested_at: None only when the profile says that the whole source has no dates.
        sentence: the public sentence of a closed request; never free text of the source.
        note: staff's free text in the source: personal data, kept for staff only.
        parent: the other system's number of the request this one repeats.
        own_id: our own id, when the file is one of our exports.
        mended: what was put right on the way, for the history: "swapped", "zero_coordinates", "half_coordinates",
            "closing_without_time", "clock_skew", "no_target".
        policy, place_detail, text_state, supporters: what one of our exports says of how it was published.
    """

    external_id: str
    category: str
    category_code: str
    group: str
    detail: str
    state: str
    outcome: str
    sentence: str
    requested_at: datetime | None
    updated_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    lat: float | None
    lon: float | None
    address: str
    description: str
    note: str
    parent: str
    referred_to: str
    channel: str
    agency: str
    media: str
    language: str = "en"
    own_id: str = ""
    mended: tuple[str, ...] = ()
    policy: str = ""
    place_detail: str = ""
    text_state: str = ""
    supporters: int = 0

    def fingerprint(self) -> str:
        """Return a hash of what the record says (32 hex digits): two rows with the same one need no update."""
        return fingerprints([self])[0]


def fingerprints(records: Sequence[Record]) -> list[str]:
    """Return the fingerprint of each record."""
    if not records:
        return []
    of: dict[str, Sequence[Any]] = dict(zip(Record._fields, zip(*records, strict=True), strict=True))
    lines: Iterable[str] = map(
        "\x1f".join,
        zip(
            *(of[name] for name in ("category", "category_code", "group", "detail", "state", "outcome", "sentence")),
            *(
                [_stamp(moment) for moment in of[name]]
                for name in ("requested_at", "updated_at", "closed_at", "due_at")
            ),
            *(["" if degrees is None else f"{degrees:.7f}" for degrees in of[name]] for name in ("lat", "lon")),
            *(of[name] for name in ("address", "description", "note", "parent", "referred_to", "channel", "agency")),
            *(of[name] for name in ("media", "language")),
            strict=True,
        ),
    )
    own = ("policy", "place_detail", "text_state", "supporters")
    if any(any(of[name]) for name in own):
        more = zip(*(of[name] for name in own), strict=True)
        lines = (
            "\x1f".join((line, *map(str, added))) if any(added) else line
            for line, added in zip(lines, more, strict=True)
        )
    return list(map(_hash, lines))


def _stamp(moment: datetime | None) -> str:
    """Return the seconds since 1970 as Python writes a float; of whole seconds without making one."""
    if moment is None:
        return ""
    since = moment - _EPOCH
    return str(moment.timestamp()) if since.microseconds else f"{since.days * 86_400 + since.seconds}.0"


def _hash(line: str) -> str:
    made = _BLANK.copy()
    made.update(line.encode())
    return made.hexdigest()
