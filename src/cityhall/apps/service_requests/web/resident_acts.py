"""What everybody may do about a request that is there: me too, follow, "it is not fixed", report abuse."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cityhall.apps.documents import public as documents
from cityhall.apps.notify import public as notify
from cityhall.apps.service_requests import queries, services
from cityhall.apps.service_requests.contracts import PublicRequest, State
from cityhall.apps.service_requests.web import resident_draft, resident_errors, resident_guards, resident_words
from cityhall.kernel import offers
from cityhall.kernel.actors import Actor, ActorKind
from cityhall.kernel.django.access import actor_of, public
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.errors import Invalid

SUBJECT = services.writing.SUBJECT
_MOST_PHOTOS = 4
_KEPT, _KEPT_FOR = "service_requests.contest.photos", timedelta(hours=6)


@public
@sent_from("request-page", "number")
def me_too(request: HttpRequest, number: str) -> HttpResponse:
    """Count one more person with the same trouble."""
    actor = actor_of(request)
    seen = queries.one(number, actor)
    resident_guards.count(request, "me-too", limit=60)
    mark = resident_guards.browser(request)
    email = request.POST.get("email", "").strip()[:254]
    if email:
        resident_guards.count(request, "follow", limit=20)
        if resident_guards.filled_by_a_machine(request):
            raise Invalid({"website": _("Leave the field “Website” empty, then send again.")})
    done = services.me_too(
        seen.id, actor=actor, who=mark, command_id=_command(request), follow_email=email, language=_language()
    )
    if resident_draft.exists(request):
        resident_draft.forget(request)
    messages.success(request, _counted(actor, email))
    response = redirect("request-page", number=done.number)
    resident_guards.remember_browser(response, mark)
    return response


def _counted(actor: Actor, email: str) -> str:
    if actor.kind is ActorKind.RESIDENT:
        return _("Counted: you have this trouble too. We write to you when it changes.")
    if email:
        return _("Counted: you have this trouble too. Open the link in our e-mail to hear when it changes.")
    return _("Counted: you have this trouble too. Follow the request to hear when it changes.")


@public
@sent_from("request-page", "number")
def follow(request: HttpRequest, number: str) -> HttpResponse:
    """Tell a visitor by e-mail when the request changes, once they have answered a first message."""
    actor = actor_of(request)
    seen = queries.one(number, actor)
    resident_guards.count(request, "follow", limit=20)
    if resident_guards.filled_by_a_machine(request):
        raise Invalid({"website": _("Leave the field “Website” empty, then send again.")})
    email = request.POST.get("email", "").strip()[:254]
    user_id = actor.id if actor.kind is ActorKind.RESIDENT else None
    about = resident_words.title_of(seen)
    notify.follow(SUBJECT, seen.id, email=email or None, user_id=user_id, language=_language(), about=about)
    if user_id:
        messages.success(request, _("You follow this request now."))
    else:
        messages.success(request, _("Look into your e-mail: open the link there to follow this request."))
    return redirect("request-page", number=seen.number)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def not_fixed(request: HttpRequest, number: str) -> HttpResponse:
    """Contest a closed request: words if they like, a photo where it is needed."""
    actor = actor_of(request)
    seen = queries.one(number, actor)
    token = request.GET.get("with", request.POST.get("with", ""))[:400]
    if seen.duplicate_of:
        return redirect("request-page", number=seen.duplicate_of)
    is_closed = seen.state is State.CLOSED
    problems: dict[str, Any] = {}
    kept = _photos_kept(request)
    if request.method == "POST":
        # Also when it is closed no more: what comes twice was heard the first time.
        problems = _contest(request, seen, token, kept)
        if not problems:
            words = _("Thank you. A supervisor, not whoever closed it, will look at it next.")
            user_id = actor.id if actor.kind is ActorKind.RESIDENT else None
            if not token and not notify.follows(SUBJECT, seen.id, user_id=user_id):
                words += " " + _("Follow the request below to hear what they decide.")
            messages.success(request, words)
            return redirect("request-page", number=seen.number)
    if not is_closed:
        messages.info(request, _came_late(seen, wrote=request.method == "POST"))
        return redirect("request-page", number=seen.number)
    context = {
        "seen": seen,
        "title": resident_words.title_of(seen),
        "private": problems.pop("publish", ""),
        "asked": "asked" in request.POST,
        "hides_private": "asked" not in request.POST or "hides_private" in request.POST,
        "problems": problems,
        "errors": resident_errors.summary(problems),
        "sentence": request.POST.get("sentence", ""),
        "kept": signing.dumps([str(one) for one in kept], salt=_KEPT) if kept else "",
        "photos": len(kept),
        "token": token,
        "photo_needed": queries.photo_needed(seen.id, actor, token),
        "command_id": request.POST.get("command_id") or uuid.uuid4(),
    }
    status = 422 if problems or context["private"] else 200
    response = render(request, "service_requests/not_fixed.html", context, status=status)
    response["Referrer-Policy"] = "same-origin"
    return response


def _came_late(seen: PublicRequest, *, wrote: bool) -> str:
    """Say why a request is not contested that is closed no more, and what became of the words."""
    words: str = _("This request is open again: nothing needs to be contested.")
    if seen.state is State.CONTESTED:
        words = _("Somebody has said already that it is not fixed. A supervisor will look at it.")
    return words + " " + _("What you wrote now was not added.") if wrote else words


def _contest(request: HttpRequest, seen: PublicRequest, token: str, evidence: list[uuid.UUID]) -> dict[str, Any]:
    """Contest, or say what to mend. What photos are taken is added to the evidence, so that none is sent twice."""
    if resident_guards.filled_by_a_machine(request):
        return {"website": _("Leave the field “Website” empty, then send again.")}
    actor = actor_of(request)
    try:
        for upload in request.FILES.getlist("photo")[: _MOST_PHOTOS - len(evidence)]:
            resident_guards.count(request, "photo", limit=60)
            evidence.append(documents.take(cast(BinaryIO, upload), filename=upload.name or "photo", actor=actor).id)
        services.contest(
            seen.id,
            actor=actor,
            sentence=request.POST.get("sentence", "").strip(),
            command_id=_command(request),
            who=resident_guards.sender(request),
            evidence=evidence,
            token=token,
            hides_private="hides_private" in request.POST if "asked" in request.POST else None,
        )
    except Invalid as refused:
        return dict(refused.fields)
    return {}


def _photos_kept(request: HttpRequest) -> list[uuid.UUID]:
    """Return the photos that came with an earlier sending of the form."""
    try:
        found = signing.loads(request.POST.get("kept", ""), salt=_KEPT, max_age=_KEPT_FOR)
    except signing.BadSignature:
        return []
    return [uuid.UUID(one) for one in found]


@public
@never_cache
@require_http_methods(["GET", "POST"])
def report_abuse(request: HttpRequest, number: str) -> HttpResponse:
    """Say that a text or photo does not belong in public."""
    actor = actor_of(request)
    seen = queries.one(number, actor)
    problems: dict[str, Any] = {}
    if request.method == "POST":
        try:
            services.report_abuse(
                seen.id,
                actor=actor,
                reason=request.POST.get("reason", "").strip(),
                who=resident_guards.sender(request),
                command_id=_command(request),
            )
        except Invalid as refused:
            problems = dict(refused.fields)
        else:
            messages.success(request, _("Thank you. A person will look at it."))
            return redirect("request-page", number=seen.number)
    context = {
        "seen": seen,
        "title": resident_words.title_of(seen),
        "problems": problems,
        "errors": resident_errors.summary(problems),
        "reason": request.POST.get("reason", ""),
        "command_id": request.POST.get("command_id") or uuid.uuid4(),
    }
    return render(request, "service_requests/report_abuse.html", context, status=422 if problems else 200)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def forget_me(request: HttpRequest, token: str) -> HttpResponse:
    """Let the reporter, who has the private link, delete their details from one report."""
    actor = actor_of(request)
    request_id = queries.request_of_token(token)
    seen = queries.one(request_id, actor, token=token)
    if request.method == "POST":
        resident_guards.count(request, "forget-me", limit=20)
        person = offers.Person(requests=frozenset([seen.id]))
        if offers.records_office.get().erase(person, actor=actor):
            messages.success(request, _("Your details are deleted from this report."))
            return redirect("request-page", number=seen.number)
        messages.warning(
            request,
            _("The law makes us keep some of this for now. We noted your wish, and erase it as soon as we may."),
        )
        return redirect("request-private", token=token)
    context = {"seen": seen, "title": resident_words.title_of(seen), "token": token}
    response = render(request, "service_requests/forget_me.html", context)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _command(request: HttpRequest) -> uuid.UUID | None:
    """Return the form's own id, so that sending it twice does it once."""
    try:
        return uuid.UUID(request.POST.get("command_id", ""))
    except ValueError:
        return None


def _language() -> str:
    return (get_language() or "en").split("-")[0]
