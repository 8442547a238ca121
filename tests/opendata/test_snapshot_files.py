"""A snapshot's files, however fast they were written: the same rows everywhere, in order, with lasting ids."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
import shapely

from cityhall.adapters.snapshots.duckdb import DuckDbSnapshots
from cityhall.kernel.snapshots import (
    CHANGES_FILE,
    PART_FILE,
    QUERY_FILE,
    ColumnType,
    SnapshotColumn,
    SnapshotJob,
    SnapshotWritten,
)

#: More than one group of rows of either file.
ROWS = 130_000
COLUMNS = (
    SnapshotColumn("lamp", "lamp", ColumnType.TEXT),
    SnapshotColumn("lit", "lit", ColumnType.DATE),
    SnapshotColumn("place", "", ColumnType.POINT, longitude="lng", latitude="lat"),
)
FIRST, SECOND = datetime(2026, 11, 1), datetime(2026, 11, 2)


def write(folder: Path, changed: int, before: Path | None, at: datetime) -> SnapshotWritten:
    """Write lamps 1 to ROWS; the one named stands elsewhere, and the one after it has another name."""
    folder.mkdir()
    file = folder.parent / "lamps.csv"
    with file.open("w", encoding="utf-8") as out:
        out.write("lamp,lit,lng,lat\n")
        for n in range(1, ROWS + 1):
            name = f"new-{n}" if n == changed + 1 else n
            place = "," if n == 7 else f"{-118 if n == changed else -117.5},{n / ROWS}"
            out.write(f"{name},2026-01-02,{place}\n")
    return DuckDbSnapshots().write(SnapshotJob(file, folder, COLUMNS, ("lamp",), before, at))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, SnapshotWritten]:
    home = tmp_path_factory.mktemp("lamps")
    write(home / "1", -9, None, FIRST)
    return home / "1", home / "2", write(home / "2", 9, home / "1", SECOND)


def of(folder: Path, column: str, *lamps: str) -> list[Any]:
    """Return what a column of the part has for some lamps."""
    rows = pq.read_table(folder / PART_FILE, filters=[("lamp", "in", lamps)]).to_pylist()
    found = {row["lamp"]: row[column] for row in rows}
    return [found[lamp] for lamp in lamps]


def test_both_files_have_the_same_rows_in_the_order_of_their_ids(written: tuple[Path, Path, SnapshotWritten]) -> None:
    for folder in written[:2]:
        with duckdb.connect(str(folder / QUERY_FILE), read_only=True) as session:
            stored = session.sql('select * from "rows" order by rowid').to_arrow_table()
        part = pq.read_table(folder / PART_FILE, columns=stored.column_names)
        assert part.num_rows == ROWS
        assert stored[":id"].equals(stored.sort_by(":id")[":id"])
        assert all(part[name].cast(stored[name].type).equals(stored[name]) for name in stored.column_names)


def test_an_id_is_of_its_key_whatever_wrote_it(written: tuple[Path, Path, SnapshotWritten]) -> None:
    for folder in written[:2]:
        assert of(folder, ":id", "1", "130000") == ["row-je27~arsq_a360", "row-ldtq~rqdt_q3ri"]


def test_only_what_changed_counts_as_changed(written: tuple[Path, Path, SnapshotWritten]) -> None:
    _, second, told = written
    assert (told.added, told.changed, told.removed) == (1, 1, 1)
    assert of(second, ":created_at", "1", "9", "new-10") == [FIRST, FIRST, SECOND]
    assert of(second, ":updated_at", "1", "9", "new-10") == [FIRST, SECOND, SECOND]


def test_a_point_is_there_once_more_as_a_geometry_that_readers_know(
    written: tuple[Path, Path, SnapshotWritten],
) -> None:
    nowhere, place = of(written[1], "place", "7", "9")
    assert nowhere is None
    assert shapely.from_wkb(place).coords[:] == [(-118, 9 / ROWS)]


def test_days_written_before_months_are_read_so(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "seen.csv").write_text("day,at\n02/01/2026,21-12-2026 13:05:00\n01/21/2026,\n", encoding="utf-8")
    columns = (
        SnapshotColumn("day", "day", ColumnType.DATE, day_first=True),
        SnapshotColumn("at", "at", ColumnType.TIMESTAMP, day_first=True),
    )
    job = SnapshotJob(tmp_path / "seen.csv", tmp_path / "made", columns, (), None, FIRST)
    assert DuckDbSnapshots().write(job).reasons == {"day: no date": 1}
    [row] = pq.read_table(tmp_path / "made" / PART_FILE, columns=["day", "at"]).to_pylist()
    assert row == {"day": datetime(2026, 1, 2), "at": datetime(2026, 12, 21, 13, 5)}


def test_headings_that_differ_by_capital_letters_alone_are_columns_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "keys.csv"
    file.write_text("Code,code,code 2,CODE\nhush,open,b,c\n", encoding="utf-8")
    headings = DuckDbSnapshots().sample(file, 1).headings
    assert headings == ("Code", "code 2", "code 2 2", "CODE 3")
    (tmp_path / "1").mkdir()
    shown = (SnapshotColumn("shown", headings[1], ColumnType.TEXT),)
    DuckDbSnapshots().write(SnapshotJob(file, tmp_path / "1", shown, (), None, FIRST))
    assert pq.read_table(tmp_path / "1" / PART_FILE).column("shown").to_pylist() == ["open"]


def test_a_file_whose_name_is_a_pattern_is_read_alone(tmp_path: Path) -> None:
    for name in ("trees*.csv", "trees-2.csv", "trees [2026].csv"):
        (tmp_path / name).write_text(f"id\n{name}\n", encoding="utf-8")
    for name in ("trees*.csv", "trees [2026].csv"):
        assert DuckDbSnapshots().sample(tmp_path / name, 9).rows == ((name,),)


def test_a_comma_parts_thousands_and_never_decimals_and_no_number_is_rounded(tmp_path: Path) -> None:
    file, folder = tmp_path / "heights.csv", tmp_path / "1"
    folder.mkdir()
    given = (
        "1,234",
        "-12,345,678.5",
        "2.5",
        "1,5",
        "12,34",
        "1e999",
        "",
        "9007199254740991",
        "9007199254740993",
        "-1e20",
    )
    file.write_text("id,height\n" + "".join(f'{at},"{one}"\n' for at, one in enumerate(given)), encoding="utf-8")
    columns = (SnapshotColumn("id", "id", ColumnType.TEXT), SnapshotColumn("height", "height", ColumnType.NUMBER))
    done = DuckDbSnapshots().write(SnapshotJob(file, folder, columns, ("id",), None, FIRST))
    rows = pq.read_table(folder / PART_FILE).to_pylist()
    assert {row["id"]: row["height"] for row in rows} == {
        "0": 1234, "1": -12_345_678.5, "2": 2.5, "6": None, "7": 2**53 - 1, "9": -1e20,
    }  # fmt: skip
    assert done.reasons == {"height: no number": 4}


SEEN = (
    SnapshotColumn("kind", "kind", ColumnType.TEXT, required=True),
    SnapshotColumn("day", "day", ColumnType.DATE),
)


def seen(home: Path, name: str, columns: tuple[SnapshotColumn, ...] = SEEN, text: str = "") -> SnapshotWritten:
    """Write the next snapshot, of the same file unless a text is given."""
    file, earlier = home / "seen.csv", sorted(one for one in home.iterdir() if one.is_dir())
    file.write_text(text or "kind,day\nOak,2026-01-02\n,2026-01-03\nElm,\nElm,soon\n", encoding="utf-8")
    (home / name).mkdir()
    before = earlier[-1] if earlier else None
    return DuckDbSnapshots().write(SnapshotJob(file, home / name, columns, ("kind",), before, FIRST))


def test_the_same_file_again_shares_the_files_and_is_told_as_it_was(tmp_path: Path) -> None:
    first, again = seen(tmp_path, "1"), seen(tmp_path, "2")
    for name in (PART_FILE, QUERY_FILE):
        assert (tmp_path / "1" / name).samefile(tmp_path / "2" / name)
    assert pq.read_table(tmp_path / "2" / CHANGES_FILE).num_rows == 0
    assert replace(first, added=0, size=0, parts={}) == replace(again, size=0, parts={})
    assert again.reasons == {"kind: empty": 1, "day: no date": 1}
    assert (first.parts.keys(), first.parts[PART_FILE]) == (again.parts.keys(), again.parts[PART_FILE])
    shutil.rmtree(tmp_path / "1")
    assert seen(tmp_path, "3") == again, "and goes on doing so when the first is gone"


def test_another_file_or_another_contract_is_written_anew(tmp_path: Path) -> None:
    seen(tmp_path, "1")
    kind, day = SEEN
    hidden = replace(kind, hide=lambda given: [f"{one} tree" for one in given])
    held = replace(day, hold_after=FIRST)
    for name, columns, text, rows in (
        ("2", SEEN, "kind,day\nOak,2026-01-03\nElm,\n", 2),
        ("3", (replace(kind, choices=("Oak",)), day), "", 1),
        ("4", (kind, held), "", 1),
        ("5", (kind, held), "", 1),
        ("6", (hidden, day), "", 2),
        ("7", (hidden, day), "", 2),
    ):
        assert seen(tmp_path, name, columns, text).rows == rows, name
        before = tmp_path / str(int(name) - 1)
        assert not (before / PART_FILE).samefile(tmp_path / name / PART_FILE), name
