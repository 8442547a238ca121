"""Where files are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO, Protocol, runtime_checkable

from cityhall.kernel.slots import Slot


@dataclass(frozen=True, slots=True)
class BlobCapabilities:
    """What a blob store can do.

    Args:
        atomic_put: a reader sees the whole blob or none.
        local_paths: blobs are files on this machine.
    """

    atomic_put: bool
    local_paths: bool


@runtime_checkable
class BlobStore(Protocol):
    """Bytes by key. A key is lower-case letters, digits, `-`, `_`, `.` and `/`, without `..`."""

    capabilities: BlobCapabilities

    def put(self, key: str, data: bytes) -> None:
        """Store `data` under `key`, durably, replacing what was there."""

    def open(self, key: str) -> BinaryIO:
        """Open for reading. Raises FileNotFoundError."""

    def size(self, key: str) -> int:
        """Return the size in bytes. Raises FileNotFoundError."""

    def delete(self, key: str) -> None:
        """Remove; nothing happens when it is not there."""

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Iterate over the keys that start with `prefix`, sorted."""

    def sweep_broken_off(self, *, older_than: timedelta) -> int:
        """Remove what a killed `put` left behind, longer ago than this; return how many there were."""


blob_store: Slot[BlobStore] = Slot("blob store")
