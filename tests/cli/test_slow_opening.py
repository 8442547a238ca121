"""A city that takes longer to open than whoever started it waits: it is said, and said again when it is open."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from cityhall.cli import processes

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture
def slow() -> Iterator[int]:
    """The port of a city that says twice that it is not ready yet."""
    asked: list[str] = []

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(503 if len(asked) <= 2 else 200)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Nothing is printed."""

    server = HTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in NUMBERS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("signals")
def test_a_city_that_opens_late_is_still_announced(
    slow: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("CITYHALL_DATA", str(tmp_path))
    monkeypatch.setattr(processes, "_PATIENCE", 0)  # the first look that finds it closed is late already
    idle = [sys.executable, "-c", "import time; time.sleep(600)"]
    monkeypatch.setattr(
        processes, "_spawn", lambda *_told: subprocess.Popen(idle, stdin=subprocess.PIPE, start_new_session=True)
    )
    opened: list[str] = []

    def announce(address: str) -> None:
        opened.append(address)
        os.kill(os.getpid(), signal.SIGINT)

    processes.run_city("127.0.0.1", slow, 1, prepare=lambda: announce)
    assert opened == [f"http://127.0.0.1:{slow}"]
    assert "says when it is open" in " ".join(capsys.readouterr().err.split())
