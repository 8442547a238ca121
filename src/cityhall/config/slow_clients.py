"""Connections that take almost nothing of their answers, or send nothing more of their bodies, are ended.

Each keeps one of the few threads, as the server waits for whoever reads or sends, without an end. How much of an answer
has arrived, how much could not be sent yet and how much came in, the system tells for each connection (Linux; elsewhere
a proxy in front has to do this). Who is slow by nature is left alone: a page is smaller than what must be taken in
`PATIENCE_SECONDS`.

The server does not say on which connection a body comes, only from which address. So where a body from an address is
overdue, all its connections are ended that were sent nothing since they last sent, and have sent next to nothing for
`bodies.STALLED_SECONDS`. Whoever shares that address and has waited so long for an answer loses it.
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
from dataclasses import dataclass
from pathlib import Path

from cityhall.config import bodies

LEAST = 2 * 1024
"""Bytes a second that a reader must take, of an answer that waits for them, and a sender send."""
PATIENCE_SECONDS = 60.0
"""Over so long a time a reader."""
_LOOK_SECONDS = 15.0
_FILES = "/proc/self/fd"
_INFO_BYTES = 192
#: Where `struct tcp_info` has them: tcpi_last_data_sent, tcpi_last_data_recv, tcpi_bytes_acked, tcpi_bytes_received and
#: tcpi_notsent_bytes.
_SENT_AGO_AT, _CAME_AGO_AT, _ARRIVED_AT, _CAME_AT, _UNSENT_AT = 44, 52, 120, 128, 144


@dataclass(frozen=True, slots=True)
class _State:
    """What the system tells of a connection.

    Args:
        arrived: bytes that the client has; `unsent` could not be sent yet.
        came: bytes from the client.
        is_owed: whether nothing was sent since something came.
    """

    arrived: int
    unsent: int
    came: int
    is_owed: bool


class SlowClients:
    """Looks now and then at this process's connections, and ends those whose clients have stopped.

    Args:
        now: tells seconds as `time.monotonic` does.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._since: dict[tuple[int, bool], tuple[float, int]] = {}

    def start(self) -> None:
        """Look from now on, in a thread of its own, where the system tells enough."""
        if Path(_FILES).is_dir():
            threading.Thread(target=self._run, name="slow clients", daemon=True).start()

    def look(self) -> int:
        """Look once; return how many connections were ended."""
        now, since, ended = self._now(), self._since, 0
        late = bodies.overdue(now)
        self._since = {}
        for number, connection in _accepted():
            with suppress(OSError):  # it ended meanwhile
                state = _told(connection)
                if state.unsent:
                    moved, patience = state.arrived, PATIENCE_SECONDS
                elif state.is_owed:
                    moved, patience = state.came, bodies.STALLED_SECONDS
                else:
                    continue
                began, before = since.get((number, state.is_owed), (now, moved))
                if now - began < patience:
                    self._since[number, state.is_owed] = began, before
                elif moved - before >= LEAST * (now - began):
                    self._since[number, state.is_owed] = now, moved
                elif state.unsent or bodies.plain(connection.getpeername()[0]) in late:
                    connection.shutdown(socket.SHUT_RDWR)
                    ended += 1
                else:
                    self._since[number, state.is_owed] = began, moved
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


def _told(connection: socket.socket) -> _State:
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES)
    if len(info) < _UNSENT_AT + 4:
        return _State(0, 0, 0, is_owed=False)

    def at(place: int, size: int) -> int:
        return int.from_bytes(info[place : place + size], sys.byteorder)

    unsent = at(_UNSENT_AT, 4)
    is_owed = not unsent and at(_SENT_AGO_AT, 4) >= at(_CAME_AGO_AT, 4)
    return _State(at(_ARRIVED_AT, 8), unsent, at(_CAME_AT, 8), is_owed)
