"""What the documents room tells other rooms."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What an upload turned out to be."""

    IMAGE = "image"
    PDF = "pdf"


class Size(StrEnum):
    """The sizes an image is kept in. A PDF has `FULL` only."""

    THUMB = "thumb"
    WEB = "web"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Limits:
    """What an upload may measure.

    Args:
        bytes: largest file, in bytes.
        pixels: largest picture, width times height.
    """

    bytes: int
    pixels: int


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a picture, in hundredths of its width and height: where it begins, and how far it goes."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Taken:
    """An upload the room has taken.

    Args:
        width: of the full size, in pixels; None for a PDF.
        height: of the full size, in pixels; None for a PDF.
        lat: where the camera says it was, in degrees (WGS 84). To be offered to the uploader; kept nowhere here.
        lon: see `lat`.
        taken_at: when the camera says it was (aware). To be offered to the uploader; kept nowhere here.
    """

    id: uuid.UUID
    kind: Kind
    width: int | None
    height: int | None
    lat: float | None = None
    lon: float | None = None
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What is known of a kept document. `bytes`, `width` and `height` are of the full size."""

    id: uuid.UUID
    kind: Kind
    media_type: str
    bytes: int
    width: int | None
    height: int | None
    title: str
    is_public: bool
    created_at: datetime
