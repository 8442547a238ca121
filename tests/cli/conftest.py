"""The `cityhall` command, run as an administrator runs it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
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


@pytest.fixture(scope="session")
def restored_city(cityhall: Run, old_backup: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That city in this release's schema, closed, to be copied: made once for all workers, as migrating is slow."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    made = folder / "restored-city"
    with FileLock(folder / "restored-city.lock"):
        if not made.exists():
            answer = cityhall(folder / "making-city", "restore", str(old_backup))
            assert answer.returncode == 0, answer.stderr
            answer = cityhall(folder / "making-city", "backup", str(folder / "restored-city.tar"))
            assert answer.returncode == 0, answer.stderr
            (folder / "making-city").rename(made)
    return made


@pytest.fixture(scope="session")
def new_backup(restored_city: Path) -> Path:
    """A backup of it, as this release makes them."""
    return restored_city.with_suffix(".tar")


def copied(city: Path, to: Path) -> Path:
    """Copy a closed city's data folder with its owners and rights."""
    subprocess.run(["cp", "-a", str(city), str(to)], check=True)
    return to
