"""The crew's pages that only show: the day with its map, and one job."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cityhall.apps.crews import queries, rules
from cityhall.apps.crews.contracts import WORK, Day, Job, Stop
from cityhall.apps.crews.web import words
from cityhall.apps.documents import public as documents
from cityhall.apps.places import public as places
from cityhall.apps.service_requests.contracts import Fact, PublicRequest, Visibility
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.ids import new_id

_MOST_NOTES = 5


@dataclass(frozen=True, slots=True)
class Card:
    """A stop as it is drawn. `directions` is empty without a point."""

    stop: Stop
    request: PublicRequest
    place: str
    late: str
    away: str
    directions: str


@dataclass(frozen=True, slots=True)
class Where:
    """Where the crew says it is: what was typed, the point it means, and what is wrong with it."""

    text: str = ""
    at: tuple[float, float] | None = None
    problem: str = ""


@staff(WORK)
@never_cache
@require_safe
def day(request: HttpRequest) -> HttpResponse:
    """Show the day: the next stop with its one button, the others below it, the map."""
    actor = actor_of(request)
    where = _where(request)
    found = queries.day(actor, at=where.at)
    cards = [card(request, stop) for stop in found.stops]
    first, others = (cards[0] if cards else None), cards[1:]
    # By distance, what is one's own and what is the team's stand in one list.
    split = not where.at
    context = {
        "day": found,
        "where": where,
        "next": first,
        "others": [one for one in others if one.stop.own or not split],
        "teams": [one for one in others if split and not one.stop.own],
        "left": len(cards) + found.more,
        "total": found.done + len(cards) + found.more,
        "pictures": pictures(first.request.photos[:1]) if first else [],
        "command_id": new_id(),
        **_map(found),
    }
    return render(request, "crews/day.html", context)


@staff(WORK)
@never_cache
@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """Answer what the day's map draws, as GeoJSON."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(seen.lon, 6), round(seen.lat, 6)]},
            "properties": {"count": 1, "number": seen.number, "status": seen.status, "title": seen.category_name},
        }
        for seen in (stop.row.request for stop in queries.day(actor_of(request)).stops)
        if seen.lat is not None and seen.lon is not None
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


@staff(WORK)
@never_cache
@require_safe
def job(request: HttpRequest, number: str) -> HttpResponse:
    """Show one job: where, what, what colleagues wrote, and the one thing to do next."""
    return show_job(request, queries.job(number, actor_of(request)))


def show_job(
    request: HttpRequest, found: Job, *, changed: Sequence[Any] | None = None, status: int = 200
) -> HttpResponse:
    """Return the page of a job.

    Args:
        changed: what happened to the request while the reader had it open, where that stopped what they wanted.
    """
    context = {**about(request, found), "changed": changed, "command_id": new_id()}
    return render(request, "crews/job.html", context, status=status)


def about(request: HttpRequest, found: Job) -> dict[str, Any]:
    """Return what every page of one job needs."""
    seen = found.detail.row.request
    notes = [
        line.event
        for line in reversed(found.detail.history)
        if line.event.fact is Fact.NOTE and line.visibility is Visibility.INTERNAL and line.event.text
    ]
    last = found.detail.history[-1].event.id if found.detail.history else ""
    return {
        "job": found,
        "seen": seen,
        "card": card(request, Stop(found.detail.row, since=found.visit.started_at if found.visit else None)),
        "is_open": seen.state not in {"closed", "contested", "referred"},
        "notes": notes[:_MOST_NOTES],
        "pictures": pictures(seen.photos),
        "work_pictures": pictures(seen.evidence),
        "last_event": last,
        "layers": ",".join(places.layers()),
    }


def card(request: HttpRequest, stop: Stop) -> Card:
    """Return a stop in words."""
    seen = stop.row.request
    way = ""
    if seen.lat is not None and seen.lon is not None:
        way = rules.directions(seen.lat, seen.lon, user_agent=request.headers.get("User-Agent", ""))
    place = capfirst(places.address_words(seen.address)) or _("A point on the map")
    return Card(stop, seen, place, words.late(stop.row.late_days), words.away(stop.metres), way)


def pictures(ids: Sequence[uuid.UUID]) -> list[dict[str, str]]:
    """Return the addresses of photos, for somebody who may see them."""
    return [{size: documents.url(one, size, signed=True) for size in ("thumb", "web")} for one in ids]


def _map(found: Day) -> dict[str, Any]:
    at = [(one.row.request.lat, one.row.request.lon) for one in found.stops]
    lats = [lat for lat, _lon in at if lat is not None]
    lons = [lon for _lat, lon in at if lon is not None]
    if not lats:
        return {"has_map": False}
    bounds = (min(lons) - 0.002, min(lats) - 0.002, max(lons) + 0.002, max(lats) + 0.002)
    return {
        "has_map": True,
        "layers": ",".join(places.layers()),
        "bounds": ",".join(f"{one:.6f}" for one in bounds),
    }


def _where(request: HttpRequest) -> Where:
    """Read where the crew says it is: the phone's point, or an address that was typed."""
    text = request.GET.get("from", "").replace("\x00", "").strip()[:200]
    if not text:
        try:
            lat, lon = float(request.GET.get("lat", "")), float(request.GET.get("lon", ""))
        except ValueError:
            return Where()
        return Where("", (lat, lon)) if abs(lat) <= 90 and abs(lon) <= 180 else Where()
    hits = places.locate(text, request.LANGUAGE_CODE)
    if not hits:
        return Where(text, None, _("We do not know that place. Write a house number and a street."))
    return Where(text, (hits[0].lat, hits[0].lon))
