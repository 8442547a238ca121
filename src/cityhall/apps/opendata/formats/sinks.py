"""A file that keeps nothing: what is written to it is taken away and sent."""

from __future__ import annotations

import io


class Sink(io.RawIOBase):
    """Takes what a library writes, and gives it up when asked."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # libraries hand over any buffer
        """Keep the bytes until they are taken."""
        self._waiting.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        taken = b"".join(self._waiting)
        self._waiting.clear()
        return taken
