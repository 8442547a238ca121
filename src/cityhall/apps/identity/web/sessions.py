"""Where people are signed in: their own page, and an administrator's."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from cityhall.apps.identity import public, queries, services
from cityhall.kernel.django.access import actor_of, resident, staff
from cityhall.kernel.errors import NotFound


@resident
@never_cache
def own_sessions(request: HttpRequest) -> HttpResponse:
    """Show where the person is signed in, and sign them out of one of these, of all others or of all."""
    actor = actor_of(request)
    assert actor.id is not None
    here = request.session.session_key or ""
    if request.method == "POST":
        if request.POST.get("end") == "all":
            services.end_sessions(actor=actor, user_id=actor.id)
            logout(request)
            messages.success(request, _("You are signed out everywhere."))
            return redirect("account_login")
        ended = services.end_sessions(
            actor=actor, user_id=actor.id, session_id=_one(request.POST.get("end", "")), but_not_key=here
        )
        messages.success(request, _told(ended))
        return redirect("usersessions_list")
    context = {"rows": queries.sessions_of(actor.id, current_key=here)}
    return render(request, "identity/sessions.html", context)


@staff("identity.manage")
@never_cache
def sessions_of_person(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Show where a member of staff is signed in, and sign them out of one of these or of all."""
    person = public.person(user_id)
    if person is None or not person.is_staff:
        raise NotFound(_("There is no such account."))
    actor = actor_of(request)
    if request.method == "POST":
        ended = services.end_sessions(
            actor=actor, user_id=user_id, session_id=_one(request.POST.get("end", "")),
            but_not_key=request.session.session_key or "" if user_id == actor.id else "",
        )  # fmt: skip
        messages.success(request, _told(ended))
        return redirect("desk-person-sessions", user_id=user_id)
    here = request.session.session_key or ""
    context = {"person": person, "rows": queries.sessions_of(user_id, current_key=here)}
    return render(request, "identity/person_sessions.html", context)


def _one(text: str) -> int | None:
    """Return the session that was named; None for all others."""
    if text == "others":
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 18):
        raise NotFound(_("That session has ended already. Load the page again."))
    return int(text)


def _told(ended: int) -> str:
    return ngettext("%(n)d session is ended.", "%(n)d sessions are ended.", ended) % {"n": ended}
