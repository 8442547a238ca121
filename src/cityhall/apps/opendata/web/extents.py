"""Where a dataset's rows lie, and from when to when they reach: looked up once for each snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import DatasetInfo
from cityhall.kernel.analytics.building import call, checked
from cityhall.kernel.analytics.columns import Type
from cityhall.kernel.analytics.errors import QueryError
from cityhall.kernel.analytics.functions import Function as F
from cityhall.kernel.analytics.port import Limits, analytics
from cityhall.kernel.analytics.query import Expression, Field, Item

_SECONDS: Final = 5


@dataclass(frozen=True, slots=True)
class Extent:
    """Of the first column of places and the first of times.

    Args:
        box: west, south, east and north; None without a place.
        times: the first and the last on the city's clock; None without one.
    """

    box: tuple[float, float, float, float] | None = None
    times: tuple[datetime, datetime] | None = None


def of(dataset: DatasetInfo) -> Extent:
    """Return a dataset's extent; an empty one when there is no time to look."""
    try:
        return _found(dataset.code, dataset.number)
    except (QueryError, FileNotFoundError):
        return Extent()


@lru_cache(maxsize=1024)
def _found(code: str, number: int) -> Extent:
    source = queries.source_of(code, number)
    place = next((Field(one.name, one.type) for one in source.columns if one.type is Type.POINT), None)
    time = next((Field(one.name, one.type) for one in source.columns if one.type is Type.TIMESTAMP), None)
    asked: list[Expression] = []
    if place is not None:
        lon, lat = call(F.LONGITUDE, place), call(F.LATITUDE, place)
        asked += [call(F.MIN, lon), call(F.MIN, lat), call(F.MAX, lon), call(F.MAX, lat)]
    if time is not None:
        asked += [call(F.MIN, time), call(F.MAX, time)]
    if not asked:
        return Extent()
    query = checked(items=tuple(Item(one, f"c{at}") for at, one in enumerate(asked)))
    with analytics.get().run(source, query, Limits(seconds=_SECONDS)) as result:
        [row] = [[one[0].as_py() for one in batch.columns] for batch in result.batches() if batch.num_rows]
    box: Any = tuple(one for one in row[:4] if one is not None) if place is not None else ()
    times: Any = tuple(one for one in (row[-2:] if time is not None else ()) if one is not None)
    return Extent(box or None, times or None)
