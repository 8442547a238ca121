"""The door of OGC API Features, which QGIS and OWSLib open; browsers get the same as pages."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import DatasetInfo
from cityhall.apps.opendata.ogc import asked, documents, openapi, places
from cityhall.apps.opendata.ogc.features import features
from cityhall.apps.opendata.web import answers, extents, mapping, ogc_pages, words
from cityhall.apps.places import public as rooms
from cityhall.kernel import clock
from cityhall.kernel.analytics.errors import QueryError, TimedOut
from cityhall.kernel.analytics.port import Limits, SnapshotSource, analytics
from cityhall.kernel.analytics.query import Query
from cityhall.kernel.django.translated import pick
from cityhall.kernel.offers import city_card
from cityhall.kernel.snapshots import ColumnType

CRS84 = places.CRS84
_COUNTING_SECONDS = 3
_FORMS = ("", "json", "html")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def door(answer: answers.Answer) -> Any:
    """Make a view of what answers a call."""
    return answers.door(answer, _problem, exposed="ETag, Last-Modified, Retry-After, Content-Crs, Link")


def _problem(request: HttpRequest, trouble: answers.Trouble) -> HttpResponse:
    if ogc_pages.wanted(request):
        return ogc_pages.page(request, "problem", {"message": trouble.message}, status=trouble.status)
    return json_of({"code": trouble.code, "description": trouble.message}, status=trouble.status)


def json_of(told: dict[str, Any], kind: str = documents.JSON, status: int = 200) -> HttpResponse:
    """Answer a document."""
    response = HttpResponse(_encode(told).encode("utf-8", "replace"), content_type=kind, status=status)
    patch_vary_headers(response, ("Accept",))
    return response


def base(request: HttpRequest) -> str:
    """Return the whole address of the service, the same in every language."""
    with translation.override("en"):
        return request.build_absolute_uri(reverse("ogc")).rstrip("/")


def zone() -> ZoneInfo:
    """Return the city's time zone."""
    return ZoneInfo(city_card.get().time_zone)


def _is_page(request: HttpRequest) -> bool:
    """Say whether a document is to be a page. Raises QueryError for what a document does not read."""
    for name, value in answers.pairs_of(request):
        if name != "f" or value not in _FORMS:
            raise QueryError(f"There is no parameter {name[:60]!r} here. Answers are JSON (f=json) or a page (f=html).")
    return ogc_pages.wanted(request)


def landing(request: HttpRequest) -> HttpResponse:
    """Answer what the service is."""
    if _is_page(request):
        return ogc_pages.page(request, "landing", {"base": f"{base(request)}/"})
    return json_of(documents.landing(base(request), city_card.get().name))


def conformance(request: HttpRequest) -> HttpResponse:
    """Answer which standards the service keeps."""
    if _is_page(request):
        return ogc_pages.page(request, "conformance", {"standards": documents.CONFORMANCE})
    return json_of({"conformsTo": list(documents.CONFORMANCE)})


def api(request: HttpRequest) -> HttpResponse:
    """Answer the interface as OpenAPI."""
    if _is_page(request):
        return ogc_pages.page(request, "api", {"base": base(request), "most": asked.MOST, "usual": asked.DEFAULT})
    return json_of(openapi.openapi(base(request), city_card.get().name), documents.OPENAPI)


def collections(request: HttpRequest) -> HttpResponse:
    """Answer the datasets."""
    found = queries.datasets()
    if _is_page(request):
        return ogc_pages.page(request, "collections", {"datasets": [ogc_pages.shown(one) for one in found]})
    here = base(request)
    told = [_collection(here, dataset) for dataset in found]
    return json_of({"links": documents.own(f"{here}/collections", documents.JSON), "collections": told})


def collection(request: HttpRequest, code: str) -> HttpResponse:
    """Answer one dataset."""
    is_page, dataset = _is_page(request), answers.dataset(code)
    if is_page:
        context = {"one": ogc_pages.shown(dataset), "base": f"{base(request)}/", "crs": places.ALL}
        return ogc_pages.page(request, "collection", {**context, "map": ogc_pages.collection_map(dataset)})
    return json_of(_collection(base(request), dataset))


