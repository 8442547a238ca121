"""The desk's pages of connections: which systems there are, what goes there, and how they are."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cityhall.apps.identity import public as identity
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.work_orders import queries, rules, services
from cityhall.apps.work_orders.contracts import Kind, Standing, Terms
from cityhall.apps.work_orders.web import words
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.errors import Invalid
from cityhall.kernel.ids import new_id

_LISTS = ("categories", "departments", "teams")


@staff(queries.MANAGE)
@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """List the connections."""
    rows = queries.connections(actor_of(request))
    return render(request, "work_orders/connections.html", {"rows": rows, "kinds": words.KINDS})


@staff(queries.MANAGE)
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """Make a connection; a webhook's secret is shown this once."""
    kind = Kind.GEOREPORT if request.GET.get("kind") == Kind.GEOREPORT else Kind.WEBHOOK
    actor = actor_of(request)
    problems: Mapping[str, Any] = {}
    given = _blank(actor)
    if request.method == "POST":
        given = _given(request.POST)
        try:
            terms = _terms(request.POST, kind)
            made, secret = services.make_connection(actor=actor, terms=terms, api_key=request.POST.get("api_key", ""))
        except Invalid as refused:
            problems = refused.fields
        else:
            if secret:
                return _one(request, made, secret=secret)
            messages.success(request, _("The connection is made. Send a test."))
            return redirect("desk-connection", connection_id=made)
    context = {**_choices(actor), "kind": kind.value, "given": given, "problems": problems}
    return render(request, "work_orders/connection_new.html", context, status=400 if problems else 200)


@staff(queries.MANAGE)
@never_cache
@require_safe
def one(request: HttpRequest, connection_id: uuid.UUID) -> HttpResponse:
    """Show one connection and what can be changed of it."""
    return _one(request, connection_id)


@staff(queries.MANAGE)
@sent_from("desk-connection", "connection_id")
def change(request: HttpRequest, connection_id: uuid.UUID) -> HttpResponse:
    """Change one thing of a connection; which one, the pressed button says."""
    actor = actor_of(request)
    wanted = request.POST.get("change", "")
    if wanted == "test":
        return redirect("desk-delivery", delivery_id=services.send_test(connection_id, actor=actor))
    if wanted == "secret":
        return _one(request, connection_id, secret=services.new_secret(connection_id, actor=actor))
    if wanted not in _CHANGES:
        raise Invalid({"change": _("Choose one of those in the list.")})
    act, said = _CHANGES[wanted]
    try:
        act(request.POST, actor, connection_id)
    except Invalid as refused:
        return _one(request, connection_id, given=_given(request.POST), problems=refused.fields)
    messages.success(request, said())
    return redirect("desk-connection", connection_id=connection_id)


def _settings(post: QueryDict, actor: Actor, connection_id: uuid.UUID) -> None:
    kind = queries.connection(connection_id, actor).terms.kind
    services.change_connection(connection_id, actor=actor, terms=_terms(post, kind), api_key=post.get("api_key", ""))


_CHANGES: Mapping[str, tuple[Callable[[QueryDict, Actor, uuid.UUID], None], Callable[[], str]]] = {
    "settings": (_settings, lambda: _("Saved.")),
    "pause": (
        lambda post, actor, connection_id: services.pause(connection_id, actor=actor),
        lambda: _("The connection is paused. What is to be told waits."),
    ),
    "resume": (
        lambda post, actor, connection_id: services.resume(connection_id, actor=actor),
        lambda: _("The connection runs again. What has waited leaves now."),
    ),
}


def _one(
    request: HttpRequest,
    connection_id: uuid.UUID,
    *,
    secret: str = "",
    given: Mapping[str, Any] | None = None,
    problems: Mapping[str, Any] | None = None,
) -> HttpResponse:
    actor = actor_of(request)
    found = queries.connection(connection_id, actor)
    context = {
        **_choices(actor),
        "one": found,
        "kind": found.terms.kind.value,
        "kind_words": words.KINDS[found.terms.kind],
        "is_paused": found.standing is Standing.PAUSED,
        "hook": settings.PUBLIC_URL + reverse("work-orders-hook", args=[connection_id]),
        "incoming": [(row, words.INCOMING[row.state], words.status(row.status)) for row in queries.incoming(found.id)],
        "secret": secret,
        "command_id": new_id(),
        "given": given or _written(found.terms),
        "problems": problems or {},
    }
    return render(request, "work_orders/connection.html", context, status=400 if problems else 200)


def _choices(actor: Actor) -> dict[str, Any]:
    own = identity.workforce(actor)
    return {
        "all_categories": [one for one in service_requests.categories(everything=True) if not one.is_emergency],
        "all_departments": own.departments,
        "all_teams": own.teams,
        "may_contact": actor.may("requests.contact"),
        "closed_choices": words.CLOSED_MEANS,
        "kinds": words.KINDS,
    }


def _terms(post: QueryDict, kind: Kind) -> Terms:
    codes, wrong = rules.read_service_codes(post.get("service_codes", "")[:10_000])
    if wrong:
        raise Invalid({"service_codes": _("Write one pair a line, like “pothole = 117”.")})
    return Terms(
        name=post.get("name", ""),
        kind=kind,
        url=post.get("url", ""),
        categories=frozenset(post.getlist("categories")),
        departments=frozenset(_ids(post, "departments")),
        teams=frozenset(_ids(post, "teams")),
        notes=post.get("notes") == "yes",
        contact=post.get("contact") == "yes",
        jurisdiction_id=post.get("jurisdiction_id", ""),
        service_codes=codes,
        sends_updates=post.get("sends_updates") == "yes",
        closed_means=post.get("closed_means", ""),
    )


def _ids(post: QueryDict, name: str) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(one) for one in post.getlist(name)]
    except ValueError as problem:
        raise Invalid({"departments": _("Choose departments and teams that exist.")}) from problem


def _given(post: QueryDict) -> dict[str, Any]:
    """Return the form as it was sent, but for the key."""
    sent: dict[str, Any] = {name: post.get(name, "") for name in post if name != "api_key"}
    return sent | {name: post.getlist(name) for name in _LISTS}


def _blank(actor: Actor) -> dict[str, Any]:
    """Return an empty form; who has limits starts with their own departments and teams."""
    return {
        "departments": [str(one) for one in actor.departments],
        "teams": [str(one) for one in actor.teams],
        "sends_updates": "yes",
    }


def _written(terms: Terms) -> dict[str, Any]:
    """Return what stands, as the form has it."""
    return {
        "name": terms.name,
        "url": terms.url,
        "categories": sorted(terms.categories),
        "departments": [str(one) for one in terms.departments],
        "teams": [str(one) for one in terms.teams],
        "notes": "yes" if terms.notes else "",
        "contact": "yes" if terms.contact else "",
        "jurisdiction_id": terms.jurisdiction_id,
        "service_codes": "\n".join(f"{ours} = {theirs}" for ours, theirs in sorted(terms.service_codes.items())),
        "sends_updates": "yes" if terms.sends_updates else "",
        "closed_means": terms.closed_means,
    }
