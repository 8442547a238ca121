"""Reading dates as cities write them, in the city's own time zone unless the text states an offset."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cityhall.apps.service_requests.imports.records import Unusable

Parse = Callable[[str], datetime]
"""Text to a datetime as written: aware when an offset was stated. Raises ValueError."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNKNOWN = datetime.min
_MOST_DAYS = 20_000

_PIECES = {
    "%Y": r"(?P<Y>\d{4})",
    "%m": r"(?P<m>\d{1,2})",
    "%d": r"(?P<d>\d{1,2})",
    "%H": r"(?P<H>\d{1,2})",
    "%I": r"(?P<I>\d{1,2})",
    "%M": r"(?P<M>\d{2})",
    "%S": r"(?P<S>\d{2})(?:\.\d+)?",
    "%p": r"(?P<p>[AaPp])\.?[Mm]\.?",
    "%y": r"(?P<y>\d{2})",
}


def parser(form: str) -> Parse:
    """Return the parser of one format: "iso", "epoch" (seconds), "epoch_ms", or codes %Y %y %m %d %H %I %M %S %p.

    Raises:
        ValueError: the format has another code, or lacks a year, month or day.
    """
    if form == "iso":
        return datetime.fromisoformat
    if form in {"epoch", "epoch_ms"}:
        return _epoch(1000.0 if form == "epoch_ms" else 1.0)
    pattern = ""
    for piece in re.split(r"(%.)", form):
        if piece.startswith("%") and piece not in _PIECES:
            raise ValueError(f"{piece} is not understood; use {' '.join(_PIECES)}, or iso, epoch, epoch_ms")
        pattern += _PIECES.get(piece) or re.escape(piece)
    if not (("%Y" in form or "%y" in form) and "%m" in form and "%d" in form):
        raise ValueError("a format needs a year, a month and a day")
    return _by_pattern(re.compile(pattern))


def choose(formats: Sequence[str], samples: Iterable[str]) -> list[str]:
    """Return the formats to use for a file: those its own dates speak for, best first.

    A format counts by how many of `samples` it reads. Where day-first and month-first read all of them and disagree,
    nobody can know which was meant.

    Raises:
        Unusable: two formats read the dates equally well and differently.
    """
    texts = [text for text in samples if text]
    if not texts or len(formats) == 1:
        return list(formats)
    read = {form: [_try(parser(form), text) for text in texts] for form in formats}
    score = {form: sum(moment is not None for moment in read[form]) for form in formats}
    best = max(score.values())
    leaders = [form for form in formats if score[form] == best]
    if best and any(read[form] != read[leaders[0]] for form in leaders[1:]):
        raise Unusable(
            f"The dates of this file, such as {texts[0]!r}, can be read as {' and as '.join(leaders)}. "
            "Say which in a profile of your own ([dates] formats) and give it with --profile."
        )
    # A date no leader reads is no date: trying the weaker formats too would read 03/04 one way and 13/04 another.
    return leaders


class Reader:
    """Reads the dates of one file.

    Args:
        formats: tried in this order.
        zone: the city's time zone, for dates without an offset. Of a time that occurs twice in autumn, the first.
        ignore_offset: take the written time as local even where an offset is stated.
    """

    def __init__(self, formats: Sequence[str], zone: ZoneInfo, *, ignore_offset: bool = False) -> None:
        self._parsers = [parser(form) for form in formats]
        self._zone = zone
        self._ignore = ignore_offset
        self._starts: dict[date, datetime | None] = {}

    def __call__(self, text: str) -> datetime:
        """Return the moment in UTC. Raises ValueError."""
        for parse in self._parsers:
            try:
                moment = parse(text)
            except ValueError:
                continue
            try:
                if moment.tzinfo is None or self._ignore:
                    return self._of_the_city(moment.replace(tzinfo=None) if self._ignore else moment)
                return moment.astimezone(UTC)
            except OverflowError as error:
                raise ValueError(text) from error
        raise ValueError(text)

    def column(self, texts: Iterable[str]) -> list[datetime | None]:
        """Return the moments of many texts, as one by one at half the price; None for an empty text.

        Raises ValueError where one of them is no date.
        """
        if len(self._parsers) > 1 or self._ignore:
            return [self(text) if text else None for text in texts]
        [parse] = self._parsers
        starts = self._starts
        found: list[datetime | None] = []
        try:
            for text in texts:
                if not text:
                    found.append(None)
                    continue
                written = parse(text)
                if written.tzinfo is not None:
                    found.append(written.astimezone(UTC))
                elif start := starts.get(written.date()):
                    found.append(_EPOCH + (written - start))
                else:
                    found.append(self._of_the_city(written))
        except OverflowError as error:
            raise ValueError(text) from error
        return found

    def _of_the_city(self, written: datetime) -> datetime:
        """Return the moment at which the city's clocks show a time.

        The zone is asked once for each day. On one on which clocks are changed it is asked each time.
        """
        day = written.date()
        start = self._starts.get(day, _UNKNOWN)
        if start is _UNKNOWN:
            if len(self._starts) > _MOST_DAYS:
                self._starts.clear()
            start = self._starts[day] = self._start(day)
        if start is None:
            return written.replace(tzinfo=self._zone).astimezone(UTC)
        return _EPOCH + (written - start)

    def _start(self, day: date) -> datetime | None:
        """Return what the city's clocks showed when the epoch began, had they always gone as on this day."""
        first, last = (datetime.combine(day, at, self._zone).utcoffset() for at in (time.min, time.max))
        return _EPOCH.replace(tzinfo=None) + first if first is not None and first == last else None

    def later_reading(self, moment: datetime) -> datetime:
        """Return the second moment at which the city's clocks show the same time (autumn), or `moment` itself."""
        local = moment.astimezone(self._zone)
        other = local.replace(fold=1).astimezone(UTC)
        return other if timedelta() < other - moment <= timedelta(hours=2) else moment

    def is_day_of(self, day: datetime, moment: datetime) -> bool:
        """Say whether `day` is the city's midnight of the date of `moment`: a date written without a time."""
        midnight, local = day.astimezone(self._zone), moment.astimezone(self._zone)
        return midnight.date() == local.date() and midnight.hour == midnight.minute == midnight.second == 0


def _epoch(unit: float) -> Parse:
    def parse(text: str) -> datetime:
        try:
            return datetime.fromtimestamp(float(text) / unit, UTC)
        except (OverflowError, OSError) as error:
            raise ValueError(text) from error

    return parse


def _by_pattern(pattern: re.Pattern[str]) -> Parse:
    groups = pattern.groupindex

    def parse(text: str) -> datetime:
        found = pattern.fullmatch(text)
        if found is None:
            raise ValueError(text)
        part = found.groupdict()
        year = int(part["Y"]) if "Y" in groups else _century(int(part["y"]))
        hour = int(part.get("H") or 0)
        if "I" in groups:
            hour = int(part["I"])
            if not 1 <= hour <= 12:
                raise ValueError(text)
            hour = hour % 12 + (12 if (part.get("p") or "a") in "pP" else 0)
        return datetime(  # naive: the caller adds the zone
            year, int(part["m"]), int(part["d"]), hour, int(part.get("M") or 0), int(part.get("S") or 0)
        )

    return parse


def _century(short: int) -> int:
    return short + (2000 if short < 69 else 1900)


def _try(parse: Parse, text: str) -> datetime | None:
    try:
        return parse(text)
    except ValueError:
        return None
