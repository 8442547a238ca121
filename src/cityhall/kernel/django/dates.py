"""How dates are said to people: short words within a day, then the whole date, in each language's own form."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from cityhall.kernel import clock

NO_BREAK = "\N{NO-BREAK SPACE}"


def day(value: date | datetime) -> str:
    """Return "March 5, 2026" or "5 de marzo de 2026", in the visitor's time zone."""
    return date_format(_local(value), "DATE_FORMAT")


def short_day(value: date | datetime) -> str:
    """Return "Mar 5" or "5 mar", with the year when it is not this one."""
    local = _local(value)
    this_year = local.year == timezone.localtime(clock.now()).year
    return date_format(local, "SHORT_DAY_FORMAT" if this_year else "SHORT_DATE_FORMAT")


def moment(value: datetime) -> str:
    """Return "March 5, 2026, 9:14 a.m." or "5 de marzo de 2026, 9:14 a. m."."""
    return _spaced(date_format(_local(value), "DATETIME_FORMAT"))


def time_of_day(value: datetime | time) -> str:
    """Return "9:14 a.m." or "9:14 a. m."; of a moment, in the visitor's time zone."""
    return _spaced(time_format(timezone.localtime(value) if isinstance(value, datetime) else value, "TIME_FORMAT"))


def ago(value: datetime) -> str:
    """Return "12 minutes ago" within 24 hours of now, in the past; the date otherwise."""
    passed = clock.now() - value
    if passed < timedelta(0) or passed >= timedelta(hours=24):
        return day(value)
    minutes = int(passed.total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return ngettext("%(count)d minute ago", "%(count)d minutes ago", minutes) % {"count": minutes}
    hours = minutes // 60
    return ngettext("%(count)d hour ago", "%(count)d hours ago", hours) % {"count": hours}


def days_between(start: datetime, end: datetime) -> int:
    """Return the whole calendar days from `start` to `end` in the visitor's time zone."""
    return (_day_of(end) - _day_of(start)).days


def _spaced(text: str) -> str:
    """Write "a. m." where the visitor's language does."""
    if (get_language() or "en").startswith("es"):
        return text.replace("a.m.", f"a.{NO_BREAK}m.").replace("p.m.", f"p.{NO_BREAK}m.")
    return text


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) else value


def _day_of(value: datetime) -> date:
    return timezone.localtime(value).date()
