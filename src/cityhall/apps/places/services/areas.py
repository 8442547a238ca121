"""Kinds of area and their areas, with the cells that find them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db import transaction

from cityhall.apps.places.contracts import AreaRow, Loaded, Translated
from cityhall.apps.places.models import Area, AreaCell, AreaKind
from cityhall.apps.places.rules.address_text import short_words
from cityhall.apps.places.rules.geometry import BadGeometry, covering, polygon, to_geojson
from cityhall.apps.places.services.city import SET_UP
from cityhall.apps.places.services.record import note
from cityhall.kernel.actors import Actor
from cityhall.kernel.errors import Invalid


def replace_areas(
    kind: str, rows: Iterable[AreaRow], *, name: Translated | None = None, order: int | None = None,
    actor: Actor = SET_UP,
) -> Loaded:  # fmt: skip
    """Make `rows` the current areas of a kind.

    An area whose code was there keeps its id; one that is missing now is no longer current but keeps its name for
    those who remember its id.

    Args:
        kind: the kind's code, lower case with underscores, as in "council_district"; made when it is new.
        name: the kind's translated name; None keeps it, or makes one from the code.

    Raises:
        Invalid: a shape or code cannot be used, or a code comes twice. Nothing is written then.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_-]{1,59}", kind):
        raise Invalid({"kind": f"{kind!r} is no code: lower-case letters, digits and underscores"})
    with transaction.atomic():
        owner, _ = AreaKind.objects.get_or_create(
            code=kind, defaults={"name": name or {"en": kind.replace("_", " ").capitalize()}}
        )
        if name is not None:
            owner.name = dict(name)
        if order is not None:
            owner.order = order
        owner.save()
        there = {area.code: area for area in Area.objects.select_for_update().filter(kind=owner)}
        seen: set[str] = set()
        added = updated = 0
        for row in rows:
            if not row.code or len(row.code) > 120 or row.code in seen:
                raise Invalid({"code": f"the code {row.code!r} is empty, too long or used twice"})
            seen.add(row.code)
            area = there.get(row.code) or Area(kind=owner, code=row.code)
            added, updated = (added, updated + 1) if row.code in there else (added + 1, updated)
            _write(area, row)
        gone = [area.id for code, area in there.items() if code not in seen and area.is_current]
        Area.objects.filter(id__in=gone).update(is_current=False)
        AreaCell.objects.filter(area_id__in=gone).delete()
        loaded = Loaded(added, updated, len(gone))
        note(actor, "areas", {"kind": kind, "added": added, "updated": updated, "removed": len(gone)})
    return loaded


def remove_areas(kind: str, *, actor: Actor = SET_UP) -> int:
    """Take the areas of a kind out of use; return how many. They keep their names for those who remember their ids.

    Raises:
        Invalid: field "kind": there are no areas of it.
    """
    there = Area.objects.filter(is_current=True)
    if not there.filter(kind__code=kind).exists():
        kinds = there.values_list("kind__code", flat=True).distinct().order_by("kind__code")
        raise Invalid({"kind": f"there are no areas of the kind {kind!r}. There are: {', '.join(kinds) or 'none'}"})
    return replace_areas(kind, [], actor=actor).removed


def _write(area: Area, row: AreaRow) -> None:
    """Save one area and, when its shape is new, the cells that cover it."""
    try:
        shape = polygon(row.geometry)
    except BadGeometry as problem:
        raise Invalid({"geometry": f"area {row.code}: {problem}"}) from problem
    geojson = to_geojson(shape)
    same_shape = not area._state.adding and area.is_current and area.geojson == geojson
    if not area._state.adding and not same_shape:
        area.revision += 1
    area.name, area.properties, area.is_current = dict(row.name), dict(row.properties), True
    area.folded = short_words(row.name.get("en") or next(iter(row.name.values()), row.code))[:300]
    area.geojson = geojson
    area.west, area.south, area.east, area.north = shape.bounds
    area.save()
    if not same_shape:
        AreaCell.objects.filter(area=area).delete()
        AreaCell.objects.bulk_create(
            (AreaCell(area=area, cell=found, whole=whole) for found, whole in covering(shape).items()),
            batch_size=5000,
        )
