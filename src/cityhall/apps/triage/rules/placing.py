"""What a place says of the category: what else is reported around there, and which things stand there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import h3
import numpy as np
from numpy.typing import NDArray

from cityhall.apps.triage.contracts import Example, Place

Cells = Mapping[str, NDArray[np.float32]]
"""By cell, how much more often than elsewhere each category is reported there, as a logarithm."""

_RESOLUTION = 8
_LEAST, _DAMP, _MOST = 20, 30.0, 0.7
_AT_HAND, _FAR = 25.0, 100.0
_BESIDE, _NONE_NEAR = 0.4, -0.7


def cells_of(examples: Iterable[Example], codes: Sequence[str]) -> dict[str, NDArray[np.float32]]:
    """Learn what is reported where. A cell with few requests says nothing."""
    place = {code: at for at, code in enumerate(codes)}
    counts: dict[str, NDArray[np.float64]] = {}
    total = np.zeros(len(codes))
    for one in examples:
        if one.lat is None or one.lon is None or one.code not in place:
            continue
        row = counts.setdefault(_cell(one.lat, one.lon), np.zeros(len(codes)))
        row[place[one.code]] += 1
        total[place[one.code]] += 1
    usual = (total + 1) / (total.sum() + len(codes))
    found = {}
    for cell, row in counts.items():
        if row.sum() >= _LEAST:
            share = (row + _DAMP * usual) / (row.sum() + _DAMP)
            found[cell] = np.clip(np.log(share / usual), -_MOST, _MOST).astype(np.float32)
    return found


def placed(codes: Sequence[str], layers: Sequence[str], cells: Cells, place: Place | None) -> NDArray[np.float64]:
    """Return what a place adds to each category's score: nothing without a place.

    A category of things gains where one stands at hand, and loses where the city knows none around.
    """
    extra = np.zeros(len(codes))
    if place is None or not (math.isfinite(place.lat) and math.isfinite(place.lon)):
        return extra
    if cells and (known := cells.get(_cell(place.lat, place.lon))) is not None:
        extra += known
    for at, layer in enumerate(layers):
        if layer in place.things:
            away = place.things[layer]
            extra[at] += _NONE_NEAR if away is None or away > _FAR else _BESIDE if away <= _AT_HAND else 0.0
    return extra


def _cell(lat: float, lon: float) -> str:
    return str(h3.latlng_to_cell(lat, lon, _RESOLUTION))
