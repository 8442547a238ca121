"""The names of streets and areas, kept in memory by each process for as long as the city's places stay the same.

A city has thousands of streets and hundreds of thousands of addresses. Measured over 500,000 addresses, asking the
database for resembling street names (a trigram array under GIN) took 40 to 70 ms a question; this takes about one.
"""

from __future__ import annotations

import uuid
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from heapq import nlargest

from cityhall.apps.places.contracts import StreetKind
from cityhall.apps.places.models import Area, City, Street
from cityhall.apps.places.rules.address_text import core, endings, grams, short_words, street_score

CANDIDATES = 30
_LEAST_SCORE = 0.35


@dataclass(frozen=True, slots=True)
class StreetName:
    """A street by name. `score` says how well it answers what was asked, 0 to 1."""

    id: uuid.UUID
    name: str
    folded: str
    core: str
    lat: float
    lon: float
    score: float = 0.0


@dataclass
class _Streets:
    rows: list[StreetName] = field(default_factory=list)
    by_name: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    beginnings: list[tuple[str, int]] = field(default_factory=list)
    by_gram: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


@lru_cache(maxsize=1)
def _streets(revision: int) -> _Streets:
    index = _Streets()
    named = Street.objects.exclude(kind=StreetKind.RAMP).order_by("folded")
    for number, row in enumerate(named.values_list("id", "name", "folded", "core", "lat", "lon")):
        street = StreetName(*row)
        index.rows.append(street)
        for name in {street.folded, street.core}:
            index.by_name[name].append(number)
            index.beginnings.append((name, number))
        for gram in grams(street.core):
            index.by_gram[gram].append(number)
    index.beginnings.sort()
    return index


def revision() -> int:
    """Return the revision of the city's places, under which what is read from them may be kept."""
    return City.objects.values_list("revision", flat=True).first() or 0


def like(asked: str, at: int, *, typing: bool) -> list[StreetName]:
    """Return up to 30 streets whose name resembles the asked one (in short words), best first.

    Args:
        at: the city's revision, asked once for a whole search.
    """
    index = _streets(at)
    found: dict[int, float] = {}
    # The core alone is a name too: "grand" is asked of "grand ave" and of "n grand st".
    for name in {asked, core(asked)}:
        for number in index.by_name.get(name, ())[:CANDIDATES]:
            found[number] = street_score(asked, index.rows[number].folded)
    if typing:
        for variant in endings(asked)[:4]:
            for number in _beginning(index, variant):
                score = min(0.97, 0.9 + 0.05 * len(variant) / len(index.rows[number].folded))
                found[number] = max(found.get(number, 0.0), score)
    if not any(score > 0.9 for score in found.values()):
        for number in _resembling(index, asked):
            score = street_score(asked, index.rows[number].folded)
            if score >= _LEAST_SCORE:
                found.setdefault(number, score)
    best = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:CANDIDATES]
    return [replace(index.rows[number], score=score) for number, score in best]


def _beginning(index: _Streets, text: str) -> list[int]:
    at = bisect_left(index.beginnings, (text, -1))
    found: list[int] = []
    while at < len(index.beginnings) and len(found) < CANDIDATES and index.beginnings[at][0].startswith(text):
        found.append(index.beginnings[at][1])
        at += 1
    return found


def _resembling(index: _Streets, asked: str) -> list[int]:
    """Return the streets that share most trigrams with the asked name, by Dice's coefficient."""
    wanted = grams(core(asked))
    if len(wanted) < 4:
        return []
    shared: Counter[int] = Counter()
    for gram in wanted:
        shared.update(index.by_gram.get(gram, ()))
    return nlargest(
        CANDIDATES, shared, key=lambda number: shared[number] / (len(wanted) + len(grams(index.rows[number].core)))
    )


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
