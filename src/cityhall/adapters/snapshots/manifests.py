"""The manifest of a snapshot: how many rows it has, what is known of its columns, and the hashes of its files.

It is written last. A folder without one is of a run that was killed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cityhall.kernel.snapshots import ColumnFacts, SnapshotWritten

_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says.

    Args:
        reasons: for which rows were put aside, and how many for each.
        mark: of what the snapshot was made; "" when that cannot be told, or by an earlier version.
    """

    rows: int
    parts: Mapping[str, str]
    facts: Mapping[str, ColumnFacts]
    reasons: Mapping[str, int]
    mark: str


def keep(folder: Path, written: SnapshotWritten, mark: str = "") -> None:
    """Write the manifest, and see that everything is on the disk."""
    facts = {
        name: [one.nulls, one.distinct, one.empty, one.latest.isoformat() if one.latest else None]
        for name, one in written.facts.items()
    }
    told = {"rows": written.rows, "parts": dict(written.parts), "facts": facts}
    told |= {"reasons": dict(written.reasons), "mark": mark}
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
        facts = {str(name): _facts(*one) for name, one in told["facts"].items()}
        return Manifest(int(told["rows"]), told["parts"], facts, told.get("reasons", {}), told.get("mark", ""))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _facts(nulls: int, distinct: int, empty: int = 0, latest: str | None = None) -> ColumnFacts:
    return ColumnFacts(nulls, distinct, empty, datetime.fromisoformat(latest) if latest else None)


def sum_of(file: Path) -> str:
    """Return a file's SHA-256."""
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
