"""How likely two requests are the same: what speaks for it counts for it, and the order does not matter."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityhall.apps.service_requests.contracts import Why
from cityhall.apps.service_requests.imports.duplicates import (
    clusters,
    compared,
    judge_duplicates,
    named_originals,
    wilson,
)
from cityhall.apps.service_requests.imports.history import History
from cityhall.apps.service_requests.imports.records import Record
from cityhall.apps.service_requests.rules import likeness
from cityhall.apps.service_requests.rules.likeness import Relation, Sighting, kind_of, match, rank, relation

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
POTHOLE = kind_of("pothole", "Streets", "Pothole", "Bache")
PAVEMENT = kind_of("street-damage", "Streets", "Street damage", "Calle dañada")
DOG = kind_of("loose-dog", "Animals", "Loose dog", "Perro suelto")
ONE = Sighting(POTHOLE, NOON, 32.7157, -117.1611)
DEGREE = 111_195.0


def away(metres: float, **fields: object) -> Sighting:
    return replace(ONE, lat=32.7157 + metres / DEGREE, **fields)  # type: ignore[arg-type]  # fields of a Sighting


def likely(one: Sighting, other: Sighting, crowd: int = 0) -> float:
    return match(one, other, crowd=crowd).probability


texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60)
sightings = st.builds(
    Sighting,
    kind=st.sampled_from([POTHOLE, PAVEMENT, DOG]),
    at=st.none() | st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    lat=st.none() | st.floats(-85, 85),
    lon=st.none() | st.floats(-180, 180),
    address=texts | st.sampled_from(["12 Main St", "12 Main Street Apt 4", "Main St & 2nd Ave"]),
    words=texts,
    asset=st.none() | st.sampled_from(["a", "b"]),
    roughly=st.booleans(),
    answers=st.dictionaries(st.sampled_from("ab"), st.sampled_from("xy"), max_size=2),
)


@given(sightings, sightings, st.integers(0, 5))
def test_which_is_named_first_does_not_matter_and_any_two_can_be_compared(
    one: Sighting, other: Sighting, crowd: int
) -> None:
    there, back = match(one, other, crowd=crowd), match(other, one, crowd=crowd)
    assert math.isclose(there.probability, back.probability)
    assert 0 <= there.probability <= 1
    assert {reason.why for reason in there.reasons} == {reason.why for reason in back.reasons}


@given(st.floats(0, 400), st.floats(0, 400))
def test_the_farther_the_less_likely(near: float, far: float) -> None:
    near, far = sorted((near, far))
    assert likely(ONE, away(far)) <= likely(ONE, away(near)) + 1e-12


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_the_longer_between_the_less_likely(soon: int, late: int) -> None:
    soon, late = sorted((soon, late))
    assert likely(ONE, replace(ONE, at=NOON + timedelta(hours=late))) <= likely(
        ONE, replace(ONE, at=NOON + timedelta(hours=soon))
    )


def test_each_piece_of_evidence_counts_the_right_way() -> None:
    other = away(30, at=NOON - timedelta(hours=5), words="deep hole")
    mine = replace(ONE, words="deep hole in the lane", address="1202 Grand Avenue", asset="L-1")
    plain = likely(mine, other)
    assert likely(mine, replace(other, asset="L-1")) > plain > likely(mine, replace(other, asset="L-2"))
    assert likely(mine, replace(other, address="1202 Grand Ave")) > likely(mine, replace(other, address="80 Elm St"))
    assert likely(mine, replace(other, closed_at=NOON - timedelta(hours=1))) < plain
    assert likely(mine, replace(other, words="streetlight flickers")) < plain
    assert likely(mine, replace(other, kind=PAVEMENT)) < plain
    assert likely(mine, replace(other, kind=DOG)) < likely(mine, replace(other, kind=PAVEMENT))
    assert likely(mine, other, crowd=9) < plain


def test_words_match_with_slips_of_the_pen_without_accents_and_whatever_small_words_are_around_them() -> None:
    told = replace(ONE, words="Hay un poste de luz caído en la esquina")
    typo = likely(told, away(40, words="un poste de lus caido"))
    assert typo > likely(told, away(40, words="el semáforo no cambia"))
    assert likely(replace(ONE, words="the of and"), away(40, words="this that there")) == likely(ONE, away(40))
    reasons = match(told, away(40, words="poste caído")).reasons
    assert [one.value for one in reasons if one.why is Why.WORDS] == [("caido", "poste")]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1202 North Grand Avenue, Harborview", "1202 n grand ave", True),
        ("INTERSECTION of Guest St & Market St  Brighton  MA", "Market Street and Guest Street", True),
        ("25 Sanchez St, Apt 201", "25 Sanchez St, Apt 202", False),
        ("25 Sanchez St", "27 Sanchez St", False),
        ("Main Street", "Main Street", False),
        ("Not associated with a specific address", "Not associated with a specific address", False),
    ],
)
def test_an_address_is_the_same_however_it_is_written_and_a_street_alone_is_none(
    one: str, other: str, same: bool
) -> None:
    found = match(replace(ONE, address=one), replace(ONE, address=other))
    assert (Why.ADDRESS in {reason.why for reason in found.reasons}) is same


def test_kinds_are_related_by_their_group_or_a_word_of_their_names() -> None:
    assert relation(POTHOLE, POTHOLE) is Relation.SAME
    assert relation(POTHOLE, PAVEMENT) is Relation.RELATED
    assert relation(POTHOLE, DOG) is Relation.UNRELATED
    assert relation(kind_of("a", "", "Dead animals"), kind_of("b", "", "Animal lost")) is Relation.RELATED


def test_a_place_known_roughly_is_never_near_and_a_photo_may_be_nearer_than_the_pin() -> None:
    assert match(ONE, replace(ONE, roughly=True)).metres == likeness.ROUGHLY
    photo = replace(ONE, also=(ONE.lat or 0.0, ONE.lon or 0.0))
    assert (match(replace(photo, lat=32.7165), ONE).metres or 0.0) < 1


def test_ranking_keeps_to_its_reach_and_nearness_says_little_in_a_crowd() -> None:
    others = [away(20), away(90), away(100), away(400), Sighting(POTHOLE, NOON)]
    ranked = rank(ONE, others)
    assert ranked[0][0] == 0
    assert {at for at, _ in ranked} == {0, 1, 2}, "the far one and the one without a place are out"
    assert rank(ONE, [away(20)])[0][1].probability > ranked[0][1].probability
    assert rank(ONE, []) == []


def record(number: str, *, at: datetime = NOON, note: str = "", parent: str = "", **fields: object) -> Record:
    known: dict[str, object] = {
        "category": "Pothole", "category_code": "", "group": "Streets", "detail": "", "state": "closed", "outcome": "",
        "sentence": "", "updated_at": None, "closed_at": at + timedelta(days=3), "due_at": None, "lat": 42.36,
        "lon": -71.06, "address": "", "description": "", "referred_to": "", "channel": "", "agency": "", "media": "",
    }  # fmt: skip
    return Record(external_id=number, requested_at=at, note=note, parent=parent, **(known | fields))  # type: ignore[arg-type]


def test_originals_are_read_from_what_the_files_say() -> None:
    past = History(
        (
            record("101000819331"),
            record("101000819343", note="Case Noted duplicate case to #819331"),
            record("101000819350", note="Duplicate of case 999999999999"),
            record("101000819360", note="Crew 12 came at 101000819331"),
            record("101000819370", parent="101000819343"),
        ),
        0,
        "boston",
    )
    named = named_originals(past)
    assert named == {"101000819343": "101000819331", "101000819370": "101000819343"}
    assert set(clusters(named).values()) == {"101000819331"}
    assert clusters({"1": "2", "2": "1"}) == {"1": "1", "2": "1"}, "a circle ends"


def test_a_history_is_judged_beside_the_rule() -> None:
    past = History(
        (
            record("10002", at=NOON - timedelta(days=90), lat=42.3604, closed_at=None, state="received"),
            record("10001"),
            record("10003", at=NOON + timedelta(hours=1), note="duplicate of 10001"),
        ),
        0,
        "boston",
    )
    figures = judge_duplicates(past, NOON)
    assert (figures["pairs"], figures["recall"], figures["precision"]) == (1, 1.0, 1.0)
    assert (figures["baseline_recall"], figures["baseline_judged"]) == (1.0, 3), "two pairs with the old one are wrong"
    assert figures["baseline_precision"] < 1
    later = judge_duplicates(past, NOON + timedelta(days=1))
    assert (later["pairs"], later["recall"], later["precision_interval"]) == (0, None, None)


def test_of_many_at_one_point_the_first_are_compared() -> None:
    many = tuple(
        record(f"{n:05}", at=NOON + timedelta(minutes=n), closed_at=None, state="received") for n in range(300)
    )
    pairs = list(compared(History(many, 0, "boston"), NOON + timedelta(minutes=299)))
    assert len(pairs) == 60, "the nearest, the first by their numbers"
    assert {pair.earlier.external_id for pair in pairs} == {f"{n:05}" for n in range(60)}


def test_what_was_closed_by_then_is_not_compared_and_what_stays_open_is() -> None:
    closed = record("1", at=NOON, closed_at=NOON + timedelta(hours=1))
    stays = record("2", at=NOON, closed_at=None, state="received")
    later = [record(str(n), at=NOON + timedelta(hours=n)) for n in (3, 4)]
    found = [
        (pair.later.external_id, pair.earlier.external_id)
        for pair in compared(History((closed, stays, *later), 0, "b"))
    ]
    assert sorted(found) == [("2", "1"), ("3", "2"), ("4", "2"), ("4", "3")]


def test_an_interval_of_a_share_is_wilsons() -> None:
    assert wilson(0, 0) is None
    low, high = wilson(5, 10) or (0, 0)
    assert (round(low, 3), round(high, 3)) == (0.237, 0.763)
