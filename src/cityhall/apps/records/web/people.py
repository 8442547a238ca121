"""The page where a person is found, and their data handed out or erased."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.apps.records import queries
from cityhall.apps.records.contracts import MANAGE
from cityhall.apps.records.services import files, office
from cityhall.apps.records.web import words
from cityhall.apps.service_requests import public as service_requests
from cityhall.kernel.django import audit
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.errors import Invalid, NotFound
from cityhall.kernel.offers import Person, phone_digits

WORD = "erase"


@staff(MANAGE)
@never_cache
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Look for a person by a request's number, an e-mail address or a telephone number."""
    if request.method != "POST":
        return _page(request)
    try:
        person = _asked(request)
    except Invalid as refused:
        return _page(request, problems=refused.fields)
    with transaction.atomic():
        facts = {"by": request.POST.get("by", "")}
        audit.record(actor_of(request), "records.looked_for", subject_kind="erasure", subject_id=None, data=facts)
    return _page(request, person=person)


@staff(MANAGE)
@sent_from("desk-records-people")
def erase(request: HttpRequest) -> HttpResponse:
    """Erase the person that was found, once the word is typed."""
    try:
        person = _asked(request)
        if request.POST.get("confirm", "").strip().casefold() not in {WORD, _("erase").casefold()}:
            raise Invalid({"confirm": _("Type the word “%(word)s”.") % {"word": _("erase")}})
    except Invalid as refused:
        return _page(request, person=_asked_or_none(request), problems=refused.fields)
    if office.erase(person, actor=actor_of(request)):
        messages.success(request, _("The personal data is erased."))
    else:
        messages.warning(request, _("A legal hold is in the way. The erasure waits, and is done when it is lifted."))
    return redirect("desk-records-people")


@staff(MANAGE)
@sent_from("desk-records-people")
def make_file(request: HttpRequest) -> HttpResponse:
    """Make the file for the person that was found."""
    try:
        person = _asked(request)
        files.make(person, actor=actor_of(request), proof=request.POST.get("proof", ""))
    except Invalid as refused:
        return _page(request, person=_asked_or_none(request), problems=refused.fields)
    messages.success(request, _("The file is made. Fetch it below and hand it over."))
    return redirect("desk-records-people")


@staff(MANAGE)
@never_cache
@require_safe
def fetch_file(request: HttpRequest, file_id: uuid.UUID) -> HttpResponse:
    """Answer a file; the audit log keeps who fetched it."""
    response = HttpResponse(files.fetch(file_id, actor=actor_of(request)), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="personal-data-{file_id}.zip"'
    return response


def _page(
    request: HttpRequest, *, person: Person | None = None, problems: dict[str, Any] | None = None
) -> HttpResponse:
    context = {
        "person": person,
        "found": office.found(person) if person else None,
        "is_one_report": bool(person) and office.is_one_report(person or Person()),
        "given": request.POST,
        "problems": problems or {},
        "word": _("erase"),
        "waiting": queries.waiting(),
        "files": queries.files(),
        "kept_for": words.period(queries.file_period()),
    }
    return render(request, "records/people.html", context, status=400 if problems else 200)


def _asked(request: HttpRequest) -> Person:
    """Return whom the form means. Raises Invalid."""
    by, what = request.POST.get("by", ""), request.POST.get("what", "").strip()[:254]
    if by == "number":
        if found := service_requests.ids_of([what]):
            return Person(requests=frozenset(found.values()))
        raise Invalid({"what": _("There is no request with this number. Write it like 48-220.")})
    if by == "email" and "@" in what:
        return Person(email=what.lower())
    if by == "phone" and phone_digits(what) and len(what) <= 32:
        return Person(phone=what)
    said = {
        "email": _("Write an e-mail address such as maria@example.org."),
        "phone": _("Write at least seven digits, for example 555 0100."),
    }
    raise Invalid({"what": said.get(by, _("Choose what to look by."))})


def _asked_or_none(request: HttpRequest) -> Person | None:
    try:
        return _asked(request)
    except (Invalid, NotFound):
        return None
