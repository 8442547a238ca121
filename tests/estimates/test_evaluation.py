from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cityhall.apps.estimates.public import judge_dates
from cityhall.apps.estimates.queries import evaluation
from cityhall.apps.service_requests.public import read_history
from cityhall.cli import app

START = datetime(2025, 1, 1, tzinfo=UTC)
GRAFFITI = "san_diego_getitdone_graffiti_2016-2018.csv.gz"


def write(path: Path, rows: list[tuple[str, int, float | None]]) -> Path:
    """An export of (category, hours after the start, days it took or None)."""
    lines = ["service_request_id,requested_datetime,closed_date,status_description,service_name,lat,long"]
    for number, (category, hours, took) in enumerate(rows):
        filed = START + timedelta(hours=hours)
        closed, status = ("", "open") if took is None else ((filed + timedelta(days=took)).isoformat(), "closed")
        lines.append(f"{number},{filed.isoformat()},{closed},{status},{category},32.7,-117.1")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_dates_are_judged_from_the_command_line(tmp_path: Path) -> None:
    rows: list[tuple[str, int, float | None]] = [("Pothole", hour, 1 + hour % 9) for hour in range(0, 4000, 4)]
    rows += [("Rare", hour, None if hour % 800 else 3) for hour in range(0, 4000, 400)]
    rows.sort(key=lambda row: row[1])
    file = write(tmp_path / "city.csv", rows)
    done = CliRunner().invoke(app, ["requests", "evaluate", "dates", str(file), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.output.strip().splitlines()[-1])
    pothole, rare = told["rows"]
    assert (pothole["category"], pothole["n_train"] + pothole["n_test"]) == ("Pothole", 1000)
    assert 0.4 < pothole["cover50"] < 0.65
    assert pothole["cover50"] < pothole["cover90"]
    assert pothole["median_width50"] == pytest.approx(5, abs=1)
    assert pothole["plain_cover90"] > 0.8
    assert rare["cover50"] is None
    assert rare["n_answered"] == 0
    assert told["seconds"] > 0


def test_a_day_after_the_end_leaves_nothing_to_answer(tmp_path: Path) -> None:
    history = read_history([write(tmp_path / "city.csv", [("Pothole", hour, 2.0) for hour in range(100)])])
    told = judge_dates(history, START + timedelta(days=400))
    assert (told["n_test"], told["cover50"], told["rows"]) == (0, None, [])
    assert judge_dates(history, START - timedelta(days=400))["n_answered"] == 0


def test_a_column_with_another_text_in_each_row_takes_no_more_memory_than_a_citys_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation, "MOST_CATEGORIES", 2)
    rows: list[tuple[str, int, float | None]] = [(f"Text {hour}", hour, 2.0) for hour in range(0, 300, 2)]
    rows += [("Pothole" if hour % 4 == 1 else "Graffiti", hour, 2.0) for hour in range(1, 300, 2)]
    rows.sort(key=lambda row: row[1])
    history = read_history([write(tmp_path / "city.csv", rows)])
    told = judge_dates(history, START + timedelta(hours=200))
    assert [row["category"] for row in told["rows"]] == ["150 rarer categories", "Pothole", "Graffiti"]
    assert sum(row["n_train"] for row in told["rows"]) == told["n_train"] == 200


@pytest.mark.parametrize(
    ("split", "told"),
    [
        ("2026-01-01", "nothing was filed after it, so nothing can be asked"),
        ("2024-12-31", "nothing was filed before it, so nothing can be learnt"),
    ],
)
def test_a_split_beside_the_file_is_refused_with_the_days_to_choose_from(tmp_path: Path, split: str, told: str) -> None:
    file = write(tmp_path / "city.csv", [("Pothole", hour, 2.0) for hour in range(100)])
    done = CliRunner().invoke(app, ["requests", "evaluate", "dates", str(file), "--split", split])
    assert done.exit_code == 2
    assert told in done.output
    assert "The files go from 2025-01-01 to 2025-01-05" in done.output


def test_a_day_begins_where_the_citys_clocks_stand(tmp_path: Path) -> None:
    lines = [
        "service_request_id,date_requested,date_closed,status,service_name,lat,lng,street_address,public_description"
    ]
    for number in range(80):  # in UTC all of it is March 2
        at = "2025-03-01T20:00:00" if number < 40 else "2025-03-02T08:00:00"
        lines.append(f"{number},{at},2025-03-09T08:00:00,Closed,Pothole,32.7,-117.1,1 C St,hole")
    file = tmp_path / "city.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    asked = ["requests", "evaluate", "dates", str(file), "--profile", "san_diego", "--split", "2025-03-02", "--json"]
    done = CliRunner().invoke(app, asked)
    assert json.loads(done.output)["n_train"] == 40, done.output


@pytest.mark.slow
def test_san_diegos_graffiti_is_calibrated_out_of_time(real_data: Path) -> None:
    history = read_history([real_data / "311" / GRAFFITI])
    (row,) = judge_dates(history, history.default_split())["rows"]
    assert row["counts"]
    assert row["n_train"] >= 17_000
    assert 0.45 <= row["cover50"] <= 0.55
    assert 0.87 <= row["cover90"] <= 0.93
    assert row["share_foretold"] == pytest.approx(row["share_closed"], abs=0.05)
    assert abs(row["plain_cover90"] - 0.9) > abs(row["cover90"] - 0.9)
