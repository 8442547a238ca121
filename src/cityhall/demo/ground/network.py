"""The street network: main streets as drawn, local streets by each neighbourhood's pattern, cut at every crossing."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, STRtree
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from cityhall.demo.ground import plan, shapes
from cityhall.demo.ground.names import StreetNames

# House numbers grow by 100 every block of this many metres, all along a street.
BLOCK_METRES = 105.0


@dataclass(frozen=True)
class Segment:
    """A piece of street between two crossings, in the frame's metres.

    Args:
        main: a main street rather than a local one.
        line: its middle line, from low numbers to high.
        low, high: house numbers at its two ends; even on the right hand, odd on the left.
    """

    street: str
    main: bool
    line: LineString
    low: int
    high: int
    neighbourhood: str


@dataclass(frozen=True)
class Crossing:
    """Where streets of different names meet."""

    x: float
    y: float
    streets: tuple[str, ...]
    main: bool


@dataclass(frozen=True)
class _Piece:
    street: str
    main: bool
    line: LineString
    parent: LineString
    neighbourhood: str


def main_streets(land: shapes.Land) -> dict[str, LineString]:
    """Return the main streets by name, the waterfront cut into three names on its way south."""
    streets = {name: LineString(shapes.smooth(shapes.scaled(points), 2)) for name, points in plan.MAIN_STREETS.items()}
    shore = land.coast.offset_curve(95, quad_segs=3).simplify(6)
    assert isinstance(shore, LineString)
    shore = LineString(shapes.smooth([(x, y) for x, y in shore.coords], 2))
    first, second = shore.project(shapely.Point(-1960, 330)), shore.project(shapely.Point(-1180, -860))
    for name, start, end in (
        ("Ocean Boulevard", 0.0, first),
        ("Harbor Drive", first, second),
        ("Paseo del Faro", second, shore.length),
    ):
        part = substring(shore, start, end)
        assert isinstance(part, LineString)
        streets[name] = part
    return {name: _from_the_harbour(line) for name, line in streets.items()}


def _from_the_harbour(line: LineString) -> LineString:
    ends = [math.hypot(x + 800, y - 100) for x, y in (line.coords[0], line.coords[-1])]
    return line if ends[0] <= ends[1] else LineString(list(line.coords)[::-1])


def _pattern(place: plan.Neighbourhood, shape: BaseGeometry) -> Iterator[tuple[int, LineString]]:
    """Yield (direction, line) over the neighbourhood's box: two families of lines, bent by a slow swing."""
    cx, cy = shapes.scaled([place.seed])[0]
    turn = math.radians(place.turn)
    reach = math.hypot(shape.bounds[2] - shape.bounds[0], shape.bounds[3] - shape.bounds[1])
    points = np.arange(-reach, reach, 22.0 if place.bend else 120.0)
    for direction, step in ((0, place.along * 1.12), (1, place.across * 1.12)):
        for number in range(-int(reach / step), int(reach / step) + 1):
            offset = number * step
            swing = place.bend * np.sin(points / (210 + place.bend) + number * 0.23 + direction * 1.7)
            swing = swing + place.bend * 0.5 * np.sin(points / 97 + place.turn)
            u, v = (points, offset + swing) if direction == 0 else (offset + swing, points)
            x = cx + u * math.cos(turn) - v * math.sin(turn)
            y = cy + u * math.sin(turn) + v * math.cos(turn)
            yield direction, LineString(np.column_stack([x, y]))


def _parts(shape: BaseGeometry) -> list[LineString]:
    return [part for part in shapely.get_parts(shape) if isinstance(part, LineString)]


def _local_streets(
    place: plan.Neighbourhood, shape: BaseGeometry, barred: BaseGeometry, near: BaseGeometry, names: StreetNames
) -> Iterator[_Piece]:
    """Yield the neighbourhood's own streets: its pattern without water, parks and strips beside main streets."""
    ground = shape.buffer(0.6).difference(barred)
    shapely.prepare(ground)
    for direction, line in _pattern(place, shape):
        kept: list[LineString] = []
        for part in _parts(ground.intersection(line)):
            if part.length < 70:
                continue
            beside = [piece for piece in _parts(part.intersection(near)) if piece.length > 125]
            if beside:
                rest = part.difference(shapely.union_all(beside).buffer(0.5))
                kept += [piece for piece in _parts(rest) if piece.length >= 70]
            else:
                kept.append(part)
        if sum(part.length for part in kept) < 120:
            continue
        parent = _from_the_harbour(line)
        start = min(parent.project(shapely.Point(end)) for part in kept for end in (part.coords[0], part.coords[-1]))
        rest_of_line = substring(parent, max(0.0, start - 2), parent.length)
        assert isinstance(rest_of_line, LineString)
        parent = rest_of_line
        street = names.take(place.tastes[direction])
        for part in kept:
            yield _Piece(street, False, part, parent, place.code)


