"""A short campaign of `make torture`: real processes, six kinds of trouble, and everything is counted afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

KINDS = ("database", "web", "disk-full", "clock", "mail", "deliveries")
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.xdist_group("serving")
def test_a_city_that_is_killed_under_load_loses_nothing(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    only = [word for kind in KINDS for word in ("--only", kind)]
    command = [sys.executable, "-m", "torture", "--kills", "6", "--seed", "4", "--log", str(log), *only]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert ran.returncode == 0, ran.stderr[-4000:]
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    kills = [line for line in lines if "kind" in line]
    assert len(kills) == 7, "six kills, and the count when all has settled"
    writes = [line["write"] for line in lines if "write" in line]
    assert any(write["door"] == "form" and write["command"] for write in writes), "a resident came to the last step"
    fates = [write["fate"] for write in writes]
    assert fates.count("acknowledged") > 30, "there was a load"
