"""What a crew sends: begin, finish, could not do it. Each is one form that says everything, whenever it arrives."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.apps.crews import queries, rules, services
from cityhall.apps.crews.contracts import WORK, Act, Finished, Job, MaterialInfo, Proof
from cityhall.apps.crews.services.visits import minutes_words
from cityhall.apps.crews.services.wording import REASONS
from cityhall.apps.crews.web import field as pages
from cityhall.apps.crews.web import words
from cityhall.apps.documents import public as documents
from cityhall.apps.service_requests import public as requests
from cityhall.apps.service_requests.contracts import DeskEvent
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import commands
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.errors import Invalid, NotFound, Stale
from cityhall.kernel.ids import new_id
from cityhall.kernel.offers import ready_answers

MOST_PHOTOS = 4
_SALT = "cityhall.crews.photos"
_KEPT_FOR = 6 * 24 * 3600
_NOT_THEIRS = frozenset({"command_id", "version"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form as it is shown: what its fields hold, what is wrong, what changed meanwhile, photos that are here."""

    given: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, Any] = field(default_factory=dict)
    changed: Sequence[DeskEvent] | None = None
    photos: Sequence[Proof] = ()


@staff(WORK)
@never_cache
@sent_from("crew-job", "number")
def start(request: HttpRequest, number: str) -> HttpResponse:
    """Begin a job, and show it."""
    actor = actor_of(request)
    found = _job(request, number, actor)
    if found is None:
        return redirect("crew-day")
    act = _act(request)
    try:
        services.start(found.detail.row.request.id, actor=actor, act=act)
    except Stale as refused:
        changed = _since(found, request.POST.get("seen", ""))
        return pages.show_job(request, found, changed=changed, status=refused.http_status)
    except Invalid as refused:
        _pass_on(refused)
        changed = _since(found, request.POST.get("seen", ""))
        return pages.show_job(request, found, changed=changed, status=refused.http_status)
    return redirect("crew-job", number=number)


@staff(WORK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def finish(request: HttpRequest, number: str) -> HttpResponse:
    """Show the form that ends a job; end it."""
    actor = actor_of(request)
    found = _job(request, number, actor)
    if found is None:
        return redirect("crew-day")
    if request.method != "POST":
        return _finish_form(request, found, Sheet({"minutes": _minutes_so_far(found)}))
    given, act = _given(request), _act(request)
    photos = _kept_photos(request)
    try:
        photos = [*photos, *_new_photos(request, actor)]
        said = _finished(given, found, photos)
        with requests.as_it_is(request.POST.get("publish") == "as_it_is"), _counting(given):
            done = services.finish(found.detail.row.request.id, actor=actor, act=act, said=said)
    except Stale as refused:
        sheet = Sheet(given, changed=_since(found, given.get("seen", "")), photos=photos)
        return _finish_form(request, found, sheet, refused.http_status)
    except Invalid as refused:
        _pass_on(refused)
        changed = _since(found, given.get("seen", "")) if "state" in refused.fields else None
        return _finish_form(request, found, Sheet(given, refused.fields, changed, photos), refused.http_status)
    told = _("%(number)s is finished. A supervisor looks at it before the public hears.")
    if not done.waits:
        told = _("%(number)s is finished.")
    messages.success(request, told % {"number": number})
    return redirect("crew-day")


@staff(WORK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: HttpRequest, number: str) -> HttpResponse:
    """Show the form that says why a job could not be done; send it back to the queue."""
    actor = actor_of(request)
    found = _job(request, number, actor)
    if found is None:
        return redirect("crew-day")
    if request.method != "POST":
        return _back_form(request, found, Sheet({"minutes": _minutes_so_far(found)}))
    given, act = _given(request), _act(request)
    try:
        services.send_back(
            found.detail.row.request.id,
            actor=actor,
            act=act,
            reason=given.get("reason", ""),
            words=given.get("words", "").strip(),
            minutes=_minutes(given),
        )
    except Stale as refused:
        return _back_form(
            request, found, Sheet(given, changed=_since(found, given.get("seen", ""))), refused.http_status
        )
    except Invalid as refused:
        _pass_on(refused)
        changed = _since(found, given.get("seen", "")) if "state" in refused.fields else None
        return _back_form(request, found, Sheet(given, refused.fields, changed), refused.http_status)
    messages.success(request, _("%(number)s is back in the queue, with your reason.") % {"number": number})
    return redirect("crew-day")


def _job(request: HttpRequest, number: str, actor: Actor) -> Job | None:
    """Return the job; None when it is the sender's no more, and what they send they have sent before."""
    try:
        return queries.job(number, actor)
    except NotFound:
        if request.method == "POST" and services.was_done(number, actor=actor, act=_act(request)):
            return None
        raise


def _finish_form(request: HttpRequest, found: Job, sheet: Sheet, status: int = 200) -> HttpResponse:
    materials = queries.materials()
    other = requests.other_language(found.detail.row.request.language)
    context = {
        **pages.about(request, found),
        "sheet": sheet,
        "ready": _ready(found),
        "other": other,
        "also_words": words.SAME_IN[other],
        "spoken": requests.other_language(other),
        "own_words": words.INSTEAD_IN[requests.other_language(other)],
        "materials": [(one, sheet.given.get(f"m-{one.id}", "")) for one in materials],
        "any_material": any(sheet.given.get(f"m-{one.id}") for one in materials),
        "kept": signing.dumps([[str(one.document_id), one.mark] for one in sheet.photos], salt=_salt_of(request))
        if sheet.photos
        else "",
        "kept_pictures": pages.pictures([one.document_id for one in sheet.photos]),
        "command_id": new_id(),
    }
    return render(request, "crews/finish.html", context, status=status)


def _back_form(request: HttpRequest, found: Job, sheet: Sheet, status: int = 200) -> HttpResponse:
    context = {**pages.about(request, found), "sheet": sheet, "reasons": REASONS, "command_id": new_id()}
    return render(request, "crews/back.html", context, status=status)


def _given(request: HttpRequest) -> dict[str, str]:
    return {name: str(value).replace("\x00", "") for name, value in request.POST.items()}


def _act(request: HttpRequest) -> Act:
    """Read what every act carries. A page that lost it is opened again."""
    version = request.POST.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise Invalid({"version": _("The page is incomplete. Open the job again.")})
    try:
        command_id = uuid.UUID(request.POST.get("command_id", ""))
    except ValueError as problem:
        raise Invalid({"command_id": _("The page is incomplete. Open the job again.")}) from problem
    return Act(command_id, int(version), _moment(request.POST.get("at", "")))


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text.strip())
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _pass_on(refused: Invalid) -> None:
    """A form without its hidden fields is no form of ours: the refusal is a page of its own."""
    if _NOT_THEIRS & set(refused.fields):
        raise refused


