"""Addresses along the streets, and the things a city owns: streetlights, signs, signals, hydrants and trees."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from cityhall.demo.ground import plan, shapes
from cityhall.demo.ground.network import BLOCK_METRES, Crossing, Segment

# How many of each the city has: about what a city of 90,000 would list in a first inventory, so as to stay light.
STREETLIGHTS, SIGNS, HYDRANTS, TREES = 3000, 1500, 900, 4000

_TREE_KINDS = [
    ("Coast live oak", 22), ("Jacaranda", 14), ("Mexican fan palm", 14), ("Queen palm", 9), ("Torrey pine", 7),
    ("Sweetgum", 8), ("Crape myrtle", 8), ("London plane", 7), ("Brisbane box", 6), ("Carrotwood", 5),
]  # fmt: skip
_SPANISH = {
    "Streetlight": "Luminaria", "Fire hydrant": "Hidrante", "Traffic signal": "Semáforo", "Stop sign": "Señal de alto",
    "Street name sign": "Señal de nombre de calle", "Speed limit sign": "Señal de límite de velocidad",
    "No parking sign": "Señal de no estacionarse", "School crossing sign": "Señal de cruce escolar",
    "Yield sign": "Señal de ceda el paso", "Coast live oak": "Encino de la costa", "Jacaranda": "Jacaranda",
    "Mexican fan palm": "Palma de abanico", "Queen palm": "Palma reina", "Torrey pine": "Pino de Torrey",
    "Sweetgum": "Liquidámbar", "Crape myrtle": "Árbol de Júpiter", "London plane": "Plátano de sombra",
    "Brisbane box": "Árbol de Brisbane", "Carrotwood": "Árbol zanahoria",
}  # fmt: skip


@dataclass(frozen=True)
class Address:
    """A house: its number, street and door, in the frame's metres."""

    number: int
    street: str
    x: float
    y: float
    neighbourhood: str

    @property
    def label(self) -> str:
        """As people write it."""
        return f"{self.number} {self.street}"


@dataclass(frozen=True)
class Asset:
    """A thing the city owns. `code` is its number in the city's inventory."""

    layer: str
    code: str
    label: str
    x: float
    y: float
    street: str
    neighbourhood: str

    @property
    def spanish_label(self) -> str:
        """The label as it is said in Spanish."""
        kind, where = self.label.split(f" {self.code}, ")
        where = re.sub(r"^(\d+) block of (.+)$", r"cuadra \1 de \2", where)
        if self.layer == "signals":
            where = where.replace(" and ", " y ")
        return f"{_SPANISH[kind]} {self.code}, {where}"


def _beside(line: LineString, at: float, off: float) -> tuple[float, float]:
    """Return the point `off` metres to the right of `line` (left when negative), `at` metres along."""
    here = line.interpolate(at)
    ahead = line.interpolate(min(at + 4, line.length))
    back = line.interpolate(max(at - 4, 0.0))
    dx, dy = ahead.x - back.x, ahead.y - back.y
    length = math.hypot(dx, dy) or 1.0
    return here.x + dy / length * off, here.y - dx / length * off


def draw_addresses(segments: Sequence[Segment], land: shapes.Land, rng: random.Random) -> list[Address]:
    """Put houses on both sides of every segment, odd numbers on the left."""
    spacing = {place.code: place.homes for place in plan.NEIGHBOURHOODS}
    found: list[Address] = []
    for segment in segments:
        step = spacing[segment.neighbourhood] * 2.15
        length = segment.line.length
        for side in (0, 1):
            at = 16 + rng.random() * 14
            while at < length - 12:
                number = segment.low + int(at / BLOCK_METRES * 100)
                number += (number + side) % 2
                x, y = _beside(segment.line, at, -16.0 if side else 16.0)
                found.append(Address(number, segment.street, x, y, segment.neighbourhood))
                at += step * (0.75 + rng.random() * 0.5)
    barred = _barred(land)
    out = shapely.contains_xy(barred, [a.x for a in found], [a.y for a in found])
    once: dict[tuple[int, str], Address] = {}
    for address, bad in zip(found, out, strict=True):
        if not bad:
            once.setdefault((address.number, address.street), address)
    return list(once.values())


def _barred(land: shapes.Land) -> BaseGeometry:
    barred = shapely.union_all([land.water.buffer(6), *(park.shape for park in land.parks)])
    barred = barred.union(land.boundary.exterior.simplify(2).buffer(6))
    shapely.prepare(barred)
    return barred


