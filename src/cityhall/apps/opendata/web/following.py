"""Hearing of what changes in a dataset: by e-mail, and by feeds of one dataset or of all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.apps.opendata import queries, services
from cityhall.apps.opendata.contracts import News
from cityhall.apps.opendata.web import words
from cityhall.apps.places import public as places
from cityhall.kernel.django import limits, visitors
from cityhall.kernel.django.access import actor_of, public
from cityhall.kernel.django.client_address import counted_sender
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import Invalid, NotFound
from cityhall.kernel.text import for_xml

_FEEDS: Final = {"atom": Atom1Feed, "rss": Rss201rev2Feed}
_PER_MINUTE: Final = 60
FOLLOWS_PER_HOUR: Final = 20


@public
@never_cache
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """Follow a dataset by e-mail, or stop; and where its feeds are."""
    info, actor = queries.dataset(code), actor_of(request)
    problems: dict[str, Any] = {}
    if request.method == "POST" and request.POST.get("act") == "stop":
        return _stopped(request, services.unfollow(code, actor=actor))
    if request.method == "POST":
        try:
            services.follow(code, actor=actor, email=_address(request), language=language())
        except Invalid as refused:
            problems = dict(refused.fields)
        else:
            return _begun(request)
    told = {"info": info, "is_live": queries.is_live_dataset(info.name)}
    return _page(request, told, problems, is_following=bool(services.following(code, actor=actor)))


@public
@never_cache
@require_http_methods(["GET", "POST"])
def follow_all(request: HttpRequest) -> HttpResponse:
    """Hear of new datasets by e-mail, or stop; and where the feeds of all datasets are."""
    actor, problems = actor_of(request), {}
    if request.method == "POST" and request.POST.get("act") == "stop":
        return _stopped(request, services.unfollow_all(actor=actor))
    if request.method == "POST":
        try:
            services.follow_all(actor=actor, email=_address(request), language=language())
        except Invalid as refused:
            problems = dict(refused.fields)
        else:
            return _begun(request)
    return _page(request, {}, problems, is_following=bool(services.following_all(actor=actor)))


def _address(request: HttpRequest) -> str:
    """Return the address that somebody filled in. Raises Invalid for machines, TooMany."""
    visitors.count(request, "opendata", "follow", limit=FOLLOWS_PER_HOUR)
    if visitors.filled_by_a_machine(request):
        raise Invalid({"website": _("Leave the field “Website” empty, then send again.")})
    return request.POST.get("email", "").strip()


def _stopped(request: HttpRequest, did: bool) -> HttpResponse:
    if did:
        messages.success(request, _("You follow this no longer."))
    return redirect(request.path)


def _begun(request: HttpRequest) -> HttpResponse:
    if actor_of(request).id:
        messages.success(request, _("You follow this now. We write when something has changed."))
    else:
        messages.success(request, _("Look into your e-mail: open the link there to begin."))
    return redirect(request.path)


def _page(request: HttpRequest, told: dict[str, Any], problems: dict[str, Any], *, is_following: bool) -> HttpResponse:
    context = {
        **told,
        "is_following": is_following,
        "signed_in": actor_of(request).id is not None,
        "email": request.POST.get("email", ""),
        "problems": problems,
        "errors": [(f"#f-{name}", text) for name, text in problems.items()],
    }
    return render(request, "opendata/follow.html", context, status=422 if problems else 200)


def language() -> str:
    """Return the language of the page in two letters."""
    return (get_language() or "en").split("-")[0]


@public
@cache_control(public=True, max_age=300)
@require_safe
def feed(request: HttpRequest, fmt: str, code: str = "") -> HttpResponse:
    """Answer what was published and recalled as Atom, RSS or JSON Feed: of one dataset, or of all."""
    limits.spend(f"data-feed:{counted_sender(request)}", limit=_PER_MINUTE, per=timedelta(minutes=1))
    if fmt not in {*_FEEDS, "json"}:
        raise NotFound(_("There is no such feed. Ask for atom, rss or json."))
    city = places.city().name or "Cityhall"
    history = queries.history(code) if code else None
    name = pick(history.title) if history else _("Open data")
    title = _("%(city)s: %(name)s") % {"city": city, "name": name}
    link = _whole("opendata-versions", code) if code else _whole("opendata")
    own = settings.PUBLIC_URL + request.get_full_path()
    items = [_item(one) for one in queries.news(code)]
    if fmt == "json":
        return JsonResponse(_json_feed(title, link, own, items), content_type="application/feed+json; charset=utf-8")
    made = _FEEDS[fmt](
        title=title, link=link, description=_("What was published and recalled, newest first."), language=language(),
        feed_url=own,
    )  # fmt: skip
    for one in items:
        made.add_item(
            title=for_xml(one["title"]), link=one["url"], description=for_xml(one["text"]), pubdate=one["at"],
            updateddate=one["at"], unique_id=one["id"],
        )  # fmt: skip
    return HttpResponse(made.writeString("utf-8"), content_type=f"application/{fmt}+xml; charset=utf-8")


def _whole(name: str, *parts: str) -> str:
    return settings.PUBLIC_URL + reverse(name, args=[part for part in parts if part])


def _item(news: News) -> dict[str, Any]:
    title, address = pick(news.title), _whole("opendata-versions", news.code)
    # Of what is published every minute, a day is one piece of news.
    own = f"{news.at:%Y-%m-%d}" if news.is_live and not news.reason else str(news.number)
    if news.reason:
        named = _("%(title)s: version %(number)s was recalled") % {"title": title, "number": news.number}
        return {"id": f"{address}#recalled-{own}", "url": address, "title": named, "text": news.reason, "at": news.at}
    named = _("%(title)s: version %(number)s") % {"title": title, "number": news.number}
    said = [
        words.rows(news.rows),
        words.changed(news.added, news.changed, news.removed) if news.number > 1 else "",
        _("New columns: %(names)s.") % {"names": ", ".join(news.gained)} if news.gained else "",
        _("Columns it no longer has: %(names)s.") % {"names": ", ".join(news.lost)} if news.lost else "",
    ]
    text = " ".join(one for one in said if one)
    return {"id": f"{address}#{own}", "url": address, "title": named, "text": text, "at": news.at}


def _json_feed(title: str, link: str, own: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": link,
        "feed_url": own,
        "language": language(),
        "items": [
            {
                "id": one["id"],
                "url": one["url"],
                "title": one["title"],
                "content_text": one["text"],
                "date_published": one["at"].isoformat(),
            }
            for one in items
        ],
    }
