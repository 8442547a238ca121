"""What looks like somebody's private business is found in a sentence, and ordinary sentences go through."""

from __future__ import annotations

import importlib.util
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityhall.kernel.watch import Known, Private, masked, private_words

BENCH = Path(__file__).resolve().parents[2] / "benches" / "watch.py"
MASKS = {kind: f"{kind.value} left out" for kind in Private}


def _labelled() -> list[tuple[str, set[tuple[Private, str]]]]:
    spec = importlib.util.spec_from_file_location("bench_watch", BENCH)
    assert spec and spec.loader
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    return [(text, private) for _language, text, private in bench.labelled()]


def _found(text: str, known: Known | None = None) -> list[tuple[str, str]]:
    return [(one.kind.value, one.words) for one in private_words(text, known or Known())]


def test_whoever_is_called_like_what_is_put_in_is_left_out_once() -> None:
    known = Known(reporter=("Left", "Out"))
    assert masked("Left Out at 619 555 0123.", MASKS, known) == "[name left out] at [phone left out]."


def test_the_labelled_sentences_are_told_apart_as_the_docs_say() -> None:
    """The docs give the figures; here is the floor below which they do not fall."""
    labelled = _labelled()
    right = missed = wrong = 0
    for text, private in labelled:
        found = {(one.kind, one.words) for one in private_words(text)}
        right, missed, wrong = right + len(found & private), missed + len(private - found), wrong + len(found - private)
    assert len(labelled) >= 120
    assert right / (right + missed) >= 0.95
    assert right / (right + wrong) >= 0.95


@pytest.mark.parametrize(
    "text",
    [
        "1200 Main St is swept on 2026-03-12, see 48-220.",
        "La Calle 5 de Mayo se cierra el 12/03/2026 de 8:00 a 14:00.",
        "Sidewalk at 619 Beech Street, 5550 square feet, work order 6195550123.",
        "Coordinates 32.71574, -117.16110; case number 6195550123.",
        "We spoke with Maria Lopez Elementary School about Martin Avenue.",
        "Grant Avenue and Rose Canyon; Will Parks help? May Day, June 5.",
        "E-mail info@example.gov or call 1-800-555-0199 or 311.",
        "",
    ],
)
def test_ordinary_sentences_go_through(text: str) -> None:
    assert _found(text) == []


@pytest.mark.parametrize(
    ("text", "known", "found"),
    [
        ("We told Quill.", Known(reporter=("Quill", "Bao")), [("name", "Quill")]),
        ("Quill street is clear.", Known(reporter=("Quill", "Bao")), []),
        ("Cleared Quill Avenue.", Known(reporter=("Quill", "Bao")), []),
        ("We asked QUILL BAO.", Known(reporter=("Quill", "Bao")), [("name", "QUILL BAO")]),
        ("Zed Quux was there.", Known(people=("Zed Quux",)), [("name", "Zed Quux")]),
        ("She lives at 12 Oak Street.", Known(public_address="12 Oak St, Smallville"), []),
        ("She lives at 14 Oak Street.", Known(public_address="12 Oak St"), [("address", "14 Oak Street")]),
        ("Fixed at 12 Oak.", Known(private_address="12 Oak St"), [("address", "12 Oak")]),
        ("Fixed at 120 Oak.", Known(private_address="12 Oak St"), []),
        ("Ya quedó en Roble 12.", Known(private_address="Calle Roble 12"), [("address", "Roble 12")]),
    ],
)
def test_what_is_known_beside_the_text_counts(text: str, known: Known, found: list[tuple[str, str]]) -> None:
    assert _found(text, known) == found


_DIGITS = st.integers(min_value=2, max_value=9)
_AREA = st.integers(min_value=200, max_value=799)
_FORMS = st.sampled_from(["{0}-{1}-{2}", "({0}) {1}-{2}", "{0}.{1}.{2}", "{0} {1} {2}", "+1 {0} {1} {2}", "{0}{1}{2}"])


@given(_FORMS, _AREA, _AREA, st.integers(min_value=0, max_value=9999))
def test_a_telephone_number_is_found_in_whatever_form(form: str, area: int, exchange: int, line: int) -> None:
    number = form.format(area, exchange, f"{line:04}")
    assert _found(f"Please use {number}, thank you.") == [("phone", number)]


@given(st.text(max_size=300))
def test_any_text_can_be_looked_through_and_nothing_is_left_once_it_was_left_out(text: str) -> None:
    found = private_words(text)
    assert all(text[one.start : one.end] == one.words for one in found)
    assert all(first.end <= then.start for first, then in pairwise(found))
    assert private_words(masked(text, dict.fromkeys(Private, "…"))) == ()


_FULL = "Maria Lopez lives at 12 Oak Street call 619 555 0123 plate 7ABC123 a.b@c.org Mr. de la Cruz , . apt 4 [ ]"
_WORDS = st.sampled_from(_FULL.split())


@given(st.lists(_WORDS, max_size=30).map(" ".join))
def test_nothing_is_left_of_a_text_full_of_it(text: str) -> None:
    assert private_words(masked(text, dict.fromkeys(Private, "…"))) == ()
