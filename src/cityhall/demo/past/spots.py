"""Where trouble happens: addresses, corners, parks and things, more in some places than in others."""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeVar

import shapely

from cityhall.demo.ground import plan
from cityhall.demo.ground.city import Harborview
from cityhall.demo.ground.furniture import Address, Asset
from cityhall.demo.past.kinds import Kind, Spot

T = TypeVar("T")

# Kinds that crowd together: neighbourhood to how many times the usual.
_CROWDS: dict[str, dict[str, float]] = {
    "graffiti": {"downtown": 2.2, "cannery": 2.0, "old-harbor": 1.5, "mission-vista": 1.4},
    "illegal-dumping": {"cannery": 2.4, "mission-vista": 1.6, "la-ribera": 1.5, "old-harbor": 1.4},
    "encampment": {"downtown": 2.4, "cannery": 2.0, "la-ribera": 1.3},
    "overflowing-bin": {"north-beach": 2.6, "downtown": 1.6, "lantern-point": 1.6},
    "public-restroom": {"north-beach": 3.0, "lantern-point": 2.0},
    "shared-mobility": {"downtown": 2.4, "north-beach": 2.2},
    "noise": {"downtown": 2.0, "north-beach": 1.6},
    "fallen-tree": {"cresta-hills": 1.9, "alder-park": 1.5, "eastfield": 1.4},
    "tree-trim": {"cresta-hills": 1.7, "alder-park": 1.5},
    "blocked-drain": {"old-harbor": 2.2, "cannery": 1.8, "la-ribera": 1.5},
    "street-flooding": {"old-harbor": 3.2, "cannery": 2.2},
    "parking-72h": {"north-beach": 1.7, "lantern-point": 1.4},
    "weeds": {"eastfield": 1.5, "las-lomas": 1.6, "cresta-hills": 1.4},
}


@dataclass(frozen=True)
class Place:
    """Where one incident is, in the frame's metres. `asset` is its inventory code when it is about a thing."""

    x: float
    y: float
    neighbourhood: str
    address: Address
    label: str
    asset: Asset | None = None


class Spots:
    """Draws places for incidents, and places near one for its echoes."""

    def __init__(self, city: Harborview, rng: random.Random) -> None:
        self._rng = rng
        self._mains = {segment.street for segment in city.segments if segment.main}
        self._homes: dict[str, list[Address]] = defaultdict(list)
        self._main_homes: dict[str, list[Address]] = defaultdict(list)
        self._assets: dict[tuple[str, str], list[Asset]] = defaultdict(list)
        self._grid: dict[tuple[int, int], list[Address]] = defaultdict(list)
        for address in city.addresses:
            self._homes[address.neighbourhood].append(address)
            if address.street in self._mains:
                self._main_homes[address.neighbourhood].append(address)
            self._grid[int(address.x // 90), int(address.y // 90)].append(address)
        for asset in city.assets:
            self._assets[asset.layer, asset.neighbourhood].append(asset)
        for group in (*self._homes.values(), *self._main_homes.values(), *self._assets.values()):
            rng.shuffle(group)  # type: ignore[arg-type]  # a list of either kind
        self._boundary = city.land.boundary
        shapely.prepare(self._boundary)
        self._corners = city.crossings
        self._parks = [(park.name, park.shape) for park in city.land.parks]
        self._sums: dict[str, list[float]] = {}
        self._places = [place for place in plan.NEIGHBOURHOODS if self._homes[place.code]]

    def _neighbourhood(self, kind: Kind) -> str:
        sums = self._sums.get(kind.code)
        if sums is None:
            crowd = _CROWDS.get(kind.code, {})
            sums = list(accumulate(len(self._homes[p.code]) * p.reports * crowd.get(p.code, 1.0) for p in self._places))
            self._sums[kind.code] = sums
        return self._places[bisect_right(sums, self._rng.random() * sums[-1])].code

    def draw(self, kind: Kind) -> Place:
        """Return where an incident of a kind happens."""
        code = self._neighbourhood(kind)
        if kind.spot is Spot.PARK:
            return self._in_park()
        if kind.spot is Spot.CORNER:
            meet = self._rng.choice(self._corners)
            near = self.nearest(meet.x, meet.y)
            return Place(meet.x, meet.y, near.neighbourhood, near, f"{meet.streets[0]} & {meet.streets[1]}")
        things = self._assets.get((kind.layer, code)) if kind.spot is Spot.ASSET else None
        if things and self._rng.random() < 0.8:
            thing = self._skewed(things)
            near = self.nearest(thing.x, thing.y)
            return Place(thing.x, thing.y, code, near, near.label, thing)
        homes = self._main_homes.get(code) if kind.spot is Spot.MAIN and self._rng.random() < 0.7 else None
        home = self._skewed(homes or self._homes[code])
        if kind.spot is Spot.HOME:
            return Place(home.x, home.y, code, home, home.label)
        x, y = home.x + self._rng.gauss(0, 6), home.y + self._rng.gauss(0, 6)
        return (
            Place(x, y, code, home, home.label) if self._inside(x, y) else Place(home.x, home.y, code, home, home.label)
        )

    def _in_park(self) -> Place:
        rng = self._rng
        name, shape = rng.choices(self._parks, [park.area for _, park in self._parks])[0]
        west, south, east, north = shape.bounds
        x, y = rng.uniform(west, east), rng.uniform(south, north)
        while not shapely.contains_xy(shape, x, y):
            x, y = rng.uniform(west, east), rng.uniform(south, north)
        near = self.nearest(x, y)
        return Place(x, y, near.neighbourhood, near, f"{name}, near {near.label}")

    def _skewed(self, things: list[T]) -> T:
        """Return one of the things, the first ones far more often: trouble comes back to the same blocks."""
        return things[int(len(things) * self._rng.random() ** 1.7)]

    def _inside(self, x: float, y: float) -> bool:
        return bool(shapely.contains_xy(self._boundary, x, y))

    def nearest(self, x: float, y: float) -> Address:
        """Return the address nearest to a point."""
        cx, cy = int(x // 90), int(y // 90)
        for reach in range(1, 40):
            found = [
                address
                for i in range(cx - reach, cx + reach + 1)
                for j in range(cy - reach, cy + reach + 1)
                for address in self._grid.get((i, j), ())
            ]
            if found:
                return min(found, key=lambda address: math.dist((address.x, address.y), (x, y)))
        raise LookupError("a city without addresses")

    def near(self, place: Place) -> Place:
        """Return where a second person puts the same trouble: within 78 metres, often at the next door."""
        rng = self._rng
        if place.asset is not None and rng.random() < 0.5:
            return place
        while True:
            dx, dy = rng.gauss(0, 24), rng.gauss(0, 24)
            if math.hypot(dx, dy) < 78 and self._inside(place.x + dx, place.y + dy):
                break
        x, y = place.x + dx, place.y + dy
        address = self.nearest(x, y)
        return Place(x, y, place.neighbourhood, address, address.label)
