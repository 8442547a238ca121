"""A snapshot of what changed alone reads as one of all rows, shares the large files of the one before, and ends."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from cityhall.adapters.snapshots import appending
from cityhall.adapters.snapshots.comparing import DuckDbComparer
from cityhall.adapters.snapshots.duckdb import DuckDbSnapshots
from cityhall.adapters.snapshots.parts import rows_of
from cityhall.kernel.analytics.columns import Column
from cityhall.kernel.comparing import Comparison
from cityhall.kernel.snapshots import (
    BASE_FILE,
    DELTA_FILE,
    GONE_FILE,
    PART_FILE,
    QUERY_FILE,
    ColumnType,
    Kept,
    Rare,
    SnapshotColumn,
    SnapshotJob,
    SnapshotWritten,
)  # fmt: skip

Rows = dict[int, tuple[str, str]]
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
COLUMNS = (
    SnapshotColumn("number", "number", ColumnType.TEXT),
    SnapshotColumn("kind", "kind", ColumnType.TEXT),
    SnapshotColumn("at", "at", ColumnType.TIMESTAMP),
    SnapshotColumn("place", "", ColumnType.POINT, longitude="lon", latitude="lat"),
)
FIRST: Rows = {number: (f"Kind {number % 7}", "-117.1" if number % 5 else "") for number in range(60)}
#: Each minute's rows: a changed one, a new one, one taken away; the same one again; the new one away; nothing.
MINUTES: tuple[Rows, ...] = (
    {**FIRST, 7: ("Anders", "-117.2"), 60: ("Neu", ""), 9: ("", "")},
    {**FIRST, 7: ("Wieder anders", ""), 60: ("Neu", ""), 9: ("", "")},
    {**FIRST, 7: ("Kind 0", "-117.1"), 9: ("Zurück", "-117.3")},
    {**FIRST, 7: ("Kind 0", "-117.1"), 9: ("Zurück", "-117.3")},
)


def job(folder: Path, rows: Rows, before: Path | None, minute: int, kept: Sequence[int] | None = None) -> SnapshotJob:
    folder.mkdir(parents=True)
    file = folder.with_suffix(".csv")
    with file.open("w", encoding="utf-8", newline="") as opened:
        written = csv.writer(opened)
        written.writerow(["number", "kind", "at", "lon", "lat"])
        for number, (kind, lon) in rows.items():
            if kind and (kept is None or number in kept):
                written.writerow([f"N{number}", kind, f"2026-01-01 00:00:{number % 60:02}", lon, lon and "32.7"])
    stays = None if kept is None else Kept("number", tuple(f"N{one}" for one in kept))
    return SnapshotJob(file, folder, COLUMNS, ("number",), before, NOON + timedelta(minutes=minute), kept=stays)


def write(*given: Any) -> SnapshotWritten:
    return DuckDbSnapshots().write(job(*given))


def rows(source: str, session: duckdb.DuckDBPyConnection | None = None) -> list[tuple[Any, ...]]:
    asked = f'select ":id", ":created_at", ":updated_at", ":digest", number, kind, "at", "place.lon" from {source}'
    return (session or duckdb.connect()).execute(f'{asked} order by ":id"').fetchall()


def queried(folder: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(folder / QUERY_FILE), read_only=True) as session:
        session.execute(f"attach '{folder / BASE_FILE}' as base (read_only)")
        return rows("rows", session)


@pytest.fixture(scope="module")
def minutes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Snapshots 0, 1, 2, ...: by appending in "some", by writing everything in "all"."""
    home = tmp_path_factory.mktemp("appending")
    for way in ("all", "some"):
        write(home / way / "0", FIRST, None, 0)
        for minute, now in enumerate(MINUTES, start=1):
            before = home / way / str(minute - 1)
            write(home / way / str(minute), now, before, minute, (7, 9, 60) if way == "some" else None)
    return home


@pytest.mark.parametrize("minute", range(1, len(MINUTES) + 1))
def test_it_holds_what_writing_everything_holds(minutes: Path, minute: int) -> None:
    there, wanted = minutes / "some" / str(minute), rows(rows_of(minutes / "all" / str(minute)))
    assert (there / DELTA_FILE).is_file()
    assert rows(rows_of(there)) == wanted
    assert queried(there) == wanted
    for kind in ("added", "changed", "removed"):
        counted = [f"select count(*) from '{minutes / way / str(minute)}/changes.parquet' where kind = '{kind}'"
                   for way in ("some", "all")]  # fmt: skip
        assert duckdb.sql(counted[0]).fetchall() == duckdb.sql(counted[1]).fetchall()


