"""Feeds of requests for people's own tools: RSS and JSON Feed."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cityhall.apps.places import public as places
from cityhall.apps.places.contracts import AreaInfo
from cityhall.apps.service_requests import queries
from cityhall.apps.service_requests.contracts import PublicRequest
from cityhall.apps.service_requests.web import resident_words
from cityhall.apps.service_requests.web.resident_browse import Wanted, filter_of, wanted_of
from cityhall.kernel.django.access import actor_of, public
from cityhall.kernel.django.templatetags.look import status_words
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import Invalid, NotFound
from cityhall.kernel.text import for_xml

FEED = 50
_LOOKED_AT, _PAGES = 400, 5


@public
@require_safe
def feed_rss(request: HttpRequest) -> HttpResponse:
    """Answer the newest requests of an area (and any other filter) as RSS 2.0."""
    wanted = wanted_of(request)
    feed = Rss201rev2Feed(
        title=for_xml(_feed_title(wanted, _street(request))),
        link=_list_address(wanted),
        description=_("Service requests, newest first."),
        language=get_language() or "en",
        feed_url=settings.PUBLIC_URL + request.get_full_path(),
    )
    for seen in _feed_items(request, wanted):
        feed.add_item(
            title=for_xml(f"{resident_words.title_of(seen)} ({status_words(seen.status, seen.outcome or '')})"),
            link=_address(seen),
            description=for_xml(_summary(seen)),
            pubdate=seen.requested_at,
            updateddate=seen.updated_at,
            unique_id=_address(seen),
            categories=(seen.category_name,),
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/rss+xml; charset=utf-8")


@public
@require_safe
def feed_json(request: HttpRequest) -> HttpResponse:
    """Answer the same as JSON Feed 1.1."""
    wanted = wanted_of(request)
    items = [
        {
            "id": _address(seen),
            "url": _address(seen),
            "title": resident_words.title_of(seen),
            "content_text": _summary(seen),
            "date_published": seen.requested_at.isoformat(),
            "date_modified": seen.updated_at.isoformat(),
            "tags": [seen.category_name, status_words(seen.status, seen.outcome or "")],
        }
        for seen in _feed_items(request, wanted)
    ]
    body = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _feed_title(wanted, _street(request)),
        "home_page_url": _list_address(wanted),
        "feed_url": settings.PUBLIC_URL + request.get_full_path(),
        "language": get_language() or "en",
        "items": items,
    }
    return JsonResponse(body, content_type="application/feed+json; charset=utf-8")


def _feed_items(request: HttpRequest, wanted: Wanted) -> list[PublicRequest]:
    """Return the newest. Of a street some pages are looked at: the words may stand in the text, too."""
    street = _street(request)
    found: list[PublicRequest] = []
    after = ""
    for _page in range(_PAGES if street else 1):
        page = queries.published(
            filter_of(wanted), actor_of(request), after=after, limit=_LOOKED_AT if street else FEED
        )
        found += [one for one in page.items if not street or places.is_on_street(one.address, street)]
        after = page.next
        if not after or len(found) >= FEED:
            break
    return found[:FEED]


def _street(request: HttpRequest) -> str:
    return request.GET.get("street", "").replace("\x00", "").strip()[:200]


def _feed_title(wanted: Wanted, street: str) -> str:
    """Return a title that tells this feed from the others of the city which somebody reads."""
    title = _("%(city)s: service requests") % {"city": places.city().name or "Cityhall"}
    area = _area(wanted)
    names = [queries.category_names().get(wanted.category, ""), street or wanted.words, pick(area.name) if area else ""]
    told = ", ".join(name for name in names if name)
    return f"{title} ({told})" if told else title


def _area(wanted: Wanted) -> AreaInfo | None:
    try:
        return places.area(uuid.UUID(wanted.area)) if wanted.area else None
    except (ValueError, Invalid, NotFound):
        return None


def _list_address(wanted: Wanted) -> str:
    query = f"?{wanted.query}" if wanted.query else ""
    return f"{settings.PUBLIC_URL}{reverse('requests')}{query}"


def _address(seen: PublicRequest) -> str:
    return settings.PUBLIC_URL + reverse("request-page", args=[seen.number])


def _summary(seen: PublicRequest) -> str:
    parts = (status_words(seen.status, seen.outcome or ""), seen.outcome_sentence, seen.description)
    return ". ".join(part.rstrip(".") for part in parts if part) + "."
