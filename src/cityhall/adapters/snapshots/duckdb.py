"""DuckDB writes snapshots: it reads the file, checks each value, and sorts, all in statements made from the contract.

No value of the file is ever part of a statement; headings, names and choices are quoted here.
"""
# ruff: noqa: S608 — what is put into statements is quoted by `_name` and `_text`.

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from cityhall.kernel.snapshots import (
    DATE_FORMS,
    QUERY_FILE,
    TIME_FORMS,
    ColumnFacts,
    ColumnType,
    Sample,
    SnapshotColumn,
    SnapshotJob,
    SnapshotWritten,
    UnreadableFile,
)

PART, QUARANTINE, CHANGES, MANIFEST = "part-0.parquet", "quarantine.csv", "changes.parquet", "manifest.json"
_TYPES = {
    ColumnType.TEXT: "varchar",
    ColumnType.NUMBER: "double",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.DATE: "timestamp",
    ColumnType.TIMESTAMP: "timestamp",
}
_MEMORY = "1GB"
#: Longer values are no table's: a lost quotation mark swallowed the rest of the file.
_LONGEST_LINE = 4 * 1024 * 1024
_LONGEST_HEADING = 256 * 1024
_MOST_COLUMNS = 500
_DELIMITERS = (",", ";", "\t", "|")


class DuckDbSnapshots:
    """Writes snapshots with DuckDB, within a gigabyte of memory; what does not fit goes beside it."""

    def sample(self, file: Path, rows: int) -> Sample:
        """Return a file's headings and its first rows."""
        with _session(file.parent) as session:
            found = _reading(session, f"select * from {_source(file, rejects=True)} limit {int(rows)}")
            return Sample(_headings(file)[0], tuple(tuple(row) for row in found.fetchall()))

    def write(self, job: SnapshotJob, progress: Callable[[str], None] = lambda _what: None) -> SnapshotWritten:
        """Write the snapshot's files."""
        with _session(job.folder, str(job.folder / QUERY_FILE)) as session:
            progress("reading")
            _stage(session, job)
            progress("sorting")
            changes = _rows(session, job)
            progress("writing")
            _put_aside(session, job.folder / QUARANTINE)
            session.execute(f"copy rows to {_text(job.folder / PART)} (format parquet, compression zstd)")
            session.execute(f"copy changes to {_text(job.folder / CHANGES)} (format parquet, compression zstd)")
            reasons = dict(session.execute("select reason, count(*) from aside group by reason").fetchall())
            facts = _facts(session, job.columns)
            total = _one(session, "select count(*) from rows")
            aside = _one(session, "select count(*) from aside")
            session.execute("drop table aside; drop table changes; checkpoint")
        parts = {name: _hash(job.folder / name) for name in (PART, CHANGES, QUARANTINE)}
        size = sum(file.stat().st_size for file in job.folder.iterdir() if file.is_file())
        written = SnapshotWritten(
            total, aside, changes["added"], changes["changed"], changes["removed"], size, reasons, facts, parts
        )
        _keep(job.folder, written)
        return written


@contextmanager
def _session(scratch: Path, file: str = ":memory:") -> Iterator[duckdb.DuckDBPyConnection]:
    session = duckdb.connect(file)
    try:
        session.execute(f"set memory_limit = '{_MEMORY}'")
        session.execute(f"set temp_directory = {_text(scratch / 'spilled')}")
        session.execute("set preserve_insertion_order = true")
        session.execute("set autoinstall_known_extensions = false; set autoload_known_extensions = false")
        yield session
    finally:
        session.close()


def _source(file: Path, *, rejects: bool = False) -> str:
    """Return the statement's part that reads a CSV file, every value as text; nothing is guessed."""
    headings, delimiter = _headings(file)
    columns = ", ".join(f"{_text(heading)}: 'varchar'" for heading in headings)
    keep = ", ignore_errors = true, store_rejects = true, rejects_limit = 0" if rejects else ""
    return (
        f"read_csv({_text(file)}, auto_detect = false, header = true, columns = {{{columns}}},"
        f" delim = {_text(delimiter)}, quote = '\"', escape = '\"', max_line_size = {_LONGEST_LINE}{keep})"
    )


