"""A calendar of the city's work near a place, for people's own calendars."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cityhall.apps.places import public as places
from cityhall.apps.subscriptions import queries, rules
from cityhall.apps.subscriptions.contracts import Coming
from cityhall.apps.subscriptions.web import choosing
from cityhall.kernel.django import dates
from cityhall.kernel.django.access import public
from cityhall.kernel.errors import NotFound


@public
@cache_control(public=True, max_age=900)
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Answer what is planned and what is expected around a place as a calendar (RFC 5545)."""
    watched = choosing.watched_of(request.GET)
    if queries.filter_of(watched) is None:
        raise NotFound(_("There is no such area."))
    host = settings.PUBLIC_URL.split("//")[-1].split("/")[0].split(":")[0]
    name = _("City work: %(place)s") % {"place": queries.title(watched)}
    events = [_event(one, host) for one in queries.coming(watched)]
    body = rules.calendar(name, events, maker="-//Cityhall//Near me//EN")
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="city-work.ics"'
    return response


def _event(one: Coming, host: str) -> rules.AllDay:
    seen = one.request
    address = places.address_words(seen.address)
    what = ", ".join(part for part in (seen.category_name, address) if part)
    day = dates.day(one.day)
    if one.is_planned:
        text = _("The city plans to work on this on %(day)s.") % {"day": day}
    else:
        what = _("Likely done by today: %(what)s") % {"what": what}
        text = _("9 in 10 requests like this are done by %(day)s. It is no promise.") % {"day": day}
    url = f"{settings.PUBLIC_URL}{reverse('request-page', args=[seen.number])}"
    return rules.AllDay(
        uid=f"{seen.number}@{host}",
        day=one.day,
        at=seen.updated_at,
        title=what,
        text=f"{text}\n{url}",
        place=capfirst(address),
        url=url,
        is_sure=one.is_planned,
    )
