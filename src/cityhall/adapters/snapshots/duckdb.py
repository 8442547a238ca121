"""DuckDB writes snapshots: it reads the file, checks each value, and sorts, all in statements made from the contract.

No value of the file is ever part of a statement; headings, names and choices are quoted here.
"""
# ruff: noqa: S608 — what is put into statements is quoted by `name` and `text`.

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from cityhall.adapters.disk import fullness_told
from cityhall.adapters.snapshots import appending, columns, deltas, hiding, manifests, repeating
from cityhall.adapters.snapshots.columns import name, text, value_name
from cityhall.adapters.snapshots.parts import rows_of
from cityhall.adapters.snapshots.reading import headings, read, source
from cityhall.kernel.analytics.columns import CELL_ZOOM, CELLS, HEAD, HEAD_ROWS, PLACES, POSITION
from cityhall.kernel.snapshots import (
    CHANGES_FILE,
    PART_FILE,
    QUERY_FILE,
    WIDEST,
    ColumnFacts,
    ColumnType,
    Sample,
    SnapshotColumn,
    SnapshotJob,
    SnapshotWritten,
)

QUARANTINE = "quarantine.csv"
#: The reason of a line without any value, which nobody is told.
_BLANK = "blank"
#: Of what the machine, or the container, has.
_MEMORY = "25%"
#: A dictionary of many values saves no space that compression does not, and takes long to make. Whoever reads a group
#: of rows has all of it in memory.
_PARQUET = (
    "format parquet, compression zstd, compression_level 1, row_group_size 40960, dictionary_size_limit 1000,"
    " write_bloom_filter false"
)
_FIRST_LINE = 2
_SAMPLED_LETTERS = 10_000
#: Smaller tables are read whole in no time.
HEADS_FROM = 100_000
_MOST_HEADS = 4
#: Strips from south to north, and steps of each, into which places are put where most of them lie.
_STRIPS = 128
_SAMPLED_ROWS = 20_000
#: Degrees from the equator up to which web maps reach.
_MERCATOR = 85.0511287798066


class DuckDbSnapshots:
    """Writes snapshots with DuckDB, within a quarter of the memory; what does not fit goes beside the file."""

    def sample(self, file: Path, rows: int) -> Sample:
        """Return a file's headings and its first rows, of long values the beginning."""
        with _session(file.parent) as session:
            beginning = f"left(columns(*), {_SAMPLED_LETTERS})"
            found = read(session, f"select {beginning} from {source(file, rejects=True)} limit {int(rows)}")
            return Sample(headings(file)[0], tuple(tuple(row) for row in found.fetchall()))

    def write(self, job: SnapshotJob, progress: Callable[[str], None] = lambda _what: None) -> SnapshotWritten:
        """Write the snapshot's files: of what changed alone, where the snapshot before can be built upon."""
        appended = appending.append(job, self.write, progress)
        if appended is not None:
            return appended
        origin = repeating.origin(job)
        repeated = repeating.repeat(job, origin.mark)
        if repeated is not None:
            return repeated
        with _session(job.folder, str(job.folder / QUERY_FILE)) as session:
            progress("reading")
            _stage(session, job)
            held = hiding.hold(session, job.columns)
            found = _found(session, job)
            if job.key and found.are_repeated:
                _put_repeated_aside(session, job.key)
                found = _found(session, job)
            hiding.hide(session, job.columns)
            hiding.take_out(session, job.columns, job.rare)
            progress("sorting")
            _rows(session, job, may_repeat=bool(job.rare) or found.are_repeated or _hides(job))
            reasons = _put_aside(session, job.folder / QUARANTINE)
            session.execute("drop table staged")
            progress("writing")
            # Who reads whole parts takes fewer rows at once where they are wide.
            about = f"kv_metadata {{{WIDEST}: '{found.widest}'}}"
            session.execute(f"copy ({_part(job)}) to {text(job.folder / PART_FILE)} ({_PARQUET}, {about})")
            total = _one(session, "select count(*) from rows")
            changes = _changes(session, job, total)
            facts = _facts(session, job.columns, found)
            _heads(session, job.columns, total)
            _places(session, job.columns, total)
            session.execute("checkpoint")
        parts = {name: manifests.sum_of(job.folder / name) for name in (PART_FILE, CHANGES_FILE, QUARANTINE)}
        size = sum(file.stat().st_size for file in job.folder.iterdir() if file.is_file())
        written = SnapshotWritten(
            total, sum(reasons.values()), changes["added"], changes["changed"], changes["removed"], size, reasons,
            facts, parts, held,
        )  # fmt: skip
        manifests.keep(job.folder, written, origin.lasting(job.file))
        return written


