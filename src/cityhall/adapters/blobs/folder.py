"""Blobs as files in a folder."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from cityhall.kernel.ports import BlobCapabilities

_PART = ".put-"
_KEY = re.compile(r"[a-z0-9_-][a-z0-9._-]*(/[a-z0-9_-][a-z0-9._-]*)*")


class FolderBlobs:
    """Keeps each blob in its own file below `root`, written beside its place and renamed into it."""

    capabilities = BlobCapabilities(atomic_put=True, local_paths=True)

    def __init__(self, root: Path) -> None:
        self.root = root

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"not a blob key: {key!r}")
        return self.root / key

    def put(self, key: str, data: bytes) -> None:
        """Store `data` under `key`, on disk before this returns."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=_PART)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            os.replace(temporary, path)
            _settle(path.parent)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def open(self, key: str) -> BinaryIO:
        """Open the blob for reading. Raises FileNotFoundError."""
        return self._path(key).open("rb")

    def size(self, key: str) -> int:
        """Return the blob's size in bytes. Raises FileNotFoundError."""
        return self._path(key).stat().st_size

    def delete(self, key: str) -> None:
        """Remove the blob if it is there."""
        self._path(key).unlink(missing_ok=True)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Iterate over the keys that start with `prefix`, sorted."""
        found = (path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if path.is_file())
        yield from sorted(key for key in found if key.startswith(prefix) and f"/{_PART}" not in f"/{key}")

    def sweep_broken_off(self, *, older_than: timedelta) -> int:
        """Remove files that a killed process was writing; younger ones may be written at this moment."""
        before = time.time() - older_than.total_seconds()
        swept = 0
        for path in self.root.rglob(f"{_PART}*"):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime <= before:
                    path.unlink()
                    swept += 1
        return swept


def _settle(folder: Path) -> None:
    """Have the folder's new name on disk too: a power cut must not take away a file whose row is kept."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
