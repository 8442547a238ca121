"""The names of streets, named places and areas, kept in memory by each process while the city's places stay the same.

A city has thousands of streets and hundreds of thousands of addresses. Comparing what was asked with every name takes
about a millisecond. Trigrams took forty times as long in the database and missed what was short or badly mistyped.
"""

from __future__ import annotations

import uuid
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import shapely
from django.db.models import Count

from cityhall.apps.places.contracts import StreetKind
from cityhall.apps.places.models import Area, Asset, AssetLayer, City, MapFeature, Street
from cityhall.apps.places.rules.address_text import core, endings, short_words
from cityhall.apps.places.rules.likeness import Name, Names, plain_name, readings, street_name
from cityhall.kernel.text import fold

CANDIDATES = 30
_LEAST_SCORE = 0.35
_MOST_LANDMARKS = 50_000
_MOST_IN_A_LAYER = 5_000
_OWN_NAMES = 0.8
"""The share of different names from which a layer's assets count as named: libraries are, streetlights are not."""
_OTHER_NAMES = ("alt_name", "alias", "aliases", "other_name", "other_names", "also_known_as", "old_name", "short_name")


@dataclass(frozen=True, slots=True)
class StreetName:
    """A street by name. `score` says how well it answers what was asked, 0 to 1."""

    id: uuid.UUID
    name: str
    folded: str
    lat: float
    lon: float
    score: float = 0.0


@dataclass
class _Streets:
    rows: list[StreetName] = field(default_factory=list)
    names: Names = field(default_factory=lambda: Names([]))
    beginnings: list[tuple[str, int]] = field(default_factory=list)


@lru_cache(maxsize=1)
def _streets(revision: int) -> _Streets:
    index = _Streets()
    named = Street.objects.exclude(kind=StreetKind.RAMP).order_by("folded")
    for number, (id_, name, lat, lon) in enumerate(named.values_list("id", "name", "lat", "lon")):
        # Folded anew: the words we know may be more than when the street was stored.
        street = StreetName(id_, name, short_words(name), lat, lon)
        index.rows.append(street)
        index.beginnings += [(name, number) for name in {street.folded, core(street.folded)}]
    index.beginnings.sort()
    index.names = Names((street_name(street.folded) for street in index.rows), (street.folded for street in index.rows))
    return index


def known() -> tuple[int, str]:
    """Return the revision of the city's places, under which what is read of them may be kept, and its name folded."""
    revision, name = City.objects.values_list("revision", "name").first() or (0, "")
    return revision, fold(name)


def like(asked: str, at: int, *, typing: bool = False, wide: bool = False) -> list[StreetName]:
    """Return up to 30 streets whose name resembles the asked one (in short words), best first.

    Args:
        at: the city's revision, asked once for a whole search.
        wide: look for mistyped names even where some are named just so: the number or crossing is not on them.
    """
    index = _streets(at)
    found: dict[int, float] = {}
    if typing:
        for variant in endings(asked)[:4]:
            for number in _beginning(index, variant):
                score = min(0.97, 0.9 + 0.05 * len(variant) / len(index.rows[number].folded))
                found[number] = max(found.get(number, 0.0), score)
    every = readings(asked)
    for reading in every:
        _keep_best(found, index.names.same(reading))
    if wide or not any(score > 0.9 for score in found.values()):
        for reading in every:
            _keep_best(found, index.names.mistyped(reading, typing=typing))
        _keep_best(found, index.names.mistyped_whole(asked))
    if not any(score > 0.8 for score in found.values()):
        for reading in every:
            _keep_best(found, index.names.holding(reading, typing=typing))
    for number in [number for number, score in found.items() if index.rows[number].folded == asked]:
        found[number] = 1.0
    best = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:CANDIDATES]
    return [replace(index.rows[number], score=score) for number, score in best if score >= _LEAST_SCORE]


def named_so(asked: str, at: int) -> bool:
    """Say whether a street bears just this name (in short words)."""
    return any(score > 0.9 for score in _streets(at).names.same(street_name(asked)).values())


def _keep_best(found: dict[int, float], more: Mapping[int, float]) -> None:
    for number, score in more.items():
        found[number] = max(found.get(number, 0.0), score)


def _beginning(index: _Streets, text: str) -> list[int]:
    at = bisect_left(index.beginnings, (text, -1))
    found: list[int] = []
    while at < len(index.beginnings) and len(found) < CANDIDATES and index.beginnings[at][0].startswith(text):
        found.append(index.beginnings[at][1])
        at += 1
    return found


@dataclass(frozen=True, slots=True)
class Landmark:
    """A place with a name of its own: a park, a library. The id of an asset or of something drawn."""

    name: str
    id: uuid.UUID
    is_asset: bool
    score: float = 0.0


