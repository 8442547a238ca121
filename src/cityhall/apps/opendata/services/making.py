"""A folder to write a snapshot in, which does not outlive whoever writes."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cityhall.apps.opendata import queries
from cityhall.kernel.ids import new_id

_LEFT_BEHIND_SECONDS = 24 * 3600
_LOCKED = "locked-"


@contextmanager
def place_to_write() -> Iterator[Path]:
    """Have an empty folder beside the snapshots inside the block, and what is left in it gone afterwards.

    It is locked for as long as its writer lives. So the next writer knows what killed ones left, and clears it away.
    """
    clear_left()
    place = _home() / f"{_LOCKED}{new_id()}"
    place.mkdir(parents=True)
    handle = os.open(place, os.O_RDONLY)
    try:
        _lock(handle)
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        os.close(handle)


def clear_left() -> None:
    """Clear away what writers left that were killed."""
    if not _home().is_dir():
        return
    for old in _home().iterdir():
        if _is_left(old):
            shutil.rmtree(old, ignore_errors=True)


def _home() -> Path:
    return queries.folder() / "making"


def _lock(handle: int) -> bool:
    """Say whether a folder could be locked: no where another has, nor where the file system knows no such locks."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_left(place: Path) -> bool:
    """Say whether nobody writes here any more: its writer is dead, or it is a day old."""
    try:
        age = time.time() - place.stat().st_mtime
        handle = os.open(place, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        # A folder of this moment may be one whose writer has not locked it yet.
        return age > _LEFT_BEHIND_SECONDS or (place.name.startswith(_LOCKED) and age > 1 and _lock(handle))
    finally:
        os.close(handle)
