"""Reads of the room: the answers there are, and what they say for one request."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.apps.answers import rules
from cityhall.apps.answers.contracts import (
    MANAGE,
    AnswerInfo,
    AnswerTerms,
    Filled,
    Named,
    NoticeInfo,
    NoticeKind,
    Use,
    Variable,
)
from cityhall.apps.answers.models import Answer, Notice, NoticeChoice
from cityhall.apps.identity import public as identity
from cityhall.apps.identity.contracts import PersonInfo
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests.contracts import (
    DeskEvent,
    DeskFilter,
    HandedOver,
    PublicRequest,
    RequestFilter,
    State,
)
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import ANONYMOUS, Actor
from cityhall.kernel.django import dates
from cityhall.kernel.django.permissions import need
from cityhall.kernel.django.reading import read
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import NotFound

MOST_NOTICES = 100


def languages() -> tuple[str, ...]:
    """Return the languages the city answers in."""
    return tuple(places.city().languages)


def answers(actor: Actor) -> list[AnswerInfo]:
    """Return all answers by what they are for, the most used first, archived ones last. Raises NotAllowed."""
    need(actor, MANAGE)
    tongues = languages()
    place = {use.value: number for number, use in enumerate(Use)}
    rows = Answer.objects.order_by("-is_active", "-used", "order", "id")
    return sorted((_info(row, tongues) for row in rows), key=lambda one: place[one.terms.use])


def answer(answer_id: uuid.UUID, actor: Actor) -> AnswerInfo:
    """Return one answer. Raises NotAllowed, NotFound."""
    need(actor, MANAGE)
    row = Answer.objects.filter(id=answer_id).first()
    if row is None:
        raise NotFound(gettext_lazy("There is no such answer."))
    return _info(row, languages())


def terms_of(row: Answer) -> AnswerTerms:
    """Return what is written down of an answer."""
    return AnswerTerms(Use(row.use), row.text, row.category_code, row.order, row.is_active)


def _info(row: Answer, tongues: Sequence[str]) -> AnswerInfo:
    return AnswerInfo(row.id, terms_of(row), row.used, tuple(one for one in tongues if not row.text.get(one)))


def active(category_code: str) -> Iterable[Answer]:
    """Return the answers for a category, the most used first."""
    return Answer.objects.filter(Q(category_code="") | Q(category_code=category_code), is_active=True).order_by(
        "-used", "order", "id"
    )


def preview(terms: AnswerTerms, number: str) -> dict[str, Filled]:
    """Return what an answer would say for a request, by language. Raises NotFound for a number that is none."""
    seen = service_requests.one(number.strip(), ANONYMOUS)
    return {
        language: rules.fill(text, values_of(seen.id, language))
        for language, text in terms.text.items()
        if text.strip()
    }


def values_of(request_id: uuid.UUID, language: str) -> dict[str, str]:
    """Return what variables stand for, of what the public may know of a request."""
    try:
        seen = service_requests.one(request_id, ANONYMOUS, language=language)
    except NotFound:
        return {}
    handed = service_requests.handed_over(request_id, language=language)
    team_id = handed.team_id if handed else None
    team = next((one.name for one in identity.teams() if one.id == team_id), {}) if team_id else {}
    with translation.override(language):
        found = {
            Variable.NUMBER: seen.number,
            Variable.CATEGORY: seen.category_name,
            Variable.PLACE: places.address_words(seen.address),
            Variable.DEPARTMENT: seen.department,
            Variable.TEAM: pick(team, language),
            Variable.TODAY: dates.day(clock.now()),
            Variable.REPORTED: dates.day(seen.requested_at),
            Variable.DUE: dates.day(seen.due_at) if seen.due_at else "",
            Variable.PLANNED: dates.day(seen.scheduled_for) if seen.scheduled_for else "",
            Variable.EXPECTED: _expected(seen),
            Variable.REFERRED_TO: seen.referred_to,
        }
    return {variable.value: str(value) for variable, value in found.items()}


def _expected(seen: PublicRequest) -> str:
    """Return when it is probably done: our two dates, or the day that the body has said to which it was referred."""
    if seen.state is State.REFERRED:
        theirs = offers.outside_days.get().of([seen.id]).get(seen.id)
        return dates.day(theirs.planned) if theirs and theirs.planned else ""
    ours = offers.expected_dates.get().of(seen.id)
    if ours is None:
        return ""
    return _("between %(half)s and %(nine)s") % {"half": dates.day(ours.half), "nine": dates.day(ours.nine)}


def named_in(text: str, request_id: uuid.UUID, writer: Actor) -> Named:
    """Return whom an internal note names, and who of them may read it. The writer does not tell themselves."""
    handles = rules.handles_in(text)
    if not handles:
        return Named({})
    people = identity.workforce(writer).people
    told: dict[uuid.UUID, str] = {}
    not_told, unknown, unclear = [], [], []
    handed = service_requests.handed_over(request_id)
    for handle in handles:
        meant = [one for one in people if rules.is_meant(handle, one.name, one.email)]
        if len(meant) > 1:
            unclear.append(f"@{handle}")
        elif not meant:
            unknown.append(f"@{handle}")
        elif meant[0].id == writer.id:
            continue
        elif handed is not None and _reads(meant[0].id, handed, writer.contractor):
            told[meant[0].id] = meant[0].name or meant[0].email
        else:
            not_told.append(meant[0].name or meant[0].email)
    return Named(told, tuple(not_told), tuple(unknown), tuple(unclear))


def _reads(user_id: uuid.UUID, handed: HandedOver, of_contractor: uuid.UUID | None) -> bool:
    """Say whether somebody may see a request and read the notes on it a contractor or the city wrote."""
    reader = identity.colleague(user_id)
    if reader is None or not reader.may("requests.view"):
        return False
    limited = bool(reader.departments or reader.teams)
    sees = not limited or handed.department_id in reader.departments or handed.team_id in reader.teams
    return sees and (reader.reads_notes or reader.contractor == of_contractor)


def colleagues(actor: Actor) -> list[dict[str, str]]:
    """Return whom the actor may name in a note, and how: for suggestions."""
    return [
        {"handle": rules.handle_of(one.name, one.email), "name": one.name or one.email}
        for one in identity.workforce(actor).people
        if one.id != actor.id
    ]


def unread(actor: Actor) -> int:
    """Return how many notices the actor has not read."""
    if actor.id is None:
        return 0
    found = read("select count(*) from answers_notice where read_at is null and user_id = %s::uuid", [actor.id])
    return int(found[0][0])


def notices(actor: Actor) -> list[NoticeInfo]:
    """Return the actor's notices, newest first: those of requests they may see still."""
    if actor.id is None:
        return []
    rows = list(Notice.objects.filter(user_id=actor.id).order_by("-at", "-id")[:MOST_NOTICES])
    wanted = DeskFilter(base=RequestFilter(ids=tuple({row.request_id for row in rows})), states=tuple(State))
    seen = {}
    if rows:
        page = service_requests.desk_queue(wanted, actor, limit=MOST_NOTICES)
        seen = {one.request.id: one.request for one in page.items}
    shown = [row for row in rows if row.request_id in seen]
    said = service_requests.happened_each([row.event_id for row in shown])
    authors = identity.persons({one.author_id for one in said.values() if one.author_id})
    return [_notice(row, seen[row.request_id], said.get(row.event_id), authors, actor) for row in shown]


def _notice(
    row: Notice,
    request: PublicRequest,
    found: DeskEvent | None,
    authors: Mapping[uuid.UUID, PersonInfo],
    actor: Actor,
) -> NoticeInfo:
    author = authors.get(found.author_id) if found and found.author_id else None
    colleague = author is not None and author.contractor_id == actor.contractor
    mine = row.kind == NoticeKind.SENT_BACK or actor.reads_notes or colleague
    # A contractor's people learn the names of their own only.
    named = author is not None and (colleague or actor.contractor is None)
    return NoticeInfo(
        id=row.id,
        kind=NoticeKind(row.kind),
        number=request.number,
        title=request.category_name,
        by=author.name if author is not None and named and mine else "",
        words=found.event.text if found and mine else "",
        at=row.at,
        is_new=row.read_at is None,
    )


def wants_mail(user_id: uuid.UUID | None) -> bool:
    """Say whether somebody wants their notices by mail, too."""
    return user_id is not None and NoticeChoice.objects.filter(user_id=user_id, by_mail=True).exists()
