"""The documents that describe the service and its collections."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from cityhall.apps.opendata.ogc import places
from cityhall.kernel.analytics.columns import Type

JSON: Final = "application/json"
HTML: Final = "text/html"
GEOJSON: Final = "application/geo+json"
SCHEMA: Final = "application/schema+json"
OPENAPI: Final = "application/vnd.oai.openapi+json;version=3.0"
_OGC: Final = "http://www.opengis.net"
REL: Final = f"{_OGC}/def/rel/ogc/1.0"
_SPEC: Final = f"{_OGC}/spec"
_GREGORIAN: Final = f"{_OGC}/def/uom/ISO-8601/0/Gregorian"
CONFORMANCE: Final = (
    *(f"{_SPEC}/ogcapi-common-1/1.0/conf/{name}" for name in ("core", "json", "html", "landing-page")),
    f"{_SPEC}/ogcapi-common-2/1.0/conf/collections",
    *(f"{_SPEC}/ogcapi-features-1/1.0/conf/{name}" for name in ("core", "geojson", "html", "oas30")),
    f"{_SPEC}/ogcapi-features-2/1.0/conf/crs",
    *(f"{_SPEC}/ogcapi-features-3/1.0/conf/{name}" for name in ("filter", "features-filter", "queryables")),
    f"{_SPEC}/ogcapi-features-5/1.0/conf/schemas",
    *(
        f"{_SPEC}/ogcapi-tiles-1/1.0/conf/{name}"
        for name in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt")
    ),
    f"{_SPEC}/tms/2.0/conf/json-tilematrixset",
    *(
        f"{_SPEC}/cql2/1.0/conf/{name}"
        for name in (
            "cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison",
            "accent-insensitive-comparison", "basic-spatial-functions", "property-property", "arithmetic",
        )
    ),
)  # fmt: skip
_KINDS: Final = {Type.NUMBER: "number", Type.BOOLEAN: "boolean"}


def link(rel: str, href: str, kind: str, title: str = "") -> dict[str, str]:
    """Return a link."""
    return {"rel": rel, "href": href, "type": kind, **({"title": title} if title else {})}


def own(address: str, kind: str) -> list[dict[str, str]]:
    """Return the links of a document to itself and to itself as a page."""
    return [link("self", address, kind, "This document"), link("alternate", f"{address}?f=html", HTML, "As a page")]


def landing(base: str, title: str) -> dict[str, Any]:
    """Return the landing page of the service at `base`."""
    return {
        "title": title,
        "description": "The city's open data as features.",
        "links": [
            *own(f"{base}/", JSON),
            link("service-desc", f"{base}/api", OPENAPI, "The interface in OpenAPI"),
            link("service-doc", f"{base}/api?f=html", HTML, "The interface as a page"),
            link("conformance", f"{base}/conformance", JSON, "The standards this service keeps"),
            link("data", f"{base}/collections", JSON, "The datasets"),
            link(f"{REL}/tiling-schemes", f"{base}/tileMatrixSets", JSON, "How the world is cut into tiles"),
        ],
    }


def collection(
    base: str,
    told: dict[str, Any],
    *,
    box: Sequence[float] | None = None,
    times: tuple[datetime, datetime] | None = None,
    zone: tzinfo = UTC,
    has_place: bool,
) -> dict[str, Any]:
    """Return a collection's description.

    Args:
        told: its id, title and description.
        box: west, south, east and north of its rows; times: the first and the last, on the clock of `zone`.
    """
    here = f"{base}/collections/{told['id']}"
    crs = {"crs": list(places.ALL), "storageCrs": places.CRS84} if has_place else {}
    extent = {
        **({"spatial": {"bbox": [list(box)], "crs": places.CRS84}} if box else {}),
        **({"temporal": {"interval": [[_moment(one, zone) for one in times]], "trs": _GREGORIAN}} if times else {}),
    }
    tiles = [link(f"{REL}/tilesets-vector", f"{here}/tiles", JSON, "Vector tiles")] if has_place else []
    return {
        **told,
        **({"extent": extent} if extent else {}),
        "itemType": "feature",
        **crs,
        "links": [
            *own(here, JSON),
            link("parent", f"{base}/collections", JSON, "All datasets"),
            link("items", f"{here}/items", GEOJSON, "The rows as GeoJSON"),
            link("items", f"{here}/items?f=html", HTML, "The rows as a page"),
            link(f"{REL}/queryables", f"{here}/queryables", SCHEMA, "The columns a filter may name"),
            link(f"{REL}/schema", f"{here}/schema", SCHEMA, "The columns"),
            *tiles,
        ],
    }


def _moment(at: datetime, zone: tzinfo) -> str:
    """Return a time of the city's clock in UTC; one too far off to have a zone as it stands."""
    with contextlib.suppress(OverflowError):
        at = at.replace(tzinfo=zone).astimezone(UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def schema(
    address: str, title: str, columns: Sequence[tuple[str, Type, bool, str]], place: str | None
) -> dict[str, Any]:
    """Return a JSON schema of columns, each given by its name, type, whether it holds days, and title."""
    properties: dict[str, Any] = {}
    for position, (name, kind, is_day, called) in enumerate(columns, start=1):
        said: dict[str, Any] = {"title": called or name, "x-ogc-propertySeq": position}
        if kind is Type.POINT:
            said |= {"$ref": "https://geojson.org/schema/Point.json", "format": "geometry-point"}
            if name == place:
                said["x-ogc-role"] = "primary-geometry"
        else:
            said["type"] = _KINDS.get(kind, "string")
            if kind in (Type.TIMESTAMP, Type.INSTANT):
                said["format"] = "date" if is_day else "date-time"
            elif kind is Type.URL:
                said["format"] = "uri"
        properties[name] = said
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "type": "object",
        "title": title,
        "properties": properties,
        "additionalProperties": False,
    }
