"""A work-order system of somebody else: a real HTTP server on loopback that remembers what it was told."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class System:
    """What it was sent, and what it answers: a status, headers and a body for each call in turn, then 200."""

    url: str = ""
    port: int = 0
    calls: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], str]] = field(default_factory=list)
    on_call: Callable[[], None] | None = None

    def will_answer(self, status: int, body: str = "", **headers: str) -> None:
        self.answers.append((status, {name.replace("_", "-"): value for name, value in headers.items()}, body))

    @property
    def types(self) -> list[str]:
        return [call["json"]["type"] for call in self.calls]

    @property
    def statuses(self) -> list[str]:
        return [call["json"]["data"]["request"]["status"] for call in self.calls]


@contextmanager
def running() -> Iterator[System]:
    system = System()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            told = json.loads(body) if self.headers.get("Content-Type") == "application/json" else None
            system.calls.append({"path": self.path, "headers": dict(self.headers), "body": body, "json": told})
            if system.on_call:
                system.on_call()
            status, headers, text = system.answers.pop(0) if system.answers else (200, {}, "thanks")
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(text.encode()))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    system.port = server.server_port
    system.url = f"http://127.0.0.1:{system.port}/hooks"
    yield system
    server.shutdown()
    server.server_close()
    thread.join()
