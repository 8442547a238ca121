"""The `cityhall` command, run as an administrator runs it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support import commands

RELEASES = sorted((Path(__file__).resolve().parents[1] / "fixtures").glob("city-*.tar"))
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def old_backup() -> Path:
    """A very small city's backup, made by release 0.1.0."""
    return RELEASES[0]


@pytest.fixture(scope="session")
def cityhall() -> Run:
    def run(data: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return commands.cityhall("--data", str(data), *arguments, **more)

    return run
