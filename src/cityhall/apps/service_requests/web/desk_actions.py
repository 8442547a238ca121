"""What can be done to one request at the desk: each act is one form, one address and one call to the services."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache

from cityhall.apps.documents import public as documents
from cityhall.apps.documents.contracts import Kind
from cityhall.apps.service_requests import queries, services
from cityhall.apps.service_requests.contracts import NewFile, Outcome, PublicRequest, State, Visibility
from cityhall.apps.service_requests.rules.ready import other_language, texts_of
from cityhall.apps.service_requests.web import desk_filters, resident_words
from cityhall.apps.service_requests.web.desk_detail import Attempt, answer
from cityhall.kernel import offers
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import commands
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.errors import Invalid, NotFound, Stale

_FILES = frozenset({Kind.IMAGE, Kind.PDF})
_NOT_KEPT = frozenset({"csrfmiddlewaretoken", "version", "command_id", "seen", "publish"})


@dataclass(frozen=True, slots=True)
class Sent:
    """One sent form: who sent it, about which request, as they had read it."""

    request: HttpRequest
    number: str
    id: uuid.UUID
    actor: Actor
    version: int | None
    command_id: uuid.UUID | None
    seen: PublicRequest

    def text(self, name: str) -> str:
        """Return a field without the blanks around it."""
        return self.request.POST.get(name, "").strip()

    def id_of(self, name: str) -> uuid.UUID | None:
        """Return the id a choice names, None when nothing is chosen. Raises Invalid for anything else."""
        value = self.text(name)
        found = desk_filters.as_id(value) if value else None
        if value and found is None:
            raise Invalid({name: _("Choose one of those in the list.")})
        return found

    @property
    def sentence(self) -> str:
        """The sentence written."""
        return self.text("sentence")

    @property
    def public(self) -> dict[str, Any]:
        """The public sentence, written or else the ready one chosen, and the same in the other language.

        Raises:
            Invalid: field "sentence": something stands in braces still.
        """
        other = other_language(self.seen.language)
        sentence, also = self.text("sentence"), self.text("also")
        if not sentence and not also:
            filled = _filled(self.text("ready"), self.seen)
            sentence, also = filled["sentence"], filled["also"]
        shelf = offers.ready_answers.get()
        if left := [*shelf.left_in(sentence), *shelf.left_in(also)]:
            words = _("This request has nothing for %(name)s. Write the sentence without it.") % {"name": left[0]}
            raise Invalid({"sentence": words})
        if not sentence:
            return {"sentence": also, "also": {}}
        return {"sentence": sentence, "also": {other: also} if also else {}}

    @property
    def read(self) -> dict[str, Any]:
        """What every service takes: who, as which version, which command."""
        return {"actor": self.actor, "version": self.version, "command_id": self.command_id}


#: Returns what is said when it is done, where that is not what the act always says.
Run = Callable[[Sent], str | None]


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do: the permission its address asks for, what is said when it is done, and whether mail goes out."""

    permission: str
    run: Run
    said: Any
    tells: bool = False


def _filled(choice: str, seen: PublicRequest) -> dict[str, str]:
    """Return the two fields of a public sentence as a ready one fills them."""
    answers = offers.ready_answers.get().of(seen.id, seen.category_code)
    texts = dict(texts_of(choice, answers))
    first = seen.language if texts.get(seen.language) else next(iter(texts), "")
    other = other_language(seen.language)
    return {"sentence": texts.get(first, ""), "also": texts.get(other, "") if first != other else ""}


def _take(sent: Sent) -> None:
    services.assign(sent.id, assignee_id=sent.actor.id, **sent.read)


def _assign(sent: Sent) -> None:
    department, team, person = (sent.id_of(name) for name in ("department", "team", "person"))
    services.assign(sent.id, department_id=department, team_id=team, assignee_id=person, **sent.read)


def _prioritise(sent: Sent) -> None:
    wanted = sent.text("priority")
    if wanted not in {"1", "2", "3", "4", "5"}:
        raise Invalid({"priority": _("Choose one of those in the list.")})
    services.prioritise(sent.id, priority=int(wanted), **sent.read)


def _schedule(sent: Sent) -> None:
    services.schedule(sent.id, on=_day(sent.text("on")), **sent.public, **sent.read)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise Invalid({"on": _("Write the day like 2026-03-12.")}) from problem


def _start(sent: Sent) -> None:
    services.start(sent.id, **sent.public, **sent.read)


def _refer(sent: Sent) -> None:
    services.refer(sent.id, to=sent.text("to"), body=sent.id_of("body"), **sent.public, **sent.read)


def _take_back(sent: Sent) -> None:
    services.take_back(sent.id, **sent.public, **sent.read)


def _settle(sent: Sent) -> None:
    decided = {"uphold": True, "keep": False}.get(sent.text("decision"))
    if decided is None:
        raise Invalid({"decision": _("Choose what you found.")})
    services.settle(sent.id, upheld=decided, evidence=_pictures(sent), **sent.public, **sent.read)


