"""Other people's servers: answers by path, given by a downloader without a network or by a real server on loopback."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cityhall.kernel.downloads import Asked, Downloaded
from cityhall.kernel.ports import FetchCapabilities, FetchRefused, FetchUnavailable
from cityhall.kernel.told import Told

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Shelf:
    """The downloader of the port; what it gives out is what `put` and `on` laid there."""

    answers: dict[str, Callable[[dict[str, str]], Answer]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    capabilities = FetchCapabilities(guards_private_networks=True)

    def put(self, path: str, body: str | bytes, status: int = 200, **headers: str) -> None:
        content = body.encode() if isinstance(body, str) else body
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        self.on(path, lambda _query: (status, told, content))

    def on(self, path: str, make: Callable[[dict[str, str]], Answer]) -> None:
        self.answers[path] = make

    def answer(self, target: str, headers: Mapping[str, str]) -> Answer:
        parts = urlsplit(target)
        self.calls.append((parts.path, dict(headers)))
        make = self.answers.get(parts.path)
        if make is None:
            return 404, {}, b"nothing here"
        status, told, body = make(dict(parse_qsl(parts.query, keep_blank_values=True)))
        known = {name.lower(): value for name, value in headers.items()}
        if status == 200 and told.get("ETag") and known.get("if-none-match") == told["ETag"]:
            return 304, told, b""
        return status, told, body

    def download(self, asked: Asked, to: Path) -> Downloaded | None:
        sent = {**asked.headers, **({"If-None-Match": asked.known.etag} if asked.known.etag else {})}
        status, headers, body = self.answer(asked.url, sent)
        if status == 304:
            return None
        if status >= 500:
            raise FetchUnavailable(Told("its server answered %(status)s", {"status": status}))
        if status != 200:
            raise FetchRefused(Told("its server answered %(status)s", {"status": status}))
        if asked.largest is not None and len(body) > asked.largest:
            raise FetchRefused("it is larger than it may be")
        with to.open("xb") as opened:
            opened.write(body)
        return Downloaded(asked.url, {name.lower(): value for name, value in headers.items()}, len(body))


@contextmanager
def served(shelf: Shelf) -> Iterator[str]:
    """Give the address of a server that answers what lies on the shelf."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = shelf.answer(self.path, dict(self.headers))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
