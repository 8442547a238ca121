"""`cityhall opendata` in logs and for programs: plain lines, and one JSON line at the end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Run

REFUSED = "Not published; what was published before stays up."


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, cityhall: Run) -> Path:
    data = tmp_path_factory.mktemp("city")
    made = cityhall(data, "migrate")
    assert made.returncode == 0, made.stderr
    return data


def test_what_is_done_is_plain_lines_and_the_answer_one_json_line(city: Path, cityhall: Run, tmp_path: Path) -> None:
    trees, empty, catalogue = tmp_path / "trees.csv", tmp_path / "empty.csv", tmp_path / "county.json"
    trees.write_text("id,kind\n1,oak\n2,elm\n")
    empty.write_text("id,kind\n")
    catalogue.write_text(
        json.dumps({"dataset": [{"identifier": "a", "title": "A", "landingPage": "https://data.example.org/a"}]})
    )
    for arguments, told in (
        (("publish", str(trees), "--json"), {"rows": 2}),
        (("publish", str(empty), "--json"), {"error": f"{REFUSED} No row can be used."}),
        (("remove", "empty", "--json"), {"removed": "empty"}),
        (("remove", "empty", "--json"), {"error": "There is no such dataset."}),
        (("harvest", str(catalogue), "--json"), {"name": "county", "listed": 1}),
        (("harvest", str(tmp_path / "none.json"), "--json"), {}),
        (("harvest", "--remove", "county", "--json"), {"name": "county", "removed": 1}),
        (("refresh", "trees", "--json"), {}),
    ):  # fmt: skip
        answer = cityhall(city, "opendata", *arguments)
        [line] = answer.stdout.splitlines()
        found = json.loads(line)
        assert told.items() <= found.items(), (arguments, answer.stderr)
        assert answer.returncode == (1 if "error" in found else 0)
        assert not any("\u2500" <= sign <= "\u28ff" or sign == "\x1b" for sign in answer.stderr), answer.stderr
    said = cityhall(city, "opendata", "publish", str(trees)).stderr.splitlines()
    assert said[0] == "Reading …" and said[-1].startswith("Nothing has changed: 2 rows"), said
