"""A small page for other sites' pages: what the city did this week near them."""

from __future__ import annotations

from datetime import timedelta

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from cityhall.apps.subscriptions import queries
from cityhall.apps.subscriptions.web import choosing
from cityhall.kernel import clock
from cityhall.kernel.django.access import public
from cityhall.kernel.errors import NotFound


@public
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@cache_control(public=True, max_age=300)
@require_safe
def widget(request: HttpRequest) -> HttpResponse:
    """Show the week's newest for a frame in another site. It holds no form and knows nobody."""
    watched = choosing.watched_of(request.GET)
    if watched.street and not queries.street_name(watched.street):
        raise NotFound(_("We do not know this street. Write its whole name, such as “Grand Avenue”."))
    if queries.filter_of(watched) is None:
        raise NotFound(_("There is no such area."))
    now = clock.now()
    context = {
        "title": queries.title(watched),
        "week": queries.digest(watched, now - timedelta(days=7), now + timedelta(seconds=1)),
        "whole": f"{reverse('near')}?{choosing.query_of(watched)}",
    }
    return render(request, "subscriptions/widget.html", context)
