"""Search by text: as one types, and whole.

A street is found first, by name, beginning or likeness; the number is then looked up on it. There are few streets and
many addresses, so the fuzzy part stays small however large the city is.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace

from django.db.models import Case, Q, Value, When
from django.db.models.functions import Greatest, Least

from cityhall.apps.places.contracts import Hit, HitKind
from cityhall.apps.places.models import Address, Asset, Intersection, StreetSegment
from cityhall.apps.places.queries.names import StreetName, areas_like, known, landmarks_like, like, named_so, places_of
from cityhall.apps.places.queries.things import address_label
from cityhall.apps.places.rules.address_text import Asked, endings, other_readings, parse
from cityhall.apps.places.rules.geometry import along
from cityhall.kernel.django.translated import pick

MOST = 20
_LAST = "\U0010ffff"


def suggest(text: str, limit: int = 8, language: str = "en") -> list[Hit]:
    """Return what the beginning of a search may become, best first. For calling at every key."""
    return _found(text, min(limit, MOST), language, typing=True)


def locate(text: str, language: str = "en", limit: int = 10) -> list[Hit]:
    """Return the places a whole search text may mean, best first."""
    return _found(text, min(limit, MOST), language, typing=False)


def _found(text: str, limit: int, language: str, *, typing: bool) -> list[Hit]:
    at, city = known()
    asked = parse(text, city)
    if not asked.whole:
        return []
    hits = _placed(asked, at, limit, typing)
    if not _sure(hits):
        for other in other_readings(asked):
            hits += _placed(other, at, limit, typing)
    if not any(hit.kind is HitKind.ADDRESS and hit.score > 0.9 for hit in hits):
        hits += _assets(asked.whole, language, typing)
        hits += _landmarks(asked, at, typing)
    return _best([*hits, *_areas(asked.whole, language, at, typing)], limit)


def _sure(hits: Iterable[Hit]) -> bool:
    return any(hit.score > 0.9 for hit in hits)


def _placed(asked: Asked, at: int, limit: int, typing: bool) -> list[Hit]:
    """Return addresses, crossings or streets, as the text asks for one or the other."""
    if asked.uncut and named_so(asked.uncut, at):  # "Bed and Breakfast Ln" is one street
        asked = replace(asked, street=asked.uncut, crossing="")
    if asked.houses:
        hits = _addresses(asked, at, limit, typing)
        if asked.crossing and not any(hit.kind is HitKind.ADDRESS for hit in hits):
            hits += _crossings(asked.street, asked.crossing, at, typing)
            if not hits or hits[0].score < 0.7:
                hits += _addresses(replace(asked, street=asked.uncut), at, limit, typing)
        if not asked.street:
            hits += _streets(asked.number, at, typing)[:3]
        return hits
    if asked.crossing:
        return _crossings(asked.street, asked.crossing, at, typing) or _streets(asked.uncut or asked.whole, at, typing)
    hits = _streets(asked.street or asked.whole, at, typing)
    if typing and len(hits) == 1:
        hits += _crossings_of(hits[0], limit)
    return hits


def _best(hits: Iterable[Hit], limit: int) -> list[Hit]:
    best: dict[tuple[object, ...], Hit] = {}
    for hit in hits:
        same_place = (round(hit.lat, 3), round(hit.lon, 3)) if hit.kind is HitKind.LANDMARK else None
        key = (hit.kind, hit.label, hit.address_id or hit.asset_id or hit.area_id or same_place)
        if key not in best or best[key].score < hit.score:
            best[key] = hit
    ranked = sorted(best.values(), key=lambda hit: (-round(hit.score, 3), hit.label))
    return [replace(hit, score=round(hit.score, 3)) for hit in ranked[:limit]]


def _starts(field: str, beginning: str) -> Q:
    """Match a "C"-collated column by beginning, as a range the plain index serves."""
    return Q(**{f"{field}__gte": beginning, f"{field}__lt": beginning + _LAST})


def _streets(asked: str, at: int, typing: bool) -> list[Hit]:
    return [
        Hit(HitKind.STREET, street.name, street.lat, street.lon, score=street.score * 0.95)
        for street in like(asked, at, typing=typing)
    ]


_ADDRESS = ("id", "number", "unit", "street_id", "street__name", "lat", "lon", "folded")
_STREETS_ASKED = 15
"""On how many of the best streets a number is looked up."""


def _addresses(asked: Asked, at: int, limit: int, typing: bool) -> list[Hit]:
    """Return addresses by number and street; a place along the street where the number is in a segment's range."""
    hits, done = _beginning(asked, limit) if typing else ([], set())
    if len(hits) >= limit or not asked.street:
        return hits
    # With something that begins as was typed, only the same name with another direction or kind is worth a look.
    least = 0.6 if hits else 0.0
    streets: list[StreetName] = []
    for wide in (False, True):
        tried = {street.id for street in streets} | done
        streets = like(asked.street, at, typing=typing, wide=wide)
        new = {
            street.id: street for street in streets[:_STREETS_ASKED]
            if street.id not in tried and street.score > least
        }  # fmt: skip
        hits += _on(asked, new)
        # Where streets of just this name have no such number, the name may be another one mistyped.
        if any(hit.score > 0.8 for hit in hits):
            return hits
    best = max((hit.score for hit in hits), default=0.0)
    return hits + [
        Hit(HitKind.STREET, street.name, street.lat, street.lon, score=street.score * 0.6)
        for street in streets if street.score * 0.6 > best
    ]  # fmt: skip


