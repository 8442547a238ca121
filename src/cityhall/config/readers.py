"""Connections that take almost nothing of their answers are ended: each keeps one of the few threads.

The server waits for whoever reads, without an end. How much of an answer has arrived, and how much could not be sent
yet, the system tells for each connection (Linux; elsewhere a proxy in front has to do this). Who is slow by nature is
left alone: a page is smaller than what must be taken in `PATIENCE_SECONDS`.
"""

from __future__ import annotations

import os
import socket
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

LEAST = 2 * 1024
"""Bytes a second that a reader must take, of an answer that waits for them."""
PATIENCE_SECONDS = 60.0
"""Over so long a time."""
_LOOK_SECONDS = 15.0
_FILES = "/proc/self/fd"
_INFO_BYTES = 192
#: Where `struct tcp_info` has them: tcpi_bytes_acked and tcpi_notsent_bytes.
_ARRIVED_AT, _UNSENT_AT = 120, 144


class SlowReaders:
    """Looks now and then at this process's connections, and ends those whose readers have stopped.

    Args:
        now: tells seconds that only grow.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._since: dict[int, tuple[float, int]] = {}

    def start(self) -> None:
        """Look from now on, in a thread of its own, where the system tells enough."""
        if Path(_FILES).is_dir():
            threading.Thread(target=self._run, name="slow readers", daemon=True).start()

    def look(self) -> int:
        """Look once; return how many connections were ended."""
        now, since, ended = self._now(), self._since, 0
        self._since = {}
        for number, connection in _accepted():
            with suppress(OSError):  # it ended meanwhile
                arrived, unsent = _told(connection)
                began, before = since.get(number, (now, arrived))
                if not unsent:
                    continue
                if now - began < PATIENCE_SECONDS:
                    self._since[number] = began, before
                elif arrived - before < LEAST * (now - began):
                    connection.shutdown(socket.SHUT_RDWR)
                    ended += 1
                else:
                    self._since[number] = now, arrived
        return ended

    def _run(self) -> None:
        while True:
            time.sleep(_LOOK_SECONDS)
            with suppress(OSError):  # no more files may be opened: the next look may have more luck
                self.look()


def _accepted() -> Iterator[tuple[int, socket.socket]]:
    """Iterate over the connections that came in, each with a number of its own; it is closed here, not there."""
    found = list(_connections())
    try:
        ports = {one.getsockname()[1] for _number, one in found if _listens(one)}
        yield from ((number, one) for number, one in found if one.getsockname()[1] in ports and not _listens(one))
    finally:
        for _number, one in found:
            one.close()


def _connections() -> Iterator[tuple[int, socket.socket]]:
    for name in os.listdir(_FILES):  # noqa: PTH208  # names alone
        try:
            about = os.fstat(int(name))
            if not stat.S_ISSOCK(about.st_mode):
                continue  # of a file not even a copy is closed: that would end this process's locks on it
            found = socket.socket(fileno=os.dup(int(name)))
        except OSError:
            continue  # it was closed meanwhile
        if found.family in (socket.AF_INET, socket.AF_INET6) and found.type == socket.SOCK_STREAM:
            yield about.st_ino, found
        else:
            found.close()


def _listens(one: socket.socket) -> bool:
    return bool(one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))


def _told(connection: socket.socket) -> tuple[int, int]:
    """Return how many bytes have arrived, and how many could not be sent yet."""
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES)
    if len(info) < _UNSENT_AT + 4:
        return 0, 0
    arrived, unsent = info[_ARRIVED_AT : _ARRIVED_AT + 8], info[_UNSENT_AT : _UNSENT_AT + 4]
    return int.from_bytes(arrived, sys.byteorder), int.from_bytes(unsent, sys.byteorder)