def _finished(given: Mapping[str, str], found: Job, photos: Sequence[Proof]) -> Finished:
    choice = _choice(given, found)
    own, own_also = given.get("sentence", "").strip(), given.get("also", "").strip()
    problems: dict[str, Any] = {}
    amounts: dict[uuid.UUID, Decimal] = {}
    minutes = None
    try:
        minutes = _minutes(given)
    except Invalid as refused:
        problems |= refused.fields
    for one in queries.materials(everything=True):
        try:
            amount = rules.amount_of(given.get(f"m-{one.id}", ""))
        except ValueError:
            problems["materials"] = _amount_words(one)
        else:
            if amount:
                amounts[one.id] = amount
    if choice is None:
        problems["outcome"] = _("Choose what came of it.")
    if own_also and not own:
        problems["sentence"] = _("Write the sentence here too, or leave both fields empty.")
    if choice is None or problems:
        raise Invalid(problems)
    said = choice.choice
    # Own words are in the reporter's language, a ready sentence in the one it stands in.
    spoken, second = (found.detail.row.request.language, own_also) if own else (said.language, said.also)
    also = {requests.other_language(spoken): second} if second else None
    return Finished(choice.outcome.value, own or said.words, minutes, amounts, tuple(photos), also)


def _ready(found: Job) -> list[words.Ready]:
    """Return what the crew can choose from: the city's own answers that leave nothing to be filled in, or ours."""
    seen, kept = found.detail.row.request, ready_answers.get()
    offered = kept.of(seen.id, seen.category_code)
    whole = [one for one in offered if not any(kept.left_in(text) for text in one.texts.values())]
    return words.ready(seen.language, whole)


def _choice(given: Mapping[str, str], found: Job) -> words.Ready | None:
    return next((one for one in _ready(found) if one.choice.value == given.get("ready")), None)


def _answer(given: Mapping[str, str]) -> uuid.UUID | None:
    """Return which of the city's own answers was chosen, None when it was one that fits every city."""
    try:
        return uuid.UUID(given.get("ready", ""))
    except ValueError:
        return None


def _counting(given: Mapping[str, str]) -> AbstractContextManager[None]:
    """Count with the end of the job that one of the city's answers was sent, unless the crew wrote their own."""
    answer = None if given.get("sentence", "").strip() else _answer(given)
    return commands.along(lambda _done: ready_answers.get().count(answer)) if answer else nullcontext()


def _amount_words(material: MaterialInfo) -> str:
    return _("Write how much %(material)s as a number, such as 2 or 0.5.") % {
        "material": words.name_of(material).lower()
    }


def _minutes(given: Mapping[str, str]) -> int | None:
    try:
        return rules.worked(given.get("minutes", ""))
    except ValueError as problem:
        raise Invalid({"minutes": minutes_words()}) from problem


def _minutes_so_far(found: Job) -> str:
    return str(rules.minutes_between(found.visit.started_at, clock.now())) if found.visit else ""


def _new_photos(request: HttpRequest, actor: Actor) -> list[Proof]:
    """Hand the uploads to the documents room, each known by its bytes. Those that nothing keeps are swept there."""
    taken = []
    for upload in [one for one in request.FILES.getlist("photo") if one.name][:MOST_PHOTOS]:
        data = upload.read()
        document = documents.take(data, filename=str(upload.name), actor=actor)
        taken.append(Proof(document.id, hashlib.sha256(data).hexdigest()))
    return taken


def _kept_photos(request: HttpRequest) -> list[Proof]:
    """Return the photos of a form that was refused: they were taken then, and only their sender has the proof."""
    try:
        found = signing.loads(request.POST.get("kept", ""), salt=_salt_of(request), max_age=_KEPT_FOR)
    except signing.BadSignature:
        return []
    return [Proof(uuid.UUID(document_id), mark) for document_id, mark in found]


def _salt_of(request: HttpRequest) -> str:
    return f"{_SALT}.{actor_of(request).id}"


def _since(found: Job, seen: str) -> list[DeskEvent]:
    """Return what happened after the event that the sender saw last, newest first."""
    newer = []
    for line in reversed(found.detail.history):
        if str(line.event.id) == seen:
            break
        newer.append(line)
    return newer[:8]
