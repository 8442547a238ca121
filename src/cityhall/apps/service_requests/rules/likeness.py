"""How likely two requests are about the same trouble, and why: pure, from what is known of both.

A logistic model of eight pieces of evidence. Its coefficients are fixed and written down here, so that anybody can
read why a pair is suggested. docs/explanation/duplicates.md explains them and says how often they are right.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from cityhall.apps.service_requests.contracts import Reason, Why
from cityhall.apps.service_requests.rules import grid
from cityhall.kernel.text import fold

LIKELY = 0.5
"""From this probability on a pair is suggested as likely the same."""
REACH = 150.0
"""Metres around a place in which the same trouble is looked for."""
ROUGHLY = 45.0
"""A place known only roughly counts as at least this many metres away."""

_BASE = 6.4
_PER_DISTANCE, _NEAR_METRES = -2.8, 20.0
_NO_PLACE = -8.0
_SAME_ADDRESS, _OTHER_HOUSE, _OTHER_STREET, _NO_ADDRESS = 0.3, -0.9, -0.9, -1.1
_SAME_ASSET, _OTHER_ASSET = 0.8, -1.0
_PER_HOURS, _SOON_HOURS, _NO_LONGER_SOON = -0.5, 0.5, 12.0
_PER_WEEKS, _LONG_HOURS = -3.0, 24.0 * 14
_WAS_CLOSED = -3.0
_RELATED, _UNRELATED = -2.0, -7.2
_PER_WORDS, _USUAL_WORDS = 1.0, 0.2
_SAME_ANSWER, _OTHER_ANSWER, _MOST_ANSWERS = 0.2, -0.6, 2
_PER_CROWD = -1.1

_ENGLISH = (
    "a an and are as at be been but by can do for from had has have he her here his i if in is it its just me my no "
    "not of on or our out please she so some that the their them there they this to too very was we were what when "
    "which who will with would you your city street st ave avenue road near front corner thanks thank hello"
)
_SPANISH = (
    "a al algo aqui calle como con cual cuando de del desde donde el ella en entre era es esa ese eso esta este esto "
    "estan favor fue gracias ha han hay hola la las lo los mas me mi muy nos o para pero por que se sin sobre son su "
    "sus tiene un una uno y ya cerca frente esquina ciudad avenida"
)
_STOP = frozenset(f"{_ENGLISH} {_SPANISH}".split())
_STREETS = {
    "street": "st", "avenue": "ave", "av": "ave", "road": "rd", "drive": "dr", "boulevard": "blvd", "lane": "ln",
    "court": "ct", "place": "pl", "square": "sq", "terrace": "ter", "parkway": "pkwy", "highway": "hwy",
    "north": "n", "south": "s", "east": "e", "west": "w",
}  # fmt: skip
_HOUSE = re.compile(r"^\s*(\d+[a-z]?(?:\s*-\s*\d+[a-z]?)?)\s+(?=\D)", re.IGNORECASE)
_FIRST_PART = re.compile(r",|\s{2,}|\bnear\b|$", re.IGNORECASE)
_CROSSING = re.compile(r"\s(?:&|and|at|y)\s|/", re.IGNORECASE)
_UNIT = re.compile(r"(?:\b(?:apt|apartment|unit|suite)\.?\s*#?|#)\s*(\w+)", re.IGNORECASE)
_NOWHERE = frozenset({"not associated with a specific address"})


class Relation(StrEnum):
    """How two categories stand to each other."""

    SAME = "same"
    RELATED = "related"
    UNRELATED = "unrelated"


@dataclass(frozen=True, slots=True)
class Kind:
    """A category as far as it can be taken for another one: its code, its group, the words of its names."""

    code: str
    group: str = ""
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one person told of a trouble.

    Args:
        lat, lon: WGS 84 degrees; None when not known.
        roughly: the place is only the public form of an exact one.
        words: in their own words.
        answers: to questions with a fixed choice, or the source's own finer kind.
        also: where the camera says the photo was taken, when it says so.
    """

    kind: Kind
    at: datetime | None
    lat: float | None = None
    lon: float | None = None
    address: str = ""
    words: str = ""
    asset: UUID | str | None = None
    closed_at: datetime | None = None
    roughly: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)
    also: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """How likely two requests are the same (0 to 1), the evidence for it, and the metres between; None without."""

    probability: float
    reasons: tuple[Reason, ...]
    metres: float | None


