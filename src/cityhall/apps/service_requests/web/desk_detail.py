"""One request at the desk: everything known of it, and a form for each thing that can be done."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cityhall.apps.documents import public as documents
from cityhall.apps.identity import public as identity
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import queries, rules
from cityhall.apps.service_requests.contracts import (
    Action,
    CategoryInfo,
    Contact,
    DeskDetail,
    DeskFilter,
    DeskRow,
    Likely,
    Nearby,
    Outcome,
    PublicRequest,
    RequestFilter,
)
from cityhall.apps.service_requests.queries import rows
from cityhall.apps.service_requests.queries.desk import SAME_KIND_METRES
from cityhall.apps.service_requests.rules.ready import other_language
from cityhall.apps.service_requests.web import desk_drawn, desk_filters, desk_queue, desk_words, panels, resident_words
from cityhall.kernel import offers
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.django.translated import pick
from cityhall.kernel.ids import new_id

OUTCOMES = (Outcome.FIXED, Outcome.NOT_FOUND, Outcome.NOT_CITY, Outcome.CANNOT)
READY_ACTS = ("reply", "schedule", "start", "refer", "take_back", "reopen", "settle", "duplicate")
_SELDOM = frozenset({"schedule", "category", "priority", "merge", "refer", "recall", "photo", "moderate"})
"""Acts that are folded up under More."""
CLOSE_BY_METRES = 150.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """A form that was sent and refused, or is half filled: what it says is kept in the fields.

    Args:
        name: the form's name, as in `desk_actions.ACTS`.
        given: the fields as they were sent.
        problems: field to sentence.
        stale: somebody changed the request since the page was read.
        seen: the last event of the history the page showed.
    """

    name: str
    given: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, Any] = field(default_factory=dict)
    stale: bool = False
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Near:
    """A request near this one."""

    title: str
    request: PublicRequest
    distance: str


@dataclass(frozen=True, slots=True)
class Alike:
    """A request that may be the same trouble, as it is suggested.

    Args:
        score: 1 to 99; not how often it is right, which docs/explanation/duplicates.md says.
        keep: which of the two goes on when they are merged, the one that was there first: "this" or "other".
    """

    title: str
    request: PublicRequest
    score: int
    reasons: str
    keep: str


@staff("requests.view")
@never_cache
@require_safe
def page(request: HttpRequest, number: str) -> HttpResponse:
    """Show one request: in a pane beside its queue, on a phone as a page."""
    return answer(request, number)


@staff("requests.contact")
@never_cache
@sent_from("desk-request", "number")
def contact(request: HttpRequest, number: str) -> HttpResponse:
    """Show how to reach the reporter. The audit log keeps who looked."""
    found = queries.contact_of(number, actor_of(request))
    return answer(
        request, number, contact_shown=found, said=_("The reporter’s contact is shown. The audit log has it.")
    )


@staff("requests.work")
@never_cache
@require_safe
def kept(request: HttpRequest, number: str) -> HttpResponse:
    """Show which answers another category would keep: a part of the page."""
    row = queries.desk_one(number, actor_of(request)).row
    found = kept_answers(row, request.GET.get("category", ""), queries.categories())
    return render(request, "service_requests/desk/parts/kept.html", {"kept": found})


def answer(
    request: HttpRequest,
    number: str,
    *,
    attempt: Attempt | None = None,
    contact_shown: Contact | None = None,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    """Return the page of a request, or for htmx its pane and what changed around it."""
    wanted = desk_filters.asked(request.GET)
    detail = queries.desk_one(number, actor_of(request))
    shown = context(request, detail, attempt or Attempt(""))
    shown |= {"contact": contact_shown, "said": said, "wanted": wanted, "query": wanted.query()}
    if not request.headers.get("HX-Request"):
        shown |= desk_queue.context(request, wanted, open_number=detail.row.request.number)
        return render(request, "service_requests/desk/detail.html", shown, status=status)
    # The page says which pane has its first heading: the list on a queue's page, the request on its own.
    shown["heading_level"] = "1" if request.headers.get("Desk-Leads") == "detail" else "2"
    body = render_to_string("service_requests/desk/parts/detail.html", shown, request)
    if request.method == "POST" and status == 200:
        actor = actor_of(request)
        around = {
            "menu": desk_queue.menu(actor, wanted, desk_queue.whole_city(actor)),
            "row": desk_drawn.row(
                desk_words.card(detail.row),
                picks=actor.may("requests.bulk"),
                query=wanted.query(),
                is_open=True,
                swap=True,
            ),
        }
        body += render_to_string("service_requests/desk/parts/around.html", around, request)
    return HttpResponse(body, status=status)


def context(request: HttpRequest, detail: DeskDetail, attempt: Attempt) -> dict[str, Any]:
    """Return what the pane of one request needs."""
    actor = actor_of(request)
    seen = detail.row.request
    can = _may(actor, detail)
    own = identity.workforce(actor)
    departments, teams, people = own.departments, own.teams, own.people
    categories = queries.categories(everything=True)
    names = {str(one.id): pick(one.name) for one in departments} | {str(one.id): pick(one.name) for one in teams}
    names |= {str(one.id): one.name or one.email for one in people}
    names |= {one.code: one.name for one in categories}
    lines = desk_words.history(detail.history, names, writer=actor)
    last = str(detail.history[-1].event.id) if detail.history else ""
    fields = _fields(detail, attempt)
    doubts = resident_words.doubted_with(one.event for one in detail.history)
    ready = offers.ready_answers.get().of(seen.id, seen.category_code) if can["work"] else ()
    return {
        "detail": detail,
        "row": detail.row,
        "seen": seen,
        "card": desk_words.card(detail.row),
        "title": resident_words.title_of(seen),
        "address": resident_words.address_words(seen.address),
        "lines": lines,
        "theirs": _since(lines, attempt),
        "attempt": attempt,
        "fields": fields,
        "can": can,
        "is_seldom": attempt.name in _SELDOM,
        "leading": next((name for name in ("settle", "approve", "take", "start", "close") if can[name]), ""),
        "to_departments": departments,
        "to_teams": [(team, names.get(str(team.department_id), "")) for team in teams],
        "people": people,
        "assigned": [
            word for word in (names.get(str(detail.row.department_id)), detail.row.team, detail.row.assignee) if word
        ],
        "to_categories": [one for one in categories if one.is_active and not one.is_emergency],
        "kept": kept_answers(detail.row, fields["category"].get("category", ""), categories),
        "outcomes": [(one, resident_words.outcome_words(one)) for one in OUTCOMES],
        "ready_for": {
            "close": desk_words.ready(OUTCOMES, seen.language, ready),
            **{act: desk_words.ready((act,), seen.language, ready) for act in READY_ACTS},
        },
        "first": seen.language,
        "first_words": desk_words.FIRST.get(seen.language, ""),
        "other": other_language(seen.language),
        "other_words": desk_words.OTHERS[other_language(seen.language)],
        "asked": detail.asked,
        "asked_outcome": resident_words.outcome_words(detail.asked.outcome) if detail.asked else "",
        "before": _pictures([one for one in seen.photos if str(one) not in doubts]),
        "doubts": _pictures([one for one in seen.photos if str(one) in doubts]),
        "after": _pictures(seen.evidence),
        "near": _near(detail.nearby),
        "alike": _alike(detail),
        "repeats": [
            {"number": number, **_pictures([photo])[0]} for number, photo in queries.photos_of_repeats(seen.id, actor)
        ],
        "reach": resident_words.reach(SAME_KIND_METRES),
        "others": _others(detail, actor),
        "last_event": last,
        "command_id": new_id(),
        "range": resident_words.expected(seen),
        "layers": ",".join(places.layers()),
        "door": desk_words.DOORS.get(seen.source.value, ""),
        "panels": panels.shown(offers.request_panels, seen.id, actor),
        "is_mine": detail.row.assignee_id == actor.id,
        "bodies": [(str(one.id), pick(one.name)) for one in offers.referral_bodies.get()],
        "proof": any(one.proof_photo for one in categories if one.code == seen.category_code),
        # A hold's name may say what the city asks about a contractor.
        "holds": offers.records_office.get().holds_on(seen.id) if actor.contractor is None else (),
    }


def _may(actor: Actor, detail: DeskDetail) -> dict[str, bool]:
    """Say which forms are shown. The services check again."""
    can = {code: actor.may(f"requests.{code}") for code in ("work", "assign", "moderate", "contact")}
    is_open = resident_words.is_open(detail.row.request)
    decides = actor.may("requests.settle")
    settles = Action.UPHOLD in detail.actions
    return {
        **can,
        **{action.value: action in detail.actions for action in Action},
        "contest": False,
        "settle": settles,
        "settle_own": settles and queries.had_a_hand(detail.row.request.id, actor.id),
        "approve": decides and detail.asked is not None and detail.asked.by_id != actor.id,
        "decide_own": decides and detail.asked is not None and detail.asked.by_id == actor.id,
        "prioritise": can["assign"] and is_open,
        "take": can["assign"] and is_open and detail.row.assignee_id != actor.id,
        "merge": can["work"] and Action.CLOSE in detail.actions,
    }


def _fields(detail: DeskDetail, attempt: Attempt) -> dict[str, dict[str, str]]:
    """Return what each form's fields hold: what stands, or for the form that was sent what was sent."""
    row, seen = detail.row, detail.row.request
    named = [str(one.id) for one in offers.referral_bodies.get() if seen.referred_to in one.name.values()]
    body = named[0] if named else ""
    standing: dict[str, dict[str, str]] = {
        "assign": {
            "department": str(row.department_id or ""),
            "team": str(row.team_id or ""),
            "person": str(row.assignee_id or ""),
        },
        "schedule": {"on": seen.scheduled_for.isoformat() if seen.scheduled_for else ""},
        "refer": {"to": "" if body else seen.referred_to, "body": body},
        "category": {"category": ""},
        "priority": {"priority": str(row.priority)},
    }
    if attempt.name:
        standing[attempt.name] = {**standing.get(attempt.name, {}), **attempt.given}
    return standing


