"""The land: coast, harbour, river and parks, drawn by hand in the frame's metres and smoothed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from cityhall.demo.ground import frame

# The drawing was made on a larger sheet; this brings the city to about 33 square kilometres.
SCALE = 0.8

_COAST: list[frame.Point] = [
    (-3300, 3650), (-3180, 3200), (-3060, 2700), (-3050, 2250), (-3130, 1850), (-3020, 1350), (-2780, 950),
    (-2600, 620), (-2520, 330), (-2250, 290), (-1900, 330), (-1550, 270), (-1230, 130), (-1020, -130), (-1010, -380),
    (-1130, -640), (-1400, -880), (-1800, -1010), (-2300, -960), (-2850, -880), (-3280, -1010), (-3460, -1350),
    (-3200, -1680), (-2650, -1800), (-2180, -2050), (-1880, -2480), (-1640, -2980), (-1480, -3620),
]  # fmt: skip
_LIMITS: list[frame.Point] = [
    (-1480, -3620), (200, -3560), (2100, -3640), (3500, -3480), (4280, -2850), (4620, -1300), (4950, 500),
    (4650, 2250), (3700, 3250), (1600, 3720), (-900, 3600), (-3300, 3650),
]  # fmt: skip
_RIVER: list[frame.Point] = [
    (5100, 2500), (4200, 1980), (3300, 1720), (2500, 1280), (1750, 900), (950, 620), (200, 240), (-450, 60),
    (-1100, -230),
]  # fmt: skip
# Outside the limits the coast and the river go on, only to be drawn.
_COAST_NORTH: list[frame.Point] = [
    (-3900, 9000), (-3650, 6900), (-3900, 5900), (-3450, 5100), (-3480, 4500), (-3300, 3650),
]  # fmt: skip
_COAST_SOUTH: list[frame.Point] = [
    (-1480, -3620), (-1280, -4300), (-1340, -4900), (-700, -5700), (-300, -6700), (-200, -9000),
]  # fmt: skip
_RIVER_ABOVE: list[frame.Point] = [(5100, 2500), (5700, 2900), (6500, 3020), (7300, 3500), (9500, 4300)]
_MOUTH: list[frame.Point] = [(-2520, 330), (-2850, -880)]

# name, centre, half width, half height, turned by degrees
_PARKS: list[tuple[str, float, float, float, float, float]] = [
    ("Cresta Regional Park", 3350, 2560, 480, 360, 20),
    ("Lantern Point Park", -3180, -1330, 190, 170, 0),
    ("Plaza del Puerto", -700, 640, 80, 60, 30),
    ("Grand Park", 330, 1330, 190, 120, 30),
    ("Palisades Green", -2150, 1900, 150, 110, -8),
    ("Mission Park", 300, -2150, 240, 170, 6),
    ("Eastfield Commons", 4100, 950, 180, 130, 10),
    ("Alvarado Park", 1350, -550, 170, 110, 5),
    ("San Telmo Park", 1500, -3050, 190, 140, 4),
    ("Las Lomas Park", 3650, -700, 170, 190, 15),
    ("Westgate Fields", -450, 2950, 210, 140, 0),
    ("Valley Gardens", 2950, -2100, 150, 120, 12),
    ("Cannery Green", -450, -1150, 110, 90, 5),
    ("North Beach Park", -2520, 3150, 130, 160, -10),
]


@dataclass(frozen=True)
class Park:
    """A park: its name and its ground."""

    name: str
    shape: Polygon


@dataclass(frozen=True)
class Land:
    """The ground the city is drawn on, in the frame's metres.

    Args:
        boundary: the city's limits: land, river and harbour basin, without the open sea.
        coast: the shore line, from north to south, the land on its left.
        land: dry ground inside the limits.
        water: river and harbour inside the limits.
        sea: open water around the city, for drawing.
        river: the river's middle line, from the hills to the harbour.
    """

    boundary: Polygon
    coast: LineString
    land: BaseGeometry
    water: BaseGeometry
    sea: BaseGeometry
    river: LineString
    parks: tuple[Park, ...]


def smooth(points: list[frame.Point], rounds: int = 3) -> list[frame.Point]:
    """Cut the corners of an open line (Chaikin's scheme), keeping its two ends."""
    for _ in range(rounds):
        cut: list[frame.Point] = [points[0]]
        for (ax, ay), (bx, by) in pairwise(points):
            cut.append((ax * 0.75 + bx * 0.25, ay * 0.75 + by * 0.25))
            cut.append((ax * 0.25 + bx * 0.75, ay * 0.25 + by * 0.75))
        cut.append(points[-1])
        points = cut
    return points


def scaled(points: list[frame.Point]) -> list[frame.Point]:
    """Bring points of the drawing sheet into the frame's metres."""
    return [(x * SCALE, y * SCALE) for x, y in points]


def draw_land() -> Land:
    """Draw the coast, the river and the parks."""
    coast = smooth(scaled(_COAST))
    limits = scaled(_LIMITS)
    shore = Polygon(coast + limits[1:-1])
    mouth = LineString(scaled(_MOUTH))
    # The harbour is the water between the shore and the line across its mouth.
    basin = Polygon(
        [(x, y) for x, y in coast if _in_harbour(coast, (x, y))] + [mouth.coords[1], mouth.coords[0]]
    ).buffer(0)
    river_line = LineString(smooth(scaled(_RIVER)))
    river = river_line.buffer(34, cap_style="flat").intersection(shore)
    boundary = shore.union(basin).buffer(0.01).simplify(0.05)
    assert isinstance(boundary, Polygon)
    boundary = Polygon(boundary.exterior)
    water = river.union(basin.difference(shore))
    around = boundary.buffer(2600).envelope
    whole_coast = [*smooth(scaled(_COAST_NORTH))[:-1], *coast, *smooth(scaled(_COAST_SOUTH))[1:]]
    west = Polygon([*whole_coast, (-20000, -9000), (-20000, 9000)])
    above = LineString(smooth(scaled(_RIVER_ABOVE))).buffer(34, cap_style="flat").difference(shore)
    sea = around.intersection(west.buffer(0).union(above)).difference(shore)
    parks = tuple(_park(*row, land=shore.difference(river.buffer(12))) for row in _PARKS)
    return Land(boundary, LineString(coast), shore.difference(river), water, sea, river_line, parks)


def _in_harbour(coast: list[frame.Point], point: frame.Point) -> bool:
    start = min(range(len(coast)), key=lambda i: (coast[i][0] + 2520 * SCALE) ** 2 + (coast[i][1] - 330 * SCALE) ** 2)
    end = min(range(len(coast)), key=lambda i: (coast[i][0] + 2850 * SCALE) ** 2 + (coast[i][1] + 880 * SCALE) ** 2)
    return start <= coast.index(point) <= end


def _park(name: str, x: float, y: float, wide: float, high: float, turn: float, *, land: BaseGeometry) -> Park:
    from shapely import affinity

    square = affinity.rotate(Point(0, 0).buffer(1, quad_segs=2), 22.5)
    oval = affinity.scale(square, wide * SCALE, high * SCALE)
    shape = affinity.translate(affinity.rotate(oval, turn, origin=(0, 0)), x * SCALE, y * SCALE)
    inside = shape.buffer(18, quad_segs=3).intersection(land)
    if not isinstance(inside, Polygon):
        inside = max(inside.geoms, key=lambda part: part.area)  # type: ignore[attr-defined]  # a collection of parts
    return Park(name, inside)