def kind_of(code: str, group: str, *names: str) -> Kind:
    """Return a category for comparison, with the content words of its names in every language."""
    return Kind(code, fold(group), frozenset(_stem(word) for word in _content(fold(" ".join(names)))))


def relation(one: Kind, other: Kind) -> Relation:
    """Say whether two categories are the same, easily confused (one group, or a word of their names), or neither."""
    if one.code == other.code:
        return Relation.SAME
    if (one.group and one.group == other.group) or one.words & other.words:
        return Relation.RELATED
    return Relation.UNRELATED


def match(one: Sighting, other: Sighting, *, crowd: int = 0) -> Match:
    """Return how likely two requests are the same trouble. It does not matter which is named first.

    Args:
        crowd: how many more requests of the kind are open around, farther off than this one: where many are, being
            near says little.
    """
    reasons: list[Reason] = []
    log_odds = _BASE + _PER_CROWD * math.log1p(max(0, crowd))
    log_odds += _by_kind(one, other, reasons) + _by_things(one, other, reasons)
    metres = _metres(one, other)
    log_odds += _by_place(one, other, metres, reasons)
    log_odds += _by_time(one, other, reasons) + _by_words(one, other, reasons) + _by_answers(one, other)
    return Match(1 / (1 + math.exp(-log_odds)), tuple(reasons), metres)


def rank(one: Sighting, others: Sequence[Sighting], *, reach: float = REACH) -> list[tuple[int, Match]]:
    """Return the places in `others` of those within `reach` metres, with how likely each is the same, likeliest first.

    The one rule for what is near and what crowds it: every door and the measurement rank by it.
    """
    near = [(metres, at) for at, other in enumerate(others) if (metres := _metres(one, other)) is not None]
    near = sorted(pair for pair in near if pair[0] <= reach)
    farther = Counter(others[at].kind.code for _, at in near)
    found = []
    for _, at in near:
        farther[others[at].kind.code] -= 1
        found.append((at, match(one, others[at], crowd=farther[others[at].kind.code])))
    return sorted(found, key=lambda pair: (-pair[1].probability, pair[0]))


def _by_kind(one: Sighting, other: Sighting, reasons: list[Reason]) -> float:
    found = relation(one.kind, other.kind)
    if found is Relation.SAME:
        reasons.append(Reason(Why.CATEGORY))
        return 0.0
    if found is Relation.RELATED:
        reasons.append(Reason(Why.RELATED))
        return _RELATED
    return _UNRELATED


def _by_things(one: Sighting, other: Sighting, reasons: list[Reason]) -> float:
    if not one.asset or not other.asset:
        return 0.0
    if one.asset != other.asset:
        return _OTHER_ASSET
    reasons.append(Reason(Why.ASSET))
    return _SAME_ASSET


def _metres(one: Sighting, other: Sighting) -> float | None:
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    metres = grid.distance(one.lat, one.lon, other.lat, other.lon)
    if one.also:
        metres = min(metres, grid.distance(*one.also, other.lat, other.lon))
    if other.also:
        metres = min(metres, grid.distance(one.lat, one.lon, *other.also))
    return max(metres, ROUGHLY) if one.roughly or other.roughly else metres