@contextmanager
def _session(scratch: Path, file: str = ":memory:") -> Iterator[duckdb.DuckDBPyConnection]:
    with fullness_told():
        session = duckdb.connect(file)
    try:
        session.execute(f"set memory_limit = '{_MEMORY}'")
        session.execute(f"set temp_directory = {text(scratch / 'spilled')}")
        session.execute("set preserve_insertion_order = true")
        session.execute("set autoinstall_known_extensions = false; set autoload_known_extensions = false")
        with fullness_told():
            yield session
    finally:
        session.close()
        shutil.rmtree(scratch / "spilled", ignore_errors=True)


def _stage(session: duckdb.DuckDBPyConnection, job: SnapshotJob) -> None:
    """Read the file into `staged`: each value in its type, and why the row cannot be used ("" if it can).

    Rows stand in the order of the file, so that a row's place says its line. Those without any value, which
    spreadsheets leave below a table, are no rows at all.
    """
    texts = ", ".join(given for one in job.columns for given in columns.texts(one))
    degrees = "".join(f", {degree}" for one in job.columns for degree in columns.degrees(one))
    values = ", ".join(value for one in job.columns for value in columns.values(one))
    found = [*columns.too_long(job.columns), *(problem for one in job.columns for problem in columns.problems(one))]
    problems = "".join(f"{problem}, " for problem in found)
    kept = ", ".join(value_name(stored) for one in job.columns for stored in one.stored)
    whole = ", ".join(name(heading) for heading in headings(job.file)[0])
    read(
        session,
        f"""
        create temp table staged as
        with texts as (select {texts}, coalesce({whole}) is null as ":blank" from {source(job.file, rejects=True)}),
        numbers as (select *{degrees} from texts),
        parsed as (select *, {values} from numbers)
        select {kept}, case when ":blank" then '{_BLANK}' else coalesce({problems}'') end as ":reason" from parsed
        """,
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What the usable rows hold, before anything is hidden: by column the rows without a value, and the last time.

    Args:
        widest: bytes that the texts of one row take at most.
    """

    are_repeated: bool
    widest: int
    empty: Mapping[str, int]
    latest: Mapping[str, datetime]


def _found(session: duckdb.DuckDBPyConnection, job: SnapshotJob) -> _Found:
    """Look once at all usable rows. Two that are not the same may count as repeated, by chance."""
    names = job.key or [stored for one in job.columns for stored in one.stored]
    told = ", ".join(value_name(one) for one in names)
    times = [one.name for one in job.columns if one.type in (ColumnType.DATE, ColumnType.TIMESTAMP)]
    asked = [f"count({value_name(one.stored[0])})" for one in job.columns]
    asked += [f"max({value_name(one)})" for one in times]
    found = session.execute(
        f"select count(*), count(distinct hash({told})), max({columns.width(job.columns)}), {', '.join(asked)}"
        " from staged where \":reason\" = ''"
    ).fetchone()
    total, different, widest, *counted = found or (0, 0, 0, *[0 for _ in asked])
    filled, latest = counted[: len(job.columns)], counted[len(job.columns) :]
    return _Found(
        total != different,
        int(widest or 0),
        {one.name: total - int(many) for one, many in zip(job.columns, filled, strict=True)},
        {one: last for one, last in zip(times, latest, strict=True) if last is not None},
    )


def _hides(job: SnapshotJob) -> bool:
    return any(one.hide is not None for one in job.columns)


def _put_repeated_aside(session: duckdb.DuckDBPyConnection, names: Sequence[str]) -> None:
    key = ", ".join(value_name(one) for one in names)
    session.execute(
        f"""
        update staged set ":reason" = 'another row has the same key' where rowid in (
            select row from (
                select rowid as row, row_number() over (partition by {key} order by rowid) as place
                from staged where ":reason" = ''
            ) where place > 1
        )
        """
    )


def _rows(session: duckdb.DuckDBPyConnection, job: SnapshotJob, *, may_repeat: bool) -> None:
    """Make `rows`, sorted by id.

    Args:
        may_repeat: whether there may be rows with the same content.
    """
    stored = [one for column in job.columns for one in column.stored]
    values = ", ".join(f"{value_name(one)} as {name(one)}" for one in stored)
    names = ", ".join(name(one) for one in stored)
    whole = _joined(name(one) for one in stored)
    same = "1"
    if not job.key and may_repeat:
        same = f"row_number() over (partition by {', '.join(map(value_name, stored))} order by rowid)"
    tells_apart = _joined(name(one) for one in job.key) if job.key else f'":same" || {_BETWEEN} || {whole}'
    # Where the whole content makes the id, a row that is there is unchanged. An engine whose hash differs from the one
    # before makes all rows count as changed, once.
    digest = f"(hash({names}) >> 1)::bigint" if job.key else "0::bigint"
    stays = deltas.stays(session, job)
    at = f"timestamp '{job.at:%Y-%m-%d %H:%M:%S}'"
    created, updated, joined = at, at, ""
    if job.before is not None:
        _before(session, job.before)
        created = f'coalesce(past.":created_at", {at})'
        updated = f'case when past.":digest" = identified.":digest" then past.":updated_at" else {at} end'
        joined = 'left join past using (":id")'
    # Letters sort as the number does, which is quicker, and need not be carried through the sort; rows that stay bring
    # only their letters.
    early, late = (
        ('order by ":number"', "") if not joined else ("", 'order by ":id"' if stays else 'order by ":number"')
    )
    _empty_rows(session, job)
    session.execute(
        f"""
        insert into rows
        with used as (select {values}, {same} as ":same" from staged where ":reason" = ''),
        digested as (
            select (md5_number({tells_apart}) >> 68)::bigint as ":number", {digest} as ":digest", {names}
            from used {early}
        ),
        identified as (
            select {_LETTERS} as ":id", * from digested
            {f"union all by name {stays}" if stays else ""}
        )
        select identified.":id", {created} as ":created_at", {updated} as ":updated_at", identified.":digest", {names}
        from identified {joined} {late}
        """
    )


_LETTERS = """lower('ROW-' || to_base(":number" >> 40, 32, 4) || '~' || to_base((":number" >> 20) & 1048575, 32, 4)
    || '_' || to_base(":number" & 1048575, 32, 4))"""
_STORED = {
    ColumnType.TEXT: "varchar",
    ColumnType.NUMBER: "double",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.DATE: "timestamp",
    ColumnType.TIMESTAMP: "timestamp",
    ColumnType.POINT: "double",
}


def _empty_rows(session: duckdb.DuckDBPyConnection, job: SnapshotJob) -> None:
    """Make the table `rows`.

    What differs from row to row is stored as it is: packed it takes half the room, but a block of it has to be unpacked
    for each of the rows that a map shows, which lie anywhere.
    """
    differs = {":id", *(job.key if len(job.key) == 1 else ())}
    system = [(":id", "varchar"), (":created_at", "timestamp"), (":updated_at", "timestamp"), (":digest", "bigint")]
    told = [*system, *((stored, _STORED[one.type]) for one in job.columns for stored in one.stored)]
    made = ", ".join(
        f"{name(stored)} {kind}{' using compression uncompressed' if stored in differs and kind == 'varchar' else ''}"
        for stored, kind in told
    )
    session.execute(f"create table rows ({made})")


def _changes(session: duckdb.DuckDBPyConnection, job: SnapshotJob, total: int) -> dict[str, int]:
    """Write what changed since the snapshot before; return how many rows of each kind.

    Without one before, all rows are new, and are not listed once more.
    """
    session.execute('create temp table changes (":id" varchar, kind varchar)')
    if job.before is not None:
        session.execute(
            """
            insert into changes
            select ":id", case when past.":id" is null then 'added' else 'changed' end
            from rows left join past using (":id") where past.":digest" is distinct from rows.":digest"
            union all
            select past.":id", 'removed' from past anti join rows using (":id")
            """
        )
    session.execute(f'copy (from changes order by ":id") to {text(job.folder / CHANGES_FILE)} ({_PARQUET})')
    counted = dict(session.execute("select kind, count(*) from changes group by kind").fetchall())
    if job.before is None:
        counted["added"] = total
    return {kind: int(counted.get(kind, 0)) for kind in ("added", "changed", "removed")}


def _heads(session: duckdb.DuckDBPyConnection, given: Sequence[SnapshotColumn], total: int) -> None:
    """Make the tables in which the newest rows of a large table lie ready; see `kernel.analytics.columns`."""
    times = [one.name for one in given if one.type in (ColumnType.DATE, ColumnType.TIMESTAMP)]
    for one in times[:_MOST_HEADS] if total >= HEADS_FROM else ():
        session.execute(
            f"create table {name(HEAD + one)} as select *, rowid as {name(POSITION)} from rows where rowid in"
            f" (select rowid from rows order by {name(one)} desc nulls first, rowid limit {HEAD_ROWS})"
            f" order by {name(one)} desc nulls first, rowid"
        )


def _places(session: duckdb.DuckDBPyConnection, given: Sequence[SnapshotColumn], total: int) -> None:
    """Make the tables in which neighbours stand together, and their cells; see `kernel.analytics.columns`.

    They are put in order by one small number, which costs less than any curve through all places. Where most lie, a
    few rows tell, which are rows by chance, as ids are: one far off would make all others neighbours.
    """
    for one in given if total >= HEADS_FROM else ():
        if one.type is not ColumnType.POINT:
            continue
        lon, lat = map(name, one.stored)
        sides = ", ".join(f"quantile_cont({degree}, {part})" for degree in (lon, lat) for part in (0.01, 0.99))
        found = session.execute(f"select {sides} from (select {lon}, {lat} from rows limit {_SAMPLED_ROWS})").fetchone()
        west, east, south, north = found or (None, None, None, None)
        if west is None:
            continue
        across, up = _step(lon, west, east), _step(lat, south, north)
        session.execute(
            f"create table {name(PLACES + one.name)} as select {lon}, {lat}, {name(POSITION)} from"
            f" (select {lon}, {lat}, rowid as {name(POSITION)}, {across} as strip, {up} as step from rows) order by"
            f" (strip * {_STRIPS} + case when strip % 2 = 0 then step else {_STRIPS - 1} - step end)::usmallint"
        )
        _cells(session, one)


def _cells(session: duckdb.DuckDBPyConnection, one: SnapshotColumn) -> None:
    """Make the table of how many rows lie where, for maps of a whole city, of that in which neighbours are together."""
    lon, lat = map(name, one.stored)
    x, y = f"({lon} + 180) / 360", f"(1 - asinh(tan(radians({lat}))) / pi()) / 2"
    session.execute(
        f"create table {name(CELLS + one.name)} as select x, y, count(*) as count, sum({lon}) as lon, sum({lat}) as lat"
        f" from (select floor({x} * {2**CELL_ZOOM})::bigint as x, floor({y} * {2**CELL_ZOOM})::bigint as y,"
        f" {lon}, {lat} from {name(PLACES + one.name)} where abs({lat}) < {_MERCATOR}) group by x, y order by x, y"
    )


def _step(degree: str, first: float, last: float) -> str:
    """Return in which step from the first to the last degree a place lies; the outermost have what lies beyond."""
    many = _STRIPS / max(last - first, 1e-6)
    return f"greatest(0, least({_STRIPS - 1}, ({degree} - ({first!r})) * {many!r}))::usmallint"


def _part(job: SnapshotJob) -> str:
    """Return what goes into a part: the rows, and each point once more as a geometry, which makes it GeoParquet."""
    points = [one for one in job.columns if one.type is ColumnType.POINT]
    written = "".join(f", {_geometry(*one.stored)} as {name(one.name)}" for one in points)
    return f"select *{written} from rows"


def _geometry(longitude: str, latitude: str) -> str:
    # Well-known binary in the order of bytes that bits have: far less work than to write text and have it read again.
    lon, lat = name(longitude), name(latitude)
    point = f"'\\x00\\x00\\x00\\x00\\x01'::blob || {lon}::bit::blob || {lat}::bit::blob"
    return f"st_setcrs(st_geomfromwkb({point}), 'OGC:CRS84')"


def _before(session: duckdb.DuckDBPyConnection, folder: Path) -> None:
    # A digest of earlier versions is no number: such rows count as changed, once.
    session.execute(
        'create temp table past as select ":id", try_cast(":digest" as bigint) as ":digest", ":created_at",'
        f' ":updated_at" from {rows_of(folder)}'
    )


def _put_aside(session: duckdb.DuckDBPyConnection, file: Path) -> dict[str, int]:
    """Write what could not be used, with its line and its reason; return how many there are for each.

    Its text may hold what the contract hides.
    """
    session.execute(
        f"""
        create temp table aside as
        select rowid + {_FIRST_LINE} as line, ":reason" as reason from staged where ":reason" not in ('', '{_BLANK}')
        union all
        select distinct line, 'the line has more or fewer values than the heading' from reject_errors
        """
    )
    session.execute(f"copy (from aside order by line) to {text(file)} (format csv, header true)")
    return dict(session.execute("select reason, count(*) from aside group by reason order by reason").fetchall())


def _facts(
    session: duckdb.DuckDBPyConnection, given: Sequence[SnapshotColumn], before: _Found
) -> dict[str, ColumnFacts]:
    asked = ", ".join(f"count(*) - count({name(one.stored[0])}), {_distinct(one)}" for one in given)
    found = session.execute(f"select {asked} from rows").fetchone() or ()
    return {
        one.name: ColumnFacts(
            int(found[2 * at]), int(found[2 * at + 1]), before.empty[one.name], before.latest.get(one.name)
        )
        for at, one in enumerate(given)
    }


def _distinct(column: SnapshotColumn) -> str:
    first, *more = map(name, column.stored)
    both = f"case when {first} is not null then hash({first}, {more[0]}) end" if more else first
    return f"approx_count_distinct({both})"


_BETWEEN = "chr(31)"


def _joined(names: Any) -> str:
    return f"concat_ws({_BETWEEN}, {', '.join(f'coalesce({name}::varchar, chr(30))' for name in names)})"


def _one(session: duckdb.DuckDBPyConnection, statement: str) -> int:
    found = session.execute(statement).fetchone()
    return int(found[0]) if found else 0
