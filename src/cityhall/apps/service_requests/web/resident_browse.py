"""What everybody may look at: the map and list, one request, the reporter's own page."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlencode

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cityhall.apps.documents import public as documents
from cityhall.apps.notify import public as notify
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import queries, services
from cityhall.apps.service_requests.contracts import (
    Action,
    Detail,
    Fact,
    Nearby,
    PublicEvent,
    PublicRequest,
    RequestFilter,
    State,
    Status,
    number_text,
    number_value,
)
from cityhall.apps.service_requests.web import panels, resident_words
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind
from cityhall.kernel.django.access import actor_of, public, resident
from cityhall.kernel.django.templatetags.look import STATUS_WORDS
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import Invalid, NotFound

SUBJECT = services.writing.SUBJECT
PAGE = 30
OPEN = (Status.RECEIVED, Status.SCHEDULED, Status.IN_PROGRESS, Status.REFERRED, Status.CONTESTED)
DONE = (Status.FIXED, Status.CLOSED, Status.DUPLICATE)
PERIODS = {"7": gettext_lazy("Past 7 days"), "30": gettext_lazy("Past 30 days"), "365": gettext_lazy("Past year")}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of an address, as they were given."""

    words: str = ""
    category: str = ""
    status: str = ""
    area: str = ""
    period: str = ""

    @property
    def query(self) -> str:
        """The filters as a query string, those that are empty left out."""
        named = {
            "q": self.words,
            "category": self.category,
            "status": self.status,
            "area": self.area,
            "period": self.period,
        }
        return urlencode({name: value for name, value in named.items() if value})


def wanted_of(request: HttpRequest) -> Wanted:
    """Read the filters of an address; what is not known is left out."""

    def get(name: str, otherwise: str) -> str:
        return request.GET.get(name, otherwise).replace("\x00", "")

    status = get("status", "")
    return Wanted(
        words=get("q", "").strip()[:200],
        category=get("category", "")[:60],
        status=status if status in {"open", "done", *Status} else "",
        area=get("area", "")[:40],
        period=get("period", "") if get("period", "") in PERIODS else "",
    )


def filter_of(wanted: Wanted) -> RequestFilter:
    """Return what the room's reads take."""
    found = RequestFilter()
    if number_value(wanted.words) is not None:
        return replace(found, numbers=(wanted.words,))
    statuses = {"open": OPEN, "done": DONE, "": ()}.get(wanted.status)
    try:
        areas = (uuid.UUID(wanted.area),) if wanted.area else ()
    except ValueError:
        areas = ()
    return replace(
        found,
        words=wanted.words,
        categories=(wanted.category,) if wanted.category else (),
        statuses=statuses if statuses is not None else (Status(wanted.status),),
        areas=areas,
        since=clock.now() - timedelta(days=int(wanted.period)) if wanted.period else None,
    )


@public
@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    """Show requests as a list and on a map; the filters are the address."""
    wanted = wanted_of(request)
    actor = actor_of(request)
    found = filter_of(wanted)
    closed = bool(found.statuses) and set(found.statuses) <= set(DONE)
    if closed:  # the news here is what was closed last
        found = replace(found, order="updated")
    page = queries.published(found, actor, after=request.GET.get("after", ""), limit=PAGE)
    if len(page.items) == 1 and number_value(wanted.words) is not None:
        return redirect("request-page", number=page.items[0].number)
    box = places.city().bounds or queries.map_extent()
    more = urlencode({"after": page.next}) if page.next else ""
    context = {
        "wanted": wanted,
        "filtered": bool(wanted.category or wanted.status or wanted.area or wanted.period),
        "cards": [{**card(one), "closed_at": one.closed_at if closed else None} for one in page.items],
        "next": "&".join(one for one in (wanted.query, more) if one) if more else "",
        "is_first": "after" not in request.GET,
        "view": "map" if request.GET.get("view") == "map" else "list",
        "categories": [one for one in queries.categories() if not one.is_emergency],
        "statuses": STATUS_WORDS,
        "areas": area_choices(),
        "periods": PERIODS,
        "points_url": f"{reverse('request-points')}?{wanted.query}",
        "layers": ",".join(places.layers()),
        "feed_url": f"{reverse('request-feed-rss')}?{wanted.query}",
        "json_feed_url": f"{reverse('request-feed-json')}?{wanted.query}",
        "bounds": ",".join(f"{one:.5f}" for one in box) if box else "",
    }
    return render(request, "service_requests/browse.html", context)