def _by_place(one: Sighting, other: Sighting, metres: float | None, reasons: list[Reason]) -> float:
    there, here = _address(one.address), _address(other.address)
    found = _NO_PLACE
    if metres is not None:
        reasons.append(Reason(Why.DISTANCE, metres))
        found = _PER_DISTANCE * math.log1p(metres / _NEAR_METRES)
    if not there or not here:
        return found + _NO_ADDRESS
    if there == here and there.is_one_place:
        reasons.append(Reason(Why.ADDRESS))
        return found + _SAME_ADDRESS
    if not there.streets & here.streets:
        return found + _OTHER_STREET
    reasons.append(Reason(Why.STREET))
    differs = (there.house and here.house and there.house != here.house) or there.unit != here.unit
    return found + (_OTHER_HOUSE if differs else 0.0)


def _by_time(one: Sighting, other: Sighting, reasons: list[Reason]) -> float:
    if one.at is None or other.at is None:
        return 0.0
    first, second = (one, other) if one.at <= other.at else (other, one)
    hours = abs((one.at - other.at).total_seconds()) / 3600
    if hours <= 72:
        reasons.append(Reason(Why.TIME, hours))
    found = _PER_HOURS * math.log1p(min(hours, _NO_LONGER_SOON) / _SOON_HOURS)
    found += _PER_WEEKS * math.log1p(hours / _LONG_HOURS)
    was_open = first.closed_at is None or second.at is None or first.closed_at > second.at
    return found if was_open else found + _WAS_CLOSED


def _by_words(one: Sighting, other: Sighting, reasons: list[Reason]) -> float:
    mine, theirs = _text(one.words), _text(other.words)
    if not mine.grams or not theirs.grams:
        return 0.0
    shared = sum((mine.grams & theirs.grams).values())
    likeness = shared / math.sqrt(mine.grams.total() * theirs.grams.total())
    common = tuple(word for word in mine.words if word in theirs.words)[:4]
    if common and likeness > _USUAL_WORDS:
        reasons.append(Reason(Why.WORDS, tuple(sorted(common))))
    return _PER_WORDS * (likeness - _USUAL_WORDS)


def _by_answers(one: Sighting, other: Sighting) -> float:
    both = [code for code in one.answers if other.answers.get(code)]
    same = sum(one.answers[code] == other.answers[code] for code in both)
    return _SAME_ANSWER * min(same, _MOST_ANSWERS) + _OTHER_ANSWER * min(len(both) - same, _MOST_ANSWERS)


@dataclass(frozen=True, slots=True)
class _Address:
    house: str
    unit: str
    streets: frozenset[str]

    @property
    def is_one_place(self) -> bool:
        return bool(self.house) or len(self.streets) > 1


@lru_cache(maxsize=4096)
def _address(text: str) -> _Address | None:
    """Take an address apart: its house number, flat and street, or the two streets of a crossing."""
    whole = re.sub(r"^\s*intersection of\s+", "", text, flags=re.IGNORECASE).strip()
    part = _FIRST_PART.split(whole, maxsplit=1)[0]
    if not part or fold(whole) in _NOWHERE:
        return None
    found = _HOUSE.match(part)
    house = fold(found[1]) if found else ""
    flat = _UNIT.search(whole)
    streets = [_street(name) for name in _CROSSING.split(part[found.end() :] if found else part)]
    known = frozenset(name for name in streets if name)
    return _Address(house, fold(flat[1]) if flat else "", known) if known else None


def _street(name: str) -> str:
    return " ".join(_STREETS.get(word, word) for word in fold(name).split())


@dataclass(frozen=True, slots=True)
class _Text:
    words: frozenset[str]
    grams: Counter[str]


@lru_cache(maxsize=4096)
def _text(text: str) -> _Text:
    """Return a text's content words, and the runs of three letters in them, so that slips of the pen match."""
    words = _content(fold(text[:1000]))
    grams = Counter(f" {word} "[at : at + 3] for word in dict.fromkeys(words) for at in range(len(word)))
    return _Text(frozenset(words), grams)


def _content(folded: str) -> list[str]:
    return [word for word in folded.split() if len(word) > 1 and word not in _STOP]


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("s") else word
