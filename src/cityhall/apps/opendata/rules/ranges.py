"""What part of a file a Range header asks for."""

from __future__ import annotations

import re
from typing import Final

_ONE: Final = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.IGNORECASE)


class Unsatisfiable(Exception):
    """A part that begins where the file has ended."""


def asked(header: str, size: int) -> tuple[int, int] | None:
    """Return the first byte and how many; None for the whole file.

    That is what no header asks for, and what HTTP lets a server answer to several parts, or to what is none.

    Raises:
        Unsatisfiable: the file has no such part.
    """
    found = _ONE.fullmatch(header)
    if found is None or found[1] == found[2] == "":
        return None
    if not found[1]:
        count = min(int(found[2]), size)
        if not count:
            raise Unsatisfiable
        return size - count, count
    first, last = int(found[1]), int(found[2]) if found[2] else size
    if last < first and found[2]:
        return None
    if first >= size:
        raise Unsatisfiable
    return first, min(last, size - 1) - first + 1
