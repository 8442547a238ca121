"""Long exports, each written in a process of its own: however much is exported, pages are made as quickly as before."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import ExitStack, suppress

from cityhall.kernel.django import limits

PLACES = 2
"""How many run at once, counting every web process."""
SECONDS = 3600.0
"""After this long one is ended, finished or not."""
BROKEN_OFF = '\r\n"NOT WHOLE: this export broke off here. Ask for it again."\r\n'
"""The last line of a file that is not whole."""
_READ = 65_536
_MODULE = "cityhall.kernel.django.exporting"


class BrokenOff(Exception):
    """The process ended before the file was whole. Its last line says so."""


class Apart:
    """The bytes of a long export, as its process writes them. It ends with `close`, and when nobody wants more.

    No more of it is in memory than a piece: a process whose reader is slow waits.

    Args:
        key: of `offers.long_exports`.
        asked: what the export is told.

    Raises:
        TooMany: as many run as there are places.
    """

    def __init__(self, key: str, asked: bytes) -> None:
        self._ending = ExitStack()
        self._ending.callback(limits.Occupied("long-export", places=PLACES).close)
        self._pieces = _until(self._ending, written(key, asked, self._ending))

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        """End the process and leave the place, if that did not happen yet."""
        self._pieces.close()
        self._ending.close()


def _until(ending: ExitStack, pieces: Iterator[bytes]) -> Generator[bytes]:
    with ending:
        yield from pieces


def written(key: str, asked: bytes, ending: ExitStack) -> Iterator[bytes]:
    """Start the process, and iterate over what it writes. `ending` is told how it is ended."""
    # What it counts is nobody's figure, and its file would stay in the folder of figures.
    environment = {name: value for name, value in os.environ.items() if name != "PROMETHEUS_MULTIPROC_DIR"}
    environment["MALLOC_ARENA_MAX"] = "2"  # with many cores the arenas alone would fill the memory it may take
    process = subprocess.Popen(
        [sys.executable, "-m", _MODULE, key],
        bufsize=0, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    ending.callback(_end, process)
    last = threading.Timer(SECONDS, process.kill)
    last.daemon = True
    last.start()
    ending.callback(last.cancel)
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(BrokenPipeError):  # how it ended is said below
        process.stdin.write(asked)
    process.stdin.close()
    while piece := process.stdout.read(_READ):
        yield piece
    if process.wait():
        # The web server ends an answer that failed like one that did not: the file itself must say it.
        yield BROKEN_OFF.encode()
        raise BrokenOff(f"the export {key} ended with status {process.returncode}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
