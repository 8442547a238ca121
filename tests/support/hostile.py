"""What nobody should send: values, bodies and addresses that have broken other people's servers."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

SOURCES = Path(__file__).resolve().parents[2] / "src" / "cityhall"
TIMES = max(1, int(os.environ.get("CITYHALL_FUZZ") or 1))
"""How much more to try than every `make test` does: CITYHALL_FUZZ=20 for a night."""

_READ = re.compile(
    r"\.(?:get|getlist|text|id_of|needed|number|whole|words|moment|truth)\(\s*[\"']([\w.-]+)[\"']"
    r"|^\s+(\w+)(?:: [\w.]+)? = forms\.",
    re.M,
)
_PART = re.compile(r"<(?:(?P<kind>\w+):)?\w+>")

VALUES: tuple[str, ...] = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ufeff",
    "\ud800",
    "\u202e\u2066",
    "٣٤٥",
    "²",
    "0",
    "-1",
    "1e999",
    "NaN",
    "Infinity",
    "-0",
    "9" * 25,
    "9" * 5000,
    "0x10",
    "1_000",
    "2147483648",
    "9223372036854775808",
    "null",
    "[]",
    "{}",
    '{"a":' * 500,
    "[" * 2000,
    "true",
    "2026-02-30",
    "9999-12-31T23:59:59+23:59",
    "0001-01-01",
    "2026-01-31T13:00:00 08:00",
    "-180,-90,180,90",
    "nan,nan,nan,nan",
    "1,2,3",
    "' or 1=1 --",
    "%s%n%d{}{0}$(id)`id`",
    "../../../../etc/passwd",
    "//evil.example/",
    "https://evil.example/",
    "javascript:alert(1)",
    "<script>alert(1)</script>",
    "a\r\nX-Injected: yes",
    "00000000-0000-0000-0000-000000000000",
    "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz",
    "a@b@c",
    "x" * 20_000,
    "é" * 300,
    "💥" * 300,
)

_PLAUSIBLE = {
    "version": "1", "email": "rosa@example.org", "contact_email": "rosa@example.org", "language": "es", "lat": "32.72",
    "lon": "-117.16", "long": "-117.16", "service_code": "pothole", "category": "pothole", "code": "pothole",
    "outcome": "fixed", "status": "OPEN", "sort": "newest", "step": "look", "zoom": "14",
    "bbox": "-117.2,32.7,-117.1,32.8",
    "on": "2026-12-24", "begin": "2026-01-01", "end": "2026-12-31", "read_at": "2026-01-31T13:00:00Z", "after": "1",
    "sure": "yes",
    "expires_at": "2027-01-01", "scopes": "open311.write", "role": "crew", "per_minute": "10", "target_days": "5",
    "phone": "+12025550143", "keep": "this", "show_text": "yes", "is_active": "yes", "text_policy": "withheld",
    "updated_datetime": "2026-01-31T13:00:00Z", "update_id": "1", "next": "/", "confirm": "erase", "pack": "default",
}  # fmt: skip

_PARTS: dict[str, tuple[str, ...]] = {
    "str": (*(value.replace("/", "∕") for value in VALUES if len(value) < 6000 and value), "%", "%2e%2e%2f", "..", "."),
    "path": ("../../etc/passwd", "a/" * 300, "%00", "\x00.json", "a.json.xml"),
    "slug": ("x" * 300, "-", "__init__", "full", "9" * 300),
    "int": ("0", "9" * 18, "9" * 40),
    "uuid": ("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
    "base36": ("0", "zzzzzzzzzzzzzzzzzzzzzzzzz", "Z" * 200),
    "georeport": ("json", "xml", "JSON", "exe"),
}


def names() -> tuple[str, ...]:
    """Return the name of every parameter that some view of ours reads, as the source has them."""
    found: set[str] = set()
    for source in SOURCES.rglob("*.py"):
        if source.parent.name in {"web", "open311"} or source.name in {"web.py", "pages.py", "forms.py"}:
            found.update(name or field for name, field in _READ.findall(source.read_text(encoding="utf-8")))
    return tuple(sorted(found))


def addresses(route: str, example: str, chance: random.Random) -> str:
    """Return an address that the route matches, or nearly, with hostile text for each of its parts."""
    if "(?P" in route or not _PART.search(route):
        return example
    filled = _PART.sub(lambda part: chance.choice(_PARTS.get(part["kind"] or "str", _PARTS["str"])), route)
    return "/" + quote(filled.encode("utf-8", "surrogatepass"), safe="/.")


def fields(known: Sequence[str], chance: random.Random) -> list[tuple[str, str]]:
    """Return form fields under the names that views read: most of them as they should be, so that a view goes on to
    the next, and a few hostile; one twice, one by another name.
    """
    wrong = set(chance.sample(list(known), k=chance.choice([1, 2, 4, 8, len(known) // 2])))
    filled = [(name, chance.choice(VALUES) if name in wrong else plausible(name)) for name in known]
    # One long value is a test, many are only slow.
    long = {name for name, value in filled if len(value) > 1000}
    filled = [pair for pair in filled if pair[0] not in long] + [pair for pair in filled if pair[0] in long][:3]
    return [*filled, (chance.choice(list(known)), chance.choice(VALUES[:20])), (chance.choice(VALUES[:12]), "x")]


def plausible(name: str) -> str:
    """Return a value that a field of that name may well take."""
    return _PLAUSIBLE.get(name) or ("1" if name.endswith(("_id", "_days", "_minute")) else "Grand Ave")


def encoded(pairs: Sequence[tuple[str, str]]) -> str:
    """Return the fields as a form is sent, half surrogate pairs and all."""
    return urlencode([(_bytes(name), _bytes(value)) for name, value in pairs])


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def multipart(pairs: Sequence[tuple[str, str]], files: Sequence[tuple[str, str, bytes]], boundary: str = "b") -> bytes:
    """Return a multipart form with files (field, file name, content)."""
    parts = [
        b'--%b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'
        % (boundary.encode(), _bytes(name).replace(b'"', b"%22"), _bytes(value))
        for name, value in pairs
    ]
    parts += [
        b'--%b\r\nContent-Disposition: form-data; name="%b"; filename="%b"\r\nContent-Type: image/png\r\n\r\n%b\r\n'
        % (boundary.encode(), _bytes(name), _bytes(file).replace(b'"', b"%22"), content)
        for name, file, content in files
    ]
    return b"".join(parts) + b"--%b--\r\n" % boundary.encode()


def body(known: Sequence[str], chance: random.Random) -> tuple[str, bytes]:
    """Return a content type with a body that does not fit it, or hardly."""
    return chance.choice(_BODIES)(known, chance)


def _form(known: Sequence[str], chance: random.Random) -> bytes:
    return encoded(fields(known, chance)).encode()


def _multipart(known: Sequence[str], chance: random.Random) -> bytes:
    files = [(name, "a\x00b.png", chance.randbytes(60)) for name in ("photo", "media", "file", *known[:6])]
    return multipart(fields(known, chance), files)


def _half(known: Sequence[str], chance: random.Random) -> bytes:
    whole = _multipart(known, chance)
    return whole[: chance.randrange(len(whole))]


def _base64(known: Sequence[str], chance: random.Random) -> bytes:
    return _multipart(known, chance).replace(b"Content-Type: image/png", b"Content-Transfer-Encoding: base64")


_FORM, _PARTED = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
_BODIES: tuple[Callable[[Sequence[str], random.Random], tuple[str, bytes]], ...] = (
    lambda known, chance: (_FORM, _form(known, chance)),
    lambda known, chance: (_PARTED, _multipart(known, chance)),
    lambda known, chance: (f"{_FORM}; charset=utf-7", _form(known, chance)),
    lambda known, chance: (f"{_FORM}; charset=nonsense", _form(known, chance)),
    lambda known, chance: (f"{_FORM}; charset=base64", _form(known, chance)),
    lambda known, chance: (_FORM, chance.randbytes(400)),
    lambda known, chance: (_FORM, b"&".join(b"a%d=1" % i for i in range(3000))),
    lambda known, chance: ("application/json", b'{"a":' * 20_000),
    lambda known, chance: ("application/json", b"\xff\xfe{\x00}\x00"),
    lambda known, chance: ("", chance.randbytes(50)),
    lambda known, chance: ("text/plain; charset=\xff", b"x"),
    lambda known, chance: (_PARTED, _half(known, chance)),
    lambda known, chance: (_PARTED, _base64(known, chance)),
    lambda known, chance: (_PARTED, b"--b\r\n" * 2000),
    lambda known, chance: (f"{_PARTED}; charset=utf-16", _multipart(known, chance)),
    lambda known, chance: ("multipart/form-data; boundary=other", _multipart(known, chance)),
    lambda known, chance: ("multipart/form-data", _multipart(known, chance)),
    lambda known, chance: ("multipart/form-data; boundary=" + "b" * 300, _multipart(known, chance)),
    lambda known, chance: ("multipart/form-data; boundary=\x00", _multipart(known, chance)),
    lambda known, chance: ("multipart/mixed; boundary=b", _multipart(known, chance)),
    lambda known, chance: ("x" * 5000, b"x"),
)


def headers(chance: random.Random) -> dict[str, Any]:
    """Return headers that no browser sends."""
    odd = ("", "\xff\xfe", "x" * 3000, "a,b;q=nan", "*", "en;q=9e99", "\x00", "text/html, application/json;q=\xff")
    return {
        f"HTTP_{name}": chance.choice(odd)
        for name in chance.sample(
            ["ACCEPT", "ACCEPT_LANGUAGE", "REFERER", "COOKIE", "RANGE", "IF_NONE_MATCH", "IF_MODIFIED_SINCE",
             "X_FORWARDED_FOR", "X_REQUEST_ID", "AUTHORIZATION", "HX_REQUEST", "HX_CURRENT_URL",
             "X_HTTP_METHOD_OVERRIDE"],
            k=3,
        )
    }  # fmt: skip
