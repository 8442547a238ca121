"""The manifest of a snapshot: how many rows it has, what is known of its columns, and the hashes of its files.

It is written last. A folder without one is of a run that was killed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cityhall.kernel.snapshots import SnapshotWritten

_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says. `facts`: by column, how many rows have no value, and how many values differ (about)."""

    rows: int
    parts: Mapping[str, str]
    facts: Mapping[str, tuple[int, int]]


def keep(folder: Path, written: SnapshotWritten) -> None:
    """Write the manifest, and see that everything is on the disk."""
    facts = {name: [one.nulls, one.distinct] for name, one in written.facts.items()}
    told = {"rows": written.rows, "parts": dict(written.parts), "facts": facts}
    (folder / _MANIFEST).write_text(json.dumps(told, sort_keys=True), encoding="utf-8")
    for file in (*folder.iterdir(), folder):
        handle = os.open(file, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def read(folder: Path) -> Manifest | None:
    """Return what the manifest says; None when it is lost, or of an earlier version that knew no facts."""
    try:
        told = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        facts = {str(name): (int(nulls), int(distinct)) for name, (nulls, distinct) in told["facts"].items()}
        return Manifest(int(told["rows"]), told["parts"], facts)
    except (OSError, ValueError, KeyError):
        return None


def sum_of(file: Path) -> str:
    """Return a file's SHA-256."""
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