def _on(asked: Asked, streets: dict[uuid.UUID, StreetName]) -> list[Hit]:
    """Return the number on each of these streets: its addresses, or a place along it that is likelier than those."""
    if not streets:
        return []
    hits = []
    # The unit that was asked for comes first, then the house itself: a tower may have hundreds.
    wanted = Case(When(unit=asked.unit, then=Value(0)), When(unit="", then=Value(1)), default=Value(2))
    on_them = Address.objects.filter(street_id__in=list(streets), house__in=asked.houses).order_by(wanted, "unit")
    left = dict(streets)
    for id_, number, unit, street_id, street, lat, lon, folded in on_them.values_list(*_ADDRESS)[:100]:
        score = streets[street_id].score - _unit_penalty(asked, unit)
        if not folded.startswith(f"{asked.number} "):
            score -= 0.05
        hits.append(Hit(HitKind.ADDRESS, address_label(number, street, unit), lat, lon, address_id=id_, score=score))
        left.pop(street_id, None)
    best = max((hit.score for hit in hits), default=0.0)
    unplaced = {id_: street for id_, street in left.items() if street.score * 0.95 > best}
    return hits + _along(asked, unplaced) if unplaced else hits


def _beginning(asked: Asked, limit: int) -> tuple[list[Hit], set[uuid.UUID]]:
    """Return addresses that begin as was typed, and the streets they are on."""
    whole = f"{asked.number} {asked.street}".strip()
    hits: list[Hit] = []
    streets: set[uuid.UUID] = set()
    for variant in endings(whole)[:4] if asked.street else [whole]:
        rows = Address.objects.filter(_starts("folded", variant)).order_by("folded", "unit")[: limit * 2]
        for id_, number, unit, street_id, street, lat, lon, folded in rows.values_list(*_ADDRESS):
            score = 0.9 + 0.1 * len(variant) / len(folded) - _unit_penalty(asked, unit)
            label = address_label(number, street, unit)
            hits.append(Hit(HitKind.ADDRESS, label, lat, lon, address_id=id_, score=score))
            streets.add(street_id)
    return hits, streets


def _unit_penalty(asked: Asked, unit: str) -> float:
    """Prefer the unit that was asked for, then the house itself."""
    return 0.0 if unit == asked.unit else 0.03 if unit else 0.01


