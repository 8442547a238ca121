"""Reading one e-mail (RFC 5322): who it is from, which referral it names, and what was written above the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.errors import InvalidHeaderDefect
from email.message import EmailMessage
from html.parser import HTMLParser

from cityhall.apps.referrals.contracts import InboundMail

MOST_BYTES = 15 * 1024 * 1024
MOST_FILES = 4
MOST_PARTS = 60
MOST_TEXT = 100_000
_MOST_ADDRESS = 254
_TOKEN = re.compile(r"(?<![a-z0-9])r-([a-z2-7]{42})(?![a-z0-9])", re.I)
_ABOVE = re.compile(
    r"^\s*(?:>|-{2,}\s*(?:original message|mensaje original|forwarded message)|_{8,}\s*$|={3,} .+ ={3,}\s*$"
    r"|on .{1,200} wrote:\s*$|el .{1,200} escribi[oó]:\s*$"
    r"|--\s*$|(?:from|sent|to|subject|de|enviado|para|asunto):\s)",  # a signature; how Outlook begins what it quotes
    re.I,
)
_AUTOMATIC = {"bulk", "list", "junk", "auto_reply"}


class _Words(HTMLParser):
    """Takes the words out of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._quiet = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Break lines where HTML does; be quiet in what is no text."""
        if tag in {"style", "script", "head", "blockquote"}:
            self._quiet += 1
        elif tag in {"br", "p", "div", "li", "tr"}:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Hear again after what is no text."""
        if tag in {"style", "script", "head", "blockquote"} and self._quiet:
            self._quiet -= 1

    def handle_data(self, data: str) -> None:
        """Keep words."""
        if not self._quiet:
            self.words.append(data)


def parse(raw: bytes) -> InboundMail:
    """Read one message. Raises ValueError when it is too large or no e-mail."""
    if len(raw) > MOST_BYTES:
        raise ValueError("too large")
    message = message_from_bytes(raw, policy=policy.default)
    if not message.keys():
        raise ValueError("no e-mail")
    parts = _parts(message)
    return InboundMail(
        message_id=_header(message, "Message-ID")[:250],
        sender=_sender(message),
        tokens=tuple(dict.fromkeys(_tokens(message))),
        text=_own_words(_text(parts)),
        files=tuple(_files(parts)),
        is_automatic=_is_automatic(message),
    )


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, "") or "").replace("\x00", "")
    except Exception:  # a header nobody can read is none
        return ""


def _sender(message: EmailMessage) -> str:
    """Return the one address a mail says it is from, "" where that is not clear: then a stranger wrote it.

    A name beside the address may look like an address itself, so nothing is searched for in the header's text.
    """
    try:
        found = message.get_all("From", [])
        addresses = [one for header in found for one in header.addresses]
        is_clear = len(found) == 1 and not any(isinstance(one, InvalidHeaderDefect) for one in found[0].defects)
    except Exception:  # a header nobody can read names nobody
        return ""
    if not is_clear or len(addresses) != 1:
        return ""
    address = str(addresses[0].addr_spec).replace("\x00", "").lower()
    return address if len(address) <= _MOST_ADDRESS else ""  # cut short it would be another address


def _tokens(message: EmailMessage) -> Iterator[str]:
    for name in ("To", "Cc", "Delivered-To", "X-Original-To", "Subject"):
        yield from (found.lower() for found in _TOKEN.findall(_header(message, name)))


def _parts(message: EmailMessage) -> list[EmailMessage]:
    found: list[EmailMessage] = []
    for part in message.walk():
        if len(found) >= MOST_PARTS:
            break
        if not part.is_multipart():
            found.append(part)
    return found


def _text(parts: list[EmailMessage]) -> str:
    written = [part for part in parts if part.get_content_disposition() != "attachment"]
    for kind in ("text/plain", "text/html"):
        part = next((one for one in written if one.get_content_type() == kind), None)
        if part is None:
            continue
        text = _decoded(part)[:MOST_TEXT].replace("\x00", "")
        if kind == "text/plain":
            return text
        reader = _Words()
        reader.feed(text)
        return "".join(reader.words)
    return ""


def _decoded(part: EmailMessage) -> str:
    data = _bytes(part)
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return data.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode("latin-1")


def _bytes(part: EmailMessage) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except Exception:  # an encoding nobody can undo
        return b""
    return data if isinstance(data, bytes) else b""


def _own_words(text: str) -> str:
    """Leave out what the mail answers: our own line, quoted lines, and all that comes after them."""
    kept = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if _ABOVE.match(line):
            break
        kept.append(line.rstrip())
    return _TOKEN.sub("", "\n".join(kept)).strip()  # who may answer stays between the body and us


def _files(parts: list[EmailMessage]) -> Iterator[tuple[str, bytes]]:
    pictures = [part for part in parts if part.get_content_maintype() == "image"]
    for number, part in enumerate(pictures[:MOST_FILES], start=1):
        try:
            name = str(part.get_filename() or "")
        except Exception:  # a name nobody can read is none
            name = ""
        yield (name.replace("\x00", "")[:200] or f"photo-{number}.{part.get_content_subtype()}"), _bytes(part)


def _is_automatic(message: EmailMessage) -> bool:
    submitted = _header(message, "Auto-Submitted").strip().lower()
    precedence = _header(message, "Precedence").strip().lower()
    bounce = message.get_content_type() == "multipart/report"
    empty_path = _header(message, "Return-Path").strip() == "<>"
    return bool(submitted and submitted != "no") or precedence in _AUTOMATIC or bounce or empty_path
