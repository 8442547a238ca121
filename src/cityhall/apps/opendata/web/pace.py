"""How fast a long answer must be taken: who reads a byte now and then would keep one of the few places for an hour."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable
from typing import Final

from cityhall.kernel.analytics.errors import TimedOut

LEAST: Final = 16 * 1024
"""Bytes a second."""
PATIENCE: Final = 60.0
"""Seconds of waiting for the reader, over which that is counted."""
BLOCK: Final = 256 * 1024


def kept(pieces: Iterable[bytes]) -> Generator[bytes]:
    """Iterate over an answer in blocks. Raises TimedOut once its reader takes less than `LEAST`.

    Only the time counts in which the reader is waited for. It is told at the end of a block, so these are small.
    """
    waited, taken = 0.0, 0
    for piece in pieces:
        for start in range(0, len(piece), BLOCK):
            block = piece[start : start + BLOCK]
            began = time.monotonic()
            yield block
            waited += time.monotonic() - began
            taken += len(block)
            if waited > PATIENCE:
                if taken < LEAST * waited:
                    raise TimedOut(PATIENCE)
                waited, taken = 0.0, 0