def _cut(pieces: list[_Piece]) -> Iterator[tuple[_Piece, LineString]]:
    """Cut every piece where it meets another one."""
    lines = np.array([piece.line for piece in pieces], dtype=object)
    tree = STRtree(lines)
    left, right = tree.query(lines, predicate="intersects")
    keep = left != right
    left, right = left[keep], right[keep]
    meets = shapely.intersection(lines[left], lines[right])
    cuts: dict[int, list[float]] = defaultdict(list)
    for index, meet in zip(left.tolist(), meets, strict=True):
        for point in shapely.get_parts(meet):
            cuts[index].append(pieces[index].line.project(point.centroid))
    for index, piece in enumerate(pieces):
        line = piece.line
        stops = [0.0]
        for at in [*sorted(cuts[index]), line.length]:
            if at - stops[-1] > 9:
                stops.append(at)
        for start, end in pairwise(stops):
            part = substring(line, start, end)
            if isinstance(part, LineString) and part.length > 9:
                yield piece, part


def _numbered(piece: _Piece, part: LineString) -> Segment:
    """Give a piece its house numbers and turn it so that they grow."""
    start, end = (piece.parent.project(shapely.Point(part.coords[i])) for i in (0, -1))
    if start > end:
        part, start, end = LineString(list(part.coords)[::-1]), end, start
    low, high = (100 + int(at / BLOCK_METRES * 100) for at in (start, end))
    return Segment(piece.street, piece.main, part, low, max(high, low + 2), piece.neighbourhood)


def _joined(segments: list[Segment]) -> list[Segment]:
    """Bring ends that lie within a few metres of each other to one point, so that crossings really meet."""
    homes: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)

    def home(x: float, y: float) -> tuple[float, float]:
        cell = (int(x // 12), int(y // 12))
        near = [
            point for dx in (-1, 0, 1) for dy in (-1, 0, 1) for point in homes.get((cell[0] + dx, cell[1] + dy), ())
        ]
        best = min(near, key=lambda point: math.dist(point, (x, y)), default=None)
        if best is not None and math.dist(best, (x, y)) < 10:
            return best
        homes[cell].append((x, y))
        return x, y

    moved = []
    for segment in sorted(segments, key=lambda s: not s.main):
        coords = [(x, y) for x, y in segment.line.coords]
        coords[0], coords[-1] = home(*coords[0]), home(*coords[-1])
        if coords[0] != coords[-1]:
            moved.append(replace(segment, line=LineString(coords)))
    return moved


def draw_streets(land: shapes.Land, mains: dict[str, LineString], places: dict[str, BaseGeometry]) -> list[Segment]:
    """Draw the network. `places` are the neighbourhoods' shapes by code."""
    names = StreetNames()
    barred = shapely.union_all(
        [
            land.water.buffer(14),
            *(park.shape.buffer(4) for park in land.parks),
            land.boundary.exterior.simplify(2).buffer(32, quad_segs=2),
            land.coast.simplify(2).buffer(88, quad_segs=2),
        ]
    )
    near = shapely.union_all([line.simplify(3).buffer(38, quad_segs=2) for line in mains.values()])
    inside = land.boundary.buffer(-3)
    pieces = [
        _Piece(name, True, part, line, "")
        for name, line in mains.items()
        for part in _parts(line.intersection(inside))
        if part.length > 40
    ]
    for place in plan.NEIGHBOURHOODS:
        if place.code in places:
            pieces += _local_streets(place, places[place.code], barred, near, names)
    segments = _joined([_numbered(piece, part) for piece, part in _cut(pieces)])
    middles = shapely.points([segment.line.interpolate(0.5, normalized=True).coords[0] for segment in segments])
    codes, tree = list(places), STRtree(list(places.values()))
    nearest = tree.nearest(middles)
    return [replace(s, neighbourhood=codes[int(index)]) for s, index in zip(segments, nearest, strict=True)]


def crossings(segments: list[Segment]) -> list[Crossing]:
    """Return where streets of different names meet."""
    ends: dict[tuple[float, float], dict[str, bool]] = defaultdict(dict)
    for segment in segments:
        for x, y in (segment.line.coords[0], segment.line.coords[-1]):
            ends[x, y][segment.street] = segment.main
    return [
        Crossing(x, y, tuple(sorted(streets)), sum(streets.values()) > 1)
        for (x, y), streets in ends.items()
        if len(streets) > 1
    ]
