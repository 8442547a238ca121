"""Scheduled backups: when they are due, that one worker makes them, how many are kept, what doctor says."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cityhall.config import archive, backups, environment, settings_file
from cityhall.kernel import clock, offers

# All take the one lock of scheduled backups, in the database every worker of the tests has in common.
pytestmark = pytest.mark.xdist_group("backups")

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
PACIFIC = ZoneInfo("America/Los_Angeles")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PACIFIC)


@pytest.mark.parametrize(
    ("now", "newest", "due"),
    [
        ("2026-11-26T02:59", "2026-11-25T03:00", False),
        ("2026-11-26T03:00", "2026-11-25T03:00", True),
        ("2026-11-26T03:01", "2026-11-26T03:00", False),
        ("2026-11-26T17:00", "2026-11-25T03:00", True),  # the worker was off at three
        ("2026-11-26T01:00", "2026-11-24T03:00", True),
        ("2026-11-26T01:00", None, True),
        ("2026-03-08T03:00", "2026-03-07T03:00", True),  # the night the clocks go forward
        ("2026-11-01T03:30", "2026-11-01T03:00", False),  # and back
    ],
)
def test_a_backup_is_due_once_the_citys_clock_passed_the_hour(now: str, newest: str | None, due: bool) -> None:
    found = at(newest).astimezone(UTC) if newest else None
    assert backups.is_due(time(3), PACIFIC, at(now).astimezone(UTC), found) is due


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CITYHALL_BACKUP_FOLDER", str(tmp_path / "backups"))
    monkeypatch.setenv("CITYHALL_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(backups, "_failed_here", None)
    (tmp_path / "data").mkdir()
    return tmp_path / "backups"


def packed(file: Path) -> dict[str, bytes]:
    with tarfile.open(file) as tar:
        return {member.name: body.read() for member in tar if (body := tar.extractfile(member))}


def test_what_happens_beside_a_backup_leaves_it_whole(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, real = tmp_path / "data", archive._dump
    for name in ("audit", "blobs"):
        (data / name).mkdir()
    (data / "audit" / "head.jsonl").write_text("sealed before\n")
    (data / "blobs" / "kept").write_text("photo")
    (data / "blobs" / "gone").write_text("photo")

    def dump(file: Path) -> dict[str, int]:
        # An upload just before the dump is in it, so its bytes must be in the backup; what is sealed after is not.
        (data / "blobs" / "late").write_text("photo")
        rows = real(file)
        (data / "audit" / "head.jsonl").write_text("sealed before\nsealed after\n")
        return rows

    def progress(done: int, total: int) -> None:
        (data / "blobs" / "gone").unlink(missing_ok=True)

    monkeypatch.setattr(archive, "_dump", dump)
    archive.back_up(tmp_path / "city.tar", progress)
    found = packed(tmp_path / "city.tar")
    assert found["audit/head.jsonl"] == b"sealed before\n"
    assert found["blobs/late"] == found["blobs/kept"] == b"photo"
    assert "blobs/gone" not in found
    assert archive.check(tmp_path / "city.tar")


def said() -> str:
    return " ".join(backups.missing())


@pytest.mark.django_db
def test_each_day_one_is_made_and_the_newest_are_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYHALL_BACKUP_KEEP", "2")
    folder.mkdir()
    (folder / "city-notes.txt").write_text("mine")
    assert "No backup was made" in said()
    for day in range(3):
        with clock.held_at(NOW + timedelta(days=day)):
            assert backups.make_if_due() == 1
            assert backups.make_if_due() == 0
            assert "newest" not in said()
            assert backups.newest() == (clock.now(), folder / f"city-{clock.now():%Y%m%dT%H%M%SZ}.tar")
    assert sorted(path.name for path in folder.iterdir()) == [
        "city-20261127T120000Z.tar", "city-20261128T120000Z.tar", "city-notes.txt",
    ]  # fmt: skip
    assert archive.check(folder / "city-20261128T120000Z.tar").made_at
    with clock.held_at(NOW + timedelta(days=4)):
        assert "Is the worker running?" in said()


@pytest.mark.django_db
def test_none_but_the_newest_gets_older_than_the_schedule(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYHALL_BACKUP_MAX_AGE", "10")
    folder.mkdir()
    for day in (1, 9, 11, 30):
        (folder / f"city-{NOW - timedelta(days=day):%Y%m%dT%H%M%SZ}.tar").write_text("old")
    kind = offers.retained["backups"]
    assert kind.fixed == "CITYHALL_BACKUP_MAX_AGE"
    assert kind.due(NOW - timedelta(days=10), offers.Held()) == 2
    with clock.held_at(NOW):
        assert backups.make_if_due() == 1
    assert [(NOW - at).days for at, _path in backups.made(folder)] == [9, 1, 0]
    with clock.held_at(NOW + timedelta(hours=1)):
        (folder / f"city-{NOW - timedelta(days=40):%Y%m%dT%H%M%SZ}.tar").write_text("brought back by hand")
        assert backups.make_if_due() == 0
    assert len(backups.made(folder)) == 3
    monkeypatch.setenv("CITYHALL_BACKUP_MAX_AGE", "never")
    assert "CITYHALL_BACKUP_MAX_AGE is never" in said()


@pytest.mark.django_db
def test_one_that_failed_is_told_and_tried_again_later(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYHALL_BACKUP_RECIPIENTS", "age1notakey")
    with clock.held_at(NOW):
        assert backups.make_if_due() == 0
        assert "is no public key" in said()
        assert not list(folder.iterdir()), "nothing half-written is left"
    _, public = archive.new_key()
    monkeypatch.setenv("CITYHALL_BACKUP_RECIPIENTS", public)
    with clock.held_at(NOW + timedelta(minutes=10)):
        assert backups.make_if_due() == 0
    with clock.held_at(NOW + timedelta(minutes=31)):
        assert backups.make_if_due() == 1
        assert said() == ""
    [file] = folder.iterdir()
    assert file.name.endswith(".tar.age")
    assert file.read_bytes().startswith(b"age-encryption.org/v1")


@pytest.mark.django_db
def test_a_second_worker_leaves_it_to_the_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    real: Callable[..., int] = archive.back_up

    def back_up(*arguments: object, **more: object) -> int:
        made.append(backups.make_if_due())  # as another worker would, while the first is at it
        return real(*arguments, **more)

    monkeypatch.setattr(archive, "back_up", back_up)
    assert backups.make_if_due() == 1, said()
    assert made == [0]


@pytest.mark.django_db
def test_a_folder_that_is_not_ours_is_told_and_tried_again_at_the_next_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied", str(folder))

    with monkeypatch.context() as closed, clock.held_at(NOW):
        closed.setattr(archive, "back_up", refused)
        assert backups.make_if_due() == 0
        assert f"may not write to {folder}. Make the folder" in said()
    with clock.held_at(NOW + timedelta(minutes=1)):
        assert backups.make_if_due() == 0, "the same process waits"
        monkeypatch.setattr(backups, "_failed_here", None)  # as in a process that was started anew
        assert backups.make_if_due() == 1
    assert "may not write" not in said()


def test_the_schedule_may_stand_in_the_data_folder_and_the_environment_wins(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CITYHALL_BACKUP_FOLDER")
    file = settings_file.path(environment.data_folder())
    file.parent.mkdir()
    file.write_text(
        f'CITYHALL_BACKUP_FOLDER = "{folder}"\nCITYHALL_BACKUP_AT = "04:15"\nCITYHALL_BACKUP_KEEP = 7\n'
        'CITYHALL_BACKUP_RECIPIENTS = "age1a, age1b"\n'
    )
    assert backups.schedule() == backups.Schedule(folder, time(4, 15), 7, 35, ["age1a", "age1b"])
    monkeypatch.setenv("CITYHALL_BACKUP_AT", "05:00")
    wanted = backups.schedule()
    assert wanted
    assert wanted.at == time(5)
    monkeypatch.setenv("CITYHALL_BACKUP_FOLDER", "none")
    assert backups.schedule() is None


def test_a_wrong_setting_is_named_with_its_mend(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYHALL_BACKUP_AT", "3 am")
    assert "CITYHALL_BACKUP_AT is 3 am" in said()
    monkeypatch.setenv("CITYHALL_BACKUP_AT", "03:30")
    monkeypatch.setenv("CITYHALL_BACKUP_KEEP", "0")
    assert "CITYHALL_BACKUP_KEEP is 0" in said()
    monkeypatch.delenv("CITYHALL_BACKUP_FOLDER")
    assert "No backups are scheduled" in said()
