"""Near me: what happened this week in an area or street, and following it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.apps.notify import public as notify
from cityhall.apps.service_requests import public as requests
from cityhall.apps.subscriptions import queries, services
from cityhall.apps.subscriptions.contracts import Every, Watched
from cityhall.apps.subscriptions.models import Subscription
from cityhall.apps.subscriptions.web import choosing
from cityhall.kernel import clock, offers
from cityhall.kernel.django import visitors
from cityhall.kernel.django.access import actor_of, public, resident
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.errors import Invalid

WEEK = timedelta(days=7)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def near(request: HttpRequest) -> HttpResponse:
    """Choose a place or a kind of trouble, see what happened there this week, and follow it."""
    watched = choosing.watched_of(request.POST if request.method == "POST" else request.GET)
    problems: dict[str, Any] = {}
    if request.method == "POST":
        try:
            return _follow(request, watched)
        except Invalid as refused:
            problems = dict(refused.fields)
    elif watched.area_kind and queries.area_of(watched) is None:
        problems = {"area": _("We do not know this area. Choose one from the list.")}
    elif watched.street and not queries.street_name(watched.street):
        problems = {"street": _("We do not know this street. Write its whole name, such as “Grand Avenue”.")}
    return _page(request, watched, problems, status=422 if problems and request.method == "POST" else 200)


def _follow(request: HttpRequest, watched: Watched) -> HttpResponse:
    visitors.count(request, "subscriptions", "follow", limit=20)
    actor = actor_of(request)
    try:
        every = Every(request.POST.get("every", ""))
    except ValueError:
        raise Invalid({"every": _("Choose how often.")}) from None
    if request.POST.get("website", "").strip():
        raise Invalid({"website": _("Leave the field “Website” empty, then send again.")})
    language = (get_language() or "en").split("-")[0]
    row = services.subscribe(
        watched, every, actor=actor, email=request.POST.get("email", "").strip(), language=language
    )
    if actor.id:
        messages.success(request, _("You follow this now. The next digest comes when something has happened."))
    else:
        messages.success(request, _("Look into your e-mail: open the link there to begin."))
    return redirect("near-one", subscription_id=row.id)


@public
@never_cache
@require_safe
def one(request: HttpRequest, subscription_id: uuid.UUID) -> HttpResponse:
    """Show what a digest is about: where its links lead."""
    return _page(request, queries.watched_by(queries.subscription(subscription_id)), {}, status=200)


def _page(request: HttpRequest, watched: Watched, problems: dict[str, Any], *, status: int) -> HttpResponse:
    now = clock.now()
    area = queries.area_of(watched)
    query = choosing.query_of(watched)
    is_known = not problems.keys() & {"area", "street"}
    context = {
        "watched": watched,
        "area": f"{watched.area_kind}:{watched.area_code}",
        "title": queries.title(watched),
        "is_chosen": watched != Watched(),
        "week": queries.digest(watched, now - WEEK, now + timedelta(seconds=1)) if is_known else None,
        "areas": choosing.areas(),
        "categories": [one for one in requests.categories() if not one.is_emergency],
        "problems": problems,
        "errors": [(f"#f-{name}", text) for name, text in problems.items()],
        "email": request.POST.get("email", ""),
        "every": request.POST.get("every", Every.WEEK),
        "signed_in": actor_of(request).id is not None,
        "feeds": _feeds(watched, str(area.id) if area else ""),
        "calendar": query,
        "widget": f"{settings.PUBLIC_URL}{reverse('near-widget')}?{query}",
    }
    return render(request, "subscriptions/near.html", context, status=status)


def _feeds(watched: Watched, area_id: str) -> str:
    """Return the query of the requests' feeds, which know areas, kinds, words and streets."""
    named = {
        "area": area_id,
        "category": watched.category,
        "q": queries.words_of(watched),
        "street": watched.street,
    }
    return urlencode({name: value for name, value in named.items() if value})


@resident
@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show a signed-in resident what they follow."""
    user_id = actor_of(request).id
    tokens = notify.followed_by(user_id, queries.SUBJECT) if user_id else {}
    rows = {row.id: row for row in Subscription.objects.filter(id__in=tokens)}
    found = [
        offers.Follows(
            queries.title(queries.watched_by(rows[key])),
            reverse("near-one", args=[key]),
            _("Every morning") if rows[key].every == Every.DAY else _("On Mondays"),
            token,
        )
        for key, token in tokens.items()
        if key in rows
    ]
    return render(request, "subscriptions/mine.html", {"followed": [*found, *_elsewhere(user_id)]})


def _elsewhere(user_id: uuid.UUID | None) -> list[offers.Follows]:
    """Return what somebody follows in other rooms."""
    kinds = sorted(offers.followed, key=lambda one: one.order)
    return [one for kind in kinds for one in kind.found(user_id)] if user_id else []


@resident
@sent_from("near-mine")
def leave(request: HttpRequest) -> HttpResponse:
    """Stop following."""
    token = request.POST.get("token", "")
    user_id = actor_of(request).id
    own = set(notify.followed_by(user_id, queries.SUBJECT).values()) if user_id else set()
    if token in own | {one.token for one in _elsewhere(user_id)} and notify.unfollow(token):
        messages.success(request, _("You follow this no longer."))
    return redirect("near-mine")
