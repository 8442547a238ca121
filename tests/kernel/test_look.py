"""Dates, numbers, icons and status badges as people read them, in both languages."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation
from django.utils.formats import date_format

from cityhall.kernel import clock
from cityhall.kernel.django import dates

MORNING = datetime(2026, 3, 5, 14, 14, tzinfo=UTC)


def drawn(source: str, **context: object) -> str:
    return Template("{% load look %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "March 5, 2026, 9:14 a.m."), ("es", "5 de marzo de 2026, 9:14 a.\N{NO-BREAK SPACE}m.")],
)
def test_a_moment_is_said_in_the_city_s_time_and_the_reader_s_form(language: str, expected: str) -> None:
    with translation.override(language), timezone.override(ZoneInfo("America/New_York")):
        assert dates.moment(MORNING) == expected


def test_every_month_and_weekday_has_its_spanish_name() -> None:
    """Django translates them by their English words, which mean other things, too: "May" is no permission here."""
    with translation.override("es"):
        days = [date(2026, month, 18) for month in range(1, 13)]
        assert [dates.day(one).split()[2] for one in days] == (
            [
                "enero",
                "febrero",
                "marzo",
                "abril",
                "mayo",
                "junio",
                "julio",
                "agosto",
                "septiembre",
                "octubre",
                "noviembre",
                "diciembre",
            ]
        )
        assert [date_format(one, "b") for one in days] == (
            ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"]
        )
        week = [date_format(date(2026, 5, 18) + timedelta(days=number), "l").lower() for number in range(7)]
        assert week == ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"]


@pytest.mark.parametrize(("language", "expected"), [("en", "9:14 a.m."), ("es", "9:14 a.\N{NO-BREAK SPACE}m.")])
def test_an_hour_is_said_like_the_hour_of_a_moment(language: str, expected: str) -> None:
    with translation.override(language), timezone.override(ZoneInfo("America/New_York")):
        assert drawn("{{ at|time_of_day }}", at=MORNING) == expected
        assert dates.time_of_day(time(9, 14)) == expected


def test_within_a_day_time_is_relative_then_it_is_a_date() -> None:
    with timezone.override(UTC), translation.override("en"):
        for passed, expected in [
            (timedelta(seconds=20), "just now"),
            (timedelta(minutes=1), "1 minute ago"),
            (timedelta(hours=23, minutes=59), "23 hours ago"),
            (timedelta(hours=24), "March 5, 2026"),
            (timedelta(hours=-1), "March 5, 2026"),
        ]:
            with clock.held_at(MORNING + passed):
                assert dates.ago(MORNING) == expected


def test_days_are_counted_on_the_city_s_calendar() -> None:
    with timezone.override(ZoneInfo("America/New_York")):
        late_evening = datetime(2026, 3, 6, 4, 30, tzinfo=UTC)
        assert dates.days_between(MORNING, late_evening) == 0
        assert dates.days_between(MORNING, late_evening + timedelta(hours=1)) == 1


@pytest.mark.parametrize("language", ["en", "es"])
def test_numbers_look_the_same_in_both_languages(language: str) -> None:
    with translation.override(language):
        assert drawn("{{ n|number }} {{ x|number:1 }}", n=1234567, x=1234.5) == "1,234,567 1,234.5"


def test_a_closed_request_says_its_outcome_and_shows_a_shape() -> None:
    badge = drawn("{% status_badge 'closed' 'not_found' %}")
    assert "Closed: not found" in badge
    assert "#status-closed" in badge
    assert "Fixed" in drawn("{% status_badge 'fixed' 'fixed' %}")


def test_every_status_has_a_drawing_in_the_sprite() -> None:
    from pathlib import Path

    import cityhall
    from cityhall.kernel.django.templatetags.look import STATUS_WORDS

    sprite = (Path(cityhall.__file__).parent / "static" / "look" / "icons.svg").read_text()
    for status in STATUS_WORDS:
        assert f'id="status-{status}"' in sprite
