"""Rows as GeoJSON features."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
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
    convert = places.from_degrees(crs)

    def shown(column: Column, value: Any) -> Any:
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            return None
        if column.type is Type.POINT:
            return {"type": "Point", "coordinates": list(convert(value["lon"], value["lat"]))}
        if isinstance(value, datetime):
            if column.name in dates:
                return value.date().isoformat()
            return value.replace(tzinfo=UTC if column.type is Type.INSTANT else zone).isoformat()
        return value

    for batch in batches:
        lists = [
            [shown(column, one) for one in array.to_pylist()]
            for column, array in zip(columns, batch.columns, strict=True)
        ]
        for values in zip(*lists, strict=True):
            row = dict(zip((column.name for column in columns), values, strict=True))
            identity = row.pop(ID)
            geometry = row.pop(place, None) if place else None
            yield {"type": "Feature", "id": identity, "geometry": geometry, "properties": row}