def _along(asked: Asked, streets: dict[uuid.UUID, StreetName]) -> list[Hit]:
    """Place a number between the first and last of the segment whose range holds it (linear interpolation)."""
    house = asked.house or 0
    rows = (
        StreetSegment.objects.filter(street_id__in=list(streets))
        .annotate(
            left_low=Least("left_from", "left_to"), left_high=Greatest("left_from", "left_to"),
            right_low=Least("right_from", "right_to"), right_high=Greatest("right_from", "right_to"),
        )
        .filter(
            Q(left_low__lte=house, left_high__gte=house) | Q(right_low__lte=house, right_high__gte=house)
        )
        .values_list("street_id", "line", "left_from", "left_to", "right_from", "right_to")[:50]
    )  # fmt: skip
    hits: dict[uuid.UUID, Hit] = {}
    for street_id, line, *ranges in rows:
        sides = [(first, last) for first, last in (ranges[:2], ranges[2:]) if first is not None and last is not None]
        sides = [side for side in sides if min(side) <= house <= max(side)]
        # Odd numbers stand on one side: the range that starts with the same oddness is the right one.
        sides.sort(key=lambda side: side[0] % 2 != house % 2)
        first, last = sides[0]
        lat, lon = along(line, 0.5 if first == last else (house - first) / (last - first))
        street = streets[street_id]
        score = street.score * (0.95 if first % 2 == house % 2 else 0.9)
        label = address_label(asked.number.upper() if len(asked.houses) == 1 else str(house), street.name, asked.unit)
        if street_id not in hits or hits[street_id].score < score:
            hits[street_id] = Hit(HitKind.ADDRESS, label, lat, lon, score=score)
    return list(hits.values())


def _crossings(one: str, other: str, at: int, typing: bool) -> list[Hit]:
    for wide in (False, True):
        first = {street.id: street.score for street in like(one, at, wide=wide)}
        second = {street.id: street.score for street in like(other, at, typing=typing, wide=wide)}
        rows = Intersection.objects.filter(
            Q(first_id__in=list(first), second_id__in=list(second))
            | Q(first_id__in=list(second), second_id__in=list(first))
        ).values_list("first_id", "second_id", "label", "lat", "lon")[:200]
        hits = []
        for a, b, label, lat, lon in rows:
            score = max(first.get(a, 0) * second.get(b, 0), first.get(b, 0) * second.get(a, 0))
            hits.append(Hit(HitKind.INTERSECTION, label, lat, lon, score=score))
        if any(hit.score > 0.7 for hit in hits):
            break
    return hits


def _crossings_of(street: Hit, limit: int) -> list[Hit]:
    """Return crossings of the one street that is left while typing."""
    rows = Intersection.objects.filter(Q(first__name=street.label) | Q(second__name=street.label))
    return [
        Hit(HitKind.INTERSECTION, label, lat, lon, score=street.score * 0.9)
        for label, lat, lon in rows.order_by("label")[:limit].values_list("label", "lat", "lon")
    ]


def _assets(whole: str, language: str, typing: bool) -> list[Hit]:
    """Return assets by their code, which always holds a digit."""
    code = whole.replace(" ", "")
    if len(code) < 3 or not any(letter.isdigit() for letter in code):
        return []
    match = _starts("code_folded", code) if typing else Q(code_folded=code)
    rows = Asset.objects.filter(match, is_current=True).order_by("code_folded")[:5]
    return [
        Hit(
            HitKind.ASSET,
            pick({"en": label, **(labels if isinstance(labels, dict) else {})}, language),
            lat,
            lon,
            asset_id=id_,
            score=1.0 if folded == code else 0.75,
        )
        for id_, folded, label, labels, lat, lon in rows.values_list(
            "id", "code_folded", "label", "properties__labels", "lat", "lon"
        )
    ]


def _landmarks(asked: Asked, at: int, typing: bool) -> list[Hit]:
    """Return named places: parks, libraries, whatever the city drew or owns under a name of its own."""
    found = landmarks_like((asked.whole, asked.named), at, typing=typing)
    points = places_of(found)
    return [
        Hit(
            HitKind.LANDMARK, landmark.name, *points[landmark.id], score=landmark.score,
            asset_id=landmark.id if landmark.is_asset else None,
        )
        for landmark in found if landmark.id in points
    ]  # fmt: skip


def _areas(whole: str, language: str, at: int, typing: bool) -> list[Hit]:
    """Return areas by name, in whichever language it was typed."""
    if len(whole) < 3:
        return []
    return [
        Hit(
            HitKind.AREA, pick(area.name, language), area.lat, area.lon, area_id=area.id,
            score=0.9 if whole in area.folded else 0.7,
        )
        for area in areas_like(whole, at, typing=typing)
    ]  # fmt: skip
