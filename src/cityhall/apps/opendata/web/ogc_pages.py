"""The pages of the OGC door: what programs get as JSON, for people with a browser."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from cityhall.apps.opendata.contracts import DatasetInfo
from cityhall.apps.opendata.web import extents, mapping, words
from cityhall.apps.places import public as places
from cityhall.kernel.analytics.columns import ID, Column, Type
from cityhall.kernel.django.translated import pick

ROWS = 20
"""Of one page, unless `limit` says otherwise."""
_WHOLE = 1e15
_JSON, _HTML = "application/json", "text/html"


@dataclass(frozen=True, slots=True)
class Shown:
    """A dataset of the list: from and to are words, "" where it has no times."""

    info: DatasetInfo
    has_place: bool
    first: str
    last: str


def wanted(request: HttpRequest) -> bool:
    """Say whether a person asks: `f=html`, or a browser that says nothing of `f`."""
    form = dict(parse_qsl(request.META.get("QUERY_STRING", ""), errors="replace")).get("f", "")
    return form == "html" or (not form and request.get_preferred_type([_JSON, _HTML]) == _HTML)


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Answer a page in the language of its address, with a link to the same as JSON."""
    query = [pair for pair in parse_qsl(request.META.get("QUERY_STRING", ""), errors="replace") if pair[0] != "f"]
    context = {"json_url": f"?{urlencode([*query, ('f', 'json')])}", **context}
    with translation.override(getattr(request, "LANGUAGE_CODE", "en")):
        response = render(request, f"opendata/ogc/{template}.html", context, status=status)
    patch_vary_headers(response, ("Accept", "Accept-Language"))
    return response


def filled_in(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what the form of a page asks: fields that were left empty ask nothing, and a page has few rows."""
    asked = [pair for pair in pairs if pair[1] or pair[0] not in ("q", "filter", "limit")]
    return asked if any(name == "limit" for name, _value in asked) else [*asked, ("limit", str(ROWS))]


def shown(dataset: DatasetInfo) -> Shown:
    """Return what the list and the dataset's page say of where and when."""
    times = extents.of(dataset).times
    column = next((one for one in dataset.columns if one.type.kept_as is Type.TIMESTAMP), None)
    first, last = (words.end(one, column.type) for one in times) if times and column else ("", "")
    return Shown(dataset, bool(mapping.place_of(dataset)), first, last)


def collection_map(dataset: DatasetInfo) -> dict[str, Any] | None:
    """Return what the map of all rows needs, None without places."""
    box = extents.of(dataset).box
    if box is None:
        return None
    tile = reverse("ogc-tile", args=[dataset.code, 0, 0, 0]).removesuffix("0/0/0")
    return {
        "tiles": f"{tile}{{z}}/{{y}}/{{x}}",
        "bounds": mapping.bounds(dataset),
        "layers": ",".join(places.layers()),
    }


def page_map(found: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """Return what the map of a page's rows needs, None where none has a place. Places are in degrees."""
    points = [one["geometry"]["coordinates"] for one in found if one["geometry"] is not None]
    if not points:
        return None
    lons, lats = [lon for lon, _lat in points], [lat for _lon, lat in points]
    more = 0.002 if max(lons) - min(lons) < 0.002 and max(lats) - min(lats) < 0.002 else 0.0
    sides = (min(lons) - more, min(lats) - more, max(lons) + more, max(lats) + more)
    bounds = ",".join(f"{one:.5f}" for one in sides)
    return {"bounds": bounds, "layers": ",".join(places.layers())}


def table(
    dataset: DatasetInfo, columns: Sequence[Column], found: Iterable[dict[str, Any]]
) -> tuple[list[tuple[str, bool]], list[tuple[str, list[tuple[str, bool]]]]]:
    """Return the headings of a page of features, and its rows: the id, and each value with whether it is a number."""
    titles = {one.name: pick(one.title) or one.name for one in dataset.columns}
    place = mapping.place_of(dataset)
    told = [one for one in columns if one.name not in (ID, place)]
    headings = [(titles.get(one.name, one.name), one.type is Type.NUMBER) for one in told]
    rows = [
        (one["id"], [(cell(one["properties"].get(column.name)), column.type is Type.NUMBER) for column in told])
        for one in found
    ]
    return headings, rows


def cell(value: Any) -> str:
    """Return a feature's value as a reader sees it: a time without its seconds and offset, a whole number as one."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _WHOLE:
        return str(int(value))
    text = words.cell(value)
    is_time = isinstance(value, str) and len(value) > 18 and value[10:11] == "T" and value[:4].isdecimal()
    return text[:16].replace("T", " ") if is_time else text
