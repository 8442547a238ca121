"""What DuckDB raises when nothing more can be written, told as the system itself tells it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import duckdb

#: The last stands in what it says where the rest of the disk is too small for what does not fit in memory.
_SIGNS: Final = (*map(os.strerror, (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)), "max_temp_directory_size")


def is_full(problem: Exception) -> bool:
    """Say whether an engine's error means that the disk, or its share of it, is full."""
    return any(sign in str(problem) for sign in _SIGNS)


@contextmanager
def fullness_told() -> Iterator[None]:
    """Raise OSError (ENOSPC) for a disk that is full."""
    try:
        yield
    except duckdb.Error as problem:
        if is_full(problem):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from problem
        raise
