"""Streets, their segments and crossings, and the addresses along them."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from django.db import connection, transaction

from cityhall.apps.places.contracts import AddressRow, Loaded, SegmentRow, StreetKind
from cityhall.apps.places.models import Intersection, Street, StreetSegment
from cityhall.apps.places.rules.address_text import core, fold_number, short_words
from cityhall.apps.places.rules.geometry import along, cell, line_cells, metres
from cityhall.apps.places.services.city import SET_UP
from cityhall.apps.places.services.record import copy_rows, merge_rows, note
from cityhall.kernel.actors import Actor
from cityhall.kernel.ids import new_id
from cityhall.kernel.text import fold

_SAME_CROSSING_METRES = 60.0
"""Crossings of the same two streets closer than this are one (carriageways drawn apart)."""
_SEGMENT = (
    "id", "street_id", "code", "line", "left_from", "left_to", "right_from", "right_to", "kind", "cells", "properties",
)  # fmt: skip


def load_streets(rows: Iterable[SegmentRow], *, actor: Actor = SET_UP) -> Loaded:
    """Replace the street network: segments, and the crossings where segments of two streets share an end.

    A street whose name stays keeps its id; one without segments goes unless addresses stand on it.
    """
    with transaction.atomic():
        segments = [row for row in rows if len(row.line) >= 2 and short_words(row.street)]
        by_name: dict[str, list[SegmentRow]] = defaultdict(list)
        for row in segments:
            by_name[short_words(row.street)].append(row)
        added, updated = _merge_streets(
            (own[0].street, folded, _street_kind(own), *_middle(own)) for folded, own in by_name.items()
        )
        ids = dict(Street.objects.values_list("folded", "id"))
        StreetSegment.objects.all().delete()
        copy_rows("places_streetsegment", _SEGMENT, _segment_rows(by_name, ids))
        removed, _ = Street.objects.filter(segments__isnull=True, addresses__isnull=True).delete()
        crossings = _load_crossings(segments, ids)
        note(
            actor,
            "streets",
            {"streets": len(by_name), "segments": len(segments), "intersections": crossings, "removed": removed},
        )
    return Loaded(added, updated, removed)


def _street_kind(own: Sequence[SegmentRow]) -> StreetKind:
    """Return a street's kind: main as soon as a part of it is, a ramp only when every part is."""
    kinds = {row.kind for row in own}
    return next(kind for kind in (StreetKind.MAIN, StreetKind.LOCAL, StreetKind.RAMP) if kind in kinds)


def _middle(own: Sequence[SegmentRow]) -> tuple[float, float]:
    """Return a point on the segment nearest to the middle of all of them."""
    points = [along(row.line, 0.5) for row in own]
    lat = sum(point[0] for point in points) / len(points)
    lon = sum(point[1] for point in points) / len(points)
    return min(points, key=lambda point: metres(lat, lon, *point))


def _merge_streets(rows: Iterable[tuple[str, str, StreetKind, float, float]]) -> tuple[int, int]:
    """Write streets given as name, folded name, kind, latitude, longitude."""
    return merge_rows(
        "places_street",
        ("id", "name", "folded", "core", "kind", "lat", "lon"),
        (
            (new_id(), name[:120], folded[:140], core(folded)[:140], kind.value, lat, lon)
            for name, folded, kind, lat, lon in rows
        ),
        key=("folded",),
    )


def _segment_rows(by_name: dict[str, list[SegmentRow]], ids: dict[str, uuid.UUID]) -> Iterator[Sequence[Any]]:
    for folded, own in by_name.items():
        for row in own:
            line = [[round(lon, 7), round(lat, 7)] for lon, lat in row.line]
            yield (
                new_id(), ids[folded[:140]], row.code[:60], json.dumps(line), *(row.left or (None, None)),
                *(row.right or (None, None)), row.kind.value, line_cells(row.line), json.dumps(dict(row.properties)),
            )  # fmt: skip


