"""One row becomes one record, or the reason why it cannot. Pure: nothing is looked up, nothing is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from cityhall.apps.service_requests.contracts import Outcome, State
from cityhall.apps.service_requests.imports.coordinates import Inside, Point, box, point
from cityhall.apps.service_requests.imports.dates import Reader, choose
from cityhall.apps.service_requests.imports.profiles import Meaning, Profile, Take
from cityhall.apps.service_requests.imports.readers.decoding import MARK
from cityhall.apps.service_requests.imports.recognise import columns_of
from cityhall.apps.service_requests.imports.records import Record, Row, RowRefused, Trouble

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
#: Systems write the first or the last day of their calendar for a target that was never set.
LATEST_TARGET = datetime(2200, 1, 1, tzinfo=UTC)
CLOCK_SKEW = timedelta(minutes=2)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
LIMITS = {
    "category": 200,
    "detail": 200,
    "address": 300,
    "zipcode": 10,
    "referred_to": 200,
    "channel": 80,
    "agency": 200,
}
TEXT_LIMIT = 10_000
_ZIP = re.compile("[0-9]{5}(-[0-9]{4})?")

_OUTCOMES = frozenset(Outcome) - {Outcome.DUPLICATE}

Get = Callable[[Mapping[str, str]], str]


class Normaliser:
    """Turns rows of one file into records.

    Args:
        profile: how the source writes.
        sample: the first rows, which decide how columns and dates are spelled.
        inside: says whether a point is in the city, where a boundary is set.
        now: the time of the import; nothing can have happened after it.
    """

    def __init__(self, profile: Profile, sample: Sequence[Row], *, inside: Inside | None, now: datetime) -> None:
        self.profile = profile
        self._spelled = columns_of(profile, sample)
        self.getters = {name: self._getter(take) for name, take in profile.fields.items()}
        formats = choose(profile.formats, self._dates(sample))
        self.date = Reader(formats, profile.zone, ignore_offset=profile.ignore_offset)
        self.inside = inside
        self.near = inside or (box(*profile.area) if profile.area else None)
        self.latest = now + timedelta(days=1)  # a source's clock may run a little ahead

    def __call__(self, row: Row) -> Record | Trouble:
        """Return the record, or why the row is put aside."""
        if row.broken:
            refused = RowRefused(row.broken, row.detail)
            return refused.trouble
        try:
            return self._record(row.values)
        except RowRefused as refusal:
            return refusal.trouble

    def external_id(self, row: Row) -> str:
        """Return the other system's number of a row, "" when it has none."""
        return self._text("id", row.values)

    def _record(self, values: Mapping[str, str]) -> Record:
        text = self._text
        external_id = text("id", values)
        if not external_id:
            raise RowRefused("no_id")
        if len(external_id) > 120:
            raise RowRefused("bad_id")
        requested = self._moment("requested_at", values)
        if requested is None and self.profile.missing_date != "import":
            raise RowRefused("no_date")
        updated, closed = self._moment("updated_at", values), self._moment("closed_at", values)
        meaning = self.meaning(text("status", values), closed)
        state, outcome, sentence = self._closing(meaning, values)
        skewed = ""
        if state is State.CLOSED:
            closed, skewed = self._closed_at(requested, closed, updated)
        else:
            closed = None
        due, no_target = self._due(values)
        lat, lon, mended = self._place(values)
        category = text("category", values)
        return Record(
            external_id=external_id,
            category=category or self.profile.no_category,
            category_code=text("category_code", values) or self.profile.categories.get(category.casefold(), ""),
            group=text("group", values),
            detail=text("detail", values),
            state=state.value,
            outcome=outcome,
            sentence=sentence,
            requested_at=requested,
            updated_at=updated,
            closed_at=closed,
            due_at=due,
            lat=lat,
            lon=lon,
            address=with_zip(text("address", values), text("zipcode", values)),
            description=text("description", values),
            note=text("note", values),
            parent=self._parent(external_id, values),
            referred_to=text("referred_to", values),
            channel=text("channel", values),
            agency=text("agency", values),
            media=text("media", values),
            language=text("language", values)[:8] or "en",
            own_id=text("own_id", values),
            mended=tuple(filter(None, (mended, skewed, no_target))),
            policy=text("policy", values),
            place_detail=text("place_detail", values),
            text_state=text("text_state", values),
            supporters=count(text("supporters", values)),
        )

    def _text(self, name: str, values: Mapping[str, str]) -> str:
        get = self.getters.get(name)
        if get is None:
            return ""
        text = get(values)
        if not text.isprintable():
            if MARK in text:
                raise RowRefused("bad_encoding", f"The field for {name} holds bytes that are no text.")
            text = _CONTROL.sub(" ", text).strip()
        limit = LIMITS.get(name, TEXT_LIMIT)
        return text if len(text) <= limit else text[: limit - 1] + "…"

    def _moment(self, name: str, values: Mapping[str, str]) -> datetime | None:
        text = self._text(name, values)
        if not text:
            return None
        try:
            moment = self.date(text)
        except ValueError:
            raise RowRefused(
                "unreadable_date", f"The field for {name} is no date that can be read: {text[:60]!r}."
            ) from None
        if name != "due_at" and not EARLIEST <= moment <= self.latest:
            raise RowRefused(
                "date_out_of_range", f"The field for {name} is before 1970 or in the future: {text[:60]!r}."
            )
        return moment

    def _due(self, values: Mapping[str, str]) -> tuple[datetime | None, str]:
        """Return when the row was to be done, and what was put right about it."""
        due = self._moment("due_at", values)
        if due is not None and not EARLIEST <= due < LATEST_TARGET:
            return None, "no_target"
        return due, ""

    def column(self, name: str) -> str:
        """Return the file's column whose text, without blanks around it, is a field; "" where it takes more."""
        take = self.profile.fields[name]
        return self._spelled[take.columns[0]] if len(take.columns) == 1 and not take.pattern else ""

    def meaning(self, word: str, closed: datetime | None) -> Meaning:
        """Return what a status word stands for. Raises RowRefused where it must be known and is not."""
        meaning = self.profile.words.get(word.casefold())
        if meaning is None:
            if word and self.profile.otherwise == "quarantine":
                raise RowRefused("unknown_status", f"The status {word[:60]!r} is not in the profile's [status] words.")
            return Meaning(State.CLOSED if closed else State.RECEIVED)
        if meaning.state is State.REFERRED and closed:
            # Handed on and done with: here a referral stays open until it is answered, so this is a closed request.
            return Meaning(State.CLOSED, Outcome.NOT_CITY, meaning.sentence)
        return meaning

    def _closing(self, meaning: Meaning, values: Mapping[str, str]) -> tuple[State, str, str]:
        if meaning.state is not State.CLOSED:
            return meaning.state, "", ""
        return self.closing(meaning, self._text("outcome", values), self._text("sentence", values))

    def closing(self, meaning: Meaning, stated: str, sentence: str) -> tuple[State, str, str]:
        """Return state, outcome and sentence of what a status word says is closed."""
        # A duplicate is not one before its parent is found: see `linking`.
        outcome = stated if stated in _OUTCOMES else meaning.outcome or Outcome.NOT_STATED.value
        return State.CLOSED, str(outcome), sentence or meaning.sentence or self.profile.closed_sentence

    def _closed_at(
        self, requested: datetime | None, closed: datetime | None, updated: datetime | None
    ) -> tuple[datetime | None, str]:
        """Return when the row was closed and what was put right about it.

        Clocks of two systems differ by seconds, some cities write the day of closing without its time, and in autumn
        an hour happens twice: none of that makes a row unusable. A closing date that is truly before the request does.
        """
        moment = closed or updated
        if moment is None:
            if requested is None:
                return None, ""
            raise RowRefused("no_closing_date")
        if requested is None or moment >= requested:
            return moment, ""
        second = self.date.later_reading(moment)
        if second >= requested:
            return second, ""
        if self.date.is_day_of(moment, requested):
            return requested, "closing_without_time"
        if requested - moment <= CLOCK_SKEW:
            return requested, "clock_skew"
        short = f"{moment:%Y-%m-%d %H:%M} is before {requested:%Y-%m-%d %H:%M} (UTC)"
        raise RowRefused("closed_before_requested", f"The row was closed before it was made: {short}.")

    def _place(self, values: Mapping[str, str]) -> Point:
        lat, lon, mended = point(self._text("lat", values), self._text("lon", values), self.near)
        if lat is not None and lon is not None and self.inside is not None and not self.inside(lat, lon):
            raise RowRefused("outside_boundary", f"{lat:.5f}, {lon:.5f} is outside the city's boundary.")
        return lat, lon, mended

    def _parent(self, external_id: str, values: Mapping[str, str]) -> str:
        parent = self._text("parent", values)[:120]
        return "" if parent == external_id else parent

    def _dates(self, sample: Sequence[Row]) -> list[str]:
        found = []
        for row in islice(sample, 500):
            for name in ("requested_at", "closed_at"):
                get = self.getters.get(name)
                if get is not None and (text := get(row.values)):
                    found.append(text)
        return found

    def _getter(self, take: Take) -> Get:
        blanks = self.profile.blanks
        pattern = re.compile(take.pattern) if take.pattern else None

        def clean(text: str) -> str:
            text = text.strip()
            return "" if len(text) < 24 and text.casefold() in blanks else text

        if take.columns:
            columns = [self._spelled[column] for column in take.columns]
            if len(columns) == 1 and pattern is None:
                only = columns[0]
                return lambda values: clean(values.get(only, ""))

            def first(values: Mapping[str, str]) -> str:
                for column in columns:
                    text = clean(values.get(column, ""))
                    if text and pattern is not None:
                        found = pattern.search(text)
                        text = (found.group(1) if found and pattern.groups else found.group(0) if found else "") or ""
                    if text:
                        return text
                return ""

            return first
        if take.template:
            pieces = re.split(r"\{([^{}]+)\}", take.template)
            for place in range(1, len(pieces), 2):
                pieces[place] = self._spelled[pieces[place]]

            def filled(values: Mapping[str, str]) -> str:
                parts = [clean(values.get(piece, "")) if place % 2 else piece for place, piece in enumerate(pieces)]
                # A template of blanks is blank: the words between them say nothing on their own.
                return " ".join("".join(parts).split()) if any(parts[1::2]) else ""

            return filled
        return lambda values: take.value


def with_zip(address: str, zipcode: str) -> str:
    """Return an address with its ZIP code behind it; as it is where it names it, is empty, or has no room for it."""
    told = f"{address}, {zipcode}"
    wanted = address and _ZIP.fullmatch(zipcode) and zipcode not in address and len(told) <= LIMITS["address"]
    return told if wanted else address


def count(text: str) -> int:
    """Return a number of people; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 0
