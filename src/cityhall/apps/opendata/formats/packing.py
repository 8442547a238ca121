"""Texts packed on their way, where whoever asks can unpack them."""

from __future__ import annotations

import zlib
from collections.abc import Generator, Iterator
from typing import Any, Final

import pyarrow as pa

from cityhall.apps.opendata.formats.sinks import Sink

ENCODINGS: Final = ("zstd", "gzip")
"""In the order in which they are preferred."""


def chosen(accepted: str) -> str:
    """Return the encoding to use for what an Accept-Encoding header accepts; "" for none."""
    weights: dict[str, float] = {}
    for one in accepted.lower().split(","):
        name, _, parameter = one.partition(";")
        weight = parameter.strip().removeprefix("q=") or "1"
        weights[name.strip()] = float(weight) if weight.replace(".", "", 1).isdigit() else 0
    return next((encoding for encoding in ENCODINGS if weights.get(encoding, 0) > 0), "")


def packed(pieces: Iterator[bytes], encoding: str) -> Generator[bytes]:
    """Iterate over the pieces, packed; each is sent on at once, so that a reader need not wait for the next."""
    if encoding == "gzip":
        packer = zlib.compressobj(4, zlib.DEFLATED, zlib.MAX_WBITS | 16)
        for piece in pieces:
            yield packer.compress(piece) + packer.flush(zlib.Z_SYNC_FLUSH)
        yield packer.flush()
        return
    sink = Sink()
    stream: Any = pa.CompressedOutputStream(pa.PythonFile(sink, "w"), "zstd")
    for piece in pieces:
        stream.write(piece)
        stream.flush()
        yield sink.taken()
    stream.close()
    yield sink.taken()
