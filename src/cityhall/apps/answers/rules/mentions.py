"""Names of colleagues in a note: "@first.last", or the first part of their e-mail address."""

from __future__ import annotations

import re

from cityhall.kernel.text import fold

MOST = 20
# Not within an address ("ann@city.example") nor a path.
_NAMED = re.compile(r"(?<![\w.@/+-])@([^\W_][\w.'-]{0,80})")


def handles_in(text: str) -> tuple[str, ...]:
    """Return whom a note names, each once, as it was written and without the "@"."""
    found = (one.rstrip(".-'") for one in _NAMED.findall(text))
    return tuple(dict.fromkeys(one for one in found if one))[:MOST]


def handle_of(name: str, email: str) -> str:
    """Return how somebody is named in a note, as in "tom.becker"."""
    return ".".join(fold(name).split()) or email.partition("@")[0].lower()


def is_meant(handle: str, name: str, email: str) -> bool:
    """Say whether a handle means somebody. Case, accents and what stands between the names do not matter."""
    plain = fold(handle)
    return bool(plain) and plain in {fold(name), fold(email.partition("@")[0])}
