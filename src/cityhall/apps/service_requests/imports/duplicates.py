"""The matcher judged on a history it has not seen, beside the usual rule: the same category, near, and still open."""

from __future__ import annotations

import math
import re
from bisect import insort
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cityhall.apps.service_requests.imports.history import History
from cityhall.apps.service_requests.imports.records import Record
from cityhall.apps.service_requests.rules import grid, likeness
from cityhall.apps.service_requests.rules.likeness import Kind, Sighting

RADIUS = 60.0
"""Metres of the rule the matcher is judged against: what a category has when nobody set another."""
_MOST = 60
_REPEATS = re.compile(r"\bdup|\bsame\b|\bsee (?:case|request|other)|\brefer(?:ence)?\b|already", re.IGNORECASE)
_NUMBER = re.compile(r"\d{5,}")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two requests that may be the same, with what the matcher and the rule say."""

    later: Record
    earlier: Record
    metres: float
    probability: float
    by_rule: bool

    @property
    def suggested(self) -> bool:
        """The matcher would suggest it."""
        return self.probability >= likeness.LIKELY


Seen = tuple[str, Record, Sighting]
Spots = dict[int, dict[tuple[float, float], list[Seen]]]
"""What was seen so far, by cell and exact spot, in the order of its numbers."""


def compared(history: History, since: datetime | None = None) -> Iterator[Pair]:
    """Compare each request made at `since` or later with what was open around it then; nothing later is known.

    At most the 60 nearest are looked at, as at the desk.
    """
    open_at: Spots = defaultdict(lambda: defaultdict(list))
    kinds: dict[tuple[str, str], Kind] = {}
    for record in history.records:
        lat, lon, at = record.lat, record.lon, record.requested_at
        if lat is None or lon is None or at is None:
            continue
        mine = _sighting(record, kinds)
        if since is None or at >= since:
            yield from _with_those_around(record, mine, open_at)
        insort(open_at[grid.cell(lat, lon, grid.FINE)][lat, lon], (record.external_id, record, mine), key=_name)


def _name(one: Seen) -> str:
    return one[0]


def _with_those_around(record: Record, mine: Sighting, open_at: Spots) -> Iterator[Pair]:
    lat, lon, at = mine.lat or 0.0, mine.lon or 0.0, mine.at
    around = []
    for cell in grid.ring(lat, lon, likeness.REACH):
        for spot, seen in open_at.get(cell, {}).items():
            metres = grid.distance(lat, lon, *spot)
            around += [(metres, other, sighting) for _, other, sighting in _still_open(seen, at)]
    around.sort(key=lambda one: (one[0], one[1].external_id))
    around = around[:_MOST]
    for place, found in likeness.rank(mine, [sighting for _, _, sighting in around]):
        metres, other, sighting = around[place]
        by_rule = metres <= RADIUS and sighting.kind.code == mine.kind.code
        yield Pair(record, other, metres, found.probability, by_rule)


def _still_open(seen: list[Seen], at: datetime | None) -> list[Seen]:
    """Return the first at one spot that are open at a moment. Those closed by then are dropped: time only goes on.

    Many exports put thousands of requests at one point, the middle of the city for instance.
    """
    found: list[Seen] = []
    place = 0
    while place < len(seen) and len(found) < _MOST:
        closed_at = seen[place][2].closed_at
        if closed_at is None or (at is not None and closed_at > at):
            found.append(seen[place])
            place += 1
        else:
            del seen[place]
    return found


def _sighting(record: Record, kinds: dict[tuple[str, str], Kind]) -> Sighting:
    names = (record.category, record.group)
    kind = kinds.get(names) or kinds.setdefault(names, likeness.kind_of(record.category, record.group, record.category))
    return Sighting(
        kind=kind,
        at=record.requested_at,
        lat=record.lat,
        lon=record.lon,
        address=record.address,
        words=record.description,
        closed_at=record.closed_at if record.state == "closed" else None,
        answers={"detail": record.detail} if record.detail and record.detail != record.category else {},
    )


def named_originals(history: History) -> dict[str, str]:
    """Return which request each one repeats, by the files' own words, where both are in the files.

    A number written short ("duplicate of 819331") is read with the beginning of the number that names it.
    """
    known = {record.external_id for record in history.records}
    found: dict[str, str] = {}
    for record in history.records:
        own = record.external_id
        numbers = [record.parent] if record.parent else []
        if record.note and _REPEATS.search(record.note):
            numbers += _NUMBER.findall(record.note)
        for number in numbers:
            whole = number if number in known else own[: max(0, len(own) - len(number))] + number
            if whole in known and whole != own:
                found[own] = whole
                break
    return found


def clusters(originals: Mapping[str, str]) -> dict[str, str]:
    """Return the request that stands for each one that repeats or is repeated."""
    found: dict[str, str] = {}
    for one in {*originals, *originals.values()}:
        root, seen = one, {one}
        while (above := originals.get(root)) is not None and above not in seen:
            root = above
            seen.add(root)
        found[one] = min(seen) if above is not None else root
    return found


def wilson(hits: float, of: float) -> tuple[float, float] | None:
    """Return the bounds of a share's 95 % interval (Wilson's), None when there is nothing to share."""
    if of <= 0:
        return None
    share, z = hits / of, 1.959964
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class _Judged:
    """How one of the two did: of the named pairs, those found; of the suggestions the files judge, those right."""

    name: str
    suggested: int
    judged: int
    right: int
    named: int
    found: int

    def row(self) -> dict[str, Any]:
        return {
            "by": self.name,
            "named": self.named,
            "found": self.found,
            "recall": _share(self.found, self.named),
            "suggested": self.suggested,
            "judged": self.judged,
            "right": self.right,
            "precision": _share(self.right, self.judged),
        }


def judge_duplicates(history: History, split: datetime) -> dict[str, Any]:
    """Return how the matcher and the rule do on what was requested after `split`.

    `recall` is the share of requests whose files name their original that are shown one of its reports. `precision`
    is over the suggestions the files can judge, those where one of the two names its original or is named as one:
    files do not say of other pairs whether they are the same. Nothing is learnt from the files.
    """
    originals = named_originals(history)
    root_of = clusters(originals)
    pairs = list(compared(history, split))
    named = _named_after(history, originals, split)
    ours = _judge("matcher", [pair for pair in pairs if pair.suggested], named, root_of)
    theirs = _judge("same category and near", [pair for pair in pairs if pair.by_rule], named, root_of)
    figures: dict[str, Any] = {"rows": [ours.row(), theirs.row()], "pairs": len(named), "compared": len(pairs)}
    for prefix, one in (("", ours), ("baseline_", theirs)):
        for name, hits, of in (("precision", one.right, one.judged), ("recall", one.found, one.named)):
            figures[f"{prefix}{name}"] = _share(hits, of)
            bounds = wilson(hits, of)
            figures[f"{prefix}{name}_interval"] = [round(bound, 4) for bound in bounds] if bounds else None
        figures |= {f"{prefix}suggested": one.suggested, f"{prefix}judged": one.judged}
    return figures


def _named_after(history: History, originals: Mapping[str, str], split: datetime) -> list[tuple[str, str]]:
    at = {record.external_id: record.requested_at for record in history.records}
    named = []
    for pair in originals.items():
        first, second = at[pair[0]], at[pair[1]]
        if first is not None and second is not None and max(first, second) >= split:
            named.append(pair)
    return named


def _judge(
    name: str, suggested: Sequence[Pair], named: Sequence[tuple[str, str]], root_of: Mapping[str, str]
) -> _Judged:
    judged = right = 0
    tied: set[str] = set()
    for pair in suggested:
        one, other = root_of.get(pair.later.external_id), root_of.get(pair.earlier.external_id)
        if one is None and other is None:
            continue
        judged += 1
        if one == other:
            right += 1
            tied |= {pair.later.external_id, pair.earlier.external_id}
    found = sum(1 for repeat, _ in named if repeat in tied)
    return _Judged(name, len(suggested), judged, right, len(named), found)


def _share(hits: int, of: int) -> float | None:
    return round(hits / of, 4) if of else None
