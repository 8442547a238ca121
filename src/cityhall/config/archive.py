"""Backups: one file with the database, the uploads, the secrets and the audit anchor, and the way back.

The file is a tar. `manifest.json` comes last and holds the SHA-256 of every other member, so that a file that
was cut short has no manifest and is refused. The order makes a backup beside a running city whole: the audit anchor is
copied before the database is dumped, as the database is never behind it; uploads are listed after, as their bytes
are written before the row that names them. With recipients the tar is an age file that only their keys open.
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import os
import re
import shutil
import socket
import subprocess
import tarfile
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO

import psutil
import psycopg
import pyrage
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from cityhall import __version__
from cityhall.config import environment
from cityhall.config.database import program
from cityhall.kernel import clock

FOLDERS = ("blobs", "audit", "secrets", "outbox", "snapshots")
# These belong to the server of one data folder, not to the city.
_NOT_CARRIED = {"secrets/database", "secrets/database_keeper"}
_MADE_ANEW = re.compile(r"snapshots/[^/]+/[0-9]+/files/")  # downloads, made when somebody asks
_CHUNK = 1024 * 1024
_AGE = b"age-encryption.org/v1"
_VARIABLES = {
    "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "target_session_attrs": "PGTARGETSESSIONATTRS",
    "connect_timeout": "PGCONNECT_TIMEOUT",
}  # fmt: skip
_ANEW = (
    b"drop schema public cascade;\ncreate schema public authorization pg_database_owner;\n"
    b"grant usage on schema public to public;\n"
)
_UNKNOWN_BEFORE_17 = b"SET transaction_timeout = 0;\n"

Progress = Callable[[int, int], None]


class ArchiveProblem(Exception):
    """A backup cannot be made or used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a whole backup says of itself.

    Args:
        release: the release that made it.
        made_at: when, as ISO 8601.
        rows: rows of each table at the moment of the dump; empty when the release that made it did not count.
    """

    release: str
    made_at: str
    rows: Mapping[str, int]


def back_up(target: Path, progress: Progress, *, recipients: Sequence[str] = ()) -> int:
    """Write a backup of the running city to `target` (mode 0600); return its size in bytes.

    Args:
        progress: called with (files done, files in all).
        recipients: age or SSH public keys; whoever has the private key of one can read the file, the server cannot.
    """
    data = environment.data_folder()
    # What is not encrypted yet stays on our own disk; the file grows beside its place and is moved there whole.
    with scratch(data) as folder, scratch(target.resolve().parent) as beside:
        part = beside / "part"
        if (data / "audit").is_dir():
            shutil.copytree(data / "audit", folder / "audit")
        rows = _dump(folder / "database.dump")
        members = [(folder / "database.dump", "database.dump"), *_files(folder, "audit")]
        members += [pair for name in FOLDERS if name != "audit" for pair in _files(data, name)]
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out:
            with _sealing(out, recipients) as sink, tarfile.open(fileobj=sink, mode="w|") as tar:
                sums = {}
                for done, (path, name) in enumerate(members, start=1):
                    if digest := _add(tar, path, name):
                        sums[name] = digest
                    progress(done, len(members))
                manifest = {
                    "cityhall": __version__, "made_at": clock.now().isoformat(), "rows": rows, "sha256": sums,
                }  # fmt: skip
                body = json.dumps(manifest, indent=1).encode()
                info = tarfile.TarInfo("manifest.json")
                info.size = len(body)
                tar.addfile(info, io.BytesIO(body))
            out.flush()
            os.fsync(out.fileno())
        part.replace(target)
    return target.stat().st_size


@contextmanager
def opened(source: Path, key_file: Path | None) -> Iterator[Path]:
    """Give the path of the plain tar inside the block: the file itself, or what `key_file` opens, then removed.

    Raises:
        ArchiveProblem: the file is encrypted, and no key or another's key was given; or it is cut short or changed.
    """
    with source.open("rb") as body:
        is_sealed = body.read(len(_AGE)) == _AGE
    if not is_sealed:
        yield source
        return
    if key_file is None:
        raise ArchiveProblem(f"{source} is encrypted. Give the file with your private key: --key FILE.")
    with scratch(environment.data_folder()) as folder:
        plain = folder / "city.tar"
        try:
            keys = _private_keys(key_file.read_text(encoding="utf-8"))
        except (pyrage.IdentityError, ValueError) as problem:
            raise ArchiveProblem(f"{key_file} holds no private key. Give the file `backup-key` wrote.") from problem
        try:
            with source.open("rb") as sealed, plain.open("wb") as out:
                pyrage.decrypt_io(sealed, out, keys)
        except (pyrage.DecryptError, OSError) as problem:
            if isinstance(problem, OSError) and problem.errno:
                raise  # the machine's, such as a full disk; the library's has no number
            if "No matching keys" in str(problem):
                told = f"{key_file} does not open {source}. Use the key it was made for."
            else:  # the key fits its head, so what follows it is not what was written
                told = f"{source} was cut short or changed ({problem}). Use another copy, or another backup."
            raise ArchiveProblem(told) from problem
        yield plain


def new_key() -> tuple[str, str]:
    """Return a new pair: the text of a private key file, and the public key."""
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    return f"# public key: {public}\n{identity}\n", public


def check(source: Path) -> Manifest:
    """Compare every file in a plain backup with the manifest's sums, and return what the manifest says.

    Raises:
        ArchiveProblem: the file is not a whole backup.
    """
    try:
        with tarfile.open(source) as tar:
            found = {member.name: _sum(tar, member) for member in tar if member.name != "manifest.json"}
            body = tar.extractfile("manifest.json")
            manifest = json.load(body) if body else {}
    except (
        tarfile.TarError, KeyError, OSError, ValueError, EOFError, RecursionError, zlib.error, lzma.LZMAError
    ) as problem:  # fmt: skip
        why = str(problem).splitlines()[0].rstrip(": -") if str(problem) else type(problem).__name__
        raise ArchiveProblem(f"{source} is not a whole Cityhall backup ({why}). Use another backup.") from problem
    if not isinstance(manifest, dict) or not isinstance(manifest.get("rows", {}), dict):
        raise ArchiveProblem(f"{source} has a list of its content that cannot be read. Use another backup.")
    sums: dict[str, str] = manifest.get("sha256", {})
    if not sums or not isinstance(sums, dict):
        raise ArchiveProblem(f"{source} has no list of its content. Use another backup.")
    wrong = sorted(name for name in sums.keys() | found.keys() if sums.get(name) != found.get(name))
    if wrong:
        raise ArchiveProblem(f"{source} is damaged: {', '.join(wrong[:5])} differ from the list. Use another backup.")
    return Manifest(manifest.get("cityhall", ""), manifest.get("made_at", ""), manifest.get("rows", {}))


def refuse_a_city() -> None:
    """Raise ArchiveProblem when the data folder or the database that runs holds a city already."""
    data = environment.data_folder()
    taken = [folder for folder in FOLDERS if folder != "secrets" and any((data / folder).glob("*"))]
    with psycopg.connect(environment.database_url()) as connection:
        if count_rows(connection):
            taken.append("database")
    if taken:
        raise ArchiveProblem(f"{data} holds a city already ({', '.join(taken)}). Restore into an empty --data folder.")


def restore_files(source: Path) -> None:
    """Unpack a checked backup's files into the data folder."""
    data = environment.data_folder()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tarfile.open(source) as tar:
        for member in tar:
            if member.name in {"manifest.json", "database.dump", *_NOT_CARRIED}:
                continue
            _unpack(tar, member, data)
    for secret in (data / "secrets").glob("*"):
        secret.chmod(0o600)


