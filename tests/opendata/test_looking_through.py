"""What a person is asked about a file: guessed kinds, columns that look personal, and what their answers make of it."""

from __future__ import annotations

import pytest

from cityhall.apps.opendata.contracts import Classification, Contract, Transform
from cityhall.apps.opendata.rules import contract_files, editing, guessing, looking, sniffing
from cityhall.apps.opendata.rules.looking import Looks
from cityhall.kernel.errors import Invalid
from cityhall.kernel.snapshots import ColumnType, Sample

TEXT = """
name = "visits"
title = { en = "Visits", fr = "Visites" }
owner = "Parks"
key = "id"
fresh_within = "P1M"
most_lost = 0
[[columns]]
name = "id"
type = "number"
least = 1
[[columns]]
name = "kind"
choices = ["a", "b"]
[[columns]]
name = "seen"
type = "date"
hold_hours = 24
[[columns]]
name = "place"
type = "point"
longitude = "lng"
latitude = "lat"
transform = "h3"
resolution = 8
[[columns]]
name = "inspector"
publish = false
[[suppress]]
columns = ["kind"]
fewer_than = 5
"""


def sample(*columns: tuple[str, list[str]]) -> Sample:
    return Sample(tuple(name for name, _ in columns), tuple(zip(*(values for _, values in columns), strict=True)))


@pytest.mark.parametrize(
    ("beginning", "name", "ending"),
    [
        (b"id,name\n", "trees.txt", ".csv"),
        (b"PK\x03\x04rest", "trees.csv", ".xlsx"),
        (b"PK\x03\x04rest", "trees.zip", ".zip"),
        (b"PAR1", "trees", ".parquet"),
        (b'\xef\xbb\xbf {"type": "FeatureCollection", "features": []}', "trees.json", ".geojson"),
        (b'{"id": 1}\n{"id": 2}\n', "trees.json", ".jsonl"),
        (b"\xd0\xcf\x11\xe0", "trees.xls", ".xls"),
        (b"", "", ".csv"),
    ],
)
def test_a_file_is_what_its_first_bytes_say(beginning: bytes, name: str, ending: str) -> None:
    assert sniffing.ending_of_upload(beginning, name) == ending


@pytest.mark.parametrize(
    ("heading", "values", "looks"),
    [
        ("Contact e-mail", ["", "x"], Looks.EMAIL),
        ("Teléfono", ["1", "2"], Looks.PHONE),
        ("Applicant", ["A", "B"], Looks.NAME),
        ("LAST_NAME", ["A", "B"], Looks.NAME),
        ("Site address", ["1 Main St", "2 Main St"], Looks.ADDRESS),
        ("DOB", ["2001-01-01", "2002-01-01"], Looks.BIRTH),
        ("Who", ["maria.lopez@example.org", "x"], Looks.EMAIL),
        ("Who", ["Maria Lopez", "John Smith"], Looks.NAME),
        ("Remarks", ["The tree fell, call 619 555 0123 please", "Nothing more was found here today"], Looks.PHONE),
    ],
)
def test_columns_that_look_like_somebodys_are_kept_back_until_a_person_decides(
    heading: str, values: list[str], looks: Looks
) -> None:
    given = sample(("id", ["1", "2"]), (heading, values))
    guessed = guessing.guessed("t", given)
    found = looking.suspicions(guessed, given)[guessed.columns[1].name]
    assert (found.looks, found.is_likely) == (looks, True)
    kept = looking.careful(guessed, given).columns[1]
    assert kept.classification is Classification.PERSONAL
    assert not kept.publish or kept.transform is not Transform.NONE


def test_what_is_harmless_stays_and_one_name_among_many_is_only_pointed_at() -> None:
    kinds = ["Oak"] * 20
    parks = ["Balboa Park"] * 19 + ["Maria Lopez"]
    given = sample(("id", [str(at) for at in range(20)]), ("species", kinds), ("Adopted by", parks))
    guessed = guessing.guessed("t", given)
    assert looking.suspicions(guessed, given).keys() == {"adopted_by"}
    assert not looking.suspicions(guessed, given)["adopted_by"].is_likely
    assert looking.careful(guessed, given) == guessed


def test_rows_are_not_told_apart_by_what_is_kept_back() -> None:
    given = sample(("id", ["619-555-0123", "619-555-0124"]), ("n", ["1", "2"]))
    assert looking.careful(guessing.guessed("t", given), given).key == ()


