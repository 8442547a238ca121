"""What every blob store must do: the suite each adapter and each fake passes."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cityhall.adapters.blobs.folder import FolderBlobs
from cityhall.kernel.ports import BlobCapabilities, BlobStore

WORD = st.from_regex(r"[a-z0-9_-][a-z0-9._-]{0,12}", fullmatch=True)
KEYS = st.lists(WORD, min_size=1, max_size=4).map("/".join)

# One suite is run by several classes, each with a store of its own that lasts for all examples.
SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.differing_executors]


class MemoryBlobs:
    """A blob store in memory, for tests that want one of their own."""

    capabilities = BlobCapabilities(atomic_put=True, local_paths=False)

    def __init__(self) -> None:
        self._blobs: dict[str, bytes] = {}

    def put(self, key: str, data: bytes) -> None:
        if not key or key != key.lower() or any(part in {"", ".", ".."} or part[0] == "." for part in key.split("/")):
            raise ValueError(key)
        self._blobs[key] = bytes(data)

    def open(self, key: str) -> BinaryIO:
        return io.BytesIO(self._found(key))

    def size(self, key: str) -> int:
        return len(self._found(key))

    def delete(self, key: str) -> None:
        self._blobs.pop(key, None)

    def keys(self, prefix: str = "") -> Iterator[str]:
        yield from sorted(key for key in self._blobs if key.startswith(prefix))

    def sweep_broken_off(self, *, older_than: timedelta) -> int:
        return 0

    def _found(self, key: str) -> bytes:
        try:
            return self._blobs[key]
        except KeyError:
            raise FileNotFoundError(key) from None


class BlobStoreSuite:
    """Inherit, and give a fixture `store`."""

    def test_it_is_a_blob_store(self, store: BlobStore) -> None:
        assert isinstance(store, BlobStore)
        assert isinstance(store.capabilities, BlobCapabilities)

    @settings(max_examples=25, deadline=None, suppress_health_check=SHARED)
    @given(key=KEYS, data=st.binary(max_size=2000))
    def test_what_is_put_is_read_back(self, store: BlobStore, key: str, data: bytes) -> None:
        key = f"p/{hash(key) & 0xFFFF:x}/{key}"  # a blob may not be another's folder
        store.put(key, data)
        with store.open(key) as blob:
            assert blob.read() == data
        assert store.size(key) == len(data)
        assert key in store.keys(key)
        store.delete(key)
        assert list(store.keys(key)) == []

    def test_putting_again_replaces(self, store: BlobStore) -> None:
        store.put("a/b", b"long before")
        store.put("a/b", b"now")
        assert store.open("a/b").read() == b"now"
        assert list(store.keys("a/")) == ["a/b"]

    def test_an_open_blob_is_not_disturbed(self, store: BlobStore) -> None:
        store.put("a/b", b"before")
        with store.open("a/b") as reader:
            store.put("a/b", b"after")
            store.delete("a/b")
            assert reader.read() == b"before"

    def test_what_is_not_there(self, store: BlobStore) -> None:
        with pytest.raises(FileNotFoundError):
            store.open("no/such")
        with pytest.raises(FileNotFoundError):
            store.size("no/such")
        store.delete("no/such")

    def test_keys_are_sorted_and_by_prefix(self, store: BlobStore) -> None:
        for key in ("b/2", "a/1", "b/10", "bc/1"):
            store.put(key, b"x")
        assert list(store.keys()) == ["a/1", "b/10", "b/2", "bc/1"]
        assert list(store.keys("b/")) == ["b/10", "b/2"]
        assert list(store.keys("zzz")) == []

    @pytest.mark.parametrize("key", ["", "/a", "../a", "a/../b", "a//b", "A", "a/.hidden", "a/"])
    def test_what_is_no_key_is_refused(self, store: BlobStore, key: str) -> None:
        with pytest.raises(ValueError):
            store.put(key, b"x")


class TestFolderBlobs(BlobStoreSuite):
    @pytest.fixture
    def store(self, tmp_path: Path) -> BlobStore:
        return FolderBlobs(tmp_path / "blobs")

    def test_a_write_that_fails_leaves_no_trace(self, store: FolderBlobs, monkeypatch: pytest.MonkeyPatch) -> None:
        store.put("a/b", b"before")

        def full(*_: object) -> None:
            raise OSError("no space left on device")

        monkeypatch.setattr("os.fsync", full)
        with pytest.raises(OSError, match="no space"):
            store.put("a/b", b"after")
        assert store.open("a/b").read() == b"before"
        assert [path.name for path in (store.root / "a").iterdir()] == ["b"]


class TestMemoryBlobs(BlobStoreSuite):
    @pytest.fixture
    def store(self) -> BlobStore:
        return MemoryBlobs()


KILLED = """
import os, signal, sys
from pathlib import Path
from cityhall.adapters.blobs import folder
os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
folder.FolderBlobs(Path(sys.argv[1])).put("documents/ab/photo.jpg", b"half")
"""


def test_what_a_killed_process_was_writing_is_swept_once_it_is_old(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)])
    assert killed.returncode == -9
    store = FolderBlobs(tmp_path)
    store.put("documents/ab/whole.jpg", b"whole")
    assert list(store.keys()) == ["documents/ab/whole.jpg"]
    assert store.sweep_broken_off(older_than=timedelta(days=1)) == 0, "somebody may be writing it"
    [part] = [file for file in tmp_path.rglob("*") if file.is_file() and file.name != "whole.jpg"]
    os.utime(part, (0, 0))
    assert store.sweep_broken_off(older_than=timedelta(days=1)) == 1
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["whole.jpg"]