@lru_cache(maxsize=1)
def _landmarks(revision: int) -> tuple[list[Landmark], Names]:
    rows: list[Landmark] = []
    names: list[Name] = []
    spelt: list[str] = []
    for landmark, spellings in _named_places():
        for spelling in dict.fromkeys(short_words(text) for text in spellings):
            if len(spelling) >= 3 and len(rows) < _MOST_LANDMARKS:
                rows.append(landmark)
                names.append(plain_name(spelling))
                spelt.append(spelling)
    return rows, Names(names, spelt)


def _named_places() -> Iterator[tuple[Landmark, list[str]]]:
    """Read what is drawn with a name, and the assets of layers whose names tell them apart."""
    drawn = MapFeature.objects.exclude(name="").order_by("layer", "name", "id")
    for id_, name, properties in drawn.values_list("id", "name", "properties")[:_MOST_LANDMARKS].iterator():
        yield Landmark(name, id_, is_asset=False), [name, *_other_names(properties)]
    layers = AssetLayer.objects.filter(assets__is_current=True).annotate(count=Count("assets"))
    for layer in layers.filter(count__lte=_MOST_IN_A_LAYER).order_by("code"):
        rows = list(
            Asset.objects.filter(layer=layer, is_current=True)
            .order_by("code")
            .values_list("id", "code", "label", "properties")
        )
        # The importer puts the code behind the name: without it, a thing's label is what it is called.
        named = [(id_, label.removesuffix(code).strip() or label, more) for id_, code, label, more in rows]
        if len({name for _, name, _ in named}) >= _OWN_NAMES * len(named) and len(named) > 1:
            for id_, name, more in named:
                yield Landmark(name, id_, is_asset=True), [name, *_other_names(more)]


def _other_names(properties: Mapping[str, object]) -> list[str]:
    """Return the other names a file gave, "Viola Square; The Green" as two."""
    found = [str(value) for key, value in properties.items() if key.lower() in _OTHER_NAMES and value]
    return [name.strip() for text in found for name in text.replace(",", ";").split(";") if len(name.strip()) > 2]


def landmarks_like(asked: Iterable[str], at: int, *, typing: bool, limit: int = 5) -> list[Landmark]:
    """Return named places whose name resembles one of the asked texts (in short words), best first."""
    rows, names = _landmarks(at)
    if not rows:
        return []
    found: dict[int, float] = {}
    for text in dict.fromkeys(asked):
        name = plain_name(text)
        if len(name.key) < 3:
            continue
        _keep_best(found, names.same(name))
        if not any(score > 0.9 for score in found.values()):
            _keep_best(found, names.mistyped(name, typing=typing))
            _keep_best(found, names.mistyped_whole(text))
        if not any(score > 0.8 for score in found.values()):
            _keep_best(found, names.holding(name, typing=typing))
    best: dict[uuid.UUID, Landmark] = {}
    for number, score in sorted(found.items(), key=lambda item: (-item[1], item[0])):
        if score >= _LEAST_SCORE and len(best) < limit:
            best.setdefault(rows[number].id, replace(rows[number], score=min(0.98, score)))
    return list(best.values())


def places_of(landmarks: Iterable[Landmark]) -> dict[uuid.UUID, tuple[float, float]]:
    """Return a point (latitude, longitude) in or on each named place."""
    ids = {landmark.id: landmark.is_asset for landmark in landmarks}
    assets = [id_ for id_, is_asset in ids.items() if is_asset]
    drawn = [id_ for id_, is_asset in ids.items() if not is_asset]
    found = {}
    if assets:
        for id_, lat, lon in Asset.objects.filter(id__in=assets).values_list("id", "lat", "lon"):
            found[id_] = (lat, lon)
    if drawn:
        for id_, geojson in MapFeature.objects.filter(id__in=drawn).values_list("id", "geojson"):
            point = shapely.geometry.shape(geojson).representative_point()
            found[id_] = (point.y, point.x)
    return found


@dataclass(frozen=True, slots=True)
class AreaName:
    """An area by its names in every language, folded."""

    id: uuid.UUID
    name: Mapping[str, str]
    folded: tuple[str, ...]
    lat: float
    lon: float


@lru_cache(maxsize=1)
def _areas(revision: int) -> list[AreaName]:
    rows = (
        Area.objects.filter(is_current=True)
        .order_by("folded")
        .values_list("id", "name", "south", "north", "west", "east")
    )
    return [
        AreaName(id_, name, tuple(short_words(text) for text in name.values()), (south + north) / 2, (west + east) / 2)
        for id_, name, south, north, west, east in rows
    ]


def areas_like(whole: str, at: int, *, typing: bool, limit: int = 5) -> list[AreaName]:
    """Return areas named so, or whose name begins so while one types, at the city's revision `at`."""
    found: list[AreaName] = []
    for area in _areas(at):
        if any(name == whole or (typing and name.startswith(whole)) for name in area.folded):
            found.append(area)
            if len(found) == limit:
                break
    return found
