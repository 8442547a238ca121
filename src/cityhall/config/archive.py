"""Backups: one file with the database, the uploads, the secrets and the audit anchor, and the way back.

The file is a tar. `manifest.json` comes last and holds the SHA-256 of every other member, so that a file that
was cut short has no manifest and is refused. The database is dumped first: an upload's bytes are written before
the row that names them, so whatever the dump names is there to be copied.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO
from urllib.parse import parse_qs, unquote, urlsplit

from cityhall import __version__
from cityhall.config import environment
from cityhall.config.database import program
from cityhall.kernel import clock

FOLDERS = ("blobs", "audit", "secrets", "outbox")
_NOT_CARRIED = {"secrets/database"}  # belongs to the server of one data folder, not to the city
_CHUNK = 1024 * 1024

Progress = Callable[[int, int], None]


class ArchiveProblem(Exception):
    """A backup cannot be made or used; the message says why and what to do."""


def back_up(target: Path, progress: Progress) -> int:
    """Write a backup of the running city to `target` (mode 0600); return its size in bytes.

    Args:
        progress: called with (files done, files in all).
    """
    part = target.with_name(target.name + ".part")
    data = environment.data_folder()
    files = [path for folder in FOLDERS for path in sorted((data / folder).rglob("*")) if path.is_file()]
    files = [path for path in files if path.relative_to(data).as_posix() not in _NOT_CARRIED]
    try:
        with tempfile.TemporaryDirectory(dir=target.resolve().parent) as scratch:
            dump = Path(scratch) / "database.dump"
            _client("pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file", str(dump))
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as out, tarfile.open(fileobj=out, mode="w") as tar:
                sums = {"database.dump": _add(tar, dump, "database.dump")}
                for done, path in enumerate(files, start=1):
                    name = path.relative_to(data).as_posix()
                    sums[name] = _add(tar, path, name)
                    progress(done, len(files))
                manifest = {"cityhall": __version__, "made_at": clock.now().isoformat(), "sha256": sums}
                body = json.dumps(manifest, indent=1).encode()
                info = tarfile.TarInfo("manifest.json")
                info.size = len(body)
                tar.addfile(info, io.BytesIO(body))
                tar.close()
                out.flush()
                os.fsync(out.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return target.stat().st_size


def note_made() -> None:
    """Write down that a backup was made now, for `last_made`."""
    _last_made().write_text(clock.now().isoformat(), encoding="utf-8")


def last_made() -> datetime | None:
    """Return when the last backup of this data folder was made, None when none is known of."""
    try:
        return datetime.fromisoformat(_last_made().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _last_made() -> Path:
    return environment.data_folder() / "last-backup"


def check(source: Path) -> dict[str, str]:
    """Return the manifest's sums after comparing each with the file's content.

    Raises:
        ArchiveProblem: the file is not a whole backup.
    """
    try:
        with tarfile.open(source) as tar:
            found = {member.name: _sum(tar, member) for member in tar if member.name != "manifest.json"}
            body = tar.extractfile("manifest.json")
            manifest = json.load(body) if body else {}
    except (tarfile.TarError, KeyError, OSError, ValueError) as problem:
        raise ArchiveProblem(f"{source} is not a whole Cityhall backup ({problem}). Use another backup.") from problem
    sums: dict[str, str] = manifest.get("sha256", {})
    if not sums:
        raise ArchiveProblem(f"{source} has no list of its content. Use another backup.")
    wrong = sorted(name for name in sums.keys() | found.keys() if sums.get(name) != found.get(name))
    if wrong:
        raise ArchiveProblem(f"{source} is damaged: {', '.join(wrong[:5])} differ from the list. Use another backup.")
    return sums


def restore_files(source: Path) -> None:
    """Unpack a checked backup's files into the empty data folder."""
    data = environment.data_folder()
    taken = [folder for folder in FOLDERS if folder != "secrets" and any((data / folder).glob("*"))]
    if taken:
        raise ArchiveProblem(f"{data} holds a city already ({', '.join(taken)}). Restore into an empty --data folder.")
    with tarfile.open(source) as tar:
        for member in tar:
            if member.name in {"manifest.json", "database.dump"}:
                continue
            _unpack(tar, member, data)
    for secret in (data / "secrets").glob("*"):
        secret.chmod(0o600)


def restore_database(source: Path) -> None:
    """Load a checked backup's database into the empty database that runs."""
    with tarfile.open(source) as tar, tempfile.TemporaryDirectory() as scratch:
        dump = Path(scratch) / "database.dump"
        body = tar.extractfile("database.dump")
        if body is None:
            raise ArchiveProblem(f"{source} holds no database.")
        with dump.open("wb") as out:
            shutil.copyfileobj(body, out, _CHUNK)
        _client(
            "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
            "--dbname", urlsplit(environment.database_url()).path.lstrip("/"), str(dump),
        )  # fmt: skip


def _client(name: str, *arguments: str) -> None:
    """Run a PostgreSQL program against our database; the password travels in its environment only."""
    parts = urlsplit(environment.database_url())
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    address = {
        "PGHOST": query.get("host") or parts.hostname or "",
        "PGPORT": str(parts.port or ""),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": unquote(parts.path.lstrip("/")),
        "PGSSLMODE": query.get("sslmode", ""),
    }
    ran = subprocess.run(
        [program(name), *arguments],
        env={**os.environ, **{key: value for key, value in address.items() if value}},
        capture_output=True,
        text=True,
    )
    if ran.returncode != 0:
        raise ArchiveProblem(f"{name} failed: {ran.stderr.strip()[-800:]}")


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


def _add(tar: tarfile.TarFile, path: Path, name: str) -> str:
    tar.add(path, arcname=name, recursive=False)
    digest = hashlib.sha256()
    with path.open("rb") as body:
        for chunk in _chunks(body):
            digest.update(chunk)
    return digest.hexdigest()


def _sum(tar: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    digest = hashlib.sha256()
    body = tar.extractfile(member)
    if body is not None:
        for chunk in _chunks(body):
            digest.update(chunk)
    return digest.hexdigest()


def _chunks(body: IO[bytes]) -> Iterator[bytes]:
    while chunk := body.read(_CHUNK):
        yield chunk
