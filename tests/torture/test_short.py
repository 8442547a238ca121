"""A short campaign of `make torture`: real processes, six kinds of trouble, and everything is counted afterwards."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
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


@pytest.mark.slow
@pytest.mark.xdist_group("serving")
def test_a_campaign_that_is_ended_while_it_makes_its_city_leaves_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "torture", "--no-disk", "--log", str(tmp_path / "log.jsonl")]
    ran = subprocess.Popen(
        command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(tmp_path)}
    )
    until = time.monotonic() + 120
    while not (began := [*tmp_path.glob("cityhall-torture-*/disk/city/postgres/postmaster.pid")]):
        assert ran.poll() is None
        assert time.monotonic() < until, "no database was begun"
        time.sleep(0.05)
    database = psutil.Process(int(began[0].read_text().split("\n", 1)[0]))
    ran.send_signal(signal.SIGTERM)
    _, said = ran.communicate(timeout=120)
    assert ran.returncode == 1
    assert "Ended before the first kill; the city is removed." in said
    assert not database.is_running() or database.status() == psutil.STATUS_ZOMBIE
    assert [*tmp_path.glob("cityhall-torture-*")] == []
