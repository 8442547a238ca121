"""Backup, restore, audit verify and doctor, run as an administrator runs them."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from tests.support import commands

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("care")]


def cityhall(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return commands.cityhall("--data", str(data), *arguments)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("made") / "city"
    made = cityhall(data, "migrate")
    assert made.returncode == 0, made.stderr
    (data / "blobs" / "ab").mkdir(parents=True)
    (data / "blobs" / "ab" / "photo").write_bytes(b"picture" * 1000)
    return data


@pytest.fixture(scope="module")
def file(city: Path) -> Path:
    """A backup of it."""
    file = city.parent / "city.tar"
    made = cityhall(city, "backup", str(file), "--json")
    assert json.loads(made.stdout) == {"file": str(file), "bytes": file.stat().st_size, "encrypted": False}
    return file


def test_a_backup_restores_to_the_same_city(city: Path, file: Path, tmp_path: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    restored = tmp_path / "again"
    answer = cityhall(restored, "restore", str(file))
    assert answer.returncode == 0, answer.stderr
    assert (restored / "blobs" / "ab" / "photo").read_bytes() == b"picture" * 1000
    assert (restored / "secrets" / "secret_key").read_text() == (city / "secrets" / "secret_key").read_text()
    for folder in (city, restored):
        assert stat.S_IMODE(folder.stat().st_mode) & 0o066 == 0, "nobody else on the machine reads a city"
    verdict = json.loads(cityhall(restored, "audit", "verify", "--json").stdout)
    assert verdict["problem"] == ""


def test_a_backup_that_was_cut_short_or_changed_is_refused_and_nothing_is_written(file: Path, tmp_path: Path) -> None:
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


def test_restoring_over_a_city_is_refused(city: Path, file: Path) -> None:
    answer = cityhall(city, "restore", str(file))
    assert answer.returncode == 1
    assert "empty" in answer.stderr


def test_help_is_in_plain_words(tmp_path: Path) -> None:
    for words in ((), ("requests", "import"), ("demo",)):
        told = cityhall(tmp_path, *words, "--help").stdout
        assert not re.findall(r"<[a-z ]+>", told), words
    assert "Say which." not in cityhall(tmp_path, "--help").stdout


def test_a_refusal_ends_with_one_full_stop(city: Path) -> None:
    for wrong in (("--time-zone", "Mars/Base"), ("--holidays", "Atlantis")):
        told = cityhall(city, "places", "city", *wrong)
        assert told.returncode == 1
        assert "was refused" in told.stderr
        assert ".." not in told.stderr


def test_what_a_city_lacks_is_told_with_commands_that_can_be_typed_as_they_stand(city: Path) -> None:
    command = Path(sys.executable).with_name("cityhall")
    told = subprocess.run(
        [command, "places", "city", "--data", city], env=commands.environment(), capture_output=True, text=True
    )
    assert f"Set it with `{command} --data {city} places city --name NAME`." in told.stderr


def test_a_history_that_lies_elsewhere_is_asked_about(city: Path, tmp_path: Path) -> None:
    ring = [[-76.2, 43], [-76.1, 43], [-76.1, 43.1], [-76.2, 43.1], [-76.2, 43]]
    edge, history = tmp_path / "edge.geojson", tmp_path / "history.csv"
    shape = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    edge.write_text(json.dumps({"type": "FeatureCollection", "features": [shape]}))
    history.write_text(
        "service_request_id,service_name,requested_datetime,lat,long,status_description\n1,Pothole,2026-01-05,32.7,-117.1,open\n"
    )
    done = cityhall(city, "places", "import", str(edge), "--kind", "boundary")
    assert done.returncode == 0, done.stderr
    told = cityhall(city, "requests", "import", str(history), "--dry-run")
    assert told.returncode == 0, told.stderr
    assert "1 of 1 rows lie outside the boundary. Is this file your city's?" in " ".join(told.stderr.split())
    unknown = cityhall(city, "places", "remove", "--area-kind", "ward")
    assert unknown.returncode == 1
    assert "there are no areas of the kind 'ward'" in unknown.stderr
    assert cityhall(city, "places", "remove", "--kind", "streets", "--area-kind", "ward").returncode == 2


def test_a_refused_restore_changes_nothing(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    assert cityhall(other, "migrate").returncode == 0
    secret = (other / "secrets" / "secret_key").read_text()
    answer = cityhall(other, "restore", str(file))
    assert answer.returncode == 1
    assert "holds a city already (database)" in " ".join(answer.stderr.split())
    assert (other / "secrets" / "secret_key").read_text() == secret
    assert not (other / "blobs").exists()


def test_a_backup_does_not_carry_the_database_password(file: Path) -> None:
    with tarfile.open(file) as tar:
        assert "secrets/database" not in tar.getnames()


def test_every_command_has_help_a_person_can_learn_from(tmp_path: Path) -> None:
    root = cityhall(tmp_path, "--help").stdout
    for command in ("serve", "web", "worker", "migrate", "backup", "restore", "doctor", "audit", "requests", "demo"):
        assert command in root
        shown = cityhall(tmp_path, command, "--help")
        assert shown.returncode == 0
        assert len(shown.stdout.split()) > 15, command
