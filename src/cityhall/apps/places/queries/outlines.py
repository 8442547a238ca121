"""Areas as small drawings: simplified together, so that neighbours still meet, and kept until places change."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from cityhall.apps.places.contracts import Outline, Outlines
from cityhall.apps.places.models import Area
from cityhall.apps.places.queries.areas import areas
from cityhall.apps.places.queries.city import row
from cityhall.apps.places.rules.geometry import polygon

WIDTH = 640.0
MOST_HEIGHT = 640.0
_COLUMNS = ("population", "pop", "pop_total", "total_pop", "total_population", "pop2020", "pop20")


def outlines(kind: str) -> Outlines:
    """Return the current areas of a kind as SVG paths on one sheet, in the order of `areas`."""
    return _outlines(kind, row().revision)


@lru_cache(maxsize=16)
def _outlines(kind: str, revision: int) -> Outlines:
    """`revision` is the city's: a change of places is drawn anew."""
    found = areas(kind)
    rows = Area.objects.filter(id__in=[one.id for one in found]).values_list("id", "geojson", "properties")
    kept = {id_: (shape, told) for id_, shape, told in rows}
    if not found:
        return Outlines(WIDTH, WIDTH, ())
    shapes = [polygon(kept[one.id][0]) for one in found]
    west, south, east, north = shapely.total_bounds(shapes)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = min(WIDTH / ((east - west) * narrow), MOST_HEIGHT / (north - south))

    def onto_sheet(xy: Any) -> Any:
        moved = xy.copy()
        moved[:, 0] = (xy[:, 0] - west) * narrow * scale
        moved[:, 1] = (north - xy[:, 1]) * scale
        return moved

    drawn = shapely.coverage_simplify([shapely.transform(shape, onto_sheet) for shape in shapes], 1.0)
    return Outlines(
        round((east - west) * narrow * scale, 1),
        round((north - south) * scale, 1),
        tuple(
            Outline(one, population(kept[one.id][1]), _path(shape), _inside(shape))
            for one, shape in zip(found, drawn, strict=True)
        ),
    )


def _inside(shape: BaseGeometry) -> tuple[float, float]:
    spot = shape.representative_point()
    return round(spot.x, 1), round(spot.y, 1)


def _path(shape: BaseGeometry) -> str:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring.coords[:-1]) + "Z" for ring in rings)


def population(properties: Mapping[str, Any]) -> int | None:
    """Return how many people live in an area by its file: a column called population, pop or the like."""
    low = {str(key).lower(): value for key, value in properties.items()}
    for column in _COLUMNS:
        try:
            people = int(float(str(low.get(column, "")).replace(",", "")))
        except (ValueError, OverflowError):
            continue
        if people > 0:
            return people
    return None
