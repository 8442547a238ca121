"""A mail server on this machine that keeps what it takes, and can be told to fail in the ways mail servers do."""

from __future__ import annotations

import contextlib
import re
import socketserver
import threading
import time
from collections import Counter

MODES = ("refuse", "drop", "hang", "later", "unheard")
"""What it does when it fails: takes no connection, goes away amid the message, falls silent for a while, asks to try
later, and takes the message but goes away before it says so (so the sender must send it again)."""
_HANG_SECONDS = 3.0
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(?:\r\n\s+)?(<[^>]+>)", re.I | re.M)


class MailServer:
    """Listens on a port of 127.0.0.1."""

    def __init__(self) -> None:
        self.mode = "ok"
        self.taken: Counter[str] = Counter()
        self.lock = threading.Lock()
        outer = self

        class Session(socketserver.StreamRequestHandler):
            timeout = 30

            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    outer.serve(self)

        class Listener(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._listener = Listener(("127.0.0.1", 0), Session)
        self.port = int(self._listener.server_address[1])
        threading.Thread(target=self._listener.serve_forever, args=(0.1,), daemon=True).start()

    def serve(self, session: socketserver.StreamRequestHandler) -> None:
        """Speak SMTP with one client."""

        def say(line: str) -> None:
            session.wfile.write(line.encode() + b"\r\n")

        if self.mode == "refuse":
            return
        say("220 torture")
        while line := session.rfile.readline(2000):
            word = line[:4].upper()
            if word == b"DATA":
                say("354 go on")
                if self.mode == "drop":
                    session.rfile.readline(2000)
                    return
                if self.mode == "hang":
                    time.sleep(_HANG_SECONDS)
                    return
                body = b""
                while (part := session.rfile.readline(70000)) not in {b".\r\n", b""}:
                    body += part
                else:
                    if part == b"":  # the sender died amid the message
                        return
                if self.mode == "later":
                    say("451 try later")
                    continue
                self._keep(body)
                if self.mode == "unheard":
                    return
                say("250 taken")
            elif word == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")

    def _keep(self, body: bytes) -> None:
        found = _MESSAGE_ID.search(body)
        with self.lock:
            self.taken[found[1].decode() if found else "none"] += 1

    def stop(self) -> None:
        """Listen no more."""
        self._listener.shutdown()
        self._listener.server_close()
