"""Profiles: the schema, its words, its documentation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cityhall.apps.service_requests.imports.profiles import SCHEMA, load, named, shipped
from cityhall.apps.service_requests.imports.records import REASONS, Unusable

GOOD = """
name = "springfield"
title = "Springfield 311"
source_system = "springfield"
time_zone = "America/Chicago"
[fields]
id = "case"
requested_at = "opened"
"""
DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_a_small_profile_is_enough() -> None:
    profile = load(GOOD, where="mine.toml")
    assert profile.required == {"case", "opened"}
    assert profile.text_policy == "withheld"


def test_every_shipped_profile_stands_alone() -> None:
    assert {"san_diego", "los_angeles", "boston", "san_francisco", "new_york", "new_orleans"} <= set(shipped())
    assert {"georeport_json", "georeport_xml", "georeport_bulk", "cityhall"} <= set(shipped())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = ", "no TOML"),
        (GOOD.replace('id = "case"\n', ""), "fields.id is missing"),
        (GOOD.replace("America/Chicago", "Chicago"), "time_zone must be a time zone of the IANA list"),
        (GOOD.replace('requested_at = "opened"', ""), "fields.requested_at is missing"),
        (GOOD + 'colour = "x"', "fields.colour is no key"),
        ('formats = ["iso"]\n' + GOOD, "did you mean dates.formats"),
        (GOOD + '[dates]\nformats = ["%d.%m.%Y %Z"]', "%Z is not understood"),
        (GOOD + '[status.words]\n"Done" = "finished"', "'Done' has state 'finished'"),
        (GOOD + '[status.words]\n"Done" = { state = "closed", outcome = "ok" }', "'Done' has outcome 'ok'"),
        (GOOD.replace('"case"', "7"), 'fields.id must be a column "x"'),
        (GOOD.replace('"case"', '{ columns = ["x"], pattern = "(" }'), "pattern that cannot be used"),
        (GOOD + '[category]\nplace = "roughly"', "category.place must be one of"),
        ("area = [1, 2, 3]\n" + GOOD, "area must be"),
    ],
)
def test_a_wrong_profile_names_the_key_and_the_mend(text: str, says: str) -> None:
    with pytest.raises(Unusable, match=re.escape(says)):
        load(text, where="mine.toml")


def test_a_profile_is_found_by_name_or_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    assert named(str(path)).name == "springfield"
    assert named("boston").name == "boston"
    with pytest.raises(Unusable, match="There are boston"):
        named("gotham")
    with pytest.raises(Unusable, match="cannot be read"):
        named(str(tmp_path / "none.toml"))


def test_the_reference_lists_every_key_and_nothing_else() -> None:
    text = (DOCS / "reference" / "import-profiles.md").read_text(encoding="utf-8")
    listed = dict(
        re.findall(r"^\| `([a-z_.]+)` \| (.+?) \|$", text.split("## Keys")[1].split("## Reasons")[0], re.MULTILINE)
    )
    assert listed == {key.path: key.meaning + (" **Required.**" if key.required else "") for key in SCHEMA}
    reasons = dict(re.findall(r"^\| `([a-z_]+)` \| (.+?) \|$", text.split("## Reasons")[1], re.MULTILINE))
    assert reasons == REASONS
    assert all(f"`{name}`" in text for name in shipped())
