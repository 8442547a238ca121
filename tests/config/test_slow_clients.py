"""Connections whose clients have stopped are ended, and no others."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest

from cityhall.config import bodies, slow_clients

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
    watch = slow_clients.SlowClients(lambda: now[0])
    for seconds in range(0, 200, 20):
        now[0] = float(seconds)
        watch.look()
        assert is_ended(to_stopped) is (seconds >= slow_clients.PATIENCE_SECONDS)
        assert not is_ended(to_reading)
        taken = 0
        while taken < 4 * slow_clients.LEAST * 20 or taken < 1024 * 1024:
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
    watch = slow_clients.SlowClients(lambda: now[0])
    for seconds in (0.0, 100.0, 200.0):
        now[0] = seconds
        assert watch.look() == 0
    assert not is_ended(accepted)


class Sending:
    """A client that sends a body to a server in this process, which reads it behind the doorkeeper."""

    def __init__(self, ending: ExitStack, server: socket.socket, sent: bytes, length: int) -> None:
        self.client = ending.enter_context(socket.create_connection(server.getsockname()))
        self.accepted = ending.enter_context(server.accept()[0])
        self.client.sendall(sent)
        self._length = length
        self.answered: list[str] = []
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        def read(given: dict[str, Any], start: Any) -> list[bytes]:
            given["wsgi.input"].read()
            start("200 OK", [])
            return []

        environ = {
            "PATH_INFO": "/theme/", "CONTENT_LENGTH": str(self._length), "REMOTE_ADDR": "127.0.0.1",
            "wsgi.input": self.accepted.makefile("rb"),
        }  # fmt: skip
        bodies.Bodies(read)(environ, lambda status, headers: self.answered.append(status))


def test_who_stops_within_a_body_is_let_go_and_others_are_not() -> None:
    length = 1024 * 1024
    with ExitStack() as ending:
        server = ending.enter_context(socket.create_server(("127.0.0.1", 0)))
        stopped, dribbling, going_on = (Sending(ending, server, b"some", length) for _ in range(3))
        waiting = ending.enter_context(socket.create_connection(server.getsockname()))
        answered = ending.enter_context(server.accept()[0])
        waiting.sendall(b"a question")
        while not slow_clients._told(answered).came or slow_clients._told(answered).is_owed:
            answered.send(b"an answer")
        now, left = [time.monotonic()], length - 4
        watch = slow_clients.SlowClients(lambda: now[0])
        assert watch.look() == 0
        for seconds in (16, 32, 48):
            many = 2 * slow_clients.LEAST * 16
            going_on.client.sendall(bytes(many))
            left -= many
            if seconds < bodies.STALLED_SECONDS:
                dribbling.client.sendall(b"a")
            while slow_clients._told(going_on.accepted).came < length - left:
                pass
            now[0] += 16
            assert watch.look() == (2 if seconds == 32 else 0)
        going_on.client.sendall(bytes(left))
        for one in (stopped, dribbling, going_on):
            one.thread.join(20)
        told = [one.answered for one in (stopped, dribbling, going_on)]
        assert told == [["400 Bad Request"], ["400 Bad Request"], ["200 OK"]]
        assert not is_ended(answered)
