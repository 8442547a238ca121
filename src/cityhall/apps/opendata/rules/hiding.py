"""What is published in the place of what a contract hides. The same value always gives the same answer.

Chance has no part in it: whoever asks again, or averages over all the rows of one address, learns no more.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import h3.api.basic_int as h3

from cityhall.kernel.watch import Private, masked

Place = tuple[float, float]
"""Longitude and latitude."""
LEFT_OUT = "…"

_METRES_PER_DEGREE = 111_195
_LONG_NUMBER = re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w])")
_SOCIAL_SECURITY = re.compile(r"(?<![\w-])\d{3}([ -])\d{2}\1\d{4}(?![\w-])")
_WORDS = dict.fromkeys(Private, LEFT_OUT)


def celled(places: Sequence[Place], resolution: int) -> list[Place]:
    """Return the centres of the H3 cells that places lie in."""
    centres = (h3.cell_to_latlng(h3.latlng_to_cell(lat, lon, resolution)) for lon, lat in places)
    return [(round(lon, 6), round(lat, 6)) for lat, lon in centres]


def snapped(places: Sequence[Place], metres: float) -> list[Place]:
    """Return the middles of the squares that places lie in, in a grid over the whole earth."""
    height = metres / _METRES_PER_DEGREE
    found = []
    for lon, lat in places:
        middle = max(-90.0, min(90.0, (math.floor(lat / height) + 0.5) * height))
        width = min(360.0, height / max(math.cos(math.radians(middle)), 1e-6))
        across = max(-180.0, min(180.0, (math.floor(lon / width) + 0.5) * width))
        found.append((round(across, 6), round(middle, 6)))
    return found


def scrubbed(texts: Sequence[str]) -> list[str]:
    """Return texts without what looks like somebody's, each replaced by "[…]".

    E-mail addresses, telephone, card and social security numbers, plates, home addresses and names.
    """
    found = []
    for text in texts:
        text = _SOCIAL_SECURITY.sub(f"[{LEFT_OUT}]", text)
        found.append(masked(_LONG_NUMBER.sub(f"[{LEFT_OUT}]", text), _WORDS))
    return found