def _collection(here: str, dataset: DatasetInfo) -> dict[str, Any]:
    told = {
        "id": dataset.code,
        "title": pick(dataset.title),
        "description": pick(dataset.description),
        "itemCount": dataset.rows,
    }
    extent, has_place = extents.of(dataset), bool(mapping.place_of(dataset))
    return documents.collection(here, told, box=extent.box, times=extent.times, zone=zone(), has_place=has_place)


def schema(request: HttpRequest, code: str) -> HttpResponse:
    """Answer the columns; the same are those a filter may name."""
    is_page, dataset = _is_page(request), answers.dataset(code)
    if is_page:
        columns = [(one, words.TYPES[one.type]) for one in dataset.columns]
        return ogc_pages.page(request, "columns", {"info": dataset, "columns": columns})
    told = [
        (column.name, column.type.kept_as, column.type is ColumnType.DATE, pick(column.title))
        for column in dataset.columns
    ]
    address = request.build_absolute_uri(request.path)
    place = mapping.place_of(dataset) or None
    return json_of(documents.schema(address, pick(dataset.title), told, place), documents.SCHEMA)


def items(request: HttpRequest, code: str) -> HttpResponseBase:
    """Answer a page of features."""
    pairs, (dataset, source) = answers.pairs_of(request), answers.opened(code)
    if dict(pairs).get("f", "") not in _FORMS:
        raise QueryError("Features are GeoJSON: leave f out, or say f=json; f=html is a page.")
    is_page = ogc_pages.wanted(request)
    if is_page:
        pairs = ogc_pages.filled_in(pairs)
    wanted = asked.read(pairs, source.all_columns, zone())
    if not is_page and (known := answers.known(request, dataset)) is not None:
        return known
    found = _features(source, dataset, wanted.query, wanted.crs)
    page = found[: wanted.limit]
    further = _next(pairs, wanted, page[-1]["id"]) if len(found) > wanted.limit else ""
    earlier = _previous(source, pairs, wanted)
    matched = dataset.rows if wanted.counting is None else _counted(source, wanted.counting)
    if is_page:
        same = f"?{urlencode([*_without_form(pairs), ('f', 'json')])}"
        around = {"earlier": earlier, "further": further, "count": matched, "json_url": same}
        return _items_page(request, dataset, wanted, page, around)
    here = f"{base(request)}/collections/{dataset.code}/items"
    links = [
        documents.link("self", request.build_absolute_uri(), documents.GEOJSON),
        documents.link("alternate", f"{here}?{urlencode([*_without_form(pairs), ('f', 'html')])}", documents.HTML),
        documents.link("collection", here.removesuffix("/items"), documents.JSON),
    ]
    if further:
        links.append(documents.link("next", f"{here}?{further}", documents.GEOJSON))
    if earlier is not None:
        links.append(documents.link("prev", f"{here}?{earlier}", documents.GEOJSON))
    told = {
        "type": "FeatureCollection",
        "features": page,
        "links": links,
        "numberReturned": len(page),
        **({} if matched is None else {"numberMatched": matched}),
        "timeStamp": clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return _of(dataset, told, wanted.crs)


def _items_page(
    request: HttpRequest, dataset: DatasetInfo, wanted: asked.Asked, page: list[dict[str, Any]], around: dict[str, Any]
) -> HttpResponse:
    with translation.override(getattr(request, "LANGUAGE_CODE", "en")):
        headings, rows = ogc_pages.table(dataset, wanted.query.columns, page)
    given = dict(answers.pairs_of(request))
    context = {
        "info": dataset,
        "headings": headings,
        "rows": rows,
        "given": {"filter": given.get("filter", ""), "words": given.get("q", "")},
        "map": ogc_pages.page_map(page) if wanted.crs == CRS84 else None,
        **around,
    }
    return ogc_pages.page(request, "items", context)


def item(request: HttpRequest, code: str, row: str) -> HttpResponseBase:
    """Answer one feature."""
    pairs, (dataset, source) = answers.pairs_of(request), answers.opened(code)
    crs = dict(pairs).get("crs") or CRS84
    places.from_degrees(crs)
    if unknown := [name for name, value in pairs if name not in ("crs", "f") or (name == "f" and value not in _FORMS)]:
        raise QueryError(f"There is no parameter {unknown[0][:60]!r} here, or no such value of it.")
    found = _features(source, dataset, asked.one(row, source.all_columns), crs)
    if not found:
        raise answers.Refused(f"There is no feature {row[:100]!r}.", code="not_found", status=404)
    if ogc_pages.wanted(request):
        [feature], shown = found, found[0]["geometry"]
        with translation.override(getattr(request, "LANGUAGE_CODE", "en")):
            headings, rows = ogc_pages.table(dataset, source.columns, found)
        told = [(title, text) for (title, _), (text, _) in zip(headings, rows[0][1], strict=True)]
        context = {"info": dataset, "row": feature["id"], "told": told, "layers": ",".join(rooms.layers())}
        at = shown["coordinates"] if shown and crs == CRS84 else (None, None)
        return ogc_pages.page(request, "item", {**context, "lon": at[0], "lat": at[1]})
    here = f"{base(request)}/collections/{dataset.code}"
    links = [
        documents.link("self", request.build_absolute_uri(), documents.GEOJSON),
        documents.link("alternate", f"{request.build_absolute_uri(request.path)}?f=html", documents.HTML),
        documents.link("collection", here, documents.JSON),
    ]
    return _of(dataset, {**found[0], "links": links}, crs)


def _of(dataset: DatasetInfo, told: dict[str, Any], crs: str) -> HttpResponseBase:
    headers = {**answers.marks(dataset), "Content-Crs": f"<{crs}>"}
    return answers.with_headers(json_of(told, documents.GEOJSON), headers)


def _features(source: SnapshotSource, dataset: DatasetInfo, query: Query, crs: str) -> list[dict[str, Any]]:
    dates = frozenset(column.name for column in dataset.columns if column.type is ColumnType.DATE)
    with analytics.get().run(source, query, Limits(seconds=answers.SECONDS)) as result:
        return list(features(result.columns, result.batches(), dates=dates, zone=zone(), crs=crs))


def _counted(source: SnapshotSource, query: Query) -> int | None:
    """Return how many rows match; None when counting them takes too long, which the standard allows."""
    try:
        with analytics.get().run(source, query, Limits(seconds=_COUNTING_SECONDS)) as result:
            return int(sum(batch.column(0)[0].as_py() for batch in result.batches() if batch.num_rows))
    except TimedOut:
        return None


def _without_form(pairs: answers.Pairs) -> answers.Pairs:
    return [pair for pair in pairs if pair[0] != "f"]


def _query(pairs: answers.Pairs, **more: str) -> str:
    """Return the parameters without those of the page, and with `more`."""
    kept = [(name, value) for name, value in pairs if name not in ("after", "startindex", "offset", *more)]
    return urlencode([*kept, *more.items()])


def _next(pairs: answers.Pairs, wanted: asked.Asked, last: str) -> str:
    if wanted.by_id:
        return _query(pairs, after=last)
    return _query(pairs, startindex=str(wanted.start + wanted.limit))


def _previous(source: SnapshotSource, pairs: answers.Pairs, wanted: asked.Asked) -> str | None:
    """Return the parameters of the page before, None on the first."""
    if wanted.start:
        first = max(0, wanted.start - wanted.limit)
        return _query(
            pairs, **({"startindex": str(first)} if first else {}), limit=str(min(wanted.limit, wanted.start))
        )
    if wanted.before is None:
        return None
    with analytics.get().run(source, wanted.before, Limits(seconds=answers.SECONDS)) as result:
        ids = [one for batch in result.batches() for one in batch.column(0).to_pylist()]
    if not ids:
        return None
    return _query(pairs, after=ids[-1]) if len(ids) > wanted.limit else _query(pairs)