def area_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the areas people may filter by, under the name of their kind."""
    return [
        (pick(kind.name), [(str(one.id), pick(one.name)) for one in places.areas(kind.code)])
        for kind in places.area_kinds()
        if kind.code != "boundary"
    ]


def card(seen: PublicRequest) -> dict[str, Any]:
    """Return what a row of a list shows."""
    picture = seen.evidence or seen.photos
    return {
        "request": seen,
        "title": resident_words.title_of(seen),
        "house": resident_words.house_words(seen.address),
        "late": resident_words.lateness(seen) if resident_words.is_open(seen) else "",
        "picture": documents.url(picture[0], "thumb") if picture else "",
    }


class _Dot(msgspec.Struct, tag_field="type", tag="Point", gc=False):
    """GeoJSON's geometry of a point: longitude, then latitude."""

    coordinates: tuple[float, float]


class _Several(msgspec.Struct, gc=False):
    count: int


class _One(msgspec.Struct, omit_defaults=True, gc=False):
    count: int
    number: str
    status: Status | None
    title: str
    roughly: bool = False


class _Feature(msgspec.Struct, tag_field="type", tag="Feature", gc=False):
    geometry: _Dot
    properties: _Several | _One


@public
@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """Answer what the map draws as GeoJSON: `bbox` (west,south,east,north), `zoom` and the list's own filters.

    A feature with a `count` above one stands for that many requests; others name one request.
    """
    try:
        west, south, east, north = (float(one) for one in request.GET.get("bbox", "").split(","))
        zoom = float(request.GET.get("zoom", "12"))
    except ValueError:
        raise Invalid({"bbox": _("Give west, south, east and north in degrees, with commas between.")}) from None
    names = queries.category_names(request.GET.get("language"))
    found = queries.map_points(
        (west, south, east, north), zoom, filter_of(wanted_of(request)), viewer=actor_of(request)
    )
    features = [
        _Feature(
            _Dot((one.lon, one.lat)),
            _Several(one.count)
            if one.count > 1
            else _One(1, one.number, one.status, names.get(one.category_code, ""), one.roughly),
        )
        for one in found
    ]
    body = msgspec.json.encode({"type": "FeatureCollection", "features": features})
    response = HttpResponse(body, content_type="application/json")
    response["Cache-Control"] = "private, max-age=30"
    return response


@public
@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    """Show one request to everybody."""
    value = number_value(number)
    if value is None:
        raise NotFound(_("There is no such service request. Check the number."))
    if number != number_text(value):
        return redirect("request-page", number=number_text(value), permanent=True)
    actor = actor_of(request)
    seen = queries.one(number, actor)
    return _shown(request, seen, queries.history(seen.id, actor), actor)


