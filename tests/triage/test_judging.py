"""Judging on histories: what is counted, what is not, and that the suggestions earn their place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cityhall.apps.service_requests import public as requests
from cityhall.apps.service_requests.imports.records import Record
from cityhall.apps.service_requests.rules import searching
from cityhall.apps.triage.contracts import Example
from cityhall.apps.triage.services import judging
from cityhall.kernel.text import fold

START = datetime(2026, 1, 1, tzinfo=UTC)
SPANISH = Path(__file__).parent / "data" / "spanish.tsv"


def record(number: int, category: str, description: str, **more: Any) -> Record:
    blank = dict.fromkeys(
        ("category_code", "group", "detail", "state", "outcome", "sentence", "address", "note", "parent",
         "referred_to", "channel", "agency", "media"), ""
    )  # fmt: skip
    times = dict.fromkeys(("updated_at", "closed_at", "due_at", "lat", "lon"))
    made = START + timedelta(hours=number)
    values = {**blank, **times, "requested_at": made, "category": category, "description": description, **more}
    return Record(external_id=str(number), **values)


def test_learns_before_the_split_answers_after_it_and_leaves_out_rows_without_words() -> None:
    past = [
        record(n, *pair) for n, pair in enumerate([("Chuckhole", "deep gash in the lane"), ("Lamps", "it is dark")] * 8)
    ]
    later = [record(100, "Chuckhole", "another gash"), record(101, "Lamps", "dark again"), record(102, "Lamps", " ")]
    history = requests.History((*past, *later), 0, "test")
    found = judging.judge(history, START + timedelta(hours=50))
    assert (found["n_train"], found["n_test"], found["without_words"]) == (16, 2, 1)
    assert found["top1"] == 1.0 > found["baseline_top1"]
    low, high = found["top1_interval"]
    assert low < 0.5 < high == 1.0, "two answers prove little"
    assert {row["category"]: (row["n_train"], row["n_test"], row["top1"]) for row in found["rows"]} == {
        "Chuckhole": (8, 1, 1.0),
        "Lamps": (8, 1, 1.0),
    }


def test_a_catalogue_is_read_once_however_much_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    known = judging.categories_in(requests.read_category_pack(), "en")
    read: list[str] = []

    def reading(text: str) -> str:
        read.append(text)
        return fold(text)

    monkeypatch.setattr(searching, "fold", reading)
    searching._index.cache_clear()
    first = requests.points_of(known, "a deep pothole")
    assert len(read) > len(known)
    read.clear()
    assert requests.points_of(known, "a deep pothole") == first
    assert read == ["a deep pothole"]


def test_a_history_without_words_or_with_one_category_is_no_error() -> None:
    silent = judging.judge(requests.History((record(1, "Pothole", ""),), 0, "test"), START)
    assert (silent["n_test"], silent["top1"], silent["top1_interval"], silent["rows"]) == (0, None, None, [])
    nothing = judging.judge(requests.History((), 3, "test"), START)
    assert (nothing["n_train"], nothing["n_test"]) == (0, 0)
    only = judging.judge(requests.History((record(1, "Pothole", "a pothole"),), 0, "test"), START)
    assert (only["n_train"], only["n_test"], only["top1"]) == (0, 1, 1.0)


def test_of_a_column_with_another_text_in_each_row_only_the_most_usual_are_suggested(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(judging, "_MOST_KINDS", 2)
    usual = [("Chuckhole", "deep gash in the lane"), ("Lamps", "it is dark")]
    past = [record(n, *pair) for n, pair in enumerate([*usual, *usual, *usual, ("Form 27b", "stamped paper")] * 2)]
    later = [record(100, "Chuckhole", "another gash"), record(101, "Form 27b", "stamped paper")]
    found = judging.judge(requests.History((*past, *later), 0, "test"), START + timedelta(hours=50))
    assert {row["category"]: (row["n_train"], row["top1"]) for row in found["rows"]} == {
        "Chuckhole": (6, 1.0),
        "Form 27b": (2, 0.0),
    }


def test_a_citys_category_borrows_from_the_shipped_one_that_its_name_resembles() -> None:
    lent = {one["code"]: one for one in judging.catalogue({"SLO": "Street Light Out", "X": "Form 27b"})["categories"]}
    assert "lamp" in " ".join(lent["SLO"]["keywords"]["en"])
    assert lent["X"] == {"code": "X", "name": {"en": "Form 27b"}, "group": "all"}


def test_spanish_residents_are_understood_at_least_as_well_as_by_the_search_alone() -> None:
    rows = [line.split("\t") for line in SPANISH.read_text(encoding="utf-8").splitlines()]
    pack = requests.read_category_pack()
    assert {code for code, _text in rows} <= {one["code"] for one in pack["categories"]}
    answers = judging.answer(pack, [], [Example(text, code) for code, text in rows], ["es"] * len(rows))
    found = judging.shares(answers, [frozenset({code}) for code, _text in rows], range(len(rows)))
    assert found["top1"] >= max(found["baseline_top1"], 0.8)
    assert found["top3"] >= max(found["baseline_top3"], 0.9)
