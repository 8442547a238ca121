"""One change to many requests at the desk: choose, look at what would happen, apply, take back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from cityhall.apps.identity import public as identity
from cityhall.apps.identity.contracts import Workforce
from cityhall.apps.service_requests import queries, rules, services
from cityhall.apps.service_requests.contracts import (
    BulkPlan,
    BulkPreview,
    CategoryInfo,
    DeskFilter,
    DeskRow,
    Outcome,
    RequestFilter,
    State,
    Visibility,
)
from cityhall.apps.service_requests.rules.ready import other_language, texts_of
from cityhall.apps.service_requests.web import desk_filters, desk_words, resident_words
from cityhall.apps.service_requests.web.desk_detail import OUTCOMES
from cityhall.kernel import offers
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import commands
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.django.templatetags.look import status_words
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import Invalid
from cityhall.kernel.ids import new_id

MOST = 500
CHANGES: Mapping[str, Any] = {
    "assign": gettext_lazy("Assign"),
    "schedule": gettext_lazy("Schedule"),
    "start": gettext_lazy("Start work"),
    "category": gettext_lazy("Change the category"),
    "priority": gettext_lazy("Set the priority"),
    "note": gettext_lazy("Write a note"),
    "close": gettext_lazy("Close"),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The requests that were picked, with the versions that were read."""

    versions: Mapping[uuid.UUID, int]

    @property
    def ids(self) -> tuple[uuid.UUID, ...]:
        """Their ids, in the order they were picked."""
        return tuple(self.versions)

    @property
    def fields(self) -> list[str]:
        """What the next form carries along."""
        return [f"{key}:{version}" for key, version in self.versions.items()]


def _chosen(request: HttpRequest) -> Chosen:
    versions: dict[uuid.UUID, int] = {}
    for text in request.POST.getlist("pick")[: MOST + 1]:
        key, _colon, version = text.partition(":")
        found = desk_filters.as_id(key)
        if found and version.isascii() and version.isdigit() and len(version) < 10:
            versions[found] = int(version)
    return Chosen(versions)


@staff("requests.bulk")
@never_cache
@sent_from("desk-queue")
def bulk(request: HttpRequest) -> HttpResponse:
    """Choose what to change; with `step` "preview", say what would happen to each request."""
    chosen = _chosen(request)
    if not chosen.ids:
        messages.warning(request, _("Nothing is selected. Tick the requests to change first."))
        return redirect(_back(request))
    if request.POST.get("step") == "use":
        return _form(request, chosen, given=_filled(request, actor_of(request).language))
    if request.POST.get("step") != "preview":
        return _form(request, chosen)
    actor = actor_of(request)
    try:
        plan = plan_of(request)
        with services.as_it_is(request.POST.get("publish") == "as_it_is"):
            preview = services.preview_bulk(chosen.ids, plan, actor=actor)
    except Invalid as problem:
        return _form(request, chosen, problem)
    shown = _common(request, chosen) | {
        "preview": preview,
        "lines": _lines(_rows(chosen.ids, actor), preview, plan, actor),
        "refused": _refused(chosen.ids, preview, actor),
        "carried": _carried(request),
        "said": said(plan, queries.categories(everything=True)),
        "command_id": new_id(),
    }
    return render(request, "service_requests/desk/bulk_preview.html", shown)


@staff("requests.bulk")
@sent_from("desk-queue")
def apply(request: HttpRequest) -> HttpResponse:
    """Make the change. Back at the queue it can be taken back for ten seconds."""
    chosen = _chosen(request)
    if not chosen.ids:
        raise Invalid({"pick": _("Nothing is selected. Tick the requests to change first.")})
    command = request.POST.get("command_id", "")
    ready = desk_filters.as_id(request.POST.get("ready", ""))

    def count(done: Mapping[str, Any]) -> None:
        if ready is not None:
            offers.ready_answers.get().count(ready, done["changed"])

    try:
        plan = plan_of(request)
        with services.as_it_is(request.POST.get("publish") == "as_it_is"), commands.along(count):
            done = services.apply_bulk(
                chosen.ids,
                plan,
                actor=actor_of(request),
                versions=chosen.versions,
                command_id=desk_filters.as_id(command) if command else None,
            )
    except Invalid as problem:
        return _form(request, chosen, problem)
    words = _("Changed: %(count)s.") % {"count": desk_words.count_words(len(done.changed))}
    if done.refused:
        words += " " + _("Left as they were: %(numbers)s.") % {"numbers": ", ".join(one.number for one in done.refused)}
    waiting = [one for one in done.changed if one.state is not State.CLOSED] if plan.close else []
    if waiting:
        words += " " + _("Waiting for approval: %(count)s.") % {"count": desk_words.count_words(len(waiting))}
    if done.changed:
        offer = {"id": str(done.change_id), "until": done.undo_until.timestamp(), "said": words}
        request.session["desk_undo"] = offer
    else:
        messages.warning(request, words)
    return redirect(_back(request))


