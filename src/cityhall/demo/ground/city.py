"""Harborview, whole: everything about its ground that the rest of the demo needs, from one seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import shapely
from shapely import Polygon
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from cityhall.demo.ground import areas, frame, furniture, network, shapes

NAME = "Harborview"
TIME_ZONE = "America/Los_Angeles"
POPULATION = 90_000


@dataclass(frozen=True)
class Harborview:
    """The city's ground. Lengths are metres in the frame of `ground.frame`."""

    land: shapes.Land
    segments: list[network.Segment]
    crossings: list[network.Crossing]
    addresses: list[furniture.Address]
    assets: list[furniture.Asset]
    neighbourhoods: dict[str, BaseGeometry]
    districts: dict[str, BaseGeometry]
    postal_zones: dict[str, BaseGeometry]


def build(seed: int = 1) -> Harborview:
    """Draw the city. The same seed draws the same city, to the last coordinate."""
    land = shapes.draw_land()
    mains = network.main_streets(land)
    faces = areas.cut_faces(land, mains)
    neighbourhoods = areas.neighbourhoods(faces)
    segments = network.draw_streets(land, mains, neighbourhoods)
    meets = network.crossings(segments)
    return Harborview(
        land=land,
        segments=segments,
        crossings=meets,
        addresses=furniture.draw_addresses(segments, land, random.Random(f"{seed}/addresses")),
        assets=furniture.draw_assets(segments, meets, land, seed),
        neighbourhoods=neighbourhoods,
        districts=areas.districts(faces),
        postal_zones=areas.postal_zones(faces),
    )


def geojson(shape: BaseGeometry) -> dict[str, Any]:
    """Return a shape of the frame as GeoJSON in degrees, six decimals."""
    moved = shapely.transform(shape, lambda xy: _degrees(xy))
    return dict(mapping(moved))


def _degrees(xy: Any) -> Any:
    moved = xy.copy()
    moved[:, 0] = (frame.ORIGIN_LON + xy[:, 0] / frame.METRES_LON).round(6)
    moved[:, 1] = (frame.ORIGIN_LAT + xy[:, 1] / frame.METRES_LAT).round(6)
    return moved


def map_layers(city: Harborview) -> Iterator[tuple[str, str, BaseGeometry]]:
    """Yield (layer, name, shape) of what the map draws under everything: water, parks and buildings."""
    yield "water", "Harborview Bay", city.land.sea
    yield "water", "Alder River", city.land.water
    for park in city.land.parks:
        yield "parks", park.name, park.shape
    for block in _built_blocks(city):
        yield "buildings", "", block


def _built_blocks(city: Harborview) -> Iterator[Polygon]:
    """Yield the built part of every city block: the block less its pavements, gardens and parks."""
    lines = shapely.union_all([segment.line for segment in city.segments])
    blocks = shapely.get_parts(shapely.polygonize([lines]))
    parks = shapely.union_all([city.land.water.buffer(20), *(park.shape.buffer(14) for park in city.land.parks)])
    sizes = shapely.area(blocks)
    blocks = blocks[(sizes > 1800) & (sizes < 90_000)]
    inner = shapely.buffer(blocks, -19, join_style="mitre", quad_segs=1)
    inner = shapely.simplify(shapely.difference(inner, parks), 4)
    for part in shapely.get_parts(inner):
        if isinstance(part, Polygon) and part.area > 500:
            # A yard in the middle of large blocks.
            yard = part.buffer(-24, join_style="mitre").simplify(4)
            yield from (p for p in shapely.get_parts(part.difference(yard)) if isinstance(p, Polygon))
