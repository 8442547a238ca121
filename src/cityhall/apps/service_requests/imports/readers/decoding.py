"""Bytes to text. UTF-8 is expected; bytes that are none are read as Windows-1252, which holds all of Latin-1's letters.

The choice is made for each bad byte, so one old row in a file of a million does not spoil the others.
Bytes that are neither become `MARK`, and the row that holds it is put aside.
"""

from __future__ import annotations

import codecs
import io
from typing import BinaryIO

MARK = "\uf8fe"
"""A private-use character, legal in JSON and XML, that stands for a byte that is no text."""

_HANDLER = "cityhall_old_text"


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    text = "".join(chr(byte) if byte in _PLAIN else _WINDOWS.get(byte, MARK) for byte in bad)
    return text, error.end


_PLAIN = range(0xA0, 0x100)
_WINDOWS = {
    byte: bytes([byte]).decode("cp1252") for byte in range(0x80, 0xA0) if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}
codecs.register_error(_HANDLER, _as_windows)


def text_of(stream: BinaryIO, head: bytes) -> io.TextIOWrapper:
    """Return `stream` as text with line ends as they are; `head` is its first bytes, not yet read."""
    return io.TextIOWrapper(stream, encoding=_encoding(head), errors=_HANDLER, newline="")


class Recoded:
    """A stream of bytes that is always UTF-8, whatever the file was. Has `read` and nothing else, by intention:
    the JSON parser prefers `readinto` wherever it finds one.
    """

    def __init__(self, stream: BinaryIO, head: bytes) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(_encoding(head))(errors=_HANDLER)
        self._rest = b""
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes; b"" at the end."""
        while not self._rest and not self._ended:
            chunk = self._stream.read(65_536)
            self._ended = not chunk
            self._rest = self._decoder.decode(chunk, final=self._ended).encode("utf-8", "replace")
        if size < 0:
            parts = [self._rest]
            while not self._ended:
                self._rest = b""
                parts.append(self.read(65_536))
            self._rest = b""
            return b"".join(parts)
        out, self._rest = self._rest[:size], self._rest[size:]
        return out


def _encoding(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    return "utf-8-sig"