@staff("requests.bulk")
@sent_from("desk-queue")
def undo(request: HttpRequest, change_id: uuid.UUID) -> HttpResponse:
    """Take a change back while its time lasts."""
    request.session.pop("desk_undo", None)
    try:
        done = services.undo(change_id, actor=actor_of(request))
    except Invalid as problem:
        messages.error(request, " ".join(str(text) for text in problem.fields.values()))
        return redirect(_back(request))
    messages.success(
        request, _("Taken back: %(count)s. Nobody was told.") % {"count": desk_words.count_words(len(done.changed))}
    )
    for one in done.refused:
        messages.warning(
            request, _("%(number)s keeps its change: somebody worked on it since.") % {"number": one.number}
        )
    return redirect(_back(request))


def plan_of(request: HttpRequest) -> BulkPlan:
    """Read the change from the form. Raises Invalid."""
    post, language = request.POST, actor_of(request).language
    change, text = post.get("change", ""), post.get("sentence", "").strip()
    words: dict[str, Any] = {"language": language}
    if also := post.get("also", "").strip():
        words["also"] = {other_language(language): also}
    if not text and not also:
        filled = _filled(request, language)
        text, words["also"] = filled["sentence"], {other_language(language): filled["also"]}
        words["also"] = {code: said for code, said in words["also"].items() if said}
    if change == "assign":
        return BulkPlan(assign=_assignment(request))
    if change == "schedule":
        return BulkPlan(schedule=(_day(post.get("on", "")), text), **words)
    if change == "start":
        return BulkPlan(start=True)
    if change == "category" and post.get("category"):
        return BulkPlan(category_code=post["category"])
    if change == "priority" and post.get("priority", "") in {"1", "2", "3", "4", "5"}:
        return BulkPlan(priority=int(post["priority"]))
    if change == "note" and text:
        is_public = post.get("visibility") == "public"
        return BulkPlan(note=(text, Visibility.PUBLIC if is_public else Visibility.INTERNAL), **words)
    if change == "close":
        return BulkPlan(close=_closing(post.get("outcome", ""), text), **words)
    raise Invalid({"change": _("Say what to change.")})


def _filled(request: HttpRequest, language: str) -> dict[str, str]:
    """Return the two fields of a public sentence as a ready one fills them."""
    texts = texts_of(request.POST.get("ready", ""), offers.ready_answers.get().for_many())
    return {"sentence": texts.get(language, ""), "also": texts.get(other_language(language), "")}


def _closing(outcome: str, text: str) -> tuple[Outcome, str]:
    problems = {}
    if outcome not in OUTCOMES:
        problems["outcome"] = _("Choose an outcome: what came of these requests.")
    if not text:
        problems["sentence"] = _("Write a sentence that the public will read.")
    if problems:
        raise Invalid(problems)
    return Outcome(outcome), text


def _assignment(request: HttpRequest) -> dict[str, uuid.UUID | None]:
    found: dict[str, uuid.UUID | None] = {}
    for field, name in (("department_id", "department"), ("team_id", "team"), ("assignee_id", "person")):
        value = request.POST.get(name, "")
        if value == "none":
            found[field] = None
        elif value:
            key = desk_filters.as_id(value)
            if key is None:
                raise Invalid({name: _("Choose one of those in the list.")})
            found[field] = key
    if not found:
        raise Invalid({"assign": _("Choose a department, a team or a person.")})
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as problem:
        raise Invalid({"on": _("Write the day like 2026-03-12.")}) from problem


def _form(
    request: HttpRequest,
    chosen: Chosen,
    problem: Invalid | None = None,
    given: Mapping[str, str] = MappingProxyType({}),
) -> HttpResponse:
    actor = actor_of(request)
    own = identity.workforce(actor)
    ready = offers.ready_answers.get().for_many()
    other = other_language(actor.language)
    shown = _common(request, chosen) | {
        "rows": [desk_words.card(row) for row in _rows(chosen.ids, actor)],
        "problem": problem,
        "given": {**request.POST.dict(), **given},
        "departments": own.departments,
        "teams": own.teams,
        "people": own.people,
        "categories": [one for one in queries.categories() if not one.is_emergency],
        "outcomes": [(one, resident_words.outcome_words(one)) for one in OUTCOMES],
        "ready_close": desk_words.ready(OUTCOMES, actor.language, ready),
        "ready_schedule": desk_words.ready(("schedule",), actor.language, ready),
        "ready_reply": desk_words.ready(("reply",), actor.language, ready),
        "other": other,
        "other_words": desk_words.OTHERS[other],
    }
    return render(request, "service_requests/desk/bulk.html", shown, status=problem.http_status if problem else 200)