def _along(segments: Sequence[Segment], count: int, rng: random.Random) -> Iterator[tuple[Segment, float]]:
    """Yield `count` places spread evenly over all streets."""
    total = sum(segment.line.length for segment in segments)
    step = total / count
    at = step * rng.random()
    given = 0
    for segment in segments:
        while at < segment.line.length and given < count:
            yield segment, at
            given += 1
            at += step
        at -= segment.line.length


def _near_number(segment: Segment, at: float) -> str:
    return f"{(segment.low + int(at / BLOCK_METRES * 100)) // 100 * 100} block of {segment.street}"


def draw_assets(segments: Sequence[Segment], meets: Sequence[Crossing], land: shapes.Land, seed: int) -> list[Asset]:
    """Place the city's street furniture, with inventory codes."""
    rng = random.Random(f"{seed}/furniture")
    assets: list[Asset] = []
    for number, (segment, at) in enumerate(_along(segments, STREETLIGHTS, rng)):
        x, y = _beside(segment.line, at, 7.5 if number % 2 else -7.5)
        code = f"SL-{10000 + number * 3}"
        label = f"Streetlight {code}, {_near_number(segment, at)}"
        assets.append(Asset("streetlights", code, label, x, y, segment.street, segment.neighbourhood))
    for number, (segment, at) in enumerate(_along(segments, HYDRANTS, rng)):
        x, y = _beside(segment.line, at, 6.5)
        code = f"FH-{2000 + number}"
        label = f"Fire hydrant {code}, {_near_number(segment, at)}"
        assets.append(Asset("hydrants", code, label, x, y, segment.street, segment.neighbourhood))
    assets += _signs(segments, rng)
    assets += _trees(segments, land, rng)
    by_street = {segment.street: segment for segment in segments}
    signals = [
        meet for meet in meets if meet.main or (any(by_street[s].main for s in meet.streets) and rng.random() < 0.06)
    ]
    for number, meet in enumerate(signals):
        code = f"TS-{100 + number}"
        label = f"Traffic signal {code}, {meet.streets[0]} and {meet.streets[1]}"
        home = by_street[meet.streets[0]].neighbourhood
        assets.append(Asset("signals", code, label, meet.x, meet.y, meet.streets[0], home))
    return assets


def _signs(segments: Sequence[Segment], rng: random.Random) -> Iterator[Asset]:
    kinds = [
        "Stop sign",
        "Street name sign",
        "Speed limit sign",
        "No parking sign",
        "School crossing sign",
        "Yield sign",
    ]
    ends = [segment for segment in segments if segment.line.length > 30]
    for number, segment in enumerate(rng.sample(ends, min(SIGNS, len(ends)))):
        kind = rng.choices(kinds, (34, 28, 12, 16, 4, 6))[0]
        x, y = _beside(segment.line, segment.line.length - 12, 6.0)
        code = f"SN-{5000 + number}"
        label = f"{kind} {code}, {_near_number(segment, segment.line.length - 12)}"
        yield Asset("signs", code, label, x, y, segment.street, segment.neighbourhood)


def _trees(segments: Sequence[Segment], land: shapes.Land, rng: random.Random) -> Iterator[Asset]:
    names, weights = [kind for kind, _ in _TREE_KINDS], [weight for _, weight in _TREE_KINDS]
    in_parks = TREES // 5
    places: list[tuple[float, float, str, str, str]] = []
    for segment, at in _along(segments, TREES - in_parks, rng):
        x, y = _beside(segment.line, at, rng.choice((-9.0, 9.0)))
        places.append((x, y, _near_number(segment, at), segment.street, segment.neighbourhood))
    seeds = [(place.code, shapes.scaled([place.seed])[0]) for place in plan.NEIGHBOURHOODS]
    area = sum(park.shape.area for park in land.parks)
    for park in land.parks:
        west, south, east, north = park.shape.bounds
        home = min(seeds, key=lambda seed: math.dist(seed[1], (park.shape.centroid.x, park.shape.centroid.y)))[0]
        shapely.prepare(park.shape)
        wanted = round(in_parks * park.shape.area / area)
        while wanted:
            x, y = rng.uniform(west, east), rng.uniform(south, north)
            if shapely.contains_xy(park.shape, x, y):
                places.append((x, y, park.name, "", home))
                wanted -= 1
    for number, (x, y, where, street, home) in enumerate(places):
        code = f"TR-{20000 + number}"
        kind = rng.choices(names, weights)[0]
        yield Asset("trees", code, f"{kind} {code}, {where}", x, y, street, home)