def restore_anchor(source: Path) -> None:
    """Put a checked backup's audit anchor in the place of the present one."""
    data = environment.data_folder()
    with scratch(data) as folder:
        with tarfile.open(source) as tar:
            for member in tar:
                if member.name.startswith("audit/"):
                    _unpack(tar, member, folder)
        for file in (folder / "audit").glob("*"):
            (data / "audit").mkdir(exist_ok=True)
            file.replace(data / "audit" / file.name)


def restore_database(source: Path, *, url: str = "", anew: bool = False) -> None:
    """Load a checked backup's database in one transaction: all of it or nothing.

    Args:
        url: into which database; the city's own when empty.
        anew: put it in the place of what the database holds now, instead of into an empty one.
    """
    with scratch(environment.data_folder()) as folder:
        dump = folder / "database.dump"
        with tarfile.open(source) as tar:
            body = tar.extractfile("database.dump")
            if body is None:
                raise ArchiveProblem(f"{source} holds no database.")
            with dump.open("wb") as out:
                shutil.copyfileobj(body, out, _CHUNK)
        _load(dump, url or environment.database_url(), _ANEW if anew else b"")


@contextmanager
def scratch(place: Path) -> Iterator[Path]:
    """Give an empty folder, readable by us alone, below `place` where that exists; it is removed after the block.

    One that a killed program left there is removed as well: it may hold the whole city in the open.
    """
    mine = f"scratch-{socket.gethostname()}-"
    if place.is_dir():
        for left in place.glob(f"{mine}*"):
            if not psutil.pid_exists(int(left.name.removeprefix(mine).split("-")[0])):
                shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{mine}{os.getpid()}-", dir=place if place.is_dir() else None) as folder:
        yield Path(folder)


