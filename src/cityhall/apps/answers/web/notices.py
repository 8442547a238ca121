"""A colleague's notices at the desk, and the names that notes can have in them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cityhall.apps.answers import queries, services
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.acts import sent_from


@staff("requests.view")
@never_cache
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """List the reader's notices, newest first."""
    actor = actor_of(request)
    context = {
        "rows": queries.notices(actor),
        "unread": queries.unread(actor),
        "by_mail": queries.wants_mail(actor.id),
    }
    return render(request, "answers/notices.html", context)


@staff("requests.view")
@sent_from("desk-notices")
def read(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    services.read_all(actor=actor_of(request))
    return redirect("desk-notices")


@staff("requests.view")
@sent_from("desk-notices")
def mail(request: HttpRequest) -> HttpResponse:
    """Switch mail about notices on or off."""
    by_mail = request.POST.get("by_mail") == "yes"
    services.choose_mail(actor=actor_of(request), by_mail=by_mail)
    said = _("You get a mail for each notice from now on.") if by_mail else _("Notices stay at the desk.")
    messages.success(request, said)
    return redirect("desk-notices")


@staff("requests.work")
@never_cache
@require_safe
def colleagues(request: HttpRequest) -> HttpResponse:
    """Return whom the writer of a note may name."""
    return JsonResponse({"results": queries.colleagues(actor_of(request))})
