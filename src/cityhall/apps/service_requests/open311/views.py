"""The endpoints that read: discovery, services, definitions, requests, tokens."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from cityhall.apps.places import public as places
from cityhall.apps.service_requests import queries
from cityhall.apps.service_requests.contracts import (
    Definition,
    PublicEvent,
    PublicRequest,
    RequestFilter,
    Status,
    number_value,
)
from cityhall.apps.service_requests.open311 import answers, parameters, records
from cityhall.apps.service_requests.open311.context import (
    check_jurisdiction,
    in_city_time,
    picture_address,
    sent,
    server_of,
)
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import ANONYMOUS
from cityhall.kernel.errors import NotFound
from cityhall.kernel.georeport import render
from cityhall.kernel.georeport.contracts import Discovery, Endpoint, Receipt
from cityhall.kernel.georeport.render import Document

FORMATS = ("text/xml", "application/json")


def read_discovery(request: HttpRequest, fmt: str) -> Document:
    """Answer the discovery document: the endpoint that counts, and one to try things out on."""
    changed = queries.catalogue_changed().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    home = request.build_absolute_uri("/")
    live = request.build_absolute_uri(reverse("open311-discovery", args=["xml"])).rpartition("/")[0]
    trial = request.build_absolute_uri(reverse("open311-trial-discovery", args=["xml"])).rpartition("/")[0]
    # A demo's requests are acted upon by nobody.
    kind = "test" if settings.CITYHALL_DEMO else "production"
    return render.discovery(
        Discovery(
            changeset=changed,
            contact=_("%(city)s. More at %(address)s") % {"city": places.city().name or "Cityhall", "address": home},
            key_service=_("Reading needs no key; most services can be reported without one. Ask at %(address)s")
            % {"address": home},
            endpoints=(
                Endpoint(live, changed, kind, FORMATS),
                Endpoint(trial, changed, "test", FORMATS),
            ),
        )
    )


def read_services(request: HttpRequest, fmt: str) -> Document:
    """Answer the services that can be reported. Emergencies are not among them: no door files them."""
    given = sent(request)
    check_jurisdiction(given)
    at = parameters.position(given)
    found = queries.categories(None, *at) if at else queries.categories()
    return render.services(records.service(category) for category in found if not category.is_emergency)


def read_definition(request: HttpRequest, fmt: str, code: str) -> Document:
    """Answer one service's questions."""
    check_jurisdiction(sent(request))
    return render.definition(records.definition(_definition(code)))


def _definition(code: str) -> Definition:
    try:
        found = queries.definition(code)
    except NotFound as missing:
        raise unknown_service(code) from missing
    if found.category.is_emergency:
        raise NotFound(_("service_code: call 911 for this. Emergencies are not taken here."))
    return found


def unknown_service(code: str) -> NotFound:
    """Return the refusal for a service that is not there."""
    return NotFound(_("service_code: there is no service “%(code)s”.") % {"code": code[:60]})


def read_requests(request: HttpRequest, fmt: str) -> HttpResponse:
    """Answer the requests that fit the filters, newest first; a Link header names the next page when there is one."""
    given = sent(request)
    check_jurisdiction(given)
    city = places.zone()
    query = parameters.list_query(given, zone=city, now=clock.now())
    wanted, offset = filter_of(query), (query.page - 1) * query.page_size
    if query.extensions:
        page = queries.published(wanted, ANONYMOUS, limit=query.page_size, offset=offset)
        document, more = _requests(request, page.items, city), bool(page.next)
    else:
        found, more = queries.listed(wanted, limit=query.page_size, offset=offset, language=request.LANGUAGE_CODE)
        document = _rows(request, found, city)
    response = answers.write(document, fmt)
    if more and ("page" in given or "page_size" in given or "per_page" in given):
        following = {**given, "page": query.page + 1, "page_size": query.page_size}
        address = f"{server_of(request)}{request.path}?{urlencode(following, doseq=True)}"
        response["Link"] = f'<{address}>; rel="next"'
    return response


def filter_of(query: parameters.ListQuery) -> RequestFilter:
    """Return the room's filter for a protocol's query."""
    if query.numbers:
        return RequestFilter(numbers=query.numbers)
    statuses: frozenset[Status] = frozenset()
    if set(query.statuses) == {"open"}:
        statuses = records.OPEN
    elif set(query.statuses) == {"closed"}:
        statuses = records.CLOSED
    return RequestFilter(
        categories=query.codes,
        statuses=tuple(sorted(statuses)),
        since=query.since,
        until=query.until,
        updated_since=query.updated_since,
        updated_until=query.updated_until,
        bbox=query.bbox,
        near=query.near,
        order="updated" if query.updated_since or query.updated_until else "requested",
    )


def read_request(request: HttpRequest, fmt: str, number: str) -> Document:
    """Answer one request, as an array of one."""
    given = sent(request)
    check_jurisdiction(given)
    city = places.zone()
    value = number_value(number)
    if value is None or parameters.extensions_wanted(given, zone=city):
        found = [_one(number)]
        return _requests(request, found, city)
    listed = queries.one_listed(value, language=request.LANGUAGE_CODE)
    if listed is None:
        raise _unknown_request(number)
    return _rows(request, [listed], city)


def read_token(request: HttpRequest, fmt: str, token: str) -> Document:
    """Answer a token. Every request has its number at once, so that the number is the token."""
    check_jurisdiction(sent(request))
    number = _one(token).number
    return render.token(Receipt(service_request_id=number, token=token))


def _one(number: str) -> PublicRequest:
    try:
        return queries.one(number, ANONYMOUS)
    except NotFound as missing:
        raise _unknown_request(number) from missing


def _unknown_request(number: str) -> NotFound:
    return NotFound(_("service_request_id: there is no request “%(number)s”.") % {"number": number[:60]})


def _rows(request: HttpRequest, found: Sequence[queries.Listed], city: ZoneInfo) -> Document:
    picture = picture_address(request)
    promised = _promised(found, city)
    return render.rows(records.row(seen, city=city, picture=picture, promised=promised) for seen in found)


def _promised(found: Sequence[queries.Listed | PublicRequest], city: ZoneInfo) -> dict[str, datetime]:
    """Return by when open requests are done, as it was said of them, by id.

    A referred one has the end of the day that its body plans it for, and none of ours.
    """
    opened = [seen for seen in found if seen.closed_at is None]
    if not opened:
        return {}
    theirs = [uuid.UUID(str(seen.id)) for seen in opened if seen.status is Status.REFERRED]
    ours = [str(seen.id) for seen in opened if seen.status is not Status.REFERRED]
    planned = offers.outside_days.get().of(theirs)
    return {**offers.expected_dates.get().said_of(ours)} | {
        str(one): datetime.combine(day.planned, time(23, 59), city) for one, day in planned.items() if day.planned
    }


def _requests(request: HttpRequest, found: Sequence[PublicRequest], city: ZoneInfo) -> Document:
    """Return requests with their extensions."""
    local, picture = in_city_time(city), picture_address(request)
    said = _promised(found, city)
    histories: Mapping[uuid.UUID, Sequence[PublicEvent]] = queries.histories([seen.id for seen in found], ANONYMOUS)
    return render.requests(
        records.request(
            seen, local=local, picture=picture, promised=said.get(str(seen.id)), history=histories.get(seen.id, ())
        )
        for seen in found
    )


def read_nothing(request: HttpRequest, fmt: str, rest: str = "") -> Document:
    """Refuse an address that is none of the protocol's."""
    raise NotFound(_("There is no such address. Start at discovery.xml or discovery.json."))
