"""`cityhall requests …` as an administrator runs it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests.support import commands

pytestmark = pytest.mark.slow
HISTORY = (
    "service_request_id,date_requested,service_name,date_closed,status,lat,lng\n"
    "1,2025-03-01T10:00:00,Pothole,,New,32.71,-117.16\n"
    "2,never,Pothole,,New,32.71,-117.16\n"
)


def cityhall(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return commands.cityhall("--data", str(data), *arguments)


def test_a_history_goes_in_and_comes_out(tmp_path: Path) -> None:
    data = tmp_path / "city"
    assert cityhall(data, "migrate").returncode == 0
    file, back, out = tmp_path / "history.csv", tmp_path / "back.csv", tmp_path / "out.csv"
    file.write_text(HISTORY, encoding="utf-8")

    told = cityhall(data, "requests", "import", str(file), "--json", "--quarantine", str(back))
    assert told.returncode == 0, told.stderr
    numbers = json.loads(told.stdout.splitlines()[-1])
    assert numbers.pop("seconds") >= 0
    assert numbers == {"rows": 2, "imported": 1, "updated": 0, "unchanged": 0, "quarantined": 1}
    assert "unreadable_date" in back.read_text(encoding="utf-8")

    again = cityhall(data, "requests", "import", str(file))
    assert again.returncode == 0
    assert "san_diego" in again.stderr
    assert "unreadable_date" in again.stderr

    exported = cityhall(data, "requests", "export", str(out), "--format", "jsonl", "--json")
    assert json.loads(exported.stdout) == {"rows": 1, "format": "jsonl"}
    assert json.loads(out.read_text(encoding="utf-8"))["category"] == "Pothole"

    for opened, words in (([], "residents cannot file"), (["--open-categories"], "residents may file")):
        other = tmp_path / f"other{len(opened)}.csv"
        other.write_text(HISTORY.replace("Pothole", f"Kind {len(opened)}"), encoding="utf-8")
        made = cityhall(data, "requests", "import", str(other), *opened)
        assert f"1 category was made, and {words} under it." in " ".join(made.stderr.split())

    file.write_text("month,total\nMay,7\n", encoding="utf-8")
    refused = cityhall(data, "requests", "import", str(file))
    assert refused.returncode == 2
    assert "totals" in refused.stderr
