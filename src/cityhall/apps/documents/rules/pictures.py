"""Pictures made anew: decoded, turned upright, brought to sRGB, scaled, and encoded from bare pixels."""

from __future__ import annotations

import io
import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

import pillow_heif
from PIL import Image, ImageCms, ImageOps

from cityhall.apps.documents.contracts import Box, Size
from cityhall.apps.documents.rules.camera import Sighting, sighting
from cityhall.apps.documents.rules.sniffing import Format, Unfit

pillow_heif.register_heif_opener()

LONGEST = {Size.THUMB: 320, Size.WEB: 1280, Size.FULL: 2560}
_WHITE = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Encoded:
    """One size of a picture, encoded. `width` and `height` are in pixels."""

    data: bytes
    media_type: str
    extension: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as bare pixels (mode RGB, or RGBA when asked for) and what its camera said."""

    pixels: Image.Image
    seen: Sighting


def read(
    data: bytes, found: Format, *, most_pixels: int, longest: int, zone: tzinfo, now: datetime, alpha: bool = False
) -> Picture:
    """Decode a picture no larger than `longest` pixels on its longer side.

    Args:
        most_pixels: larger pictures are refused before they are decoded.
        zone: assumed for a camera time without an offset.
        alpha: keep transparency; otherwise it is laid on white.

    Raises:
        Unfit: damaged, moving, or too large.
    """
    try:
        with Image.open(io.BytesIO(data), formats=found.decoders) as image:
            if image.width * image.height > most_pixels:
                raise Unfit("too_many_pixels")
            if found.name in {"PNG", "WebP"} and getattr(image, "n_frames", 1) > 1:
                raise Unfit("animated")
            seen = _sighting(image, zone, now)
            image.draft(None, (longest, longest))  # a JPEG is decoded at a fraction when that is enough
            image.load()
            return Picture(_upright(image, longest, alpha), seen)
    except Unfit:
        raise
    except Image.DecompressionBombError as bomb:
        raise Unfit("too_many_pixels") from bomb
    except Exception as problem:  # decoders given damaged files raise nearly everything
        raise Unfit("damaged") from problem


def _sighting(image: Image.Image, zone: tzinfo, now: datetime) -> Sighting:
    try:
        base = image.getexif()
        exif: Mapping[int, Any] = base.get_ifd(0x8769)
        gps: Mapping[int, Any] = base.get_ifd(0x8825)
    except Exception:  # broken EXIF spoils the offer, not the photo
        return Sighting()
    return sighting(base, exif, gps, zone=zone, now=now)


def _upright(image: Image.Image, longest: int, alpha: bool) -> Image.Image:
    """Scale, turn, convert to sRGB, and copy the pixels into an image that carries nothing else."""
    profile = image.info.get("icc_profile")
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):  # 16-bit grey: Pillow would clip, not scale
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    elif image.mode in {"1", "P", "PA", "LA"} or "transparency" in image.info:
        image = image.convert("RGBA")
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    mask = image.getchannel("A") if image.mode == "RGBA" else None
    colours = _in_srgb(image, profile)
    if mask is None:
        clean = Image.new("RGB", colours.size)
        clean.paste(colours)
        return clean
    if alpha:
        clean = Image.new("RGBA", colours.size)
        clean.paste(colours)
        clean.putalpha(mask)
        return clean
    clean = Image.new("RGB", colours.size, _WHITE)
    clean.paste(colours, mask=mask)
    return clean


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if image.mode == "RGBA":
        image = image.convert("RGB")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a profile that does not fit its picture: the plain conversion is the better guess
    return image.convert("RGB")


def encode(pixels: Image.Image, *, longest: int, form: str, quality: int) -> Encoded:
    """Encode bare pixels, scaled down to `longest` pixels if needed, as "JPEG", "WEBP" or "PNG"."""
    scaled = pixels
    if max(pixels.size) > longest:
        scaled = pixels.copy()
        scaled.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    options: dict[str, dict[str, Any]] = {
        "JPEG": {"quality": quality, "progressive": True, "optimize": True},
        "WEBP": {"quality": quality, "method": 3},
        "PNG": {},
    }
    scaled.save(out, form, **options[form])
    media_type, extension = {
        "JPEG": ("image/jpeg", "jpg"),
        "WEBP": ("image/webp", "webp"),
        "PNG": ("image/png", "png"),
    }[form]
    return Encoded(out.getvalue(), media_type, extension, *scaled.size)


def web_sizes(pixels: Image.Image) -> dict[Size, Encoded]:
    """Encode the three sizes: full as JPEG, which every reader of a feed knows; the others as the smaller WebP."""
    full = encode(pixels, longest=LONGEST[Size.FULL], form="JPEG", quality=85)
    web = encode(pixels, longest=LONGEST[Size.WEB], form="WEBP", quality=80)
    thumb = encode(pixels, longest=LONGEST[Size.THUMB], form="WEBP", quality=75)
    return {Size.FULL: full, Size.WEB: web, Size.THUMB: thumb}


#: Cells along the longer side of what is covered, how far each is put off by chance, and the steps its colours keep.
_CELLS, _CHANCE, _STEP = 4, 24, 16


def covered(pixels: Image.Image, boxes: Sequence[Box]) -> Image.Image:
    """Return a picture with boxes covered so that what was there cannot be had back.

    A blur alone can be undone, and a number plate be tried against large pixels. So a box keeps no more than the mean
    colours of a few cells, each put off by chance and rounded; these are drawn softly over the whole box and its rim.
    """
    done = pixels.copy()
    for box in boxes:
        area = _in_pixels(box, done.size)
        wide, high = area[2] - area[0], area[3] - area[1]
        cell = max(wide, high) / _CELLS
        few = pixels.crop(area).resize((max(1, round(wide / cell)), max(1, round(high / cell))), Image.Resampling.BOX)
        colours = few.tobytes()
        few = Image.frombytes(
            few.mode, few.size, b"".join(_off(colours[at : at + 3]) for at in range(0, len(colours), 3))
        )
        done.paste(few.resize((wide, high), Image.Resampling.BICUBIC), area)
    return done


def _off(colour: Sequence[int]) -> bytes:
    chance = secrets.randbelow(2 * _CHANCE + 1) - _CHANCE  # the same for red, green and blue: no hues of its own
    return bytes(min(255, max(0, _STEP * round((value + chance) / _STEP))) for value in colour)


def _in_pixels(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return a box with a rim, in whole pixels inside the picture: compression smears what is in it a little."""
    wide, high = size
    rim = max(4, round(0.04 * max(box.width * wide, box.height * high) / 100))
    left, top = math.floor(box.left * wide / 100) - rim, math.floor(box.top * high / 100) - rim
    right = math.ceil((box.left + box.width) * wide / 100) + rim
    bottom = math.ceil((box.top + box.height) * high / 100) + rim
    return max(0, left), max(0, top), min(wide, right), min(high, bottom)


def opened(data: bytes) -> Image.Image:
    """Decode a full size that `web_sizes` encoded."""
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        return image.convert("RGB")
