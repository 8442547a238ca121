"""What comes with a request: how much of it is taken, and how long the server waits for it.

Django stands behind this: a body that is too large is refused before a byte of it is read, whatever view it is for.
Reading a body keeps one of the few threads, and a client may stop in the middle of it: so one thread is always left to
those who only read, bodies that dribble in are given up, and whoever stops is told of as `overdue`, whose connections
`slow_clients` ends. A proxy in front that takes bodies first is still better.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

THREADS = 3
"""Threads of a web process; `cityhall serve` and `web` start the server with as many."""
FORM_BYTES = 2 * 1024 * 1024 + 64 * 1024
PHOTO_FORM_BYTES = 100 * 1024 * 1024
"""Photos of one form together, as in the examples for proxies. More where the setting for one photo asks for it."""
FILE_BYTES = 1024 * 1024 * 1024 + 64 * 1024
PATIENCE_SECONDS = 20.0
"""How long a body may take however small it is; a larger one gets a second more for each `SLOWEST` bytes."""
SLOWEST = 16 * 1024
STALLED_SECONDS = 30.0
"""How long the next `_PIECE` bytes of it may take."""
TURN_SECONDS = 0.5
_PIECE = 16 * 1024

# Whole addresses: each of their views looks who asks before a byte is read. Any other view lets the check of the form's
# token read first, and so write what a stranger sends to the disk.
_FILES = re.compile(r"/(?:setup/(?:map|categories)|desk/data/(?:[a-z0-9]{4}-[a-z0-9]{4}/)?new)/")
_PHOTOS = re.compile(r"/(?:report|requests|referred|desk|cms)/")

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


_waits: dict[int, tuple[str, float]] = {}
"""Reads that wait for a client: its address, and until when (of `time.monotonic`) it may take."""


def overdue(now: float) -> frozenset[str]:
    """Return the addresses whose bodies have not come in time; `now` is of `time.monotonic`."""
    return frozenset(address for address, until in list(_waits.values()) if until <= now)


def plain(address: str) -> str:
    """Return an address as one text, however IPv4 came in."""
    return address.removeprefix("::ffff:")


class Readable(Protocol):
    """What a server hands over as `wsgi.input`."""

    def read(self, size: int = -1, /) -> bytes:
        """Read so many bytes, or all that is left."""

    def readline(self, size: int = -1, /) -> bytes:
        """Read a line."""


def most_bytes(path: str) -> int:
    """Return how large a body may be at an address."""
    first, _slash, rest = path.removeprefix("/").partition("/")
    is_program = first == "open311"
    if first in dict(settings.LANGUAGES) and first != settings.LANGUAGE_CODE:
        path = f"/{rest}"
    if _FILES.fullmatch(path):
        return FILE_BYTES
    if is_program or _PHOTOS.match(path):
        return max(PHOTO_FORM_BYTES, 5 * int(os.environ.get("CITYHALL_PHOTO_BYTES") or 0) + FORM_BYTES)
    return FORM_BYTES


class Bodies:
    """The application behind a doorkeeper for bodies."""

    def __init__(self, application: Application, *, threads: int = THREADS) -> None:
        self._application = application
        self._turns = threading.BoundedSemaphore(max(1, threads - 1))

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Serve the request, or refuse its body."""
        if environ.get("HTTP_TRANSFER_ENCODING"):
            return _refuse(
                environ, start_response, "411 Length Required", _("Say how long the body is: Content-Length.")
            )
        told = environ.get("CONTENT_LENGTH") or "0"
        if not (told.isascii() and told.isdigit() and len(told) < 20):
            return _refuse(environ, start_response, "400 Bad Request", _("Content-Length is no number."))
        length = int(told)
        if not length:
            return self._application(environ, start_response)
        if length > most_bytes(environ["PATH_INFO"]):
            return _refuse(environ, start_response, "413 Content Too Large", _("This is too large to be taken here."))
        body = _Body(environ["wsgi.input"], length, self._turns, plain(environ.get("REMOTE_ADDR", "")))
        environ["wsgi.input"] = body
        answer: Iterable[bytes] = ()
        try:
            answer = self._application(environ, start_response)
        except OSError:
            if not body.refused:
                raise
        finally:
            body.done()
        if not body.refused:
            return answer
        if close := getattr(answer, "close", None):
            close()
        if body.refused == "busy":
            text = _("Too many are sending at the same time. Try again in a moment.")
            return _refuse(environ, start_response, "503 Service Unavailable", text, ("Retry-After", "2"))
        if body.refused == "cut":
            text = _("The connection ended before all had come. Send it again.")
            return _refuse(environ, start_response, "400 Bad Request", text)
        text = _("The body came too slowly. Try again over a better connection.")
        return _refuse(environ, start_response, "408 Request Timeout", text)


