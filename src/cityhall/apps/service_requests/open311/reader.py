"""Reads the parameters of a call one by one, strictly: one that is there and wrong is refused by its name.

Takes them as lists of strings, knows nothing of HTTP. An empty parameter is an absent one (the standard, "Optional
Arguments").
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from django.utils.translation import gettext as _

from cityhall.kernel.errors import Invalid

LONGEST_LIST = 500

Sent = Mapping[str, Sequence[str]]
"""The parameters of a call, each with its values."""

_TIME = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:T(?P<clock>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)(?P<zone>Z|[+ -]\d{2}:?\d{2})?)?",
    re.I,
)


class Reader:
    """Reads parameters one by one and gathers what is wrong with them."""

    def __init__(self, sent: Sent, zone: tzinfo) -> None:
        self._sent = sent
        self._zone = zone
        self.wrong: dict[str, str] = {}

    def text(self, name: str, *, longest: int = 300) -> str:
        """Return the parameter's first value that is not empty."""
        values = self._sent.get(name)
        if not values:
            return ""
        value = values[0].strip() or next((text for value in values if (text := value.strip())), "")
        if "\x00" in value:
            self.wrong[name] = _("contains a character that cannot be kept")
            return ""
        if len(value) > longest:
            self.wrong[name] = _("is longer than %(limit)d characters") % {"limit": longest}
            return ""
        return value

    def needed(self, name: str, *, longest: int = 300) -> str:
        """Return the parameter, which has to be there."""
        value = self.text(name, longest=longest)
        if not value and name not in self.wrong:
            self.wrong[name] = _("was not provided")
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """Return a comma-separated list; a repeated parameter adds to it."""
        values = self._sent.get(name)
        if not values:
            return ()
        joined = ",".join(values)
        if "\x00" in joined:
            self.wrong[name] = _("contains a character that cannot be kept")
            return ()
        found = tuple(dict.fromkeys(word for part in joined.split(",") if (word := part.strip())))
        if len(found) > LONGEST_LIST:
            self.wrong[name] = _("lists more than %(limit)d values") % {"limit": LONGEST_LIST}
            return ()
        return found

    def number(self, name: str, low: float, high: float) -> float | None:
        """Return a decimal number within bounds."""
        value = self.text(name, longest=60)
        if not value:
            return None
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not (math.isfinite(number) and low <= number <= high) or "_" in value:
            self.wrong[name] = _("must be a number from %(low)g to %(high)g") % {"low": low, "high": high}
            return None
        return number

    def longitude(self) -> float | None:
        """Return `long`, which some clients call `lon`."""
        found = self.number("long", -180, 180)
        return self.number("lon", -180, 180) if found is None and "long" not in self.wrong else found

    def whole(self, name: str, low: int, high: int) -> int | None:
        """Return a whole number within bounds."""
        value = self.text(name, longest=30)
        if not value:
            return None
        if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
            self.wrong[name] = _("must be a whole number from %(low)d to %(high)d") % {"low": low, "high": high}
            return None
        return int(value)

    def truth(self, name: str) -> bool:
        """Return a truth value, False when absent."""
        value = self.text(name, longest=30).lower()
        if value not in {"", "true", "false", "1", "0"}:
            self.wrong[name] = _("must be true or false")
        return value in {"true", "1"}

    def moment(self, name: str, *, end: bool = False) -> datetime | None:
        """Return a time; a day without a time is its first moment in the city, or the first after it with `end`.

        With `end` the result is the first moment after the second named, as times are published in whole seconds.
        """
        value = self.text(name, longest=60)
        if not value:
            return None
        form = _TIME.fullmatch(value)
        try:
            if form is None:
                raise ValueError(value)
            if form["clock"] is None:
                day = self._sensible(datetime.fromisoformat(form["day"]).replace(tzinfo=self._zone))
                return day + timedelta(days=1) if end else day
            if form["zone"] is None:
                self.wrong[name] = _("must name its time zone, as in 2026-01-31T13:00:00Z")
                return None
            # An unescaped plus sign in an address arrives as a space.
            zone = form["zone"].upper().replace(" ", "+")
            at = self._sensible(datetime.fromisoformat(f"{form['day']}T{form['clock']}{zone}"))
            return at.replace(microsecond=0) + timedelta(seconds=1) if end else at
        except (ValueError, OverflowError):
            self.wrong[name] = _("must be a date and time such as 2026-01-31T13:00:00-08:00")
            return None

    def _sensible(self, at: datetime) -> datetime:
        """Refuse a time so far off that a span around it has no beginning or no end."""
        if not datetime(1900, 1, 2, tzinfo=self._zone) < at < datetime(9000, 1, 1, tzinfo=self._zone):
            raise ValueError(at)
        return at

    def finish(self) -> None:
        """Raise Invalid when anything was wrong."""
        if self.wrong:
            raise Invalid(self.wrong)
