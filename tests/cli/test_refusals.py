"""What a command says when the machine or a slip of the finger stands in its way: the mend, never a traceback."""

from __future__ import annotations

import json
import socket
import subprocess
from pathlib import Path

import pytest
import typer
from tests.support import commands

from cityhall.cli.app import data_first
from cityhall.cli.processes import free_port
from cityhall.cli.runtime import as_called


def cityhall(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return commands.cityhall(*arguments, **environment)


@pytest.mark.parametrize(
    "command", [("audit", "verify", "--json"), ("requests", "import", "x.csv", "--json"), ("doctor", "--json")]
)
def test_a_mistyped_data_folder_is_named_and_not_made(tmp_path: Path, command: tuple[str, ...]) -> None:
    answer = cityhall("--data", str(tmp_path / "citty"), *command)
    assert answer.returncode == 1
    told = json.loads(answer.stdout)["error"]
    assert told.startswith(f"{tmp_path / 'citty'} holds no city. Check --data")
    assert told in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_does_not_answer_is_told_without_a_traceback(tmp_path: Path) -> None:
    answer = cityhall(
        "--data", str(tmp_path), "doctor", "--json", DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing"
    )
    assert answer.returncode == 1
    assert "does not answer. Is it running?" in json.loads(answer.stdout)["error"]
    assert "Traceback" not in answer.stderr


def test_a_place_that_cannot_be_written_is_told_with_the_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    answer = cityhall("--data", str(tmp_path / "file" / "city"), "migrate")
    assert answer.returncode == 1
    assert "Choose another place" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_port_that_only_root_may_open_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def bind(*_address: object) -> None:
        raise PermissionError

    monkeypatch.setattr("cityhall.cli.processes.socket.socket.bind", bind)
    with pytest.raises(typer.Exit):
        free_port("127.0.0.1", 80)
    assert "below 1024 a server needs root" in " ".join(capsys.readouterr().err.split())


def test_the_data_folder_may_be_named_after_the_command_too(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a\n")
    answer = cityhall("requests", "import", str(tmp_path / "x.csv"), "--data", str(tmp_path / "none"))
    assert f"{tmp_path / 'none'} holds no city" in answer.stderr + answer.stdout
    assert data_first(["doctor", "--data=x", "--json"]) == ["--data=x", "doctor", "--json"]
    assert data_first(["--data", "x", "doctor"]) == ["--data", "x", "doctor"]
    assert data_first(["say", "--", "--data", "x"]) == ["say", "--", "--data", "x"]


def test_a_backup_that_cannot_be_written_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    # There is no city either: that it is not reached shows that nothing was begun.
    answer = cityhall("--data", str(tmp_path / "none"), "backup", str(tmp_path / "missing" / "city.tar"))
    assert answer.returncode == 1
    assert f"there is no folder {tmp_path / 'missing'}" in answer.stderr
    assert "Errno" not in answer.stderr


def test_two_cities_that_start_at_once_do_not_open_on_one_port(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        wanted = int(probe.getsockname()[1])
    first = free_port("127.0.0.1", wanted)
    # The first one's pages are still loading: nothing listens there yet.
    second = free_port("127.0.0.1", first)
    assert second > first
    assert f"Port {first} is taken by another program, so this city uses {second}." in capsys.readouterr().err


@pytest.mark.parametrize("command", [("places", "import"), ("requests", "import")])
def test_a_quarantine_that_cannot_be_written_is_refused_before_anything_is_loaded(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "x.csv").write_text("a\n")
    wanted = tmp_path / "missing" / "aside.csv"
    # There is no city either: that it is not reached shows that nothing was begun.
    answer = cityhall("--data", str(tmp_path / "none"), *command, str(tmp_path / "x.csv"), "--quarantine", str(wanted))
    assert answer.returncode == 1
    assert f"there is no folder {wanted.parent}" in answer.stderr + answer.stdout
    assert "holds no city" not in answer.stderr + answer.stdout
    assert "Traceback" not in answer.stderr


def test_a_command_that_is_named_can_be_typed_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    told = "Cityhall is empty. Make the first account: cityhall people administrator EMAIL (see `cityhall doctor`)"
    monkeypatch.setattr("sys.argv", [".venv/bin/cityhall", "doctor"])
    assert as_called(told) == told.replace("cityhall", ".venv/bin/cityhall")
    monkeypatch.setattr("sys.argv", ["/x/cityhall/cli/__main__.py", "doctor"])
    assert as_called(told) == told
    monkeypatch.setattr("sys.argv", [".venv/bin/cityhall", "--data", "my city", "doctor"])
    monkeypatch.setenv("CITYHALL_DATA", "/srv/my city")
    assert "account: .venv/bin/cityhall --data '/srv/my city' people administrator EMAIL" in as_called(told)
