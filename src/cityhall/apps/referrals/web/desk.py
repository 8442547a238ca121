"""The desk's pages of referrals: the queue, what can be done to one, and the bodies."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.apps.referrals import queries, services
from cityhall.apps.referrals.contracts import MANAGE, BodyKind, BodyTerms, Channel, ReferralInfo, Waiting
from cityhall.apps.referrals.web import words
from cityhall.apps.work_orders import public as work_orders
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.django.seen import FIELD, mark
from cityhall.kernel.errors import Invalid, Stale


@staff("requests.view")
@never_cache
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """List the open referrals of the reader's work: those that wait for the city, those that are late, the others."""
    actor = actor_of(request)
    rows = queries.queue(actor)
    groups = [
        (_("They were not told"), [one for one in rows if not one[0].is_told]),
        (_("They wait for us"), [one for one in rows if one[0].is_told and one[0].waiting is Waiting.CITY]),
        (_("Somebody wrote about them"), [one for one in rows if one[0].to_read and one[0].waiting is Waiting.BODY]),
        (_("Their answer is late"), [one for one in rows if one[0].late_days is not None and not one[0].to_read]),
        (_("We wait for them"), [one for one in rows if _is_quiet(one[0])]),
    ]
    context = {"groups": [one for one in groups if one[1]], "may_manage": actor.may(MANAGE), "tab": "queue"}
    return render(request, "referrals/queue.html", context)


def _is_quiet(one: ReferralInfo) -> bool:
    return one.waiting is Waiting.BODY and one.late_days is None and not one.to_read


@staff("requests.work")
@never_cache
@sent_from("desk-referrals")
def act(request: HttpRequest, referral_id: uuid.UUID) -> HttpResponse:
    """Do one thing to a referral; which one, the pressed button says."""
    actor = actor_of(request)
    number = request.POST.get("number", "")
    wanted = request.POST.get("act", "")
    try:
        if wanted == "again":
            services.send_again(referral_id, actor=actor)
            said = _("They are written to again, with a new link.")
        elif wanted == "revoke":
            count = services.revoke_links(referral_id, actor=actor)
            said = ngettext("%(count)d link works no more.", "%(count)d links work no more.", count) % {"count": count}
        elif wanted == "reply":
            services.reply(referral_id, actor=actor, text=request.POST.get("text", ""))
            said = _("Your answer is on its way to them.")
        elif wanted == "read":
            services.mark_read(referral_id, actor=actor)
            said = _("It is marked as read. Their answer is still due.")
        elif wanted in {"share", "unshare"}:
            services.share(referral_id, actor=actor, all_of_it=wanted == "share")
            said = (
                _("They see all that the reporter gave from now on.")
                if wanted == "share"
                else _("Nothing more that is not public is shown to them from now on.")
            )
        else:
            raise Invalid({"act": _("Choose one of those in the list.")})
    except Invalid as refused:
        for text in refused.fields.values():
            messages.error(request, str(text))
    else:
        messages.success(request, said)
    return redirect("desk-request", number=number) if number else redirect("desk-referrals")


@staff(MANAGE)
@never_cache
@require_safe
def bodies(request: HttpRequest) -> HttpResponse:
    """List the bodies requests are referred to."""
    actor = actor_of(request)
    rows = queries.bodies(actor)
    shown = {"rows": rows, "kinds": words.KINDS, "names": queries.names_elsewhere(actor), "tab": "bodies"}
    return render(request, "referrals/bodies.html", shown)


@staff(MANAGE)
@never_cache
@sent_from("desk-bodies")
def names(request: HttpRequest) -> HttpResponse:
    """Say which body a name in records means, or that it means none."""
    given = request.POST.get("body", "")
    try:
        body_id = uuid.UUID(given) if given else None
        if body_id is None and request.POST.get("act") != "remove":
            raise Invalid({"body": _("Choose which body this name means.")})
        services.name_body(request.POST.get("name", ""), body_id, actor=actor_of(request))
    except ValueError:
        messages.error(request, _("Choose one of those in the list."))
    except Invalid as refused:
        for text in refused.fields.values():
            messages.error(request, str(text))
    else:
        messages.success(request, _("The name is saved.") if body_id else _("The name is no longer tied to a body."))
    return redirect("desk-bodies")


@staff(MANAGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a body."""
    return _form(request, None, BodyTerms(name={}))


@staff(MANAGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def body(request: HttpRequest, body_id: uuid.UUID) -> HttpResponse:
    """Show a body; change it."""
    return _form(request, body_id, queries.body(body_id, actor_of(request)).terms)


def _form(request: HttpRequest, body_id: uuid.UUID | None, stands: BodyTerms) -> HttpResponse:
    actor = actor_of(request)
    given, problems = _fields(stands), {}
    seen = mark(stands) if body_id else ""
    if request.method == "POST":
        given = {name: str(value) for name, value in request.POST.items()}
        try:
            services.save_body(_terms(given), actor=actor, body_id=body_id, seen=given.get(FIELD, ""))
        except Invalid as refused:
            problems, seen = refused.fields, given.get(FIELD, "")
        except Stale as refused:
            problems = {FIELD: refused.message}
        else:
            messages.success(request, _("The body is saved."))
            return redirect("desk-bodies")
    return _page(request, actor, body_id, {**given, FIELD: seen}, problems)


def _page(
    request: HttpRequest, actor: Actor, body_id: uuid.UUID | None, given: Mapping[str, str], problems: Mapping[str, Any]
) -> HttpResponse:
    shown = {
        "body_id": body_id,
        "given": given,
        "problems": problems,
        "kinds": words.KINDS,
        "channels": words.CHANNELS,
        "connections": [(str(one.id), one.terms.name) for one in work_orders.connections(actor)],
        "tab": "bodies",
    }
    return render(request, "referrals/body.html", shown, status=422 if problems else 200)


def _fields(terms: BodyTerms) -> dict[str, str]:
    return {
        "name_en": terms.name.get("en", ""),
        "name_es": terms.name.get("es", ""),
        "kind": terms.kind.value,
        "mail": terms.mail,
        "channel": terms.channel.value,
        "connection": str(terms.connection_id or ""),
        "answer_days": str(terms.answer_days),
        "language": terms.language,
        "is_active": "yes" if terms.is_active else "",
    }


def _terms(given: Mapping[str, str]) -> BodyTerms:
    days = given.get("answer_days", "").strip()
    try:
        connection = uuid.UUID(given.get("connection", ""))
    except ValueError:
        connection = None
    try:
        kind, channel = BodyKind(given.get("kind", "")), Channel(given.get("channel", ""))
    except ValueError as problem:
        raise Invalid({"kind": _("Choose one of those in the list.")}) from problem
    return BodyTerms(
        name={"en": given.get("name_en", ""), "es": given.get("name_es", "")},
        kind=kind,
        mail=given.get("mail", "").strip(),
        channel=channel,
        connection_id=connection,
        answer_days=int(days) if days.isascii() and days.isdigit() and len(days) < 4 else 0,
        language="es" if given.get("language") == "es" else "en",
        is_active=given.get("is_active") == "yes",
    )
