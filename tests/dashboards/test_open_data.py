"""Departments' figures as a dataset tell what the public's page of figures tells."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from cityhall.apps.identity import public as identity
from cityhall.kernel import clock, offers

from .conftest import NOW, request
from .test_figures import table

pytestmark = pytest.mark.django_db
FIGURES = (
    "opened", "closed", "due", "met", "share_met", "contested", "contested_share", "upheld", "upheld_share",
    "median_days", "ninety_days",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _held() -> Iterator[None]:
    with clock.held_at(NOW):
        yield


def test_each_row_is_a_month_of_the_page_for_its_department_and_category(
    client: Client, town: Callable[..., None], tmp_path: Path
) -> None:
    town(
        *(request(days_ago=40, fixed_after=2.5) for _ in range(12)),
        *(request(days_ago=75, fixed_after=1) for _ in range(3)),
        *(request("camp", days_ago=40, fixed_after=9) for _ in range(2)),
        request("camp", days_ago=1, due_at=NOW + timedelta(days=40)),
    )
    live = offers.live_datasets["department-figures"]
    live.write(tmp_path / "rows.csv")
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    ids = {one.code: str(one.id) for one in identity.departments()}
    assert {(row["department_code"], row["category_code"]) for row in rows} == {
        ("streets", "pothole"), ("parks", "camp")
    }  # fmt: skip
    for row in rows:
        shown = table(client, "months", category=row["category_code"], department=ids[row["department_code"]])
        [month] = [one for one in shown if one["month"] == row["month"]]
        assert {name: row[name] for name in FIGURES} == {name: month[name] for name in FIGURES}
    assert sum(int(row["opened"]) for row in rows) == 18
    assert max(row["month"] for row in rows) == "2026-06-01", "a target that lies ahead makes no month"
    enough = [row for row in rows if row["opened"] == "12"]
    assert enough
    assert all(bool(row["median_days"]) == (row in enough) for row in rows)


def test_the_mark_is_another_when_something_was_counted(town: Callable[..., None]) -> None:
    town(request(days_ago=40))
    mark = offers.live_datasets["department-figures"].mark
    first = mark()
    assert mark() == first
    town(request(days_ago=40))
    assert mark() != first
