"""The model by itself: what it knows on the first day, what it learns, and what it must not be thrown by."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from tests.triage.conftest import cold

from cityhall.apps.triage import rules
from cityhall.apps.triage.contracts import Example, Kind, Place, UnreadableModel
from cityhall.apps.triage.rules import Model

TWO = [Kind("pothole", (("pothole", 1.0), ("bache", 1.0))), Kind("light", (("streetlight", 1.0),), "streetlights")]
SPOT = (32.72, -117.16)


def best(model: Model, text: str, **known: object) -> str:
    return model.guesses(text, **known)[0].code  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("There is a big pothole on my street", "pothole"),
        ("hay un vache muy grande", "pothole"),
        ("somebody sprayed grafitti on the wall", "graffiti"),
        ("la luminaria de la esquina está apagada", "streetlight-out"),
        ("the hydrnt is leaking", "hydrant"),
    ],
)
def test_knows_the_catalogue_on_the_first_day_in_both_languages_and_with_slips(text: str, code: str) -> None:
    assert code in [one.code for one in cold().guesses(text)[:3]]


def test_confidence_adds_up_and_is_low_for_words_nobody_knows() -> None:
    guesses = cold().guesses("pothole")
    assert sum(one.confidence for one in guesses) == pytest.approx(1.0)
    assert guesses[0].confidence > 0.8
    strange = cold().guesses("zyxwv qqqqq")
    assert not strange or strange[0].confidence < 0.2


def test_learns_a_word_that_only_this_city_uses() -> None:
    text = "the chuckhole by the bank"
    before = rules.train(TWO, [])
    assert not before.guesses(text) or before.guesses(text)[0].confidence < 0.8
    past = [Example("big chuckhole here", "pothole")] * 6 + [Example("lamp is dark", "light")] * 6
    assert best(rules.train(TWO, past), text) == "pothole"


def test_a_correction_outweighs_what_nobody_looked_at() -> None:
    careless = [Example("dark corner", "pothole")] * 4
    put_right = [Example("dark corner", "light", 3.0)] * 4
    assert best(rules.train(TWO, careless), "dark corner") == "pothole"
    assert best(rules.train(TWO, [*careless, *put_right]), "dark corner") == "light"


def test_remembers_nothing_that_one_person_alone_said() -> None:
    past = [Example("call Rosalinda Quetzal", "light")] + [Example("lamp is dark", "light")] * 3
    model = rules.train(TWO, past)
    own = set(rules.features("Rosalinda")) - set(rules.features("pothole bache streetlight lamp dark call"))
    assert own
    assert own.isdisjoint(int(key) for key in model.keys)


def test_a_model_with_one_category_and_one_with_none() -> None:
    one = rules.train(TWO[:1], [Example("hole", "pothole"), Example("elsewhere", "gone")])
    assert [guess.code for guess in one.guesses("a pothole")] == ["pothole"]
    assert Model.from_bytes(one.to_bytes()).guesses("a pothole")[0].confidence == pytest.approx(1.0)
    none = rules.train([], [])
    assert none.guesses("a pothole") == []
    assert Model.from_bytes(none.to_bytes()).guesses("a pothole") == []
    silent = rules.train([Kind("a", ()), Kind("b", ())], [])
    assert silent.guesses("pothole") == []


@pytest.mark.parametrize(
    "text", ["", "   ", "the of and", "\x00\x00", "💥🕳️", "a" * 100_000, "pothole " * 50_000, "ß" * 9, "\ud800 pothole"]
)
def test_no_text_throws_it(text: str) -> None:
    guesses = cold().guesses(text)
    assert all(0.0 <= one.confidence <= 1.0 for one in guesses)


def test_the_search_by_words_counts_where_the_model_knows_nothing() -> None:
    assert best(cold(), "zyxwv", points={"bench": 8.0, "noise": 0.5}) == "bench"


def test_what_stands_at_hand_speaks_for_its_category() -> None:
    model = rules.train(TWO, [])

    def light(things: dict[str, float | None]) -> float:
        guesses = model.guesses("pothole or streetlight", Place(*SPOT, things))
        return next(one.confidence for one in guesses if one.code == "light")

    assert light({"streetlights": 4.0}) > light({}) > light({"streetlights": None})


def test_what_is_reported_around_there_counts_and_a_place_that_is_none_does_not() -> None:
    here, there = SPOT, (32.80, -117.16)
    past = [Example("broken", "pothole", 1.0, *here)] * 60 + [Example("broken", "light", 1.0, *there)] * 60
    model = rules.train(TWO, past)
    assert best(model, "broken", place=Place(*here)) == "pothole"
    assert best(model, "broken", place=Place(*there)) == "light"
    nowhere = model.guesses("broken", Place(float("nan"), float("inf")))
    assert nowhere == model.guesses("broken")


def test_the_same_past_makes_the_same_model_and_it_survives_keeping() -> None:
    past = [Example("hole in the road", "pothole", 1.0, *SPOT)] * 30
    one, other = rules.train(TWO, past), rules.train(TWO, past)
    assert one.to_bytes() == other.to_bytes()
    kept = Model.from_bytes(one.to_bytes())
    before, after = one.guesses("a hole", Place(*SPOT)), kept.guesses("a hole", Place(*SPOT))
    assert [guess.code for guess in before] == [guess.code for guess in after]
    assert [guess.confidence for guess in before] == pytest.approx([guess.confidence for guess in after], abs=0.01)


def test_bytes_that_are_no_model_are_refused() -> None:
    whole = rules.train(TWO, [])
    body = whole.to_bytes()
    chance = random.Random(5)
    broken = [b"", b"PK\x03\x04", body[: len(body) // 2], body[:-1], chance.randbytes(500)]
    broken.append(replace(whole, bias=whole.bias[:1]).to_bytes())
    broken.append(replace(whole, weights=whole.weights * np.nan).to_bytes())
    broken.append(replace(whole, heat=0.0).to_bytes())
    broken.append(replace(whole, layers=()).to_bytes())
    for bad in broken:
        with pytest.raises(UnreadableModel):
            Model.from_bytes(bad)
    for _ in range(60):
        bad = bytearray(body)
        bad[chance.randrange(len(bad))] ^= 1 << chance.randrange(8)
        try:
            Model.from_bytes(bytes(bad)).guesses("a pothole")
        except UnreadableModel:
            continue


def test_a_model_of_other_features_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    body = rules.train(TWO, []).to_bytes()
    monkeypatch.setattr("cityhall.apps.triage.rules.model.FEATURES", 2)
    with pytest.raises(UnreadableModel, match="other features"):
        Model.from_bytes(body)


def test_intervals_hold_what_is_known_of_small_counts() -> None:
    assert rules.interval(0, 0) is None
    low, high = rules.interval(8, 10) or (0, 0)
    assert (low, high) == (pytest.approx(0.4902, abs=1e-3), pytest.approx(0.9433, abs=1e-3))
    assert (rules.interval(10, 10) or (0, 0))[1] == pytest.approx(1.0)
