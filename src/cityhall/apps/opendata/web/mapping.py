"""Where a dataset's rows are: points for the map, as many as it can show."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import DatasetInfo
from cityhall.apps.opendata.web.answers import PER_MINUTE
from cityhall.kernel.analytics.building import call, checked
from cityhall.kernel.analytics.columns import ID, Column, Type
from cityhall.kernel.analytics.errors import QueryError
from cityhall.kernel.analytics.functions import Function
from cityhall.kernel.analytics.port import Limits, analytics
from cityhall.kernel.analytics.query import Expression, Field, Item, Literal
from cityhall.kernel.django import limits
from cityhall.kernel.django.access import public
from cityhall.kernel.django.client_address import counted_sender
from cityhall.kernel.errors import Gone, Invalid, NotFound

MOST: Final = 2000
_SECONDS: Final = 5
_ASIDE: Final = 0.01


def place_of(info: DatasetInfo) -> str:
    """Return the name of the first column of places, "" when there is none."""
    return next((column.name for column in info.columns if column.type.kept_as is Type.POINT), "")


def _label(info: DatasetInfo) -> str:
    """Return the column that names a row on the map, "" when there is none."""
    texts = [one for one in info.columns if one.type.kept_as is Type.TEXT and one.name not in info.key]
    return next((one.name for one in texts if one.distinct > 1), "")


def _found(info: DatasetInfo, condition: Expression | None, number: int | None = None) -> list[tuple[Any, ...]]:
    """Return ids, points and names of rows; which ones, when there are too many, is left to chance."""
    source = queries.source_of(info.code, number)
    name = place_of(info)
    place, label = Field(name, Type.POINT), _label(info)
    columns = [Column(ID, Type.TEXT), Column(name, Type.POINT), *([Column(label, Type.TEXT)] if label else [])]
    items = tuple(Item(Field(one.name, one.type), one.name) for one in columns)
    told = call(Function.NOT, call(Function.IS_NULL, place))
    query = checked(items=items, conditions=[told, *([condition] if condition else [])], limit=MOST)
    with analytics.get().run(source, query, Limits(seconds=_SECONDS, rows=MOST)) as result:
        return [
            row
            for batch in result.batches()
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
        ]


def bounds(info: DatasetInfo) -> str:
    """Return west, south, east and north of nearly all rows, "" when none has a place or there is no time to look."""
    try:
        return _bounds(info.code, info.number)
    except (QueryError, FileNotFoundError, NotFound, Gone):
        return ""


@lru_cache(maxsize=256)
def _bounds(code: str, number: int) -> str:
    points = [row[1] for row in _found(queries.dataset(code, number), None, number)]
    if not points:
        return ""
    # A row that lies far off by mistake does not make the map show half the world.
    sides = {side: sorted(point[side] for point in points) for side in ("lon", "lat")}
    aside = int(len(points) * _ASIDE)
    west, south, east, north = (
        sides["lon"][aside], sides["lat"][aside], sides["lon"][-1 - aside], sides["lat"][-1 - aside]
    )  # fmt: skip
    more = 0.002 if east - west < 0.002 and north - south < 0.002 else 0.0
    return ",".join(f"{one:.5f}" for one in (west - more, south - more, east + more, north + more))


@public
@require_safe
def points(request: HttpRequest, code: str) -> HttpResponse:
    """Answer what the map draws as GeoJSON: rows within `bbox` (west,south,east,north), two thousand at most."""
    limits.spend(f"data:{counted_sender(request)}", limit=PER_MINUTE, per=timedelta(minutes=1))
    info = queries.dataset(code)
    try:
        west, south, east, north = (float(one) for one in request.GET.get("bbox", "").split(","))
    except ValueError:
        raise Invalid({"bbox": _("Give west, south, east and north in degrees, with commas between.")}) from None
    name = place_of(info)
    found = []
    if name:
        sides = (Literal(side, Type.NUMBER) for side in (north, west, south, east))
        found = _found(info, call(Function.WITHIN_BOX, Field(name, Type.POINT), *sides))
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(point["lon"], 6), round(point["lat"], 6)]},
            "properties": {"count": 1, "number": row, "status": "", "title": str(title[0] or "") if title else ""},
        }
        for row, point, *title in found
    ]
    response = HttpResponse(
        msgspec.json.encode({"type": "FeatureCollection", "features": features}), content_type="application/json"
    )
    response["Cache-Control"] = "public, max-age=60"
    return response
