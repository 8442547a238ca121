"""What a file is, told by its bytes and never by its name."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from cityhall.apps.documents.contracts import Kind


class Unfit(Exception):
    """A file the room does not take. `code` says why: see `services.mends`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Format:
    """A format the room takes.

    Args:
        decoders: Pillow's names for it.
        extensions: what its files are called, the usual one first.
    """

    name: str
    kind: Kind
    media_type: str
    decoders: tuple[str, ...]
    extensions: tuple[str, ...]


# A phone's JPEG with a second picture in it (depth, brightness) is Pillow's MPO; its first picture is the photo.
JPEG = Format("JPEG", Kind.IMAGE, "image/jpeg", ("JPEG", "MPO"), ("jpg", "jpeg", "jpe", "jfif", "mpo"))
PNG = Format("PNG", Kind.IMAGE, "image/png", ("PNG",), ("png",))
WEBP = Format("WebP", Kind.IMAGE, "image/webp", ("WEBP",), ("webp",))
HEIC = Format("HEIC", Kind.IMAGE, "image/heic", ("HEIF",), ("heic", "heif", "hif"))
PDF = Format("PDF", Kind.PDF, "application/pdf", (), ("pdf",))
FORMATS = (JPEG, PNG, WEBP, HEIC, PDF)

_HEIC_STILL = {b"heic", b"heix", b"heim", b"heis", b"mif1"}
_HEIC_MOVING = {b"hevc", b"hevx", b"hevm", b"hevs", b"msf1"}
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PDF_HEADER = re.compile(rb"%PDF-\d\.\d")
_SCRIPT = re.compile(rb"<\s*(script|html|\?php|!doctype\s+html|svg)\b|<\?php", re.IGNORECASE)
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_STANDALONE = {0x01, *range(0xD0, 0xD9)}
_EXTENSION = re.compile(r"[A-Za-z0-9]{1,5}")


def sniff(data: bytes) -> Format:
    """Say which format `data` is in.

    Raises:
        Unfit: it is empty, moving, or in no format the room takes.
    """
    if not data:
        raise Unfit("empty")
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(_PNG_SIGNATURE):
        return PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_MOVING:
        raise Unfit("animated")
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_STILL:
        return HEIC
    if _PDF_HEADER.match(data):
        return PDF
    raise Unfit("animated" if data[:6] in {b"GIF87a", b"GIF89a"} else "unknown")


def check_name(filename: str, found: Format) -> None:
    """Refuse a name whose extension is another format's. A name without one says nothing and passes.

    Raises:
        Unfit: name and content disagree.
    """
    extension = PurePosixPath(filename.replace("\\", "/")).suffix.lstrip(".")
    if _EXTENSION.fullmatch(extension) and extension.lower() not in found.extensions:
        raise Unfit("wrong_name")


def check_whole(data: bytes, found: Format) -> None:
    """Refuse a file that was cut off, or that is something else as well.

    Bytes after a picture's end are not refused as such: phones put a second picture or a short film there, and
    nothing of it survives re-encoding. Only what a browser or an archiver would run or open is.

    Raises:
        Unfit: it is truncated, or a polyglot.
    """
    end = _end(data, found)
    if end is None:
        raise Unfit("damaged")
    if found is PDF:
        # Readers accept a header within the first kilobyte of anything, so a PDF must at least be nothing else.
        if _zip_inside(data) or _SCRIPT.search(data[:1024]):
            raise Unfit("polyglot")
        return
    if b"%PDF-" in data[:1024] or _SCRIPT.search(data[:1024]) or _SCRIPT.search(data[end:]) or _zip_inside(data[end:]):
        raise Unfit("polyglot")


def _zip_inside(tail: bytes) -> bool:
    """Say whether an archiver would find a ZIP's end-of-directory record (22 bytes and a comment) at the end."""
    return b"PK\x05\x06" in tail[-(65_535 + 22) :]


def _end(data: bytes, found: Format) -> int | None:
    """Return where the format's own content ends, None when it was cut off."""
    if found is JPEG:
        return jpeg_end(data)
    if found is PNG:
        return png_end(data)
    if found is WEBP:
        end = 8 + int.from_bytes(data[4:8], "little")
        return end if len(data) >= end else None
    if found is PDF:
        return len(data) if b"%%EOF" in data[-1024:] and b"startxref" in data[-2048:] else None
    return len(data)


def jpeg_end(data: bytes) -> int | None:
    """Return the offset after a JPEG's end marker, None when there is none (ITU-T T.81, annex B)."""
    return next((at + 2 for marker, at, _ in jpeg_segments(data) if marker == 0xD9), None)


def jpeg_segments(data: bytes) -> list[tuple[int, int, bytes]]:
    """Return (marker, offset, payload) of each segment up to the end marker or to where the file stops making sense."""
    found: list[tuple[int, int, bytes]] = []
    at = 2
    while at + 2 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker in _STANDALONE:
            at += 2
            continue
        if marker == 0xD9:
            found.append((marker, at, b""))
            break
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > len(data):
            break
        found.append((marker, at, data[at + 4 : at + 2 + length]))
        at += 2 + length
        if marker == 0xDA:  # entropy-coded data runs to the next real marker
            following = _MARKER.search(data, at)
            if following is None:
                break
            at = following.start()
    return found


def png_end(data: bytes) -> int | None:
    """Return the offset after a PNG's IEND, None when a chunk is cut off or its checksum is wrong."""
    return next((at for name, at in png_chunks(data) if name == b"IEND"), None)


def png_chunks(data: bytes) -> list[tuple[bytes, int]]:
    """Return (name, offset after it) of each sound chunk up to IEND."""
    found: list[tuple[bytes, int]] = []
    at = len(_PNG_SIGNATURE)
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        after = at + 12 + length
        body = data[at + 4 : after - 4]
        if after > len(data) or zlib.crc32(body) != int.from_bytes(data[after - 4 : after], "big"):
            break
        found.append((body[:4], after))
        if body[:4] == b"IEND":
            break
        at = after
    return found


def is_bare(data: bytes, found: Format) -> bool:
    """Say whether an image's container holds pixels and nothing else: no metadata, no profile, no trailing bytes."""
    if found is JPEG:
        pixels_only = {0xC0, 0xC1, 0xC2, 0xC4, 0xDA, 0xDB, 0xDD, 0xD9}
        segments = jpeg_segments(data)
        return jpeg_end(data) == len(data) and all(
            marker in pixels_only or (marker == 0xE0 and payload[:5] == b"JFIF\0" and len(payload) == 14)
            for marker, _, payload in segments
        )
    if found is PNG:
        return png_end(data) == len(data) and all(
            name in {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"} for name, _ in png_chunks(data)
        )
    return (
        found is WEBP and _end(data, found) == len(data) and webp_chunks(data) <= {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
    )


def webp_chunks(data: bytes) -> set[bytes]:
    """Return the names of a WebP's chunks (RIFF: name, little-endian length, body padded to even)."""
    names: set[bytes] = set()
    at = 12
    while at + 8 <= len(data):
        names.add(data[at : at + 4])
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
    return names
