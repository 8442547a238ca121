"""Covering faces and plates on a photo by hand: drawn with a pointer or keys, or written as numbers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cityhall.apps.documents import public as documents
from cityhall.apps.documents.contracts import Box
from cityhall.apps.service_requests import queries, services
from cityhall.apps.service_requests.queries.covering import CoverablePhoto
from cityhall.apps.service_requests.web import desk_filters, resident_words
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.errors import Invalid, Stale
from cityhall.kernel.ids import new_id

MOST = 20
_SIDES = ("left", "top", "width", "height")
_NEW = Box(40, 40, 20, 20)


@staff("requests.moderate")
@never_cache
@require_http_methods(["GET", "POST"])
def cover(request: HttpRequest, number: str, document_id: uuid.UUID) -> HttpResponse:
    """Show a photo with the areas that are covered; change them, look at the result, save it, take it back."""
    found = queries.coverable(number, document_id, actor_of(request))
    if request.method != "POST":
        return _page(request, found, found.boxes or (_NEW,), offered=not found.boxes)
    step = request.POST.get("step", "preview")
    problems: dict[str, Any] = {}
    try:
        boxes: tuple[Box, ...] = _boxes(request)
    except ValueError:
        boxes, step = found.boxes or (_NEW,), "preview"
        problems["boxes"] = _("Write numbers from 0 to 100.")
    if step == "add":
        return _page(request, found, (*boxes, _NEW)[:MOST])
    if step in {"save", "undo", "erase"}:
        try:
            said = _do(request, found, step, boxes)
        except Invalid as problem:
            problems = dict(problem.fields)
        except Stale as problem:
            problems = {"version": problem.message}
        else:
            messages.success(request, said)
            return redirect(reverse("desk-request", args=[found.row.request.number]))
    return _page(request, found, boxes, problems, preview=step == "preview" and not problems)


def _do(request: HttpRequest, found: CoverablePhoto, step: str, boxes: Sequence[Box]) -> str:
    version = request.POST.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise Invalid({"version": _("The page is incomplete. Open the request again.")})
    command = request.POST.get("command_id", "")
    read: dict[str, Any] = {
        "actor": actor_of(request),
        "version": int(version),
        "command_id": desk_filters.as_id(command) if command else None,
    }
    if step == "undo":
        services.uncover_photo(found.row.request.id, found.document, **read)
        return _("The photo is shown as it was.")
    if step == "erase":
        if request.POST.get("sure") != "yes":
            raise Invalid({"sure": _("Tick that you are sure. The original cannot be had back.")})
        services.erase_original(found.row.request.id, found.document, **read)
        return _("The original is erased. What is covered stays covered.")
    services.cover_photo(found.row.request.id, found.document, boxes=boxes, **read)
    return _("The areas are covered, in every size and on every page. The old addresses open nothing.")


@staff("requests.moderate")
@never_cache
@require_safe
def preview(request: HttpRequest, number: str, document_id: uuid.UUID) -> HttpResponse:
    """Answer the photo as it would be: made for this answer, kept nowhere."""
    found = queries.coverable(number, document_id, actor_of(request))
    try:
        boxes = [Box(*map(_number, one.split(","))) for one in request.GET.getlist("box")[:MOST]]
    except (TypeError, ValueError) as problem:
        raise Invalid({"box": _("Write numbers from 0 to 100.")}) from problem
    return HttpResponse(documents.preview(found.source, boxes), content_type="image/jpeg")


def _boxes(request: HttpRequest) -> tuple[Box, ...]:
    """Read the areas; one without a number is none, and so is the one whose button removes it."""
    gone = request.POST.get("remove", "")
    rows = zip(*(request.POST.getlist(side) for side in _SIDES), strict=True)
    found = []
    for place, row in enumerate(rows):
        if any(text.strip() for text in row) and str(place) != gone:
            found.append(Box(*map(_number, row)))
    return tuple(found[:MOST])


def _number(text: str) -> float:
    value = float(text.strip().replace(",", ".") or "0")
    if not 0 <= value <= 100:
        raise ValueError(text)
    return round(value, 2)


def _page(
    request: HttpRequest,
    found: CoverablePhoto,
    boxes: Sequence[Box],
    problems: dict[str, Any] | None = None,
    *,
    preview: bool = False,
    offered: bool = False,
) -> HttpResponse:
    seen = found.row.request
    asked = urlencode([("box", f"{box.left},{box.top},{box.width},{box.height}") for box in boxes])
    context = {
        "seen": seen,
        "title": resident_words.title_of(seen),
        "photo": found,
        "picture": documents.url(found.source, "web", signed=True, withdrawn=True),
        "boxes": boxes,
        "offered": offered,
        "most": MOST,
        "problems": problems or {},
        "preview": f"{reverse('desk-cover-preview', args=[seen.number, found.document])}?{asked}" if preview else "",
        "command_id": new_id(),
    }
    return render(request, "service_requests/desk/cover.html", context, status=400 if problems else 200)
