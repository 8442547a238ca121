"""Assets by layer, and what the map draws."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from django.db import transaction

from cityhall.apps.places.contracts import AssetRow, FeatureRow, Loaded, Translated
from cityhall.apps.places.models import Asset, AssetLayer, MapFeature
from cityhall.apps.places.rules.geometry import cell
from cityhall.apps.places.services.city import SET_UP
from cityhall.apps.places.services.record import copy_rows, merge_rows, note
from cityhall.kernel.actors import Actor
from cityhall.kernel.errors import Invalid
from cityhall.kernel.ids import new_id
from cityhall.kernel.text import fold

_ASSET = ("id", "layer_id", "code", "code_folded", "label", "lat", "lon", "cell", "properties", "is_current")


def load_assets(
    layer: str, rows: Iterable[AssetRow], *, name: Translated | None = None, actor: Actor = SET_UP
) -> Loaded:
    """Make `rows` the standing assets of a layer, by COPY.

    An asset whose code was there keeps its id; one that is missing now no longer stands.

    Args:
        layer: the layer's code, as in "streetlights"; made when it is new.
        name: the layer's translated name.
    """
    check_layer(layer)
    with transaction.atomic():
        owner, _ = AssetLayer.objects.get_or_create(
            code=layer, defaults={"name": name or {"en": layer.replace("_", " ").capitalize()}}
        )
        if name is not None:
            owner.name = dict(name)
            owner.save()
        before = set(Asset.objects.filter(layer=owner, is_current=True).values_list("code", flat=True))
        codes: set[str] = set()

        def values() -> Iterable[tuple[object, ...]]:
            for row in rows:
                code = row.code[:60]
                codes.add(code)
                yield (
                    row.id or new_id(), owner.id, code, fold(code).replace(" ", ""), row.label[:200], row.lat, row.lon,
                    cell(row.lat, row.lon), json.dumps(dict(row.properties)), True,
                )  # fmt: skip

        added, updated = merge_rows("places_asset", _ASSET, values(), key=("layer_id", "code"))
        gone = before - codes
        Asset.objects.filter(layer=owner, code__in=gone).update(is_current=False)
        note(actor, "assets", {"layer": layer, "added": added, "updated": updated, "removed": len(gone)})
    return Loaded(added, updated, len(gone))


def load_features(layer: str, rows: Iterable[FeatureRow], *, actor: Actor = SET_UP) -> Loaded:
    """Make `rows` what the map draws as `layer`, as in "water"; what was drawn there before goes."""
    check_layer(layer)
    with transaction.atomic():
        removed, _ = MapFeature.objects.filter(layer=layer).delete()
        added = 0

        def values() -> Iterable[tuple[object, ...]]:
            nonlocal added
            for row in rows:
                added += 1
                yield (
                    new_id(), layer, row.name[:120], json.dumps(dict(row.geometry)), json.dumps(dict(row.properties)),
                )  # fmt: skip

        copy_rows("places_mapfeature", ("id", "layer", "name", "geojson", "properties"), values())
        note(actor, "features", {"layer": layer, "added": added, "removed": removed})
    return Loaded(added, 0, removed)


def check_layer(layer: str) -> None:
    """Refuse a layer's code that could not stand in an address. Raises Invalid."""
    if not re.fullmatch(r"[a-z][a-z0-9_-]{1,59}", layer):
        raise Invalid({"layer": f"{layer!r} is no code: lower-case letters, digits and underscores"})
