"""Finds words wherever a city keeps anything: every table of the catalog, every file of the data folder, archives."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import duckdb
from django.contrib.sessions.models import Session
from django.db import connection
from PIL import Image, ImageStat

from cityhall.config.database import program

Hits = dict[str, set[str]]
"""Word to the places it is in."""


def merged(*found: Hits) -> Hits:
    total: Hits = defaultdict(set)
    for one in found:
        for word, places in one.items():
            total[word] |= places
    return dict(total)


def in_text(text: str | bytes, words: Collection[str], where: str) -> Hits:
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace") + text.decode("latin-1")
    low = text.lower()
    return {word: {where} for word in words if word in low}


def tables() -> list[tuple[str, str]]:
    """Every table and materialised view that is not PostgreSQL's own: found in the catalog, so that new ones count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
            " where c.relkind in ('r', 'p', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
        )
        return [(str(schema), str(name)) for schema, name in cursor.fetchall()]


def in_tables(words: Collection[str], *, but_not: str = "places_") -> Hits:
    """Look into every column of every row, bytes and documents included; sessions are opened."""
    found: list[Hits] = []
    for schema, name in tables():
        if name.startswith(but_not):
            continue
        with connection.cursor() as cursor:
            cursor.execute(f'select * from "{schema}"."{name}"')
            for row in cursor.fetchall():
                found += [in_value(value, words, name) for value in row]
    found += [in_text(repr(row.get_decoded()), words, "django_session") for row in Session.objects.all()]
    return merged(*found)


def in_value(value: object, words: Collection[str], where: str) -> Hits:
    if isinstance(value, bytes | memoryview):
        return in_text(bytes(value), words, where)
    return in_text(value if isinstance(value, str) else repr(value), words, where)


def in_folder(folder: Path, words: Collection[str], *, but_not: str = "") -> Hits:
    """Look into every file below a folder but the database's own; archives are opened, pictures looked at.

    Args:
        but_not: the beginning of paths that are left out.
    """
    found = []
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        if but_not and str(inside).startswith(but_not):
            continue
        if path.is_file() and not inside.parts[0].startswith(("postgres", "static", "metrics")):
            found.append(in_bytes(path.read_bytes(), words, f"file {inside.parts[0]}"))
            found.append(in_text(str(inside), words, f"name in {inside.parts[0]}"))
    return merged(*found)


def in_bytes(data: bytes, words: Collection[str], where: str) -> Hits:
    found = [in_text(data, words, where)]
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found += [in_bytes(archive.read(name), words, where) for name in archive.namelist()]
    if data[:4] == b"PAR1" or data[8:12] == b"DUCK":
        found += [in_text(repr(row), words, where) for row in published_rows(data)]
    if PICTURE in words and is_the_picture(data):
        found.append({PICTURE: {where}})
    return merged(*found)


def published_rows(data: bytes) -> Iterator[tuple[object, ...]]:
    """Every row of a Parquet or DuckDB file, whose bytes are packed."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file"
        file.write_bytes(data)
        if data[:4] == b"PAR1":
            yield from duckdb.read_parquet(str(file)).fetchall()
            return
        with duckdb.connect(str(file), read_only=True) as rows:
            for (name,) in rows.execute("select table_name from duckdb_tables()").fetchall():
                yield from rows.table(name).fetchall()


PICTURE = "the picture"
COLOUR = (213, 17, 141)


def picture(exif: str) -> bytes:
    """A photo of one odd colour, which no size or encoding of it loses."""
    described = Image.Exif()
    described[0x010E] = exif
    out = io.BytesIO()
    Image.new("RGB", (640, 480), COLOUR).save(out, "JPEG", exif=described)
    return out.getvalue() + b""


def is_the_picture(data: bytes) -> bool:
    try:
        with Image.open(io.BytesIO(data)) as image:
            mean = ImageStat.Stat(image.convert("RGB")).mean
    except OSError:
        return False
    return all(abs(one - wanted) < 12 for one, wanted in zip(mean, COLOUR, strict=True))


def in_backup(file: Path, words: Collection[str], *, but_not: str = "") -> Hits:
    """Look into a plain backup: every file, and the database as SQL, without the city's own addresses.

    Args:
        but_not: as for `in_folder`.
    """
    found = []
    with tarfile.open(file) as tar:
        for member in tar:
            body = tar.extractfile(member)
            if body is None or (but_not and member.name.startswith(but_not)):
                continue
            if member.name == "database.dump":
                found.append(in_dump(body.read(), words))
            else:
                found.append(in_bytes(body.read(), words, "backup"))
    return merged(*found)


def in_dump(dump: bytes, words: Collection[str]) -> Hits:
    with tempfile.NamedTemporaryFile() as file:
        file.write(dump)
        file.flush()
        ran = subprocess.run([program("pg_restore"), "--file=-", file.name], capture_output=True, check=True)
    return merged(*(in_text(line, words, "backup") for line in copied(ran.stdout.decode().splitlines())))


def copied(lines: Iterable[str]) -> Iterator[str]:
    """The lines of a dump, without the rows of the rooms' places."""
    skipping = False
    for line in lines:
        if line.startswith("COPY "):
            skipping = line.startswith("COPY public.places_")
        elif line == "\\.":
            skipping = False
        if not skipping:
            yield line
