"""The service's interface as an OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

from cityhall.apps.opendata.ogc import asked, places
from cityhall.apps.opendata.ogc.documents import GEOJSON, HTML, JSON, OPENAPI, SCHEMA
from cityhall.apps.opendata.ogc.tiles import DEEPEST
from cityhall.apps.opendata.ogc.tilesets import MATRIX, MVT

_TEXT: Final = {"type": "string"}
_WHOLE: Final = {"type": "integer", "minimum": 0}
_OF_ITEMS: Final = (
    "limit", "startindex", "after", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang", "filter-crs",
    "sortby", "q", "properties", "f",
)  # fmt: skip


def openapi(base: str, title: str) -> dict[str, Any]:
    """Return the service's OpenAPI document. QGIS reads the size of its pages from the parameter `limit`."""
    tiles = f"/collections/{{collectionId}}/tiles/{MATRIX}"
    return {
        "openapi": "3.0.3",
        "info": {"title": title, "version": "1.0"},
        "servers": [{"url": base}],
        "paths": {
            "/": _path("landing", "The landing page", (JSON, HTML), "f"),
            "/api": _path("api", "This document", (OPENAPI, HTML), "f"),
            "/conformance": _path("conformance", "The standards this service keeps", (JSON, HTML), "f"),
            "/tileMatrixSets": _path("schemes", "The ways the world is cut into tiles", (JSON,)),
            f"/tileMatrixSets/{MATRIX}": _path("scheme", "One of them", (JSON,)),
            "/collections": _path("collections", "The datasets", (JSON, HTML), "f"),
            "/collections/{collectionId}": _path("collection", "A dataset", (JSON, HTML), "collectionId", "f"),
            "/collections/{collectionId}/queryables": _path(
                "queryables", "The columns a filter may name", (SCHEMA, HTML), "collectionId", "f"
            ),
            "/collections/{collectionId}/schema": _path("schema", "The columns", (SCHEMA, HTML), "collectionId", "f"),
            "/collections/{collectionId}/items": _path(
                "items", "The rows", (GEOJSON, HTML), "collectionId", *_OF_ITEMS
            ),
            "/collections/{collectionId}/items/{featureId}": _path(
                "item", "A row", (GEOJSON, HTML), "collectionId", "featureId", "crs", "f"
            ),
            "/collections/{collectionId}/tiles": _path("tilesets", "The vector tiles", (JSON,), "collectionId"),
            tiles: _path("tileset", "What is in the tiles", (JSON,), "collectionId"),
            f"{tiles}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": _path(
                "tile", "A tile", (MVT,), "collectionId", "tileMatrix", "tileRow", "tileCol"
            ),
        },
        "components": {"parameters": _parameters()},
    }


def _parameters() -> dict[str, Any]:
    crs = {**_TEXT, "enum": list(places.ALL)}
    limit = {"type": "integer", "minimum": 1, "maximum": asked.MOST, "default": asked.DEFAULT}
    box = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    return {
        "collectionId": _in_path("collectionId", _TEXT, "A dataset's id."),
        "featureId": _in_path("featureId", _TEXT, "A row's id."),
        "tileMatrix": _in_path("tileMatrix", {**_WHOLE, "maximum": DEEPEST}, "The zoom."),
        "tileRow": _in_path("tileRow", _WHOLE, "The row, from the north."),
        "tileCol": _in_path("tileCol", _WHOLE, "The column, from the west."),
        "f": _in_query("f", {**_TEXT, "enum": ["json", "html"]}, "The form of the answer, in place of Accept."),
        "limit": _in_query("limit", limit, "How many features at most."),
        "startindex": _in_query("startindex", {**_WHOLE, "default": 0}, "How many features to pass over."),
        "after": _in_query("after", _TEXT, "The id after which the page begins."),
        "bbox": _in_query("bbox", box, "A box."),
        "bbox-crs": _in_query("bbox-crs", crs, "The coordinates of bbox."),
        "crs": _in_query("crs", crs, "The coordinates of the answer."),
        "datetime": _in_query("datetime", _TEXT, "A moment, a day or an interval of the first column of time."),
        "filter": _in_query("filter", _TEXT, "A filter in CQL2."),
        "filter-lang": _in_query("filter-lang", {**_TEXT, "enum": ["cql2-text", "cql2-json"]}, "Its encoding."),
        "filter-crs": _in_query("filter-crs", crs, "The coordinates of the filter."),
        "sortby": _in_query("sortby", _TEXT, "Columns with commas; - before one turns its order."),
        "q": _in_query("q", _TEXT, "Words that must all occur."),
        "properties": _in_query("properties", _TEXT, "The columns to show."),
    }


def _in_query(name: str, kind: dict[str, Any], said: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "style": "form", "explode": False, "schema": kind,
            "description": said}  # fmt: skip


def _in_path(name: str, kind: dict[str, Any], said: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": kind, "description": said}


def _path(operation: str, summary: str, kinds: tuple[str, ...], *used: str) -> dict[str, Any]:
    schemas = {kind: {"schema": _TEXT if kind in (HTML, MVT) else {"type": "object"}} for kind in kinds}
    problem = {"description": "Why there is no answer.", "content": {JSON: {"schema": {"type": "object"}}}}
    answer = {"description": "The answer.", "content": schemas}
    nothing = {"204": {"description": "No row is there."}} if MVT in kinds else {}
    return {
        "get": {
            "operationId": operation,
            "summary": summary,
            "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in used],
            "responses": {"200": answer, **nothing, "default": problem},
        }
    }
