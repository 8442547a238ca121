"""Carrying a city to this release and back.

A backup is taken first. A database of an older PostgreSQL is loaded into a new cluster beside the old one, which
is kept. What was done is written down in `upgrade.json` in the data folder, so that an upgrade that was killed is taken
up again and the way back is known.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from filelock import FileLock, Timeout

from cityhall import __version__
from cityhall.adapters.database.embedded import MAJOR, EmbeddedPostgres
from cityhall.config import archive, environment
from cityhall.kernel import clock

_KEPT_CLUSTER = re.compile(r"postgres\.(left-)?\d+")
_LONG = timedelta(days=30)


class UpgradeProblem(Exception):
    """The upgrade or the return cannot go on; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Record:
    """An upgrade as it is written down.

    Args:
        backup: the file to return to.
        at: when it was begun, ISO 8601.
        release: the release it went to.
        major: PostgreSQL's major version before, "" for a server of one's own.
        migrations: how many migrations the database had before.
        is_done: it was verified.
    """

    backup: str
    at: str
    release: str
    major: str
    migrations: int
    is_done: bool = False

    @property
    def kept(self) -> str:
        """The name the old cluster is kept under when the major version changed."""
        return f"postgres.{self.major}"


@contextmanager
def alone() -> Iterator[None]:
    """Keep a second upgrade or return of this data folder out of the block."""
    lock = FileLock(environment.data_folder() / "upgrade.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as problem:
        raise UpgradeProblem("Another upgrade of this city runs. Wait until it ends.") from problem
    try:
        yield
    finally:
        lock.release()


def server() -> EmbeddedPostgres | None:
    """Return the data folder's server in whatever major version its cluster has, None with DATABASE_URL."""
    if os.environ.get("DATABASE_URL"):
        return None
    data = environment.data_folder()
    ours = EmbeddedPostgres(data)
    ours.mend()
    return EmbeddedPostgres(data, major=ours.found_major() or MAJOR)


def refuse_in_use() -> None:
    """Refuse to go on beside a running city: what it wrote meanwhile would be lost."""
    with psycopg.connect(environment.database_url()) as connection:
        found = connection.execute(
            "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
            " and application_name like 'cityhall%'"
        ).fetchone()
    if found and found[0]:
        raise UpgradeProblem(f"The city is open ({found[0]} connections to its database). Close it first.")


def begin(progress: archive.Progress) -> tuple[Record, Mapping[str, int]]:
    """Back up what is there; return what was written down, and how many rows each table has now."""
    data = environment.data_folder()
    folder = data / "upgrades"
    folder.mkdir(mode=0o700, exist_ok=True)
    now = clock.now()
    file = folder / f"before-{__version__}-{now:%Y%m%d-%H%M%S}.tar"
    _need_space(folder)
    archive.back_up(file, progress)
    rows = archive.check(file).rows
    ours = server()
    record = Record(str(file), now.isoformat(), __version__, ours.major if ours else "", len(applied()))
    earlier = last()
    if earlier is not None and not earlier.is_done and _has_moved(earlier, record):
        record = earlier  # an upgrade that was broken off goes on; one returns to before it began
    write(record)
    return record, rows


def carry(old: EmbeddedPostgres, record: Record, rows: Mapping[str, int]) -> None:
    """Load the backup into a new cluster of this release's major version, and put it in the stopped old one's place.

    The old cluster is kept until the next upgrade. Until the new one is proven it is not touched, so a kill at any
    moment leaves one of them in place, whole.
    """
    beside = EmbeddedPostgres(old.data, name="postgres.carrying")
    beside.discard()
    beside.start()
    try:
        archive.restore_database(Path(record.backup), url=beside.url)
        with psycopg.connect(beside.url) as connection:
            lost = _differing(rows, archive.count_rows(connection))
    finally:
        beside.stop()
    if lost:
        beside.discard()
        raise UpgradeProblem(f"The new database differs from the old in {lost}. Nothing was changed; tell us.")
    old.stop()
    old.replace_by(beside, keep_as=record.kept)
    beside.discard()


def fewer_rows(before: Mapping[str, int], among: Callable[[str], bool]) -> str:
    """Return which of the tables named have fewer rows than `before`, "" when none has.

    Tables that are gone do not count.
    """
    with psycopg.connect(environment.database_url()) as connection:
        now = archive.count_rows(connection)
    fewer = {name: rows for name, rows in before.items() if now.get(name, rows) < rows and among(name)}
    return _differing(fewer, now)


def applied() -> frozenset[tuple[str, str]]:
    """Return the migrations the database has had, as (app, name)."""
    with psycopg.connect(environment.database_url()) as connection:
        return frozenset(connection.execute("select app, name from django_migrations").fetchall())


def removed_on_purpose(before: Set[tuple[str, str]]) -> set[str]:
    """Return the tables that migrations applied since `before` say they remove rows of, in their `removes_rows`."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    known = MigrationLoader(connection).disk_migrations
    new = (known[one] for one in applied() - before if one in known)
    return {table for migration in new for table in getattr(migration, "removes_rows", ())}


def was_broken_off() -> bool:
    """Say whether an upgrade was begun and never verified."""
    earlier = last()
    return earlier is not None and not earlier.is_done


def finish(record: Record) -> None:
    """Write down that the upgrade was verified, and remove what earlier ones kept: one way back is enough."""
    write(Record(**{**asdict(record), "is_done": True}))
    for path in _kept():
        if path.name == record.kept or path.name == Path(record.backup).name:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)  # the upgrade is done all the same; `doctor` names what stays
        else:
            path.unlink(missing_ok=True)


def kept_long() -> Iterator[str]:
    """Say what `cityhall doctor` should tell about what upgrades kept: erased people live on in it."""
    before = (clock.now() - _LONG).timestamp()
    if old := [str(path) for path in _kept() if path.stat().st_mtime < before]:
        yield (
            f"What an upgrade kept is older than {_LONG.days} days, is not encrypted, and holds whoever was erased"
            f" since. If you trust this release, remove it: rm -r {shlex.join(old)}"
        )


def go_back(record: Record, progress: archive.Progress) -> Path:
    """Put the database back as it was before the upgrade; return the backup that was made of what is left behind.

    The old cluster takes its place again when the major version was another; else the backup is loaded in one
    transaction. Killed half way, it is simply called again.
    """
    data = environment.data_folder()
    source = Path(record.backup)
    left = data / "upgrades" / f"before-return-{clock.now():%Y%m%d-%H%M%S}.tar"
    ours = server()
    if not source.exists():
        raise UpgradeProblem(f"{source} is gone, and with it the way back. Restore another backup into a new folder.")
    archive.check(source)
    stray = EmbeddedPostgres(data, name="postgres.next")
    if ours is not None and stray.found_major() == record.major and not (data / record.kept).exists():
        stray.cluster.rename(data / record.kept)  # a return that was broken off before it changed anything
    if ours is not None:
        ours.start()
    try:
        refuse_in_use()
        if ours is None or ours.major == record.major:
            archive.back_up(left, progress)
            archive.restore_database(source, anew=True)
        elif (data / record.kept).exists():
            archive.back_up(left, progress)
            ours.stop()
            kept = EmbeddedPostgres(data, name=record.kept, major=record.major)
            ours.replace_by(kept, keep_as=f"postgres.left-{ours.major}")
            ours.start()
        else:
            raise UpgradeProblem(
                f"{data / record.kept} is gone, and with it the way back to PostgreSQL {record.major}."
            )
        archive.restore_anchor(source)
        with psycopg.connect(environment.database_url()) as connection:
            lost = _differing(archive.check(source).rows, archive.count_rows(connection))
    finally:
        if ours is not None:
            ours.stop()
    if lost:
        raise UpgradeProblem(f"The database is back, but differs from the backup in {lost}. Look at {source}.")
    _file().unlink()
    return left


def last() -> Record | None:
    """Return the last upgrade that can be returned from."""
    try:
        given: dict[str, Any] = json.loads(_file().read_text(encoding="utf-8"))
        return Record(**given)
    except FileNotFoundError:
        return None
    except (TypeError, ValueError) as problem:
        raise UpgradeProblem(f"{_file()} cannot be read ({problem}). Move it away to begin anew.") from problem


def write(record: Record) -> None:
    """Write the upgrade down, whole or not at all."""
    part = _file().with_suffix(".part")
    with part.open("w", encoding="utf-8") as out:
        json.dump(asdict(record), out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    part.replace(_file())


def _kept() -> list[Path]:
    """Return the backups and the clusters that upgrades and returns kept."""
    data = environment.data_folder()
    clusters = (path for path in data.glob("postgres.*") if _KEPT_CLUSTER.fullmatch(path.name) and path.is_dir())
    return sorted([*(data / "upgrades").glob("before-*.tar"), *clusters])


def _file() -> Path:
    return environment.data_folder() / "upgrade.json"


def _has_moved(earlier: Record, now: Record) -> bool:
    """Say whether the upgrade that was broken off had begun to change the database."""
    return earlier.major != now.major or earlier.migrations != now.migrations


def _need_space(folder: Path) -> None:
    data = environment.data_folder()
    files = (file for name in ("blobs", "postgres") for file in (data / name).rglob("*") if file.is_file())
    needed = sum(file.stat().st_size for file in files)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise UpgradeProblem(
            f"The backup that comes first may need {needed / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free at {folder}."
            " Free some, or mount more there."
        )


def _differing(wanted: Mapping[str, int], found: Mapping[str, int]) -> str:
    return ", ".join(
        f"{name} ({rows:,} rows before, {found.get(name, 0):,} now)"
        for name, rows in sorted(wanted.items())
        if found.get(name) != rows
    )
