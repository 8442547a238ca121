"""What maps draw: one GeoJSON document per layer, made once for each revision of the city's places."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import shapely
from shapely.geometry import mapping

from cityhall.apps.places.models import Area, AreaKind, City, MapFeature, StreetSegment
from cityhall.kernel.django.translated import pick


@dataclass(frozen=True, slots=True)
class Document:
    """A layer as it is sent, plain and compressed."""

    plain: bytes
    packed: bytes


def names() -> list[str]:
    """Return the layers that have something to draw: boundary, streets, drawn features, kinds of area."""
    found = []
    if City.objects.filter(boundary__isnull=False).exists():
        found.append("boundary")
    if StreetSegment.objects.exists():
        found.append("streets")
    found += MapFeature.objects.order_by("layer").values_list("layer", flat=True).distinct()
    found += (
        AreaKind.objects.filter(areas__is_current=True)
        .order_by("order", "code")
        .values_list("code", flat=True)
        .distinct()
    )
    return list(dict.fromkeys(found))


@lru_cache(maxsize=64)
def document(layer: str, language: str, revision: int) -> Document | None:
    """Return a layer's GeoJSON with names in a language; None when there is no such layer.

    Args:
        revision: the city's, so that a change of places is a new document.
    """
    if layer == "boundary":
        features = list(_boundary())
    elif layer == "streets":
        features = list(_streets())
    else:
        features = list(_areas(layer, language)) or list(_drawn(layer))
    if not features:
        return None
    plain = json.dumps(
        {"type": "FeatureCollection", "features": features}, separators=(",", ":"), ensure_ascii=False
    ).encode()
    return Document(plain, gzip.compress(plain, 6, mtime=0))


def _feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _boundary() -> Iterator[dict[str, Any]]:
    for name, boundary in City.objects.filter(boundary__isnull=False).values_list("name", "boundary"):
        yield _feature(boundary, name=name)


def _streets() -> Iterator[dict[str, Any]]:
    """Yield each street's pieces joined where they meet, so that a name is drawn once along it."""
    lines: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for name, kind, line in StreetSegment.objects.order_by("id").values_list("street__name", "kind", "line"):
        lines[name, kind].append(line)
    for (name, kind), own in lines.items():
        joined = shapely.line_merge(shapely.MultiLineString(own))
        yield _feature(mapping(shapely.set_precision(joined, 1e-6)), name=name, kind=kind)


def _areas(kind: str, language: str) -> Iterator[dict[str, Any]]:
    rows = Area.objects.filter(kind__code=kind, is_current=True).order_by("code")
    for id_, code, name, geojson in rows.values_list("id", "code", "name", "geojson"):
        yield _feature(geojson, id=str(id_), code=code, name=pick(name, language))


def _drawn(layer: str) -> Iterator[dict[str, Any]]:
    rows = MapFeature.objects.filter(layer=layer).order_by("id")
    for name, geojson, properties in rows.values_list("name", "geojson", "properties"):
        yield _feature(geojson, **{**properties, "name": name} if name else properties)