def test_the_base_is_the_same_file_and_outlives_the_folders_it_came_from(minutes: Path, tmp_path: Path) -> None:
    first = minutes / "some" / "0"
    for minute in range(1, len(MINUTES) + 1):
        there = minutes / "some" / str(minute)
        assert os.path.samefile(first / PART_FILE, there / PART_FILE)
        assert os.path.samefile(first / QUERY_FILE, there / BASE_FILE)
        assert not [one for one in there.iterdir() if one.is_dir()]
    old, new = tmp_path / "old", tmp_path / "new"
    write(old, FIRST, None, 0)
    write(new, MINUTES[0], old, 1, (7, 9, 60))
    for file in old.iterdir():
        file.unlink()
    assert len(queried(new)) == 60
    assert os.stat(new / PART_FILE).st_nlink == 1


def test_what_is_known_of_it_is_what_is_known_of_all_rows(tmp_path: Path) -> None:
    write(tmp_path / "0", FIRST, None, 0)
    some = write(tmp_path / "1", MINUTES[0], tmp_path / "0", 1, (7, 9, 60))
    whole = write(tmp_path / "2", MINUTES[0], tmp_path / "0", 1)
    for one in ("rows", "quarantined", "added", "changed", "removed"):
        assert getattr(some, one) == getattr(whole, one), one
    assert {one: facts.nulls for one, facts in some.facts.items()} == {
        one: facts.nulls for one, facts in whole.facts.items()
    }
    assert some.parts.keys() == {PART_FILE, DELTA_FILE, GONE_FILE, "changes.parquet", "quarantine.csv"}
    assert some.facts["number"].distinct >= 58


def test_two_snapshots_on_one_base_are_compared(minutes: Path, tmp_path: Path) -> None:
    columns = [Column(one.name, one.type.kept_as) for one in COLUMNS]
    file = tmp_path / "changes.duckdb"
    given = Comparison(minutes / "some" / "1", minutes / "some" / "3", file, columns, ["number"])
    DuckDbComparer().compare(given, seconds=30)
    with duckdb.connect(str(file), read_only=True) as session:
        found = session.execute('select number, ":change", kind from rows order by number').fetchall()
    assert found == [("N60", "removed", None), ("N7", "changed", "Kind 0"), ("N9", "added", "Zurück")]


def test_everything_is_written_once_too_much_differs_and_where_a_rule_counts_all_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "0", FIRST, None, 0)
    monkeypatch.setattr(appending, "LEAST", 0)
    for place, kept in (("1", (7, 9, 60)), ("2", (7, 9, 60, 11, 12))):
        write(tmp_path / place, MINUTES[0], tmp_path / "0", 1, kept)
    write(tmp_path / "3", MINUTES[1], tmp_path / "1", 2, (7, 9, 60, 11, 12))
    assert [(tmp_path / place / DELTA_FILE).exists() for place in "123"] == [True, False, False]
    for place, now in (("2", MINUTES[0]), ("3", MINUTES[1])):
        assert not (tmp_path / place / BASE_FILE).exists()
        shown = {row[4]: row[5] for row in rows(rows_of(tmp_path / place))}
        assert shown == {f"N{one}": kind for one, (kind, _lon) in now.items() if kind}
    monkeypatch.setattr(appending, "LEAST", 100)
    given = job(tmp_path / "4", MINUTES[0], tmp_path / "0", 1, (7, 9, 60))
    assert appending.append(replace(given, rare=(Rare(("kind",), 3),)), DuckDbSnapshots().write, print) is None


def test_where_files_cannot_be_linked_everything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_given: object) -> None:
        raise OSError("no links here")

    write(tmp_path / "0", FIRST, None, 0)
    monkeypatch.setattr(os, "link", refused)
    assert write(tmp_path / "1", MINUTES[0], tmp_path / "0", 1, (7, 9, 60)).rows == 60
    assert not (tmp_path / "1" / DELTA_FILE).exists()
