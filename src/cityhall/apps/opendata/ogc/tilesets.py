"""The documents that describe a dataset's vector tiles, as OGC API Tiles and as TileJSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from cityhall.apps.opendata.ogc import places, tiles
from cityhall.apps.opendata.ogc.documents import GEOJSON, JSON, REL, link
from cityhall.kernel.analytics.columns import ID, Column, Type

MVT: Final = "application/vnd.mapbox-vector-tile"
MATRIX: Final = "WebMercatorQuad"
TILESETS: Final = f"{REL}/tilesets-vector"
_MATRIX_URI: Final = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{MATRIX}"
_FIELDS: Final = {Type.NUMBER: "Number", Type.BOOLEAN: "Boolean"}
_KINDS: Final = {Type.NUMBER: "number", Type.BOOLEAN: "boolean"}
_ORIGIN: Final = math.pi * 6_378_137.0
_PIXELS: Final = 256
_PIXEL_METRES: Final = 0.00028
Bounds = tuple[float, float, float, float]


def schemes(base: str) -> dict[str, Any]:
    """Return the list of the ways the world is cut into tiles."""
    own = f"{base}/tileMatrixSets"
    told = {"id": MATRIX, "title": MATRIX, "uri": _MATRIX_URI, "links": [link("self", f"{own}/{MATRIX}", JSON)]}
    return {"links": [link("self", own, JSON)], "tileMatrixSets": [told]}


def scheme() -> dict[str, Any]:
    """Return how the world is cut into the tiles of web maps."""
    cells = [2 * _ORIGIN / _PIXELS / 2**zoom for zoom in range(tiles.DEEPEST + 1)]
    return {
        "id": MATRIX,
        "title": MATRIX,
        "uri": _MATRIX_URI,
        "crs": places.EPSG_3857,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": [
            {"id": str(zoom), "scaleDenominator": size / _PIXEL_METRES, "cellSize": size, "cornerOfOrigin": "topLeft",
             "pointOfOrigin": [-_ORIGIN, _ORIGIN], "tileWidth": _PIXELS, "tileHeight": _PIXELS,
             "matrixWidth": 2**zoom, "matrixHeight": 2**zoom}
            for zoom, size in enumerate(cells)
        ],
    }  # fmt: skip


def listed(base: str, code: str, title: str) -> dict[str, Any]:
    """Return the list of a collection's tilesets."""
    here = f"{base}/collections/{code}"
    return {
        "links": [link("self", f"{here}/tiles", JSON), link("collection", here, JSON)],
        "tilesets": [{**_about(title), "links": [link("self", f"{here}/tiles/{MATRIX}", JSON), _scheme(base)]}],
    }


def described(base: str, code: str, title: str, columns: Sequence[Column], bounds: Bounds | None) -> dict[str, Any]:
    """Return the description of a collection's tileset."""
    here = f"{base}/collections/{code}"
    own = f"{here}/tiles/{MATRIX}"
    layers: list[dict[str, Any]] = [
        {"id": tiles.ROWS, "dataType": "vector", "geometryDimension": 0,
         "propertiesSchema": {"type": "object", "properties": _properties(columns)}},
        {"id": tiles.GROUPS, "dataType": "vector", "geometryDimension": 0,
         "propertiesSchema": {"type": "object", "properties": {"count": {"type": "integer"}}}},
    ]  # fmt: skip
    box = {"boundingBox": _box(bounds), "tileMatrixSetLimits": _limits(bounds)} if bounds else {}
    return {
        **_about(title),
        "layers": layers,
        **box,
        "links": [
            link("self", own, JSON),
            link("alternate", f"{own}?f=tilejson", JSON, "The same as TileJSON"),
            link(f"{REL}/geodata", here, JSON, "The collection"),
            link("items", f"{here}/items", GEOJSON, "The rows as GeoJSON"),
            _scheme(base),
            {**link("item", f"{own}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}", MVT), "templated": True},
        ],
    }


def tilejson(base: str, code: str, title: str, columns: Sequence[Column], bounds: Bounds | None) -> dict[str, Any]:
    """Return the TileJSON 3.0 of a collection's tiles."""
    return {
        "tilejson": "3.0.0",
        "name": title,
        "scheme": "xyz",
        "tiles": [f"{base}/collections/{code}/tiles/{MATRIX}/{{z}}/{{y}}/{{x}}"],
        "minzoom": 0,
        "maxzoom": tiles.DEEPEST,
        **({"bounds": list(bounds)} if bounds else {}),
        "vector_layers": [
            {"id": tiles.ROWS, "fields": {ID: "String"} | {
                one.name: _FIELDS.get(one.type, "String") for one in columns if one.type is not Type.POINT
            }},
            {"id": tiles.GROUPS, "fields": {"count": "Number"}},
        ],
    }  # fmt: skip


def _box(bounds: Bounds) -> dict[str, Any]:
    """Return a box in the tiles' own coordinates: GDAL reads no others."""
    to_metres = places.from_degrees(places.EPSG_3857)
    lower, upper = to_metres(*bounds[:2]), to_metres(*bounds[2:])
    return {"lowerLeft": list(lower), "upperRight": list(upper), "crs": places.EPSG_3857}


def _limits(bounds: Bounds) -> list[dict[str, Any]]:
    """Return by zoom which tiles have rows."""
    names = ("minTileRow", "maxTileRow", "minTileCol", "maxTileCol")
    reached = [tiles.reach(zoom, bounds) for zoom in range(tiles.DEEPEST + 1)]
    return [{"tileMatrix": str(zoom), **dict(zip(names, one, strict=True))} for zoom, one in enumerate(reached)]


def _about(title: str) -> dict[str, Any]:
    return {"title": title, "dataType": "vector", "crs": places.EPSG_3857, "tileMatrixSetURI": _MATRIX_URI}


def _scheme(base: str) -> dict[str, str]:
    return link(f"{REL}/tiling-scheme", f"{base}/tileMatrixSets/{MATRIX}", JSON)


def _properties(columns: Sequence[Column]) -> dict[str, Any]:
    own = {one.name: {"type": _KINDS.get(one.type, "string")} for one in columns if one.type is not Type.POINT}
    return {ID: {"type": "string"}, **own}
