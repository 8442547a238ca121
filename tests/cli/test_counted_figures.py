"""Where web processes keep what /metrics adds up: in memory, in a folder that is this city's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from cityhall.cli import processes


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    memory = tmp_path / "memory"
    memory.mkdir()
    monkeypatch.setattr(processes, "_IN_MEMORY", memory)
    monkeypatch.setenv("CITYHALL_DATA", str(tmp_path / "data"))
    return memory


def folder(port: int = 8000) -> Path:
    return Path(processes._shared_figures(port)["PROMETHEUS_MULTIPROC_DIR"])


def test_they_lie_in_memory_begin_empty_and_are_nobody_elses(memory: Path, tmp_path: Path) -> None:
    first = folder()
    (first / "counter_1.db").touch()
    assert folder() == first
    assert first.parent == memory
    assert list(first.iterdir()) == []
    assert first.stat().st_mode & 0o077 == 0
    assert folder(8001) != first


def test_another_citys_are_kept_apart(memory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = folder()
    monkeypatch.setenv("CITYHALL_DATA", str(tmp_path / "other"))
    assert folder() != first


@pytest.mark.parametrize("what", ["a link", "a file", "no memory"])
def test_a_place_that_is_not_ours_is_not_taken(memory: Path, tmp_path: Path, what: str) -> None:
    wanted, elsewhere = folder(), tmp_path / "elsewhere"
    wanted.rmdir()
    if what == "a link":
        elsewhere.mkdir()
        (elsewhere / "theirs").touch()
        wanted.symlink_to(elsewhere)
    elif what == "a file":
        wanted.touch()
    else:
        memory.rmdir()
    assert folder() == (tmp_path / "data" / "metrics" / "8000").resolve()
    assert what != "a link" or (elsewhere / "theirs").is_file()