def _headings(file: Path) -> tuple[tuple[str, ...], str]:
    """Return a CSV file's headings, made to differ, and what stands between values. Raises UnreadableFile."""
    with file.open("rb") as opened:
        start = opened.read(_LONGEST_HEADING)
    if b"\0" in start:
        raise UnreadableFile("it is no text")
    text = start.decode("utf-8-sig", errors="replace")
    first = next(csv.reader([text.split("\n", 1)[0].rstrip("\r")], delimiter="\x1f"), [])
    delimiter = max(_DELIMITERS, key=lambda one: "".join(first).count(one))
    headings = next(csv.reader(io.StringIO(text), delimiter=delimiter), [])
    if not any(heading.strip() for heading in headings):
        raise UnreadableFile("it has no heading")
    if len(headings) > _MOST_COLUMNS:
        raise UnreadableFile(f"it has more than {_MOST_COLUMNS} columns")
    used: dict[str, int] = {}
    differing = []
    for at, heading in enumerate(headings, start=1):
        name = heading.strip() or f"column {at}"
        used[name] = used.get(name, 0) + 1
        differing.append(name if used[name] == 1 else f"{name} {used[name]}")
    return tuple(differing), delimiter


def _reading(session: duckdb.DuckDBPyConnection, statement: str) -> duckdb.DuckDBPyConnection:
    try:
        return session.execute(statement)
    except (duckdb.InvalidInputException, duckdb.IOException, duckdb.ConversionException) as problem:
        raise UnreadableFile(str(problem).split("\n")[0]) from problem


def _stage(session: duckdb.DuckDBPyConnection, job: SnapshotJob) -> None:
    """Read the file into `staged`: its line, each value in its type, and why the row cannot be used ("" if it can)."""
    texts = ", ".join(f"nullif(trim({_name(one.source)}), '') as {_name(one.name)}" for one in job.columns)
    values = ", ".join(f"{_value(one)} as {_name('=' + one.name)}" for one in job.columns)
    problems = ", ".join(problem for one in job.columns for problem in _problems(one))
    _reading(
        session,
        f"""
        create temp table staged as
        with texts as (select row_number() over () + 1 as ":line", {texts} from {_source(job.file, rejects=True)}),
        parsed as (select *, {values} from texts)
        select *, coalesce({problems + ", " if problems else ""}'') as ":reason" from parsed
        """,
    )
    if job.key:
        key = ", ".join(_name("=" + name) for name in job.key)
        session.execute(
            f"""
            update staged set ":reason" = 'another row has the same key' where rowid in (
                select rowid from (
                    select rowid, row_number() over (partition by {key} order by ":line") as place
                    from staged where ":reason" = ''
                ) where place > 1
            )
            """
        )


def _value(column: SnapshotColumn) -> str:
    name = _name(column.name)
    match column.type:
        case ColumnType.NUMBER:
            # Not a number and infinity are words, not numbers.
            return f"case when regexp_matches({name}, '[0-9]') then try_cast(replace({name}, ',', '') as double) end"
        case ColumnType.BOOLEAN:
            return (
                f"case when lower({name}) in ('true', 'yes', 't', 'y', '1') then true"
                f" when lower({name}) in ('false', 'no', 'f', 'n', '0') then false end"
            )
        case ColumnType.DATE:
            return f"try_strptime({name}, {_list(DATE_FORMS)})"
        case ColumnType.TIMESTAMP:
            return f"try_strptime({name}, {_list((*TIME_FORMS, *DATE_FORMS))})"
        case ColumnType.TEXT:
            return name


def _problems(column: SnapshotColumn) -> Iterator[str]:
    text, value = _name(column.name), _name("=" + column.name)
    if column.type is not ColumnType.TEXT:
        yield f"case when {text} is not null and {value} is null then {_text(f'{column.name}: no {column.type}')} end"
    if column.required:
        yield f"case when {text} is null then {_text(f'{column.name}: empty')} end"
    if column.choices:
        wrong = f"{text} not in ({', '.join(_text(one) for one in column.choices)})"
        yield f"case when {wrong} then {_text(f'{column.name}: none of its choices')} end"
    if column.least is not None:
        yield f"case when {value} < {float(column.least)!r} then {_text(f'{column.name}: too small')} end"
    if column.most is not None:
        yield f"case when {value} > {float(column.most)!r} then {_text(f'{column.name}: too large')} end"


