"""The nightly backup: made by the worker into a folder, the newest few kept, its state told by `cityhall doctor`."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
from django.utils.translation import gettext_lazy as _

from cityhall.config import archive, environment
from cityhall.kernel import clock
from cityhall.kernel.offers import Held, Period, Retained, city_card

logger = logging.getLogger(__name__)

_NAME = re.compile(r"city-(\d{8}T\d{6}Z)\.tar(\.age)?")
_LOCK = 0xBAC4
_AGAIN_AFTER = timedelta(minutes=30)
_LATE = timedelta(hours=26)
_failed_here: datetime | None = None
"""When the last one failed in this process."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When and where backups are made.

    Args:
        folder: where they are kept; best on another disk or machine.
        at: the time of day, by the city's clock.
        keep: how many of the newest are kept.
        most_days: how old one may get; the newest is kept however old it is.
        recipients: public keys they are encrypted for.
    """

    folder: Path
    at: time
    keep: int
    most_days: int
    recipients: list[str]


def schedule() -> Schedule | None:
    """Return what the settings say, None when no folder is named.

    Raises:
        ValueError: a setting is not what it should be; the message names it.
    """
    folder = environment.setting("CITYHALL_BACKUP_FOLDER")
    if not folder:
        return None
    given, keep = environment.setting("CITYHALL_BACKUP_AT", "03:00"), environment.setting("CITYHALL_BACKUP_KEEP", "14")
    try:
        at = time.fromisoformat(given)
    except ValueError as problem:
        raise ValueError(f"CITYHALL_BACKUP_AT is {given}. Give a time of day like 03:00.") from problem
    if not keep.isascii() or not keep.isdecimal() or int(keep) < 1:
        raise ValueError(f"CITYHALL_BACKUP_KEEP is {keep}. Give how many backups to keep, 1 or more.")
    return Schedule(Path(folder), at, int(keep), most_days(), environment.backup_recipients())


def most_days() -> int:
    """Return how many days old a scheduled backup may get, and what was erased lives on in it at the longest.

    Raises:
        ValueError: the setting is not what it should be; the message names it.
    """
    given = environment.setting("CITYHALL_BACKUP_MAX_AGE", "35")
    if not given.isascii() or not given.isdecimal() or int(given) < 1:
        raise ValueError(f"CITYHALL_BACKUP_MAX_AGE is {given}. Give a number of days, 1 or more.")
    return int(given)


def is_due(at: time, zone: ZoneInfo, now: datetime, newest: datetime | None) -> bool:
    """Say whether the last moment a backup should have been made has passed without one."""
    local = now.astimezone(zone)
    last = datetime.combine(local.date(), at, zone)
    if last > local:
        last = datetime.combine(local.date() - timedelta(days=1), at, zone)
    return newest is None or newest < last


def made(folder: Path) -> list[tuple[datetime, Path]]:
    """Return the scheduled backups of a folder with their moments, the oldest first."""
    found = ((_NAME.fullmatch(path.name), path) for path in folder.glob("city-*"))
    return sorted((_moment(match[1]), path) for match, path in found if match)


def make_if_due() -> int:
    """Make the backup if its time has come, and remove those beyond the number kept; return how many were made.

    Only one worker makes it. One that failed is tried again half an hour later, or when the worker is started again.
    """
    global _failed_here
    wanted = schedule()
    if wanted is None:
        return 0
    now = clock.now()
    if _failed_here is not None and now - _failed_here < _AGAIN_AFTER:
        return 0
    with _alone() as is_ours:
        before = made(wanted.folder)
        newest = before[-1][0] if before else None
        zone = ZoneInfo(city_card.get().time_zone)
        if not is_ours:
            return 0
        if not is_due(wanted.at, zone, now, newest):
            _remove_aged(wanted, now)
            return 0
        try:
            wanted.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            ending = "tar.age" if wanted.recipients else "tar"
            target = wanted.folder / f"city-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.{ending}"
            size = archive.back_up(target, lambda done, total: None, recipients=wanted.recipients)
        except (archive.ArchiveProblem, OSError, psycopg.Error) as failure:
            _failed_here, told = now, _told(failure)
            _write_failure(now, told)
            logger.error("no backup was made: %s", told)
            return 0
    _failed_here = None
    _state().unlink(missing_ok=True)
    logger.info("backup %s made, %s bytes", target.name, size)
    for _at, old in made(wanted.folder)[: -wanted.keep]:
        old.unlink(missing_ok=True)
    _remove_aged(wanted, now)
    return 1


def too_old(folder: Path, before: datetime) -> list[Path]:
    """Return the scheduled backups from before a moment, without the newest of all."""
    return [path for at, path in made(folder)[:-1] if at < before]


def _remove_aged(wanted: Schedule, now: datetime) -> None:
    for old in too_old(wanted.folder, now - timedelta(days=wanted.most_days)):
        old.unlink(missing_ok=True)


def kept_kind() -> Retained:
    """Return backups as a line of the retention schedule; settings decide, and the chore that makes them removes."""
    try:
        days = most_days()
    except ValueError:
        days = 35  # the doctor tells of it

    def due(before: datetime, held: Held) -> int:
        folder = environment.setting("CITYHALL_BACKUP_FOLDER")
        return len(too_old(Path(folder), before)) if folder else 0

    return Retained(
        "backups",
        _("Scheduled backups"),
        _(
            "From the moment it was made. So long, at the most, what is removed lives on in a backup; restoring one"
            " erases it again."
        ),
        Period(days, "days"),
        due,
        lambda before, held, limit: 0,
        fixed="CITYHALL_BACKUP_MAX_AGE",
        order=90,
    )


def erasure_lists() -> tuple[Path, ...]:
    """Return where erasures are written down outside the database: in the data folder, and beside the backups."""
    folder = environment.setting("CITYHALL_BACKUP_FOLDER")
    ours = environment.data_folder() / "erasures.jsonl"
    return (ours, Path(folder) / ours.name) if folder else (ours,)


def newest() -> tuple[datetime, Path] | None:
    """Return the newest scheduled backup with its moment, None when there is none or none is scheduled."""
    folder = environment.setting("CITYHALL_BACKUP_FOLDER")
    found = made(Path(folder)) if folder else []
    return found[-1] if found else None


def missing() -> Iterator[str]:
    """Say what `cityhall doctor` should tell about backups."""
    try:
        wanted = schedule()
    except ValueError as wrong:
        yield str(wrong)
        return
    if wanted is None:
        yield (
            "No backups are scheduled. Set CITYHALL_BACKUP_FOLDER to a folder on another disk or machine, in the"
            " environment or in secrets/settings.toml."
        )
        return
    if not wanted.recipients:
        yield (
            "Scheduled backups are not encrypted. Run `cityhall backup-key` on another machine and set"
            " CITYHALL_BACKUP_RECIPIENTS to the public key."
        )
    found = made(wanted.folder)
    at, problem = _failure()
    if at is not None:
        yield (
            f"The backup of {at:%Y-%m-%d %H:%M} UTC failed: {problem} It is tried again every half hour, and when"
            " the city is started."
        )
    if not found:
        yield f"No backup was made in {wanted.folder} yet. The worker makes the first one within a minute of its start."
    elif clock.now() - found[-1][0] > _LATE:
        yield f"The newest backup in {wanted.folder} is of {found[-1][0]:%Y-%m-%d %H:%M} UTC. Is the worker running?"


def erase_again(listed: Path) -> int | None:
    """Erase whom a list of erasures names from a city just restored; return how many, None when there is no list.

    The list is taken over into the city's own data folder, so that an older backup is met by it as well.
    """
    ours = erasure_lists()[0]
    if listed.is_file() and listed.resolve() != ours.resolve():
        with ours.open("ab") as out:
            out.write(listed.read_bytes() + b"\n")
    there = any(file.is_file() for file in erasure_lists())
    from cityhall.apps.records import public as records

    again = records.reapply()
    return again if there else None


@contextmanager
def _alone() -> Iterator[bool]:
    """Say whether no other worker is at it, and keep the others off for the block."""
    with psycopg.connect(environment.database_url(), autocommit=True) as connection:
        [[locked]] = connection.execute("select pg_try_advisory_lock(%s)", [_LOCK]).fetchall()
        try:
            yield bool(locked)
        finally:
            # Said aloud: a closed connection's lock lasts until the server has noticed.
            if locked and not connection.closed:
                connection.execute("select pg_advisory_unlock(%s)", [_LOCK])


def _told(failure: Exception) -> str:
    """Return what went wrong, with its mend where that is sure."""
    if isinstance(failure, PermissionError):
        return f"The city's user may not write to {failure.filename}. Make the folder, and give it to that user."
    if isinstance(failure, FileNotFoundError):
        return (
            f"There is no folder {failure.filename}, and it could not be made. Make it, and give it to the city's user."
        )
    return str(failure)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _state() -> Path:
    return environment.data_folder() / "backup-failed.json"


def _failure() -> tuple[datetime | None, str]:
    """Return when the last backup failed and why; None when it did not."""
    try:
        kept = json.loads(_state().read_text(encoding="utf-8"))
        return datetime.fromisoformat(kept["at"]), str(kept["problem"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None, ""


def _write_failure(at: datetime, problem: str) -> None:
    part = _state().with_suffix(".part")
    part.write_text(json.dumps({"at": at.isoformat(), "problem": problem}), encoding="utf-8")
    part.replace(_state())
