"""The door of OGC API Tiles: a dataset's places as vector tiles."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from cityhall.apps.opendata.contracts import DatasetInfo
from cityhall.apps.opendata.formats import packing
from cityhall.apps.opendata.ogc import tiles, tilesets
from cityhall.apps.opendata.ogc.features import features
from cityhall.apps.opendata.ogc.tiles import Square
from cityhall.apps.opendata.web import answers, extents, ogc
from cityhall.kernel.analytics.columns import CELLS, Column, Type
from cityhall.kernel.analytics.errors import QueryError
from cityhall.kernel.analytics.port import Limits, SnapshotSource, analytics
from cityhall.kernel.django.translated import pick
from cityhall.kernel.snapshots import ColumnType

_SECONDS: Final = 5
_WORTH_PACKING: Final = 1000
_FRESH: Final = "public, max-age=60"


def schemes(request: HttpRequest) -> HttpResponse:
    """Answer how the world may be cut into tiles."""
    _form(request, ("json",))
    return ogc.json_of(tilesets.schemes(ogc.base(request)))


def scheme(request: HttpRequest) -> HttpResponse:
    """Answer how the world is cut into the tiles of web maps."""
    _form(request, ("json",))
    return ogc.json_of(tilesets.scheme())


def listed(request: HttpRequest, code: str) -> HttpResponse:
    """Answer which tiles a dataset has."""
    _form(request, ("json",))
    dataset, _source, _place = _found(code)
    return ogc.json_of(tilesets.listed(ogc.base(request), dataset.code, pick(dataset.title)))


def described(request: HttpRequest, code: str) -> HttpResponse:
    """Answer what is in the tiles, as OGC's or as TileJSON."""
    form = _form(request, ("json", "tilejson"))
    dataset, source, _place = _found(code)
    told = tilesets.tilejson if form == "tilejson" else tilesets.described
    box = extents.of(dataset).box
    return ogc.json_of(told(ogc.base(request), dataset.code, pick(dataset.title), source.columns, box))


def drawn(request: HttpRequest, code: str, z: int, y: int, x: int) -> HttpResponseBase:
    """Answer one tile; nothing (204) where no row is."""
    _form(request, ("mvt",))
    dataset, source, place = _found(code)
    square = Square(z, x, y)
    if not square.is_there:
        raise answers.Refused(f"There is no tile {z}/{y}/{x}.", code="not_found", status=404)
    headers = {**answers.marks(dataset), "Cache-Control": _FRESH, "Vary": "Accept-Encoding"}
    if (known := answers.known(request, dataset)) is not None:
        return answers.with_headers(known, headers)
    body = _tile(dataset, source, place, square)
    if not body:
        return answers.with_headers(HttpResponse(status=204), headers)
    encoding = packing.chosen(request.headers.get("Accept-Encoding", "")) if len(body) > _WORTH_PACKING else ""
    if encoding:
        body = b"".join(packing.packed(iter([body]), encoding))
        headers["Content-Encoding"] = encoding
    return answers.with_headers(HttpResponse(body, content_type=tilesets.MVT), headers)


def _tile(dataset: DatasetInfo, source: SnapshotSource, place: Column, square: Square) -> bytes:
    groups = _groups(source, place, square)
    if groups is not None:
        return groups
    dates = frozenset(one.name for one in dataset.columns if one.type is ColumnType.DATE)
    query = tiles.listed(square, place, (place, *(one for one in source.columns if one.type is not Type.POINT)))
    with analytics.get().run(source, query, Limits(seconds=_SECONDS)) as result:
        rows = features(result.columns, result.batches(), dates=dates, zone=ogc.zone(), crs=ogc.CRS84)
        return tiles.of_rows(square, rows)


@lru_cache(maxsize=1024)
def _groups(source: SnapshotSource, place: Column, square: Square) -> bytes | None:
    """Return a tile of groups, None for one that has few enough rows to show. Kept, as a snapshot never changes."""
    query, table = tiles.grouped(square, place), CELLS + place.name
    if square.zoom <= tiles.OF_CELLS and table in analytics.get().tables(source):
        query, source = tiles.gathered(square), replace(source, table=table)
    with analytics.get().run(source, query, Limits(seconds=_SECONDS)) as result:
        found = [
            row for batch in result.batches() for row in zip(*(one.to_pylist() for one in batch.columns), strict=True)
        ]
    many = sum(count for count, _lon, _lat in found)
    if not many:
        return b""
    return tiles.of_groups(square, found) if many > tiles.MOST_ROWS else None


def _found(code: str) -> tuple[DatasetInfo, SnapshotSource, Column]:
    dataset, source = answers.opened(code)
    place = next((one for one in source.columns if one.type is Type.POINT), None)
    if place is None:
        raise answers.Refused("This dataset has no places, so it has no tiles.", code="not_found", status=404)
    return dataset, source, place


def _form(request: HttpRequest, forms: tuple[str, ...]) -> str:
    """Return the form that is asked for. Raises QueryError for one there is not, or another parameter."""
    form = forms[0]
    for name, value in answers.pairs_of(request):
        if name != "f" or value not in ("", *forms):
            raise QueryError(
                f"There is no parameter {name[:60]!r} here, or no such form. Say f={' or f='.join(forms)}."
            )
        form = value or form
    return form