def _rows(session: duckdb.DuckDBPyConnection, job: SnapshotJob) -> dict[str, int]:
    """Make `rows`, sorted by id, and `changes` since the snapshot before; return how many of each kind."""
    values = ", ".join(f"{_name('=' + one.name)} as {_name(one.name)}" for one in job.columns)
    names = ", ".join(_name(one.name) for one in job.columns)
    whole = _joined(_name(one.name) for one in job.columns)
    tells_apart = _joined(_name(name) for name in job.key) if job.key else f'":same" || {_BETWEEN} || {whole}'
    session.execute(
        f"""
        create temp table good as
        with used as (select ":line", {values} from staged where ":reason" = ''),
        told as (
            select *, row_number() over (partition by {names if not job.key else '":line"'} order by ":line") as ":same"
            from used
        ),
        digested as (select *, md5_number_lower({tells_apart}) >> 4 as ":number", md5({whole}) as ":digest" from told)
        select 'row-' || substr(":letters", 1, 4) || '~' || substr(":letters", 5, 4) || '_' || substr(":letters", 9)
            as ":id", ":digest", {names}
        from (select *, lpad(lower(to_base(":number"::bigint, 32)), 12, '0') as ":letters" from digested)
        """
    )
    _before(session, job)
    at = f"timestamp '{job.at:%Y-%m-%d %H:%M:%S}'"
    session.execute(
        f"""
        create table rows as
        select good.":id",
            coalesce(past.":created_at", {at}) as ":created_at",
            case when past.":digest" = good.":digest" then past.":updated_at" else {at} end as ":updated_at",
            good.":digest", {names}
        from good left join (select ":id", ":digest", ":created_at", ":updated_at" from past) past using (":id")
        order by ":id"
        """
    )
    session.execute(
        """
        create table changes as
        select ":id", case when past.":id" is null then 'added' else 'changed' end as kind
        from rows left join past using (":id") where past.":digest" is distinct from rows.":digest"
        union all
        select past.":id", 'removed' from past anti join rows using (":id")
        order by 1
        """
    )
    counted = dict(session.execute("select kind, count(*) from changes group by kind").fetchall())
    return {kind: int(counted.get(kind, 0)) for kind in ("added", "changed", "removed")}


def _before(session: duckdb.DuckDBPyConnection, job: SnapshotJob) -> None:
    columns = '":id", ":digest", ":created_at", ":updated_at"'
    if job.before is None:
        session.execute(
            "create temp table past"
            ' (":id" varchar, ":digest" varchar, ":created_at" timestamp, ":updated_at" timestamp)'
        )
        return
    part = _text(job.before / PART)
    session.execute(f"create temp table past as select {columns} from read_parquet({part})")


def _put_aside(session: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Write what could not be used, with its line, its reason and its text."""
    session.execute(
        """
        create table aside as
        select ":line" as line, ":reason" as reason, '' as text from staged where ":reason" <> ''
        union all
        select line, 'the line is no row of this table', csv_line from reject_errors
        order by line
        """
    )
    session.execute(f"copy aside to {_text(file)} (format csv, header true)")


def _facts(session: duckdb.DuckDBPyConnection, columns: Sequence[SnapshotColumn]) -> dict[str, ColumnFacts]:
    asked = ", ".join(
        f"count(*) - count({_name(one.name)}), approx_count_distinct({_name(one.name)})" for one in columns
    )
    found = session.execute(f"select {asked} from rows").fetchone() or ()
    return {one.name: ColumnFacts(int(found[2 * at]), int(found[2 * at + 1])) for at, one in enumerate(columns)}


def _keep(folder: Path, written: SnapshotWritten) -> None:
    """Write the manifest last, and see that everything is on the disk."""
    (folder / MANIFEST).write_text(
        json.dumps({"rows": written.rows, "parts": dict(written.parts)}, sort_keys=True), encoding="utf-8"
    )
    for file in (*folder.iterdir(), folder):
        handle = os.open(file, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _hash(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


_BETWEEN = "chr(31)"


def _joined(names: Any) -> str:
    return f"concat_ws({_BETWEEN}, {', '.join(f'coalesce({name}::varchar, chr(30))' for name in names)})"


def _one(session: duckdb.DuckDBPyConnection, statement: str) -> int:
    found = session.execute(statement).fetchone()
    return int(found[0]) if found else 0


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _list(values: Sequence[str]) -> str:
    return "[" + ", ".join(_text(one) for one in values) + "]"
