"""Bodies nobody should send, at a real web process: ten gigabytes, endless ones, ones that stop in the middle."""

from __future__ import annotations

import io
import json
import os
import select
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from django.test import Client

from cityhall.apps.identity.web.access_table import endpoints
from cityhall.apps.setup.services import entrance
from cityhall.cli.processes import web_command
from cityhall.config import bodies
from cityhall.config.bodies import Bodies, most_bytes

TEN_GIGABYTES = 10 * 1024**3
PIECE = b"a" * 65536
MEGABYTE = 1024 * 1024


class Web:
    """A web process and what it answers to bytes."""

    def __init__(self, port: int, process: subprocess.Popen[bytes]) -> None:
        self.port, self.process = port, process

    def rss(self) -> int:
        return sum(child.memory_info().rss for child in psutil.Process(self.process.pid).children(recursive=True))

    def connect(self, path: str, *headers: str) -> socket.socket:
        found = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        found.sendall("\r\n".join([f"POST {path} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]).encode())
        return found

    def pour(self, path: str, *headers: str, before: bytes = b"", after: bytes = b"") -> tuple[int, int]:
        """Send until refused; return the status and how many bytes could be sent."""
        sent = 0
        with self.connect(path, *headers) as connection:
            try:
                while sent < 64 * MEGABYTE:
                    connection.sendall(before + PIECE + after)
                    sent += len(PIECE)
            except OSError:
                pass
            try:
                answer = connection.recv(4096)
            except OSError:  # our bytes in flight made the kernel drop the answer
                return 0, sent
        return int(answer.split()[1]), sent


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    data = tmp_path_factory.mktemp("bodies")
    environment = {**os.environ, "CITYHALL_DATA": str(data), "CITYHALL_STATIC": str(data / "static")}
    process = subprocess.Popen(
        web_command("127.0.0.1", port, 1), env=environment, cwd=Path(__file__).parent, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200:
                    break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield Web(port, process)
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.slow
@pytest.mark.xdist_group("serving")
def test_ten_gigabytes_are_refused_at_every_door_before_they_are_read(web: Web) -> None:
    web.pour("/healthz", "Content-Length: 10")
    before, wrong = web.rss(), []
    for path in sorted({endpoint.path for endpoint in endpoints()}):
        status, sent = web.pour(
            path, f"Content-Length: {TEN_GIGABYTES}", "Content-Type: multipart/form-data; boundary=b"
        )
        if status not in {413, 0} or sent > 8 * MEGABYTE:
            wrong.append(f"{path}: {status} after {sent} bytes")
    assert wrong == []
    assert web.rss() - before < 32 * MEGABYTE
    with web.connect("/open311/v2/requests.json", f"Content-Length: {TEN_GIGABYTES}") as connection:
        assert b'[{"code": 413, "description": ' in connection.recv(4096)


@pytest.mark.slow
@pytest.mark.xdist_group("serving")
def test_a_body_without_an_end_is_refused(web: Web) -> None:
    before = web.rss()
    status, sent = web.pour(
        "/report/photo/", "Transfer-Encoding: chunked", before=b"%x\r\n" % len(PIECE), after=b"\r\n"
    )
    assert status in {411, 0}
    assert sent < 8 * MEGABYTE
    assert web.rss() - before < 16 * MEGABYTE


@pytest.mark.slow
@pytest.mark.xdist_group("serving")
def test_bodies_that_stop_in_the_middle_leave_a_thread_for_readers(web: Web) -> None:
    form = ("Content-Type: application/x-www-form-urlencoded", "Content-Length: 1000")
    stopped = [web.connect("/open311/v2/requests.json", *form) for _ in range(bodies.THREADS + 2)]
    try:
        for connection in stopped:
            connection.sendall(b"service_code=")
        refused: set[socket.socket] = set()
        while len(refused) < 3:
            ready, _, _ = select.select(sorted(set(stopped) - refused, key=id), [], [], 20)
            assert ready, "nobody was refused"
            assert all(connection.recv(4096).split()[1] == b"503" for connection in ready)
            refused |= set(ready)
        assert httpx.get(f"http://127.0.0.1:{web.port}/healthz", timeout=5).status_code == 200
    finally:
        for connection in stopped:
            connection.close()


class Poured(io.BytesIO):
    """A body that never ends, and counts what was taken of it."""

    def __init__(self, begin: bytes) -> None:
        super().__init__()
        self.begin, self.read_so_far = begin, 0

    def read(self, size: int | None = -1) -> bytes:
        assert size
        begin, self.begin = self.begin[:size], self.begin[size:]
        self.read_so_far += size
        assert self.read_so_far < 64 * MEGABYTE, "all of it is read"
        return begin + b"x" * (size - len(begin))


def environ(path: str = "/theme/", body: Any = b"", **more: str) -> dict[str, Any]:
    stream = io.BytesIO(body) if isinstance(body, bytes) else body
    length = str(len(body)) if isinstance(body, bytes) else ""
    return {"PATH_INFO": path, "wsgi.input": stream, "CONTENT_LENGTH": length, **more}


def ask(guarded: Bodies, given: dict[str, Any]) -> tuple[str, bytes]:
    told: list[str] = []
    answer = b"".join(guarded(given, lambda status, headers: told.append(status)))
    return told[-1], answer


def echo(given: dict[str, Any], start: Any) -> list[bytes]:
    try:
        body = given["wsgi.input"].read()
    except OSError:
        body = b"broken"
    start("200 OK", [])
    return [body]


def test_what_fits_passes_unchanged() -> None:
    whole = os.urandom(most_bytes("/theme/"))
    assert ask(Bodies(echo), environ(body=whole)) == ("200 OK", whole)
    assert ask(Bodies(echo), environ(body=whole + b"a"))[0] == "413 Content Too Large"
    assert ask(Bodies(echo), environ("/es/report/photo/", body=whole + b"a"))[0] == "200 OK"
    assert ask(Bodies(echo), environ(CONTENT_LENGTH="-1"))[0] == "400 Bad Request"
    assert ask(Bodies(echo), environ(HTTP_TRANSFER_ENCODING="chunked"))[0] == "411 Length Required"


def test_a_large_file_is_taken_at_the_doors_for_it_alone() -> None:
    doors = {endpoint.name for endpoint in endpoints() if most_bytes(endpoint.path) == bodies.FILE_BYTES}
    assert doors == {"setup-map", "setup-categories", "desk-data-new", "desk-data-renew"}
    assert most_bytes("/es/setup/map/") == bodies.FILE_BYTES
    # What no room answers goes to the website, which asks for a form's token and so reads everything.
    for path in (
        "/setup/nothing/",
        "/setup/map/nothing/",
        "/en/setup/map/",
        "/xx/setup/map/",
        "/desk/data/new/nothing/",
    ):
        assert most_bytes(path) < bodies.FILE_BYTES


@pytest.mark.django_db
@pytest.mark.parametrize("is_open", [False, True])
@pytest.mark.parametrize("path", sorted(e.path for e in endpoints() if most_bytes(e.path) == bodies.FILE_BYTES))
def test_nothing_of_a_strangers_large_file_is_read(path: str, is_open: bool) -> None:
    """Neither while the city is set up nor afterwards. The check of the form's token would read all of it."""
    if is_open:
        entrance.make_code()
    body = Poured(b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n')
    stranger = Client(enforce_csrf_checks=True)
    stranger.cookies["csrftoken"] = "a" * 32
    answer = stranger.generic(
        "POST",
        path,
        content_type="multipart/form-data; boundary=B",
        **{"wsgi.input": body, "CONTENT_LENGTH": str(most_bytes(path))},
    )
    assert answer.status_code in {302, 403, 404}
    assert body.read_so_far == 0


def test_a_body_that_dribbles_in_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    class Dribble:
        def read(self, size: int = -1) -> bytes:
            nonlocal now
            now += 5.0
            return b"a"

    monkeypatch.setattr(bodies.time, "monotonic", lambda: now)
    given = {**environ(body=Dribble()), "CONTENT_LENGTH": "1000"}
    assert ask(Bodies(echo), given)[0] == "408 Request Timeout"
    assert now < 30


def test_half_a_body_does_not_count_as_a_whole_one() -> None:
    heard: list[str] = []

    def form(given: dict[str, Any], start: Any) -> list[bytes]:
        heard.append(given["wsgi.input"].read().decode())
        start("200 OK", [])
        return []

    given = {**environ(body=b"description=The lamp is o"), "CONTENT_LENGTH": "40"}
    assert ask(Bodies(form), given)[0] == "400 Bad Request"
    assert heard == []


def test_a_turn_is_given_back_whatever_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "TURN_SECONDS", 0.01)

    def broken(given: dict[str, Any], start: Any) -> list[bytes]:
        given["wsgi.input"].read(1)
        raise RuntimeError

    guarded = Bodies(broken, threads=2)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            guarded(environ(body=b"ab"), lambda status, headers: None)
    guarded._turns.acquire()
    assert ask(guarded, environ(body=b"ab"))[0] == "503 Service Unavailable"
    guarded._turns.release()
    assert ask(Bodies(echo, threads=2), environ(body=b"ab")) == ("200 OK", b"ab")


def test_a_refusal_speaks_the_readers_language() -> None:
    assert "demasiado grande" in ask(Bodies(echo), environ("/es/theme/", CONTENT_LENGTH="9" * 12))[1].decode()
    heard = environ("/open311/v2/requests.json", CONTENT_LENGTH="9" * 12, HTTP_ACCEPT_LANGUAGE="es-MX,es;q=0.9")
    [entry] = json.loads(ask(Bodies(echo), heard)[1])
    assert (entry["code"], "demasiado" in entry["description"]) == (413, True)
