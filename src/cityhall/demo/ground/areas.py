"""Areas: neighbourhoods, council districts and postal zones, each a union of the faces the main streets cut."""

from __future__ import annotations

import math

import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from cityhall.demo.ground import frame, plan, shapes

# The kinds of area and what their faces are grouped by.
Faces = list[Polygon]


def cut_faces(land: shapes.Land, mains: dict[str, LineString]) -> Faces:
    """Cut the city into faces along the main streets and the river. Together they cover it exactly."""
    lines: list[BaseGeometry] = [land.boundary.exterior, *mains.values(), land.river]
    # A main street that stops just short of another one is carried on to meet it, so that faces close.
    lines += [_carried_on(line, 70) for line in mains.values()]
    faces = [face for face in shapely.get_parts(shapely.polygonize([shapely.union_all(lines)])) if face.area > 0]
    return [face for face in faces if land.boundary.contains(face.representative_point())]


def _carried_on(line: LineString, metres: float) -> LineString:
    ends = []
    for tip, before in ((line.coords[0], line.coords[1]), (line.coords[-1], line.coords[-2])):
        length = math.dist(tip, before)
        ends.append(tuple(t + (t - b) / length * metres for t, b in zip(tip, before, strict=True)))
    return LineString([ends[0], *line.coords, ends[1]])


def group(faces: Faces, seeds: list[tuple[str, frame.Point]]) -> dict[str, BaseGeometry]:
    """Join faces by their nearest seed (on the drawing sheet)."""
    shapes_of: dict[str, Faces] = {code: [] for code, _ in seeds}
    points = [(code, shapes.scaled([seed])[0]) for code, seed in seeds]
    for face in faces:
        centre = face.centroid
        code = min(points, key=lambda item: math.dist(item[1], (centre.x, centre.y)))[0]
        shapes_of[code].append(face)
    return {code: shapely.union_all(parts) for code, parts in shapes_of.items() if parts}


def neighbourhoods(faces: Faces) -> dict[str, BaseGeometry]:
    """Return the neighbourhoods' shapes by code."""
    return group(faces, [(place.code, place.seed) for place in plan.NEIGHBOURHOODS])


def districts(faces: Faces) -> dict[str, BaseGeometry]:
    """Return the council districts' shapes by number."""
    return group(faces, [(str(number), seed) for number, seed in enumerate(plan.DISTRICTS, start=1)])


def postal_zones(faces: Faces) -> dict[str, BaseGeometry]:
    """Return the postal zones' shapes by code."""
    return group(faces, list(plan.POSTAL_ZONES))
