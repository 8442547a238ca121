"""The `cityhall` command, run as an administrator runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

RELEASES = sorted((Path(__file__).resolve().parents[1] / "fixtures").glob("city-*.tar"))
Run = Callable[..., subprocess.CompletedProcess[str]]


def environment(**more: str) -> dict[str, str]:
    """This process's environment without the tests' own city in it."""
    left_out = ("DATABASE_URL", "CITYHALL_", "DJANGO_", "PORT")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return {**kept, "COLUMNS": "200", **more}


@pytest.fixture(scope="session")
def old_backup() -> Path:
    """A very small city's backup, made by release 0.1.0."""
    return RELEASES[0]


@pytest.fixture(scope="session")
def cityhall(tmp_path_factory: pytest.TempPathFactory) -> Run:
    static = tmp_path_factory.mktemp("static")  # gathered once, not once for each data folder

    def run(data: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cityhall.cli", "--data", str(data), *arguments],
            env=environment(CITYHALL_STATIC=str(static), **more),
            capture_output=True,
            text=True,
            timeout=240,
        )

    return run