def _common(request: HttpRequest, chosen: Chosen) -> dict[str, Any]:
    change = request.POST.get("change", "")
    return {
        "chosen": chosen,
        "change": change if change in CHANGES else "assign",
        "changes": CHANGES,
        "query": desk_filters.asked(request.GET).query(),
        "count": desk_words.count_words(len(chosen.ids)),
    }


def _rows(ids: Sequence[uuid.UUID], actor: Actor) -> tuple[DeskRow, ...]:
    if not ids:
        return ()
    wanted = DeskFilter(base=RequestFilter(ids=tuple(ids)), states=tuple(State))
    return queries.desk_queue(wanted, actor, limit=MOST).items


def _carried(request: HttpRequest) -> list[tuple[str, str]]:
    left_out = {"csrfmiddlewaretoken", "pick", "step", "command_id"}
    return [(name, str(value)) for name, value in request.POST.items() if name not in left_out]


@dataclass(frozen=True, slots=True)
class Line:
    """One request of a preview: what it is and what it would be."""

    card: desk_words.Card
    before: str
    after: str


def _lines(rows: Sequence[DeskRow], preview: BulkPreview, plan: BulkPlan, actor: Actor) -> list[Line]:
    would = {one.id: one for one in preview.would_change}
    categories = {one.code: one.name for one in queries.categories(everything=True)}
    known = identity.workforce(actor)
    names = _names(known)
    departments = {one.id: one.department_id for one in known.teams}
    lines = []
    for row in rows:
        if row.request.id in would:
            before, after = _sides(row, plan, would[row.request.id].state, categories, names, departments)
            lines.append(Line(desk_words.card(row), before, after))
    return lines


def _names(known: Workforce) -> dict[uuid.UUID, str]:
    found = {one.id: pick(one.name) for one in known.departments}
    found |= {one.id: pick(one.name) for one in known.teams}
    return found | {one.id: one.name or one.email for one in known.people}


def _sides(
    row: DeskRow,
    plan: BulkPlan,
    state: State,
    categories: Mapping[str, str],
    names: Mapping[uuid.UUID, str],
    departments: Mapping[uuid.UUID, uuid.UUID],
) -> tuple[str, str]:
    """Return what changes of one request, as it is and as it would be."""
    seen = row.request
    if plan.assign is not None:
        now = {"department_id": row.department_id, "team_id": row.team_id, "assignee_id": row.assignee_id}
        then = rules.assigned(now, plan.assign, departments)
        return tuple(  # type: ignore[return-value]  # two sides
            ", ".join(names.get(key, "") for key in side.values() if key) or _("nobody") for side in (now, then)
        )
    if plan.category_code:
        return seen.category_name, categories.get(plan.category_code, plan.category_code)
    if plan.priority is not None:
        return str(row.priority), str(plan.priority)
    before = status_words(seen.status, seen.outcome or "")
    if plan.close and state is not State.CLOSED:
        return before, _("%(status)s, waits for approval") % {"status": before}
    if plan.close:
        return before, status_words("fixed" if plan.close[0] is Outcome.FIXED else "closed", plan.close[0])
    if plan.note:
        return before, _("%(status)s, with the note") % {"status": before}
    return before, status_words(state)


@dataclass(frozen=True, slots=True)
class Left:
    """A request that a change would leave, and why."""

    number: str
    title: str
    reason: Any


def _refused(ids: Sequence[uuid.UUID], preview: BulkPreview, actor: Actor) -> list[Left]:
    titles = {row.request.id: resident_words.title_of(row.request) for row in _rows(ids, actor)}
    return [Left(one.number, titles.get(one.id, ""), one.reason) for one in preview.refused]


def said(plan: BulkPlan, categories: Sequence[CategoryInfo]) -> str:
    """Return the change in a few words, for the heading of the preview."""
    if plan.close:
        return _("Close: %(outcome)s") % {"outcome": resident_words.outcome_words(plan.close[0])}
    if plan.category_code:
        names = {one.code: one.name for one in categories}
        return _("Move to “%(name)s”") % {"name": names.get(plan.category_code, plan.category_code)}
    if plan.priority is not None:
        return _("Set priority %(priority)d") % {"priority": plan.priority}
    if plan.note:
        return _("Write a public note") if plan.note[1] is Visibility.PUBLIC else _("Write an internal note")
    if plan.schedule:
        return _("Schedule")
    return _("Start work") if plan.start else _("Assign")


def _back(request: HttpRequest) -> str:
    given = request.POST.get("back")
    query = desk_filters.asked(request.GET).query()
    if given is not None:
        query = desk_filters.asked(QueryDict(given)).query()
    return f"{reverse('desk-queue')}{'?' if query else ''}{query}"