def _load_crossings(segments: Sequence[SegmentRow], ids: dict[str, uuid.UUID]) -> int:
    """Find where ends of segments of different streets meet, and write these crossings."""
    meeting: dict[tuple[float, float], dict[str, str]] = defaultdict(dict)
    for row in segments:
        if row.kind is not StreetKind.RAMP:
            for lon, lat in (row.line[0], row.line[-1]):
                # Five places are about a metre: ends that were meant to meet do.
                meeting[round(lat, 5), round(lon, 5)][short_words(row.street)[:140]] = row.street
    points: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    labels: dict[str, str] = {}
    for point, streets in meeting.items():
        labels.update(streets)
        for pair in combinations(sorted(streets), 2):
            if all(metres(*point, *other) > _SAME_CROSSING_METRES for other in points[pair]):
                points[pair].append(point)
    Intersection.objects.all().delete()
    rows = [
        (new_id(), ids[a], ids[b], f"{labels[a]} & {labels[b]}", lat, lon, cell(lat, lon))
        for (a, b), found in points.items()
        for lat, lon in found
    ]
    copy_rows("places_intersection", ("id", "first_id", "second_id", "label", "lat", "lon", "cell"), rows)
    return len(rows)


def load_addresses(rows: Iterable[AddressRow], *, replace: bool = False, actor: Actor = SET_UP) -> Loaded:
    """Add addresses, by COPY; one that is there (same number, street and unit) keeps its id.

    Streets that are not there yet are made, with the place of their first address.

    Args:
        replace: also remove addresses that are not among `rows`.
    """
    with transaction.atomic():
        ids = dict(Street.objects.values_list("folded", "id"))
        folded_names: dict[str, str] = {}
        wanted: list[AddressRow] = []
        new: dict[str, tuple[str, str, StreetKind, float, float]] = {}
        for row in rows:
            folded = folded_names.get(row.street)
            if folded is None:
                folded = folded_names[row.street] = short_words(row.street)[:140]
            if folded not in ids and folded not in new:
                new[folded] = (row.street, folded, StreetKind.LOCAL, row.lat, row.lon)
            wanted.append(row)
        if new:
            _merge_streets(new.values())
            ids = dict(Street.objects.values_list("folded", "id"))
        added, updated = merge_rows(
            "places_address",
            ("id", "street_id", "number", "house", "unit", "folded", "lat", "lon", "cell"),
            (_address_row(row, folded_names[row.street], ids) for row in wanted),
            key=("folded", "unit"),
        )
        removed = _remove_others(wanted, folded_names) if replace else 0
        with connection.cursor() as cursor:
            cursor.execute("analyze places_address")
            cursor.execute("analyze places_street")
        note(actor, "addresses", {"added": added, "updated": updated, "removed": removed})
    return Loaded(added, updated, removed)


def _address_row(row: AddressRow, street: str, ids: dict[str, uuid.UUID]) -> Sequence[Any]:
    number = fold_number(row.number)
    house = int("".join(_leading_digits(number)) or 0)
    return (
        row.id or new_id(), ids[street], row.number.strip()[:16], house, fold(row.unit)[:20], f"{number} {street}",
        row.lat, row.lon, cell(row.lat, row.lon),
    )  # fmt: skip


def _leading_digits(number: str) -> Iterator[str]:
    for letter in number:
        if not letter.isdecimal():
            return
        yield letter


def _remove_others(wanted: Sequence[AddressRow], folded_names: dict[str, str]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("create temporary table kept (folded varchar, unit varchar) on commit drop")
        copy_rows(
            "kept",
            ("folded", "unit"),
            ((f"{fold_number(row.number)} {folded_names[row.street]}", fold(row.unit)[:20]) for row in wanted),
        )
        cursor.execute(
            "delete from places_address a where not exists"
            ' (select 1 from kept k where k.folded = a.folded collate "C" and k.unit = a.unit)'
        )
        removed = cursor.rowcount
        cursor.execute("drop table kept")
    return int(removed)


def rate_segments(values: Mapping[str, Mapping[str, Any]], *, actor: Actor = SET_UP) -> set[str]:
    """Add properties to segments by their code; return the codes no segment has."""
    with transaction.atomic():
        known = set(StreetSegment.objects.filter(code__in=list(values)).values_list("code", flat=True))
        with connection.cursor() as cursor:
            cursor.execute("create temporary table rated (code varchar, more jsonb) on commit drop")
            copy_rows("rated", ("code", "more"), ((code, json.dumps(dict(values[code]))) for code in known))
            cursor.execute(
                "update places_streetsegment s set properties = s.properties || r.more from rated r"
                ' where s.code = r.code collate "C"'
            )
            cursor.execute("drop table rated")
        note(actor, "streets", {"rated": len(known)})
    return set(values) - known
