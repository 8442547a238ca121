"""Where and when a camera says it was: EXIF 2.32 (CIPA DC-008), sections 4.6.5 and 4.6.6."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

_DATE_TIME, _ORIGINAL, _OFFSET_ORIGINAL, _OFFSET = 0x0132, 0x9003, 0x9011, 0x9010
_LAT_REF, _LAT, _LON_REF, _LON, _GPS_TIME, _GPS_DATE = 1, 2, 3, 4, 7, 29
_OFFSET_TEXT = re.compile(r"([+-])(\d\d):?(\d\d)")
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A place in degrees (WGS 84) and an aware time; each None when the camera did not say, or said nonsense."""

    lat: float | None = None
    lon: float | None = None
    taken_at: datetime | None = None


def sighting(
    base: Mapping[int, Any], exif: Mapping[int, Any], gps: Mapping[int, Any], *, zone: tzinfo, now: datetime
) -> Sighting:
    """Read place and time out of a picture's three EXIF directories.

    Args:
        zone: assumed for a time without an offset.
        now: times more than a day after it are a wrongly set clock and are dropped.
    """
    lat = _degrees(gps.get(_LAT), gps.get(_LAT_REF), {"N": 1, "S": -1}, 90)
    lon = _degrees(gps.get(_LON), gps.get(_LON_REF), {"E": 1, "W": -1}, 180)
    if lat is None or lon is None or (lat == 0 and lon == 0):  # 0, 0 is how a camera says that it does not know
        lat = lon = None
    taken = _local_time(base, exif, zone) or _gps_time(gps)
    if taken is not None and not _EARLIEST <= taken <= now + timedelta(days=1):
        taken = None
    return Sighting(lat, lon, taken)


def _degrees(parts: Any, reference: Any, signs: Mapping[str, int], most: float) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in (*parts, 0, 0)[:3])
        value = signs[_text(reference)[:1].upper()] * (degrees + minutes / 60 + seconds / 3600)
    except (TypeError, ValueError, KeyError, ZeroDivisionError, OverflowError):
        return None
    return round(value, 7) if math.isfinite(value) and abs(value) <= most else None


def _local_time(base: Mapping[int, Any], exif: Mapping[int, Any], zone: tzinfo) -> datetime | None:
    text = _text(exif.get(_ORIGINAL) or base.get(_DATE_TIME))
    try:
        wall = datetime.strptime(text[:19], "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None
    offset = _OFFSET_TEXT.fullmatch(_text(exif.get(_OFFSET_ORIGINAL) or exif.get(_OFFSET)))
    try:
        if offset:
            sign = -1 if offset[1] == "-" else 1
            zone = timezone(sign * timedelta(hours=int(offset[2]), minutes=int(offset[3])))
        return wall.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _gps_time(gps: Mapping[int, Any]) -> datetime | None:
    try:
        day = datetime.strptime(_text(gps.get(_GPS_DATE)), "%Y:%m:%d").replace(tzinfo=UTC)
        hours, minutes, seconds = (float(part) for part in gps[_GPS_TIME])
        return day + timedelta(hours=hours, minutes=minutes, seconds=int(seconds))
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    return str(value or "").strip("\0 ")
