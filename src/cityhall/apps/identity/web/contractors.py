"""The desk's pages of contractors: their contracts, teams and people."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cityhall.apps.identity import public, queries, services
from cityhall.apps.identity.contracts import ContractorInfo, Terms
from cityhall.apps.identity.web import invitations
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.errors import Invalid, NotFound

MANAGE = "identity.manage"
Given = Mapping[str, str]


@staff(MANAGE)
@never_cache
@require_safe
def contractors(request: HttpRequest) -> HttpResponse:
    """List the contractors."""
    return render(request, "identity/contractors.html", {"rows": queries.contractors()})


@staff(MANAGE)
@never_cache
def contractor_new(request: HttpRequest) -> HttpResponse:
    """Write down a new contractor."""
    problems: Mapping[str, Any] = {}
    if request.method == "POST":
        try:
            made = services.make_contractor(actor=actor_of(request), terms=_terms(request.POST))
        except Invalid as refused:
            problems = refused.fields
        else:
            messages.success(request, _("The contractor is made. Give it a team, then add its people."))
            return redirect("desk-contractor", contractor_id=made)
    context = {"given": request.POST, "problems": problems}
    return render(request, "identity/contractor_new.html", context, status=400 if problems else 200)


@staff(MANAGE)
@never_cache
@require_safe
def contractor(request: HttpRequest, contractor_id: uuid.UUID) -> HttpResponse:
    """Show one contractor and what can be changed of it."""
    return _page(request, contractor_id)


@staff(MANAGE)
@sent_from("desk-contractor", "contractor_id")
def contractor_change(request: HttpRequest, contractor_id: uuid.UUID) -> HttpResponse:
    """Change one thing of a contractor; which one, the pressed button says."""
    change = request.POST.get("change", "")
    if change not in _CHANGES:
        raise Invalid({"change": _("Choose one of those in the list.")})
    act, said = _CHANGES[change]
    try:
        made = act(request.POST, actor_of(request), contractor_id)
    except Invalid as refused:
        return _page(request, contractor_id, change, refused.fields)
    if made is None:
        messages.success(request, said())
    else:
        invitations.invite(request, made)
    return redirect("desk-contractor", contractor_id=contractor_id)


def _page(
    request: HttpRequest, contractor_id: uuid.UUID, change: str = "", problems: Mapping[str, Any] | None = None
) -> HttpResponse:
    found = queries.contractor(contractor_id)
    if found is None:
        raise NotFound(_("There is no such contractor."))
    context = {
        "one": found,
        "terms": request.POST if change == "terms" else _written(found),
        "given": request.POST,
        "change": change,
        "problems": problems or {},
        "roles": [role for role in queries.roles() if "requests.view" in role.permissions],
        "departments": public.departments(),
        "free_teams": queries.free_teams(),
        "members": {row.person.id: row for row in queries.access_rows(contractor_id=contractor_id)},
    }
    return render(request, "identity/contractor.html", context, status=400 if problems else 200)


def _written(found: ContractorInfo) -> dict[str, str]:
    """Return the contract as its form's fields hold it."""
    terms = found.terms
    return {
        "name": terms.name,
        "contract_number": terms.contract_number,
        "contact_name": terms.contact_name,
        "contact_email": terms.contact_email,
        "contact_phone": terms.contact_phone,
        "starts_on": terms.starts_on.isoformat(),
        "ends_on": terms.ends_on.isoformat(),
        "reads_notes": "yes" if terms.reads_notes else "",
    }


def _terms(given: Given) -> Terms:
    days = {name: _day(given, name) for name in ("starts_on", "ends_on")}
    said = {"starts_on": _("Give the first day of the contract."), "ends_on": _("Give the last day of the contract.")}
    if wrong := {name: said[name] for name, day in days.items() if day is None}:
        raise Invalid(wrong)
    starts_on, ends_on = days.values()
    assert starts_on is not None
    assert ends_on is not None
    return Terms(
        name=given.get("name", ""),
        starts_on=starts_on,
        ends_on=ends_on,
        contract_number=given.get("contract_number", ""),
        contact_name=given.get("contact_name", ""),
        contact_email=given.get("contact_email", ""),
        contact_phone=given.get("contact_phone", ""),
        reads_notes=given.get("reads_notes") == "yes",
    )


def _day(given: Given, name: str) -> date | None:
    try:
        return date.fromisoformat(given.get(name, "").strip())
    except ValueError:
        return None


def _id(given: Given, name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(given.get(name, ""))
    except ValueError:
        return None


def _must(given: Given, name: str) -> uuid.UUID:
    found = _id(given, name)
    if found is None:
        raise Invalid({name: _("Choose one of those in the list.")})
    return found


def _change_terms(given: Given, actor: Actor, contractor_id: uuid.UUID) -> None:
    services.change_contractor(actor=actor, contractor_id=contractor_id, terms=_terms(given))


def _extend(given: Given, actor: Actor, contractor_id: uuid.UUID) -> None:
    day = _day(given, "ends_on")
    if day is None:
        raise Invalid({"ends_on": _("Give the last day of the contract.")})
    services.extend_contract(actor=actor, contractor_id=contractor_id, ends_on=day)


def _end(given: Given, actor: Actor, contractor_id: uuid.UUID) -> None:
    services.end_contract(actor=actor, contractor_id=contractor_id)


def _give_team(given: Given, actor: Actor, contractor_id: uuid.UUID) -> None:
    services.give_team(actor=actor, contractor_id=contractor_id, team_id=_must(given, "team"))


def _new_team(given: Given, actor: Actor, contractor_id: uuid.UUID) -> None:
    services.new_team(
        actor=actor,
        contractor_id=contractor_id,
        department_id=_must(given, "department"),
        name={"en": given.get("name_en", ""), "es": given.get("name_es", "")},
    )


def _take_team(given: Given, actor: Actor, contractor_id: uuid.UUID) -> None:
    services.take_team(actor=actor, contractor_id=contractor_id, team_id=_must(given, "team"))


def _add_person(given: Given, actor: Actor, contractor_id: uuid.UUID) -> uuid.UUID:
    return services.add_person(
        actor=actor,
        contractor_id=contractor_id,
        email=given.get("email", ""),
        name=given.get("name", ""),
        role=given.get("role", ""),
        team_id=_id(given, "team"),
    )


_Act = Callable[[Given, Actor, uuid.UUID], uuid.UUID | None]
"""Returns the account it made, if it made one: its owner is sent a link."""
_CHANGES: Mapping[str, tuple[_Act, Callable[[], str]]] = {
    "terms": (_change_terms, lambda: _("The contract is saved.")),
    "extend": (_extend, lambda: _("The contract runs to the new last day.")),
    "end": (_end, lambda: _("The contract is ended. Its people are signed out.")),
    "give-team": (_give_team, lambda: _("The team is the contractor's now.")),
    "new-team": (_new_team, lambda: _("The team is made.")),
    "take-team": (_take_team, lambda: _("The team is the city's own again.")),
    "person": (_add_person, lambda: ""),
}
