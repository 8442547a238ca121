"""The places room over HTTP: suggestions, names of points, layers and assets for maps. All of it is public."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.translation import get_language_from_request, get_supported_language_variant
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cityhall.apps.places.contracts import AssetInfo, Hit
from cityhall.apps.places.queries import layers
from cityhall.apps.places.queries.city import row as city_row
from cityhall.apps.places.queries.search import suggest as find
from cityhall.apps.places.queries.things import assets_in
from cityhall.apps.places.queries.things import reverse as name_of
from cityhall.apps.places.rules.geometry import is_point
from cityhall.kernel.audit import personal_hash
from cityhall.kernel.django.access import public
from cityhall.kernel.django.client_address import counted_sender
from cityhall.kernel.django.limits import spend
from cityhall.kernel.errors import Invalid, NotFound

SUGGESTIONS = 8
PER_MINUTE = 180
"""Suggestions for one address on the net: a fast typist in several windows stays below."""
MOST_ASSETS = 500


@public
@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """Answer what the text `q` may become: {"results": [{"kind", "label", "lat", "lon", "address_id", ...}]}."""
    _limit(request, "suggest")
    text = request.GET.get("q", "")[:200]
    found = find(text, SUGGESTIONS, _language(request))
    return JsonResponse({"results": [_hit(hit) for hit in found]})


@public
@require_safe
def reverse(request: HttpRequest) -> JsonResponse:
    """Answer what the point `lat`, `lon` is called: {"result": {...}} or {"result": null}."""
    _limit(request, "reverse")
    lat, lon = _number(request, "lat"), _number(request, "lon")
    if not is_point(lat, lon):
        raise Invalid({"lat": _("The place must be given in degrees of latitude and longitude.")})
    found = name_of(lat, lon)
    return JsonResponse({"result": _hit(found) if found else None})


@public
@require_safe
def layer(request: HttpRequest, name: str) -> HttpResponseBase:
    """Answer a layer as GeoJSON, compressed where the caller can, kept by caches until the city's places change."""
    language = _language(request)
    revision = city_row().revision
    found = layers.document(name, language, revision)
    if found is None:
        raise NotFound(_("This city has no such layer."))
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    etag = f'"{name}-{language}-{revision}{"-gzip" if packed else ""}"'
    fresh = HttpResponse(found.packed if packed else found.plain, content_type="application/geo+json")
    if packed:
        fresh["Content-Encoding"] = "gzip"
    fresh["ETag"] = etag
    answer = get_conditional_response(request, etag=etag, response=fresh)
    assert answer is not None
    answer["ETag"] = etag
    # Ask again after five minutes; the answer is then mostly an empty 304.
    patch_cache_control(answer, public=True, max_age=300)
    patch_vary_headers(answer, ["Accept-Encoding", "Accept-Language"])
    return answer


@public
@require_safe
def assets(request: HttpRequest) -> JsonResponse:
    """Answer the assets of `layer` in `bbox` (west,south,east,north), at most 500; "more" tells of others."""
    _limit(request, "assets")
    try:
        box = [float(part) for part in request.GET.get("bbox", "").split(",")]
    except ValueError:
        box = []
    if len(box) != 4 or not (is_point(box[1], box[0]) and is_point(box[3], box[2])):
        raise Invalid({"bbox": _("Give west, south, east and north in degrees, with commas between.")})
    found = assets_in(request.GET.get("layer", ""), box, MOST_ASSETS + 1)
    return JsonResponse({"assets": [_asset(item) for item in found[:MOST_ASSETS]], "more": len(found) > MOST_ASSETS})


def _language(request: HttpRequest) -> str:
    """Return the language asked for by `lang`, else the browser's: these addresses have no language prefix."""
    try:
        return get_supported_language_variant(request.GET.get("lang", ""))
    except LookupError:
        return get_language_from_request(request)


def _limit(request: HttpRequest, door: str) -> None:
    # The caller's address is personal data: only a salted hash of it is counted.
    caller = personal_hash(counted_sender(request), settings.SECRET_KEY.encode())
    spend(f"places.{door}:{caller}", limit=PER_MINUTE, per=timedelta(minutes=1))


def _number(request: HttpRequest, name: str) -> float:
    try:
        return float(request.GET.get(name, ""))
    except ValueError:
        return math.nan


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "kind": hit.kind.value,
        "label": hit.label,
        "lat": round(hit.lat, 6),
        "lon": round(hit.lon, 6),
        "address_id": hit.address_id,
        "asset_id": hit.asset_id,
        "area_id": hit.area_id,
        "score": hit.score,
    }


def _asset(item: AssetInfo) -> dict[str, Any]:
    return {
        "id": item.id, "layer": item.layer, "code": item.code, "label": item.label,
        "lat": round(item.lat, 6), "lon": round(item.lon, 6),
    }  # fmt: skip