def count_rows(connection: psycopg.Connection[tuple[object, ...]]) -> dict[str, int]:
    """Return the number of rows of every table."""
    tables = [
        str(name) for (name,) in connection.execute("select tablename from pg_tables where schemaname = 'public'")
    ]
    counts = [
        sql.SQL("select {}, count(*) from {}").format(sql.Literal(name), sql.Identifier("public", name))
        for name in sorted(tables)
    ]
    if not counts:
        return {}
    return {str(name): int(str(rows)) for name, rows in connection.execute(sql.SQL(" union all ").join(counts))}


def _dump(file: Path) -> dict[str, int]:
    """Dump the database into `file` and count the rows of the very same moment."""
    with psycopg.connect(environment.database_url()) as connection:
        connection.execute("set transaction isolation level repeatable read, read only")
        [[snapshot]] = connection.execute("select pg_export_snapshot()").fetchall()
        ran = subprocess.run(
            [program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", "--snapshot", str(snapshot),
             "--file", str(file)],
            env=_address(environment.database_url()), capture_output=True, text=True,
        )  # fmt: skip
        if ran.returncode != 0:
            raise ArchiveProblem(f"pg_dump failed: {ran.stderr.strip()[-800:]}")
        return count_rows(connection)


def _load(dump: Path, url: str, first: bytes) -> None:
    """Run the dump as SQL: `pg_restore` itself says things to a server that only servers from 17 on know."""
    with tempfile.TemporaryFile() as told:
        reader = subprocess.Popen(
            [program("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error", "--file=-", str(dump)],
            stdout=subprocess.PIPE, stderr=told,
        )  # fmt: skip
        writer = subprocess.Popen(
            [program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-"],
            env=_address(url), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=told,
        )  # fmt: skip
        assert reader.stdout is not None
        assert writer.stdin is not None
        try:
            # The transaction is ended by our last word: input that stops early, for whatever reason, is taken back.
            writer.stdin.write(b"begin;\n" + first)
            for line in islice(reader.stdout, 60):
                if line != _UNKNOWN_BEFORE_17:
                    writer.stdin.write(line)
            shutil.copyfileobj(reader.stdout, writer.stdin, _CHUNK)
            if reader.wait() == 0:
                writer.stdin.write(b"commit;\n")
            writer.stdin.close()
        except BrokenPipeError:
            reader.kill()
        if writer.wait() != 0 or reader.wait() != 0:
            told.seek(0)
            raise ArchiveProblem(f"The database was not loaded: {told.read().decode(errors='replace').strip()[-800:]}")


def _address(url: str) -> dict[str, str]:
    """Return the environment in which PostgreSQL's programs reach `url`; the password is on no command line."""
    given = conninfo_to_dict(url)
    return {**os.environ, **{name: str(given[key]) for key, name in _VARIABLES.items() if given.get(key)}}


@contextmanager
def _sealing(out: IO[bytes], recipients: Sequence[str]) -> Iterator[IO[bytes]]:
    """Give a stream whose bytes reach `out` encrypted for `recipients`, or as they are when there are none."""
    if not recipients:
        yield out
        return
    keys = [_public_key(recipient) for recipient in recipients]
    reading, writing = os.pipe()
    failed: list[BaseException] = []

    def seal() -> None:
        with os.fdopen(reading, "rb") as plain:
            try:
                pyrage.encrypt_io(plain, out, keys)
            except BaseException as problem:
                failed.append(problem)

    sealer = threading.Thread(target=seal, name="backup-sealer")
    sealer.start()
    try:
        with os.fdopen(writing, "wb") as sink:
            yield sink
    except BrokenPipeError:
        pass
    finally:
        sealer.join()
    if failed:
        raise ArchiveProblem(f"The backup could not be encrypted: {failed[0]}") from failed[0]


def _public_key(text: str) -> pyrage.x25519.Recipient | pyrage.ssh.Recipient:
    try:
        return (pyrage.ssh if text.startswith("ssh-") else pyrage.x25519).Recipient.from_str(text)
    except pyrage.RecipientError as problem:
        raise ArchiveProblem(
            f"{text} is no public key ({problem}). Make one with `cityhall backup-key`, or use an SSH key."
        ) from problem


def _private_keys(text: str) -> list[pyrage.x25519.Identity | pyrage.ssh.Identity]:
    if text.startswith("-----BEGIN"):
        return [pyrage.ssh.Identity.from_buffer(text.encode())]
    lines = (line.strip() for line in text.splitlines())
    return [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]


def _files(root: Path, folder: str) -> list[tuple[Path, str]]:
    """Return the files of a folder with their names in the archive, without those being written."""
    found = ((path, path.relative_to(root).as_posix()) for path in sorted((root / folder).rglob("*")) if path.is_file())
    return [
        (path, name)
        for path, name in found
        if name not in _NOT_CARRIED and not path.name.startswith(".put-") and not _MADE_ANEW.match(name)
    ]


def _unpack(tar: tarfile.TarFile, member: tarfile.TarInfo, data: Path) -> None:
    """Write one member below its folder: plain files only, so that a made-up archive reaches nothing else."""
    name = PurePosixPath(member.name)
    body = tar.extractfile(member) if member.isreg() else None
    if body is None or name.is_absolute() or ".." in name.parts or name.parts[0] not in FOLDERS:
        raise ArchiveProblem(f"{member.name} is nothing a backup of ours holds. Use another backup.")
    target = data / name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with target.open("wb") as out:
        shutil.copyfileobj(body, out, _CHUNK)
    target.chmod(member.mode & 0o700)


class _Summing:
    """A file that is summed while it is read, so that sum and content are of one reading."""

    def __init__(self, body: IO[bytes]) -> None:
        self._body = body
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read and sum."""
        chunk = self._body.read(size)
        self.digest.update(chunk)
        return chunk


def _add(tar: tarfile.TarFile, path: Path, name: str) -> str:
    """Add a file and return its sum, "" when it was deleted since it was listed."""
    try:
        body = path.open("rb")
    except FileNotFoundError:
        return ""
    with body:
        summing = _Summing(body)
        tar.addfile(tar.gettarinfo(arcname=name, fileobj=body), summing)
        return summing.digest.hexdigest()


def _sum(tar: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    body = tar.extractfile(member)
    return hashlib.file_digest(body, "sha256").hexdigest() if body is not None else ""  # type: ignore[arg-type]