class _Body:
    """A body of known length: read while it has a turn, and as long as it keeps coming."""

    def __init__(self, inner: Readable, length: int, turns: threading.BoundedSemaphore, address: str) -> None:
        self._inner = inner
        self._left = length
        self._turns = turns
        self._address = address
        self._has_turn = False
        self._deadline = time.monotonic() + PATIENCE_SECONDS + length / SLOWEST
        self.refused = ""

    def read(self, size: int = -1, /) -> bytes:
        """Read so many bytes, or all that is left. Raises OSError: half a form must not count as a whole one."""
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        parts = []
        while wanted > 0:
            part = self._next(self._inner.read, min(wanted, _PIECE))
            if not part:
                self.refused = "cut"
                raise OSError("the body was cut off")
            wanted -= len(part)
            self._left -= len(part)
            parts.append(part)
        if not self._left:
            self.done()
        return b"".join(parts)

    def readline(self, size: int = -1, /) -> bytes:
        """Read a line. Nothing of ours asks for lines: bodies are short where something does."""
        return self._next(self._inner.readline)

    def _next(self, read: Callable[..., bytes], *given: int) -> bytes:
        """Wait for what comes next. Raises OSError."""
        self._may_go_on()
        _waits[id(self)] = self._address, min(self._deadline, time.monotonic() + STALLED_SECONDS)
        try:
            return read(*given)
        finally:
            del _waits[id(self)]

    def done(self) -> None:
        """Give the turn back; nothing more is read."""
        if self._has_turn:
            self._has_turn = False
            self._turns.release()

    def _may_go_on(self) -> None:
        """Wait for a turn. Raises OSError, as a broken connection does, when there is none or time is up."""
        if not self._has_turn and not self.refused:
            self._has_turn = self._turns.acquire(timeout=TURN_SECONDS)
            if not self._has_turn:
                self.refused = "busy"
        if not self.refused and time.monotonic() > self._deadline:
            self.refused = "slow"
        if self.refused:
            raise OSError(f"the body is {self.refused}")


def _refuse(
    environ: Environ, start_response: StartResponse, status: str, told: Any, *headers: tuple[str, str]
) -> Iterable[bytes]:
    """Answer without Django: in GeoReport's form where that is spoken, else as plain text. The connection is closed."""
    path, code = environ["PATH_INFO"], int(status[:3])
    with translation.override(_language(path, environ.get("HTTP_ACCEPT_LANGUAGE", ""))):
        text = str(told)
    if not path.startswith("/open311/"):
        kind, body = "text/plain; charset=utf-8", f"{text}\n"
    elif path.endswith(".json"):
        kind, body = "application/json; charset=utf-8", json.dumps([{"code": code, "description": text}])
    else:
        said = f"<errors><error><code>{code}</code><description>{text}</description></error></errors>"
        kind, body = "text/xml; charset=utf-8", f'<?xml version="1.0" encoding="utf-8"?>\n{said}'
    content = body.encode()
    start_response(
        status,
        [
            ("Content-Type", kind),
            ("Content-Length", str(len(content))),
            ("Connection", "close"),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            *headers,
        ],
    )
    return [content]


def _language(path: str, accepted: str) -> str:
    """Return the language of a page's address, else the one the client names first, where it is one of ours."""
    wanted = path.split("/", 2)[1] if path.startswith("/") else ""
    for code in (wanted, accepted[:2].lower()):
        if code in dict(settings.LANGUAGES):
            return code
    return settings.LANGUAGE_CODE
