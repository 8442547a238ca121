"""Rows as GeoJSON features."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, tzinfo
from typing import Any

from cityhall.apps.opendata.ogc import places
from cityhall.kernel.analytics.columns import ID, Column, Type


def features(
    columns: Sequence[Column], batches: Iterable[Any], *, dates: frozenset[str], zone: tzinfo, crs: str
) -> Iterator[dict[str, Any]]:
    """Iterate over a feature for each row; the first column of places is the geometry.

    Args:
        dates: columns that hold days, without a time.
        zone: the city's: times on the wall are given with its offset.
    """
    place = next((column.name for column in columns if column.type is Type.POINT), None)
    names = [column.name for column in columns]
    show = [_showing(column, is_date=column.name in dates, zone=zone, crs=crs) for column in columns]
    for batch in batches:
        lists = [
            array.to_pylist() if how is None else [None if one is None else how(one) for one in array.to_pylist()]
            for how, array in zip(show, batch.columns, strict=True)
        ]
        for values in zip(*lists, strict=True):
            row = dict(zip(names, values, strict=True))
            identity = row.pop(ID)
            geometry = row.pop(place, None) if place else None
            yield {"type": "Feature", "id": identity, "geometry": geometry, "properties": row}


def _showing(column: Column, *, is_date: bool, zone: tzinfo, crs: str) -> Callable[[Any], Any] | None:
    """Return what makes JSON of a column's values, None for what is JSON already."""
    if column.type is Type.POINT:
        convert = places.from_degrees(crs)
        return lambda value: {"type": "Point", "coordinates": list(convert(value["lon"], value["lat"]))}
    if column.type is Type.NUMBER:
        return lambda value: value if math.isfinite(value) else None
    if column.type not in (Type.TIMESTAMP, Type.INSTANT):
        return None
    if is_date:
        return lambda value: value.date().isoformat()
    of = UTC if column.type is Type.INSTANT else zone
    return lambda value: value.replace(tzinfo=of).isoformat()
