"""What stands in braces."""

from __future__ import annotations

from cityhall.apps.answers import rules


def test_values_take_the_place_of_variables_and_what_has_none_is_named() -> None:
    done = rules.fill("Request {number} is due { date:due }. {date:due}", {"number": "48-220", "date:due": ""})
    assert done.text == "Request 48-220 is due { date:due }. {date:due}"
    assert done.missing == ("date:due",)
    assert rules.fill("{number}", {"number": "{place}"}).text == "{place}", "a value is no template"


def test_what_is_no_variable_is_found_by_its_name() -> None:
    assert rules.unknown_in("{number} {nmuber} {x y} {}") == ("nmuber", "x y", "")
    assert rules.unknown_in("{date:due} and {expected}") == ()
    assert "{date:due}" in rules.known()
