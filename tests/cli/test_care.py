"""Backup, restore, audit verify and doctor, run as an administrator runs them."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def cityhall(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "CITYHALL_DATA"}}
    return subprocess.run(
        [sys.executable, "-m", "cityhall.cli", "--data", str(data), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("made") / "city"
    made = cityhall(data, "migrate")
    assert made.returncode == 0, made.stderr
    (data / "blobs" / "ab").mkdir(parents=True)
    (data / "blobs" / "ab" / "photo").write_bytes(b"picture" * 1000)
    return data


def test_a_backup_restores_to_the_same_city(city: Path, tmp_path: Path) -> None:
    file = tmp_path / "city.tar"
    assert cityhall(city, "backup", str(file)).returncode == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    restored = tmp_path / "again"
    answer = cityhall(restored, "restore", str(file))
    assert answer.returncode == 0, answer.stderr
    assert (restored / "blobs" / "ab" / "photo").read_bytes() == b"picture" * 1000
    assert (restored / "secrets" / "secret_key").read_text() == (city / "secrets" / "secret_key").read_text()
    verdict = json.loads(cityhall(restored, "audit", "verify", "--json").stdout)
    assert verdict["problem"] == ""


def test_a_backup_that_was_cut_short_or_changed_is_refused_and_nothing_is_written(city: Path, tmp_path: Path) -> None:
    file = tmp_path / "city.tar"
    cityhall(city, "backup", str(file))
    cut = tmp_path / "cut.tar"
    cut.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    changed = tmp_path / "changed.tar"
    changed.write_bytes(file.read_bytes().replace(b"picturepicture", b"picturePICTURE", 1))
    for bad in (cut, changed):
        answer = cityhall(tmp_path / "empty", "restore", str(bad))
        assert answer.returncode == 1
        assert "Nothing was restored" in answer.stderr
        assert "another backup" in " ".join(answer.stderr.split())
        assert not (tmp_path / "empty" / "blobs").exists()


def test_restoring_over_a_city_is_refused(city: Path, tmp_path: Path) -> None:
    file = tmp_path / "city.tar"
    cityhall(city, "backup", str(file))
    answer = cityhall(city, "restore", str(file))
    assert answer.returncode == 1
    assert "empty" in answer.stderr


def test_a_backup_does_not_carry_the_database_password(city: Path, tmp_path: Path) -> None:
    file = tmp_path / "city.tar"
    cityhall(city, "backup", str(file))
    with tarfile.open(file) as tar:
        assert "secrets/database" not in tar.getnames()


def test_an_empty_folder_says_what_to_run(tmp_path: Path) -> None:
    answer = cityhall(tmp_path / "nothing", "doctor")
    assert answer.returncode == 1
    assert "init" in answer.stderr


def test_every_command_has_help_a_person_can_learn_from(tmp_path: Path) -> None:
    root = cityhall(tmp_path, "--help").stdout
    for command in ("serve", "web", "worker", "migrate", "backup", "restore", "doctor", "audit", "requests", "demo"):
        assert command in root
        shown = cityhall(tmp_path, command, "--help")
        assert shown.returncode == 0
        assert len(shown.stdout.split()) > 15, command
