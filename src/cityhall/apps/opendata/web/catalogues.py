"""The catalogues other portals and search engines read: DCAT-US 1.1 and 3.0, and schema.org in a dataset's page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from email.utils import parseaddr
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.cache import get_conditional_response

from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import DatasetInfo
from cityhall.apps.opendata.formats import table as formats
from cityhall.apps.opendata.rules import catalogues
from cityhall.apps.opendata.rules.catalogues import Body, Door, Entry
from cityhall.apps.opendata.web import words
from cityhall.apps.opendata.web.answers import Trouble, door
from cityhall.apps.places import public as places
from cityhall.kernel import ports
from cityhall.kernel.django.translated import pick

Write = Callable[[Sequence[Entry], Body, str], dict[str, Any]]


def body() -> Body:
    """Return the city as a publisher. Questions go where its mail comes from."""
    found = places.city()
    sender = parseaddr(ports.installation.get().value("CITYHALL_MAIL_FROM"))[1]
    return Body(places.card().name, sender, found.bounds)


def entry(request: HttpRequest, info: DatasetInfo) -> Entry:
    """Return what is told of a dataset, in the language in use."""

    def url(name: str, *parts: str) -> str:
        return request.build_absolute_uri(reverse(name, args=parts))

    title = pick(info.title) or info.name
    files = [(fmt, str(words.FORMATS[fmt]), formats.media_type(fmt)) for fmt in formats.offered(info)]
    themes = list(dict.fromkeys(pick(one) for one in info.topics))
    with translation.override("en"):  # what is said to programs has one address in every language
        page = url("opendata-dataset", info.code)
        doors = [
            *(Door(name, url("soda-whole", info.code, fmt), kind, name, is_file=True) for fmt, name, kind in files),
            Door("SODA API", url("soda-rows", info.code, "json"), "application/json", "API", is_file=False),
            *_others(request, info),
        ]
        dictionary = url("soda-view", info.code)
    return Entry(
        identifier=f"urn:uuid:{info.id}",
        title=title,
        other_title=next((text for text in info.title.values() if text and text != title), ""),
        description=pick(info.description) or title,
        languages=sorted(code for code, text in info.title.items() if text) or ["en"],
        owner=info.owner,
        licence=info.licence,
        every=info.fresh_within,
        changed=info.published_at,
        page=page,
        dictionary=dictionary,
        keywords=list(dict.fromkeys(word for word in (info.name, info.owner, *themes) if word)),
        themes=themes,
        doors=doors,
    )


def _others(request: HttpRequest, info: DatasetInfo) -> list[Door]:
    """Return the other protocols' doors, those that this city has."""
    found = []
    for title, name, parts, more in (
        ("CKAN API", "ckan-action", ("datastore_search",), f"?resource_id={info.id}"),
        ("OGC API Features", "ogc-items", (info.code,), ""),
    ):
        try:
            address = request.build_absolute_uri(reverse(name, args=parts)) + more
        except NoReverseMatch:
            continue
        found.append(Door(title, address, "application/json", "API", is_file=False))
    return found


def _answer(request: HttpRequest, *, write: Write, kind: str) -> HttpResponseBase:
    entries = [entry(request, info) for info in queries.datasets()]
    told = write(entries, body(), request.build_absolute_uri(request.path))
    written = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    etag = f'"{hashlib.sha256(written).hexdigest()[:32]}"'
    response = HttpResponse(written, content_type=kind)
    response.headers["ETag"] = etag
    known: HttpResponse | None = get_conditional_response(request, etag=etag, response=response)
    return response if known is None else known


def _said(_request: HttpRequest, trouble: Trouble) -> HttpResponse:
    return JsonResponse({"code": trouble.code, "message": trouble.message}, status=trouble.status)


data_json = door(partial(_answer, write=catalogues.us_1_1, kind="application/json"), _said)
catalog_jsonld = door(partial(_answer, write=catalogues.us_3_0, kind="application/ld+json"), _said)