class TestAnswers:
    @pytest.fixture
    def contract(self) -> Contract:
        return contract_files.read(TEXT)

    def test_a_form_sent_back_as_it_came_changes_nothing(self, contract: Contract) -> None:
        filled = editing.answers_of(contract)
        made = editing.with_answers(contract, filled)
        assert contract_files.differing(contract, made) == ("columns.inspector",)  # left out is "drop" now
        assert editing.with_answers(made, editing.answers_of(made)) == made
        assert editing.with_answers(contract, filled, words_only=True) == contract
        assert editing.with_answers(contract, {}, words_only=True) == contract

    def test_what_is_answered_is_in_the_contract_and_the_rest_stays(self, contract: Contract) -> None:
        said = {
            "title_en": " Park visits ", "title_es": "Visitas", "licence": "CC0 1.0", "most_lost": "25",
            "c1_type": "boolean", "c1_show": "keep", "c3_show": "snap-500", "c0_key": "", "c2_hold": "",
            "c4_show": "keep", "c4_required": "yes",
        }  # fmt: skip
        made = editing.with_answers(contract, {**editing.answers_of(contract), **said})
        assert made.title == {"en": "Park visits", "es": "Visitas", "fr": "Visites"}
        assert (made.licence, made.most_lost, made.owner, made.key) == ("CC0 1.0", 0.25, "Parks", ())
        assert made.columns[1].type is ColumnType.BOOLEAN
        assert (made.columns[3].transform, made.columns[3].metres) == (Transform.SNAP, 500)
        assert made.columns[2].hold_hours == 0
        assert made.columns[4].publish and made.columns[4].required
        assert [one.columns for one in made.suppress] == [("kind",)]
        assert set(contract_files.differing(contract, made)) == {
            "title", "licence", "key", "most_lost", "columns.kind", "columns.seen", "columns.place",
            "columns.inspector",
        }  # fmt: skip

    def test_what_is_left_out_can_no_longer_be_suppressed_or_tell_rows_apart(self, contract: Contract) -> None:
        made = editing.with_answers(contract, {**editing.answers_of(contract), "c1_show": "drop"})
        assert made.suppress == ()
        with pytest.raises(Invalid) as refused:
            editing.with_answers(contract, {**editing.answers_of(contract), "c0_show": "drop"})
        assert set(refused.value.fields) >= {"key"}

    @pytest.mark.parametrize(
        ("field", "value", "where"),
        [
            ("c1_type", "point", "columns.kind.type"),
            ("c1_show", "h3-9", "columns.kind.transform"),
            ("c1_show", "<b>", "columns.kind.transform"),
            ("c2_class", "personal", "columns.seen.classification"),
            ("c2_hold", "soon", "columns.seen.hold_hours"),
            ("c1_hold", "24", "columns.kind.hold_hours"),
            ("most_aside", "101", "most_aside"),
            ("most_aside", "-3", "most_aside"),
            ("fresh_within", "weekly", "fresh_within"),
            ("name", "Park Visits", "name"),
        ],
    )
    def test_what_makes_no_sense_is_named(self, contract: Contract, field: str, value: str, where: str) -> None:
        with pytest.raises(Invalid) as refused:
            editing.with_answers(contract, {**editing.answers_of(contract), field: value})
        assert where in refused.value.fields

    def test_a_column_that_is_published_must_be_in_the_file(self, contract: Contract) -> None:
        editing.need_headings(contract, ["id", "kind", "seen", "lng", "lat"])
        with pytest.raises(Invalid) as refused:
            editing.need_headings(contract, ["id", "seen", "lng"])
        assert set(refused.value.fields) == {"columns.kind.missing", "columns.place.missing"}


def test_a_clerk_says_that_days_come_before_months() -> None:
    contract = guessing.guessed("t", Sample(("seen", "kind"), (("01/02/2026", "Oak"),)))
    filled = editing.answers_of(contract)
    made = editing.with_answers(contract, {**filled, "c0_type": f"date{editing.DAY_FIRST}"})
    assert [(one.type, one.day_first) for one in made.columns] == [(ColumnType.DATE, True), (ColumnType.TEXT, False)]
    assert editing.with_answers(made, editing.answers_of(made)) == made
    back = editing.with_answers(made, {**editing.answers_of(made), "c0_type": "date"})
    assert not back.columns[0].day_first
    with pytest.raises(Invalid) as refused:
        editing.with_answers(made, {**editing.answers_of(made), "c1_type": f"text{editing.DAY_FIRST}"})
    assert "columns.kind.type" in refused.value.fields
