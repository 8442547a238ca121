"""Asking a server of this machine, and timing it."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Callable

from benches.scale import PORT


def timed(ask: Callable[[], object]) -> float:
    """Return how many milliseconds something takes."""
    began = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - began)


def connected(sender: str = "127.0.0.1", port: int = PORT) -> http.client.HTTPConnection:
    """Return an open connection, from an address of this machine, which is the sender that is counted."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300, source_address=(sender, 0))
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def fetched(connection: http.client.HTTPConnection, path: str) -> bytes:
    """Return what an address answers. Raises RuntimeError when that is an error."""
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}: {body[:300]!r}")
    return body