def _since(lines: Sequence[desk_words.Line], attempt: Attempt) -> list[desk_words.Line]:
    """Return what happened after the event that the sender saw last."""
    if not attempt.stale:
        return []
    newer = []
    for line in lines:
        if str(line.id) == attempt.seen:
            break
        newer.append(line)
    return newer


def kept_answers(row: DeskRow, code: str, categories: Sequence[CategoryInfo]) -> dict[str, Any] | None:
    """Return which answers another category keeps and which it leaves in the history only; None without a category."""
    category = next((one for one in categories if one.code == code), None)
    if category is None:
        return None
    questions = rows.questions_of([category.id]).get(category.id, ())
    stays = rules.kept_answers(questions, dict(row.request.answers))
    answered = row.request.answered
    return {
        "name": category.name,
        "stays": [one for one in answered if one.code in stays],
        "goes": [one for one in answered if one.code not in stays],
    }


def _pictures(ids: Sequence[uuid.UUID]) -> list[dict[str, str]]:
    return [
        {"id": str(one)} | {size: documents.url(one, size, signed=True) for size in ("thumb", "web")} for one in ids
    ]


def _near(found: Sequence[Nearby]) -> list[Near]:
    return [
        Near(resident_words.title_of(one.request), one.request, resident_words.distance(one.metres)) for one in found
    ]


def _alike(detail: DeskDetail) -> list[Alike]:
    return [_one_alike(one, detail.row.request) for one in detail.likely]


def _one_alike(one: Likely, seen: PublicRequest) -> Alike:
    keep = "other" if one.request.requested_at <= seen.requested_at else "this"
    words = " · ".join(resident_words.reasons(one))
    return Alike(resident_words.title_of(one.request), one.request, min(99, round(100 * one.probability)), words, keep)


def _others(detail: DeskDetail, actor: Actor) -> list[Near]:
    """Return open work of other kinds close by, nearest first."""
    seen = detail.row.request
    if seen.lat is None or seen.lon is None:
        return []
    around = DeskFilter(base=RequestFilter(near=(seen.lat, seen.lon, CLOSE_BY_METRES)))
    have = {seen.id, *(one.request.id for one in detail.nearby)}
    found = [
        (places.metres(seen.lat, seen.lon, one.request.lat or 0.0, one.request.lon or 0.0), one.request)
        for one in queries.desk_queue(around, actor, limit=12).items
        if one.request.id not in have and one.request.lat is not None
    ]
    found.sort(key=lambda pair: pair[0])
    return [Near(resident_words.title_of(one), one, resident_words.distance(away)) for away, one in found[:6]]