def _note(sent: Sent) -> str | None:
    files = [
        NewFile(documents.take(upload.read(), filename=upload.name, actor=sent.actor, kinds=_FILES).id, upload.name)
        for upload in sent.request.FILES.getlist("file")[:9]
        if upload.name
    ]
    services.add_note(sent.id, text=sent.sentence, visibility=Visibility.INTERNAL, files=files, **sent.read)
    return offers.mentions.get()(sent.sentence, sent.id, sent.actor)


def _reply(sent: Sent) -> None:
    public = sent.public
    services.add_note(sent.id, text=public["sentence"], also=public["also"], visibility=Visibility.PUBLIC, **sent.read)


def _category(sent: Sent) -> None:
    if not sent.text("category"):
        raise Invalid({"category": _("Choose a category.")})
    services.change_category(
        sent.id, category_code=sent.text("category"), reroute=sent.text("reroute") == "yes", **sent.read
    )


def _photo(sent: Sent) -> None:
    taken = _pictures(sent)
    if not taken:
        raise Invalid({"photo": _("Choose a photo.")})
    services.add_photos(sent.id, photo_ids=taken, evidence=sent.text("evidence") == "yes", **sent.read)


def _pictures(sent: Sent) -> list[uuid.UUID]:
    """Hand the uploads to the documents room. Those that nothing keeps are swept there."""
    files = [upload for upload in sent.request.FILES.getlist("photo") if upload.name]
    return [documents.take(upload.read(), filename=str(upload.name), actor=sent.actor).id for upload in files[:8]]


def _close(sent: Sent) -> str | None:
    value = sent.text("outcome")
    outcome = Outcome(value) if value in set(Outcome) else None
    public = sent.public
    problems = {}
    if outcome is None:
        problems["outcome"] = _("Choose an outcome: what came of this request.")
    if not public["sentence"]:
        problems["sentence"] = _("Write a sentence that the public will read.")
    if outcome is None or problems:
        raise Invalid(problems)
    done = services.close(sent.id, outcome=outcome, evidence=_pictures(sent), **public, **sent.read)
    return None if done.state is State.CLOSED else _("It waits for a supervisor’s approval. Nobody is told yet.")


def _approve(sent: Sent) -> None:
    services.approve(sent.id, **sent.read)


def _send_back(sent: Sent) -> None:
    services.send_back(sent.id, note=sent.text("note"), **sent.read)


def _star(sent: Sent) -> str | None:
    on = sent.text("on") == "yes"
    services.shortlist(sent.id, actor=sent.actor, on=on)
    return None if on else _("It is off your shortlist.")


def _reopen(sent: Sent) -> None:
    services.reopen(sent.id, **sent.public, **sent.read)


def _merge(sent: Sent) -> None:
    other = sent.text("other") or sent.text("pick")
    if not other:
        raise Invalid({"other": _("Write the number of the other request, or choose one.")})
    if sent.text("sure") != "yes":
        _ask(sent.number, other, sent.actor)
    if sent.text("keep") == "this":
        found = queries.desk_one(other, sent.actor).row.request
        services.merge(sent.id, duplicates=[found.id], **sent.public, **sent.read)
        return
    said = sent.public
    if not said["sentence"]:
        said = services.merged_words(sent.seen.language)
    services.close(sent.id, outcome=Outcome.DUPLICATE, duplicate_of=other, **said, **sent.read)


def _ask(number: str, other: str, actor: Actor) -> None:
    """Ask before a merge that may be a slip, or that the public will not see through: once more with "sure" does it."""
    try:
        doubts = queries.merge_doubts(number, other, actor=actor)
    except NotFound:
        return  # the service says what is wrong with the number
    if doubts is None:
        return
    said = []
    if doubts.policy:
        said.append(
            _(
                "The two are in different categories, which publish different things. To keep what one of them "
                "protects, the public will not see that they belong together, and followers stay where they are."
            )
        )
    if doubts.metres is not None:
        away = resident_words.distance(doubts.metres)
        said.append(_("They are far apart: the other one is %(distance)s.") % {"distance": away})
    raise Invalid({"sure": " ".join([*said, _("Tick “Merge them all the same” if this is right.")])})


def _moderate(sent: Sent) -> None:
    choice = {"yes": True, "no": False}
    services.moderate(
        sent.id,
        show_text=choice.get(sent.text("show_text")),
        show_photos=choice.get(sent.text("show_photos")),
        hidden=choice.get(sent.text("hidden")),
        **sent.read,
    )


def _correct(sent: Sent) -> None:
    event_id = sent.id_of("event")
    if event_id is None:
        raise Invalid({"event": _("Choose one of those in the list.")})
    services.correct(sent.id, event_id=event_id, text=sent.text("text"), **sent.read)


