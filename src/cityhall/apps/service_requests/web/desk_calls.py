"""The call taker's screen: who calls, what they asked before, what it is about now; file it, join it or log it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.apps.service_requests import queries, rules, services
from cityhall.apps.service_requests.contracts import CHANNELS, CallKind, CallRow, Past, PublicRequest, Source
from cityhall.apps.service_requests.web import desk_call_form, desk_keys, desk_words, resident_errors, resident_words
from cityhall.apps.service_requests.web.desk_call_form import Screen, Typed
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.keyed_hash import keyed_hash
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import Invalid
from cityhall.kernel.offers import filing_office

PARTS = ("caller", "kinds", "places", "things", "near", "questions")
#: Where the focus goes when a page without scripts comes back from one of its buttons.
_FOCUS = {"find": "call-caller", "look": "call-kinds", "about": "f-note"}

_CONTACT = {"phone": "phone", "email": "email", "name": "first_name"}


@staff("requests.calls")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest) -> HttpResponse:
    """Take a call. Looking things up sends the form too, so that no telephone number is ever in an address."""
    if request.method != "POST":
        return _page(request, desk_call_form.typed(request.GET), Screen())
    form = desk_call_form.typed(request.POST)
    act, _colon, number = request.POST.get("do", "").partition(":")
    parts = [one for one in request.POST.get("parts", "").split() if one in PARTS]
    if request.headers.get("HX-Request") and parts:
        return _parts(request, form, parts)
    if act == "file":
        return _file(request, form)
    if act == "join":
        return _join(request, form, number)
    if act == "log":
        return _log(request, form)
    if act == "passed_on":
        return _log(request, desk_call_form.passed_on(form))
    if act == "about":
        form = desk_call_form.Typed({**form.values, "kind": "follow_up", "number": number[:20]}, form.answers)
    return _page(request, form, _screen(request, form), focus=_FOCUS.get(act, ""))


def _screen(request: HttpRequest, form: Typed, problems: Mapping[str, Any] | None = None) -> Screen:
    screen = desk_call_form.look(form, actor_of(request), problems)
    screen.past = _past(request, form)
    return screen


def _past(request: HttpRequest, form: Typed) -> Past | None:
    """Return what is known of the caller; None for somebody who may not know it, or while nobody is named."""
    actor, caller = actor_of(request), form.caller
    if not actor.may("requests.contact") or not (caller.phone or caller.email):
        return None
    return queries.caller_past(caller.phone, caller.email, actor=actor)


def _parts(request: HttpRequest, form: Typed, parts: list[str]) -> HttpResponse:
    """Return the parts of the page that changed, each to take the place of its namesake."""
    screen = Screen() if parts == ["caller"] else desk_call_form.look(form, actor_of(request))
    if "caller" in parts:
        screen.past = _past(request, form)
    context = {**_context(form, screen), "swap": True}
    return HttpResponse(
        "".join(render_to_string(f"service_requests/desk/parts/call_{part}.html", context, request) for part in parts)
    )


def _file(request: HttpRequest, form: Typed) -> HttpResponse:
    screen = desk_call_form.look(form, actor_of(request))
    problems = desk_call_form.problems_of(form, screen)
    if not problems:
        try:
            with services.as_it_is(form.values["private"] == "publish"):
                done = services.file_for_caller(
                    desk_call_form.as_request(form, screen),
                    actor=actor_of(request),
                    tell=form.tell,
                    consent=_consent(request, form),
                    command_id=form.command_id,
                )
        except Invalid as refused:
            problems = dict(refused.fields)
        else:
            return redirect("desk-call-done", call_id=done.id)
    return _page(request, form, _screen(request, form, problems), problems)


def _join(request: HttpRequest, form: Typed, number: str) -> HttpResponse:
    seen = queries.one(number, actor_of(request))
    try:
        done = services.join_for_caller(
            seen.id,
            actor=actor_of(request),
            caller=form.caller,
            channel=form.channel,
            language=form.language,
            tell=form.tell,
            consent=_consent(request, form),
            command_id=form.command_id,
        )
    except Invalid as refused:
        return _page(request, form, _screen(request, form), refused.fields)
    return redirect("desk-call-done", call_id=done.id)


def _log(request: HttpRequest, form: Typed) -> HttpResponse:
    try:
        services.log_call(
            desk_call_form.as_call(form),
            actor=actor_of(request),
            consent=_consent(request, form),
            command_id=form.command_id,
        )
    except Invalid as refused:
        return _page(request, form, _screen(request, form), refused.fields)
    messages.success(request, _("The call is logged. The page is ready for the next one."))
    # The page's script forgets what it kept of the call that is named.
    return redirect(f"{reverse('desk-call')}?channel={form.channel.value}&logged={form.values['command_id']}")


def _page(
    request: HttpRequest,
    form: Typed,
    screen: Screen,
    problems: Mapping[str, Any] | None = None,
    *,
    focus: str = "",
) -> HttpResponse:
    if problems and "command_id" in problems:
        raise Invalid(dict(problems))
    # The name is one field here, whichever half of it is too long.
    problems = {name.replace("last_name", "first_name"): text for name, text in (problems or {}).items()}
    context = {
        **_context(form, screen),
        "problems": problems,
        "errors": resident_errors.summary(problems),
        "trouble": {name: problems.get(f"contact.{part}", "") for name, part in _CONTACT.items()},
        "sections": desk_words.CALL_SECTIONS,
        "focus": focus or ("" if problems else "f-contact-phone"),
        "keys": desk_keys.keys_of(request),
        "topics": queries.topics_offered(),
        "kinds": desk_words.CALL_KINDS,
        "limit": rules.submissions.MAX_DESCRIPTION,
        "may_look_up": actor_of(request).may("requests.contact"),
        "consent": _consent_words(request),
        # What the tab keeps of a call that is being sent opens with it, for this person alone.
        "tab_key": keyed_hash("service_requests.kept_call", str(actor_of(request).id)),
        "logged": request.GET.get("logged", ""),
        "is_again": request.POST.get("do") == "again",
    }
    return render(request, "service_requests/desk/call.html", context, status=422 if problems else 200)


def _consent_words(request: HttpRequest) -> str:
    """Return what a caller agrees to before an office keeps who they are; "" where nobody has to ask."""
    office = filing_office.get()(actor_of(request))
    if office is None:
        return ""
    return _(
        "The caller agrees that %(office)s keeps their name and contact, to file this request for them and to tell"
        " them what becomes of it. They can take that back at any time."
    ) % {"office": pick(office.name)}


def _consent(request: HttpRequest, form: Typed) -> str:
    return _consent_words(request) if form.values["consent"] == "yes" else ""


def _context(form: Typed, screen: Screen) -> dict[str, Any]:
    past = screen.past
    return {
        "form": form,
        "values": form.values,
        "screen": screen,
        "channels": [(one, desk_words.CHANNELS[one]) for one in CHANNELS],
        "languages": settings.LANGUAGES,
        "everything": queries.categories() if form.values["what"].strip() else (),
        "past": past,
        "past_requests": [_earlier(one) for one in past.requests] if past else [],
        "past_calls": [(one, desk_words.CALL_KINDS[one.kind]) for one in _other_calls(past)] if past else [],
    }


def _other_calls(past: Past) -> list[CallRow]:
    """Return the calls that filed none of the requests that are shown anyway."""
    shown = {one.number for one in past.requests}
    return [one for one in past.calls if not (one.kind is CallKind.FILED and one.number in shown)]


def _earlier(one: PublicRequest) -> dict[str, Any]:
    return {"request": one, "title": resident_words.title_of(one), "late": resident_words.lateness(one)}


@staff("requests.calls")
@never_cache
@require_safe
def done(request: HttpRequest, call_id: uuid.UUID) -> HttpResponse:
    """Show what to tell the caller: the number, when to expect it, and what was sent to them."""
    actor = actor_of(request)
    taken = queries.one_call(call_id, actor)
    seen = queries.request_of_call(call_id, actor)
    every = queries.categories(everything=True)
    context = {
        "call": taken,
        "kind": desk_words.CALL_KINDS[taken.kind],
        "seen": seen,
        "title": resident_words.title_of(seen) if seen else "",
        "place": resident_words.address_words(seen.address) if seen else "",
        "range": resident_words.expected(seen) if seen else None,
        "notice": next((one.notice for one in every if seen and one.code == seen.category_code), ""),
        "again": f"{reverse('desk-call')}?channel={taken.channel.value}",
        "is_phone": taken.channel is Source.PHONE,
        "may_view": actor.may("requests.view"),
        "keys": desk_keys.keys_of(request),
    }
    return render(request, "service_requests/desk/call_done.html", context)