@public
@never_cache
@require_safe
def private(request: HttpRequest, token: str) -> HttpResponse:
    """Show one request to its reporter, who has the private link: own words, own photos, own place."""
    actor = actor_of(request)
    request_id = queries.request_of_token(token)
    seen = queries.one(request_id, actor, token=token)
    response = _shown(request, seen, queries.history(seen.id, actor, token=token), actor, token=token)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def _shown(
    request: HttpRequest, seen: PublicRequest, events: tuple[PublicEvent, ...], actor: Actor, *, token: str = ""
) -> HttpResponse:
    is_open = resident_words.is_open(seen)
    may_contest = seen.state is State.CLOSED and not seen.duplicate_of
    around: tuple[Nearby, ...] = ()
    if seen.lat is not None and seen.lon is not None and seen.place_detail is Detail.EXACT:
        around = queries.nearby_open(seen.category_code, seen.lat, seen.lon, metres=400, limit=6)
    private = bool(token)
    signed = private or seen.sees_all or seen.is_mine
    doubts = resident_words.doubted_with(events)
    context = {
        "seen": seen,
        "is_rough": seen.place_detail is Detail.GENERALISED,
        "title": resident_words.title_of(seen),
        "address": resident_words.address_words(seen.address),
        "is_open": is_open,
        "late": resident_words.lateness(seen),
        "range": resident_words.expected(seen, upheld=_is_upheld(seen, events)),
        "before": [_picture(one, signed=signed) for one in seen.photos if str(one) not in doubts],
        "doubts": [_picture(one, signed=signed) for one in seen.photos if str(one) in doubts],
        "after": [_picture(one, signed=signed) for one in seen.evidence],
        "others": [
            {**_picture(photo, signed=False), "number": number}
            for number, photo in queries.photos_of_repeats(seen.id, ANONYMOUS)
        ],
        "lines": resident_words.timeline(events),
        "outcome": resident_words.outcome_words(seen.outcome),
        "may_contest": may_contest,
        "is_for_good": may_contest and queries.settled_for_good(seen.id, seen.closed_at),
        "around": [
            {
                "request": one.request,
                "title": resident_words.title_of(one.request),
                "house": resident_words.house_words(one.request.address),
                "away": resident_words.distance(one.metres),
            }
            for one in around
            if one.request.id != seen.id
        ][:5],
        "private": private,
        "token": token,
        "areas": [name for name in seen.areas.values() if name],
        "layers": ",".join(places.layers()) if seen.lat is not None else "",
        "command_id": uuid.uuid4(),
        "panels": panels.shown(offers.public_request_panels, seen.id, actor),
        **_own(seen, actor),
    }
    return render(request, "service_requests/request.html", context)


def _is_upheld(seen: PublicRequest, events: Sequence[PublicEvent]) -> bool:
    """Say whether a supervisor agreed that it was not fixed, and nobody has begun anew."""
    told = [event for event in events if event.fact in {Fact.STATE, Fact.REOPENED, Fact.CLOSED, Fact.CONTESTED}]
    last = told[-1] if told else None
    return last is not None and seen.state is State.RECEIVED and last.data.get("settled") == Action.UPHOLD


def _own(seen: PublicRequest, actor: Actor) -> dict[str, Any]:
    """Return what a signed-in resident has to do with a request: whether they follow it, and said "me too"."""
    if actor.kind is not ActorKind.RESIDENT or actor.id is None:
        return {}
    stop = notify.leaving_token(actor.id, SUBJECT, [seen.id, *queries.stood_for(seen.id)])
    return {"stop_following": stop, "supports": queries.supports(seen.id, actor.id)}


def _picture(document_id: uuid.UUID, *, signed: bool) -> dict[str, str]:
    return {
        "thumb": documents.url(document_id, "thumb", signed=signed),
        "web": documents.url(document_id, "web", signed=signed),
    }


@resident
@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show a signed-in resident what they reported, and which other requests they follow."""
    after, actor = request.GET.get("after", ""), actor_of(request)
    found = queries.published(RequestFilter(mine=True), actor, after=after, limit=PAGE)
    own = {one.id for one in found.items}
    others = tuple(one for one in notify.followed_by(cast(uuid.UUID, actor.id), SUBJECT) if one not in own)
    followed = queries.published(RequestFilter(ids=others[:PAGE]), actor, limit=PAGE).items if others else ()
    context = {
        "cards": [card(one) for one in found.items],
        "followed": [card(one) for one in followed if not one.is_mine],
        "next": urlencode({"after": found.next}) if found.next else "",
    }
    return render(request, "service_requests/mine.html", context)