_WORK = "requests.work"
ACTS: Mapping[str, Act] = {
    "take": Act("requests.assign", _take, gettext_lazy("It is yours now.")),
    "assign": Act("requests.assign", _assign, gettext_lazy("Assigned.")),
    "priority": Act("requests.assign", _prioritise, gettext_lazy("The priority is set.")),
    "schedule": Act(_WORK, _schedule, gettext_lazy("Scheduled.")),
    "start": Act(_WORK, _start, gettext_lazy("Work has begun.")),
    "refer": Act(_WORK, _refer, gettext_lazy("Referred.")),
    "recall": Act(_WORK, _take_back, gettext_lazy("It is the city’s own again.")),
    "settle": Act("requests.settle", _settle, gettext_lazy("Settled."), tells=True),
    "note": Act(_WORK, _note, gettext_lazy("The note is kept. Only staff see it.")),
    "reply": Act(_WORK, _reply, gettext_lazy("The reply is public."), tells=True),
    "category": Act(_WORK, _category, gettext_lazy("The category is changed.")),
    "photo": Act(_WORK, _photo, gettext_lazy("The photo is added.")),
    "close": Act(_WORK, _close, gettext_lazy("Closed."), tells=True),
    "approve": Act("requests.settle", _approve, gettext_lazy("Approved and closed."), tells=True),
    "send-back": Act("requests.settle", _send_back, gettext_lazy("Sent back. The request stays open.")),
    "star": Act("requests.view", _star, gettext_lazy("It is on your shortlist.")),
    "reopen": Act(_WORK, _reopen, gettext_lazy("Opened again.")),
    "merge": Act(_WORK, _merge, gettext_lazy("Merged. Followers move along and are told.")),
    "moderate": Act("requests.moderate", _moderate, gettext_lazy("Decided.")),
    "correct": Act(_WORK, _correct, gettext_lazy("Corrected. The old words stay in the history.")),
}


def view_of(name: str) -> Callable[..., HttpResponseBase]:
    """Return the view of one act."""
    act = ACTS[name]

    @staff(act.permission)
    @never_cache
    @sent_from("desk-request", "number")
    def view(request: HttpRequest, number: str) -> HttpResponse:
        return _do(request, number, name, act)

    view.__name__ = f"desk_{name}"
    return view


def _do(request: HttpRequest, number: str, name: str, act: Act) -> HttpResponse:
    actor = actor_of(request)
    detail = queries.desk_one(number, actor)
    seen, followers = detail.row.request, detail.followers
    kept = {key: str(value) for key, value in request.POST.items() if key not in _NOT_KEPT}
    if name == "category" and request.POST.get("step") == "look":
        return answer(request, number, attempt=Attempt(name, kept))
    if request.POST.get("step") == "use":
        return answer(request, number, attempt=Attempt(name, {**kept, **_filled(kept.get("ready", ""), seen)}))
    attempt = Attempt(name, kept, seen=request.POST.get("seen", ""))
    ready = desk_filters.as_id(kept.get("ready", ""))
    try:
        with services.as_it_is(request.POST.get("publish") == "as_it_is"), _counting(ready):
            told = act.run(_sent(request, number, seen, actor))
    except Invalid as problem:
        if "command_id" in problem.fields or "version" in problem.fields:
            raise
        if any(upload.name for upload in request.FILES.getlist("photo")):
            kept["had_photos"] = "yes"
        refused = Attempt(name, kept, problems=problem.fields, seen=attempt.seen)
        return answer(request, number, attempt=refused, status=problem.http_status)
    except Stale as problem:
        stale = Attempt(name, kept, stale=True, seen=attempt.seen)
        return answer(request, number, attempt=stale, status=problem.http_status)
    said = told or (f"{act.said} {_told(followers)}" if act.tells else str(act.said))
    if request.headers.get("HX-Request"):
        return answer(request, number, said=said)
    messages.success(request, said)
    query = desk_filters.asked(request.GET).query()
    return redirect(f"{reverse('desk-request', args=[number])}{'?' if query else ''}{query}")


def _counting(ready: uuid.UUID | None) -> AbstractContextManager[None]:
    """Count with what is done that a ready answer was sent: once, however often the form is."""
    return commands.along(lambda _done: offers.ready_answers.get().count(ready)) if ready else nullcontext()


def _told(followers: int) -> str:
    """Say how many hear of it. Who has not confirmed their address is no follower yet."""
    if not followers:
        return _("Nobody follows it, so nobody is told.")
    words = ngettext("%(count)s follower is told.", "%(count)s followers are told.", followers)
    return words % {"count": followers}


def _sent(request: HttpRequest, number: str, seen: PublicRequest, actor: Actor) -> Sent:
    version = request.POST.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise Invalid({"version": _("The page is incomplete. Open the request again.")})
    command = request.POST.get("command_id", "")
    command_id = desk_filters.as_id(command) if command else None
    return Sent(request, number, seen.id, actor, int(version), command_id, seen)
