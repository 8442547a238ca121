"""The page that says in plain words how dates are made, and how well they do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from cityhall.apps.estimates.contracts import CategoryModel
from cityhall.apps.estimates.queries import models
from cityhall.apps.estimates.rules import judging
from cityhall.apps.service_requests import public as requests
from cityhall.kernel.django.access import public
from cityhall.kernel.django.templatetags.look import number_filter, percent


@public
@require_safe
def dates(request: HttpRequest) -> HttpResponse:
    """Show how dates are made."""
    model = models.current()
    known = model.categories if model else {}
    named = [(known[one.code], one.name) for one in requests.categories(everything=True) if one.code in known]
    named.sort(key=lambda pair: (-pair[0].closings, pair[1]))
    rows = [{"name": name, "known": one, "dates": _dates(one)} for one, name in named]
    response = render(request, "estimates/dates.html", {"model": model, "rows": rows})
    response["Cache-Control"] = "private, max-age=300"
    return response


def _dates(known: CategoryModel) -> dict[str, str]:
    if known.typical:
        half, nine, share = known.typical
        return {"half": span(half), "nine": span(nine), "done": percent(share), **_checked(known)}
    if known.plain:
        half, nine = known.plain
        return {"half": span(half), "nine": span(nine), "done": "", **_checked(known)}
    return {}


def _checked(known: CategoryModel) -> dict[str, str]:
    if known.checked is None:
        return {}
    missed = any(share is not None for share in judging.missed(known.checked))
    return {
        "cover50": percent(known.checked.cover50),
        "cover90": percent(known.checked.cover90),
        "missed": "yes" if missed else "",
    }


def span(days: float) -> str:
    """Return a length of time: "3 hours", "12 days"."""
    if days < 2:
        hours = max(1, round(days * 24))
        return _unbroken(ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": number_filter(hours)})
    whole = round(days)
    return _unbroken(ngettext("%(count)s day", "%(count)s days", whole) % {"count": number_filter(whole)})


def _unbroken(text: str) -> str:
    return text.replace(" ", "\N{NO-BREAK SPACE}")
