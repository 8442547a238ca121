"""Connections whose readers have stopped are ended, and no others."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from cityhall.config import readers

pytestmark = pytest.mark.skipif(not hasattr(socket, "TCP_INFO"), reason="the system does not tell")
MUCH = 64 * 1024 * 1024


@pytest.fixture
def connect() -> Iterator[object]:
    """Makes a connection to a server in this process: the client's end, and the server's, which is sent much."""
    with ExitStack() as ending:
        server = ending.enter_context(socket.create_server(("127.0.0.1", 0)))

        def made() -> tuple[socket.socket, socket.socket]:
            client = ending.enter_context(socket.create_connection(server.getsockname()))
            accepted = ending.enter_context(server.accept()[0])
            accepted.setblocking(False)
            fill(accepted)
            return client, accepted

        yield made


def fill(accepted: socket.socket) -> None:
    """Send until no more is taken."""
    with suppress(BlockingIOError):  # the system takes no more
        while True:
            accepted.send(bytes(1024 * 1024))


def is_ended(accepted: socket.socket) -> bool:
    try:
        accepted.send(b"more")
    except BlockingIOError:
        return False
    except OSError:
        return True
    return False


def test_who_has_stopped_reading_is_let_go_and_who_reads_is_not(connect) -> None:
    (_stopped, to_stopped), (reading, to_reading) = connect(), connect()
    now = [0.0]
    watch = readers.SlowReaders(lambda: now[0])
    for seconds in range(0, 200, 20):
        now[0] = float(seconds)
        watch.look()
        assert is_ended(to_stopped) is (seconds >= readers.PATIENCE_SECONDS)
        assert not is_ended(to_reading)
        taken = 0
        while taken < 4 * readers.LEAST * 20 or taken < 1024 * 1024:
            taken += len(reading.recv(1024 * 1024))
        fill(to_reading)


def test_who_waits_for_nothing_is_left_alone(connect) -> None:
    client, accepted = connect()
    client.setblocking(False)
    for _ in range(10_000):
        try:
            client.recv(MUCH)
        except BlockingIOError:
            break
    now = [0.0]
    watch = readers.SlowReaders(lambda: now[0])
    for seconds in (0.0, 100.0, 200.0):
        now[0] = seconds
        assert watch.look() == 0
    assert not is_ended(accepted)
