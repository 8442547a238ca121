"""The list of erasures outside the database: what a restored backup does not know, this file does.

One JSON line each, of ids alone: they name nobody to whoever has not the backup. It lies in the data folder and, where
backups are made, beside them, so that it is there when the machine is not.
"""

from __future__ import annotations

import json
import logging
import os
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cityhall.kernel import ports

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """One erasure."""

    id: uuid.UUID
    at: datetime
    account: uuid.UUID | None
    requests: frozenset[uuid.UUID]
    follows: frozenset[uuid.UUID]
    is_whole: bool


def append(line: Line) -> None:
    """Write one erasure into every list, on disk before we return. Only the first, our own, must be there."""
    ours, *others = ports.erasure_lists.get()
    _write(ours, [line])
    for file in others:
        try:
            _write(file, [line])
        except OSError:
            logger.exception("an erasure was not written beside the backups; it is tried again every hour")


def read() -> list[Line]:
    """Return every erasure that any list names, the oldest first. A line that a crash cut short is passed over."""
    found: dict[uuid.UUID, Line] = {}
    for file in ports.erasure_lists.get():
        found |= {line.id: line for line in _lines(file)}
    return sorted(found.values(), key=lambda line: (line.at, line.id))


def bring(lines: Iterable[Line]) -> None:
    """Write into every list what it lacks."""
    wanted = {line.id: line for line in lines}
    for file in ports.erasure_lists.get():
        lacking = wanted.keys() - {line.id for line in _lines(file)}
        try:
            _write(file, [wanted[one] for one in sorted(lacking)])
        except OSError:
            logger.exception("the list of erasures could not be completed")


def _write(file: Path, lines: list[Line]) -> None:
    if not lines:
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = "".join(json.dumps(_body(line)) + "\n" for line in lines)
    with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "ab+") as out:
        if out.seek(0, os.SEEK_END):
            out.seek(-1, os.SEEK_END)
            if out.read(1) != b"\n":  # a crash cut the last line short
                text = "\n" + text
        out.write(text.encode())
        out.flush()
        os.fsync(out.fileno())


def _body(line: Line) -> Mapping[str, Any]:
    return {
        "id": str(line.id),
        "at": line.at.isoformat(),
        "account": str(line.account) if line.account else None,
        "requests": sorted(str(one) for one in line.requests),
        "follows": sorted(str(one) for one in line.follows),
        "whole": line.is_whole,
    }


def _lines(file: Path) -> Iterator[Line]:
    try:
        content = file.read_bytes()
    except OSError:
        return
    for row in content.split(b"\n"):
        try:
            given = json.loads(row)
            yield Line(
                uuid.UUID(given["id"]),
                datetime.fromisoformat(given["at"]),
                uuid.UUID(given["account"]) if given["account"] else None,
                frozenset(uuid.UUID(one) for one in given["requests"]),
                frozenset(uuid.UUID(one) for one in given["follows"]),
                bool(given["whole"]),
            )
        except (ValueError, KeyError, TypeError):
            continue
