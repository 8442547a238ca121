"""The desk's pages for administrators: people and their roles, API keys."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cityhall.apps.identity import public, queries, services
from cityhall.apps.identity.contracts import SCOPES
from cityhall.apps.identity.web import invitations
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.errors import Invalid


@staff("identity.manage")
@never_cache
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Show the staff and their roles."""
    return _people(request)


def _people(request: HttpRequest, problem: Invalid | None = None) -> HttpResponse:
    context = {
        "rows": queries.staff_list(),
        "roles": queries.roles(),
        "departments": public.departments(),
        "teams": public.teams(),
        "problem": problem,
        "given": request.POST,
    }
    return render(request, "identity/people.html", context, status=problem.http_status if problem else 200)


@staff("identity.manage")
@sent_from("desk-people")
def invite(request: HttpRequest) -> HttpResponse:
    """Make a colleague's account, and send its owner the link to set a password."""
    try:
        made = services.invite(
            actor=actor_of(request), email=request.POST.get("email", ""), name=request.POST.get("name", "")
        )
    except Invalid as problem:
        return _people(request, problem)
    invitations.invite(request, made)
    messages.info(request, _("Now give it a role."))
    return redirect("desk-people")


@staff("identity.manage")
@sent_from("desk-people")
def membership_add(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Give a person a role."""
    try:
        services.add_membership(
            actor=actor_of(request),
            user_id=user_id,
            role=request.POST.get("role", ""),
            department_id=_id(request, "department"),
            team_id=_id(request, "team"),
            command_id=_id(request, "command_id"),
        )
    except Invalid as problem:
        return _people(request, problem)
    messages.success(request, _("The role is given. It counts from the person's next click."))
    return redirect("desk-people")


@staff("identity.manage")
@sent_from("desk-people")
def membership_remove(request: HttpRequest, membership_id: uuid.UUID) -> HttpResponse:
    """Take a role from a person."""
    services.remove_membership(
        actor=actor_of(request), membership_id=membership_id, command_id=_id(request, "command_id")
    )
    messages.success(request, _("The role is taken away. It counts from the person's next click."))
    return redirect("desk-people")


@staff("identity.manage")
@sent_from("desk-people")
def account_change(request: HttpRequest, user_id: uuid.UUID) -> HttpResponse:
    """Close or reopen an account, or forget its lost second factor."""
    change, said = {
        "close": (services.close_account, _("The account is closed.")),
        "reopen": (services.reopen_account, _("The account is open again.")),
        "forget": (
            services.forget_second_factor,
            _("The second factor is forgotten. The next sign-in sets up a new one."),
        ),
    }.get(request.POST.get("change", ""), (None, ""))
    if change is None:
        raise Invalid({"change": _("Choose one of those in the list.")})
    change(actor=actor_of(request), user_id=user_id)
    messages.success(request, said)
    return redirect("desk-people")


@staff("identity.manage")
@never_cache
def keys(request: HttpRequest) -> HttpResponse:
    """Show the API keys; make one, which is shown this once."""
    problem: Invalid | None = None
    made = ""
    if request.method == "POST":
        try:
            made = services.make_key(
                actor=actor_of(request),
                name=request.POST.get("name", ""),
                scopes=request.POST.getlist("scopes"),
                per_minute=_number(request.POST.get("per_minute", "60")),
                expires_at=_end_of(request.POST.get("expires_at", "")),
            )[1]
        except Invalid as refused:
            problem = refused
    held = queries.keys()
    context = {
        "rows": [(row, _last_day(row.expires_at)) for row in held],
        "scopes": SCOPES,
        "made": made,
        "problem": problem,
        "given": request.POST,
    }
    return render(request, "identity/keys.html", context, status=problem.http_status if problem else 200)


@staff("identity.manage")
@sent_from("desk-keys")
def key_revoke(request: HttpRequest, key_id: uuid.UUID) -> HttpResponse:
    """Make a key worthless."""
    services.revoke_key(actor=actor_of(request), key_id=key_id)
    messages.success(request, _("The key is revoked. Programs that use it are refused from now on."))
    return redirect("desk-keys")


def _id(request: HttpRequest, name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST[name]) if request.POST.get(name) else None
    except ValueError as problem:
        raise Invalid({name: _("Choose one of those in the list.")}) from problem


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _end_of(text: str) -> datetime | None:
    """Return the end of a day in the city's time: a key is good until then, on that day too."""
    if not text:
        return None
    try:
        return timezone.make_aware(datetime.combine(date.fromisoformat(text) + timedelta(days=1), time()))
    except (ValueError, OverflowError) as problem:
        raise Invalid({"expires_at": _("Give a day as year-month-day.")}) from problem


def _last_day(end: datetime | None) -> date | None:
    return timezone.localtime(end - timedelta(microseconds=1)).date() if end else None
