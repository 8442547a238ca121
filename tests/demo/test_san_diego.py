"""The sample in San Diego's shape: its columns, every request once, open ones apart from closed ones."""

from __future__ import annotations

import csv
from pathlib import Path

from cityhall.demo import san_diego
from cityhall.demo.ground.city import Harborview
from cityhall.demo.past import kinds
from cityhall.demo.past.history import History


def test_the_history_is_written_whole_in_san_diegos_columns(
    harborview: Harborview, past: History, tmp_path: Path
) -> None:
    files = san_diego.export_history(harborview, past, tmp_path)
    assert files[0].name == "get_it_done_requests_open_datasd.csv"
    seen = {}
    for path in files:
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            assert tuple(reader.fieldnames or ()) == san_diego.COLUMNS
            for row in reader:
                seen[int(row["service_request_id"])] = row
                assert (row["status"] == "Closed") == ("closed" in path.name) == bool(row["date_closed"])
                assert row["council_district"] in "123456"
    assert set(seen) == {report.number for report in past.requests}
    merged = next(report for report in past.requests if report.duplicate_of)
    assert seen[merged.number]["service_request_parent_id"] == str(merged.duplicate_of)


def test_writing_again_writes_the_same(harborview: Harborview, past: History, tmp_path: Path) -> None:
    first = [path.read_bytes() for path in san_diego.export_history(harborview, past, tmp_path)]
    assert [path.read_bytes() for path in san_diego.export_history(harborview, past, tmp_path)] == first


def test_every_kind_has_a_name_of_san_diegos() -> None:
    assert {kind.code for kind in kinds.KINDS} == set(san_diego._SERVICES)
