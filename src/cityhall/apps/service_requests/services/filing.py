"""Filing a request: the one way in for every door."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import translation

from cityhall.apps.notify import public as notify
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import (
    Detail,
    Fact,
    Filed,
    NewRequest,
    Source,
    State,
    Visibility,
    number_text,
)
from cityhall.apps.service_requests.models import Category, Reporter, ServiceRequest
from cityhall.apps.service_requests.queries import catalogue, ranges, reading
from cityhall.apps.service_requests.rules.publication import pick
from cityhall.apps.service_requests.rules.submissions import MAX_DESCRIPTION
from cityhall.apps.service_requests.services import finding, photos, placing, routing, watching, writing
from cityhall.apps.service_requests.services.wording import refusal, refuse, say
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, ActorKind
from cityhall.kernel.django import audit, commands, limits, outbox
from cityhall.kernel.django.reading import QUICKLY, insert, new_row, read, together
from cityhall.kernel.errors import Invalid

_PER_HOUR = 30
_NUMBER = "select nextval('service_requests_number')"
# The request is on disk before anybody is told its number, and so is whatever was written before it.
_NUMBER_ALONE = f"{QUICKLY}{_NUMBER} from quickly"


def file_request(new: NewRequest, *, actor: Actor, command_id: uuid.UUID | None = None, who: str = "") -> Filed:
    """File a service request and return its number and the reporter's private token.

    Args:
        command_id: chosen by the client; sent again it returns the same answer and files nothing.
        who: what the door counts a sender by (an address, a device); more than 30 requests an hour are refused.

    Raises:
        Invalid: by field ("category_code", "place", "answers.CODE", "description", "contact.email", "photos").
            Code "emergency" for a category that says to call 911, "outside" for a place outside the city. Field
            "publish": staff type what looks private for all to read, and neither leave it out nor are sure.
        TooMany: the sender filed too many.
    """
    if who and not writing.trusted(actor):
        limits.spend(f"file:{reading.token_hash(who)[:40]}", limit=_PER_HOUR, per=timedelta(hours=1))
    if command_id is None and not new.photos and not new.follow:
        kept = _file(new, actor)  # all it writes is one statement: a transaction around it is two more to wait for
    else:
        arguments = _arguments(new) if command_id else {}
        kept = commands.once(command_id, "service_requests.file", actor, arguments, lambda: _file(new, actor))
    request_id = uuid.UUID(kept["id"])
    return Filed(request_id, kept["number"], reading.private_token(request_id), kept["notice"])


def _arguments(new: NewRequest) -> dict[str, Any]:
    """Only a hash of these is kept."""
    return asdict(new)


def _file(new: NewRequest, actor: Actor) -> dict[str, Any]:
    category = open_category(new.category_code)
    policy = catalogue.policy_of(category)
    questions = catalogue.question_facts_of(category)
    answers, problems = rules.check_answers(questions, new.answers)
    for one in questions:  # a gap is named by what was asked: a code says little to whoever has to fill it
        if (gap := problems.get(f"answers.{one.code}")) and gap.code == "answer_missing":
            problems[f"answers.{one.code}"] = replace(gap, detail=pick(one.text, new.language) or one.code)
    problems |= rules.check_text("description", new.description, MAX_DESCRIPTION)
    problems |= rules.check_contact(new.contact)
    problems |= rules.check_place(new.place)
    found = _placed(new, problems)
    now = clock.now()
    request = new_row(
        ServiceRequest,
        number=next_number(),
        category=category,
        state=State.RECEIVED,
        description=new.description.strip(),
        showing=rules.text_showing(policy, trusted=writing.trusted(actor)),
        answers=answers,
        language=new.language,
        source=new.source,
        department_id=category.department_id,
        team_id=category.team_id,
        priority=category.priority,
        requested_at=now,
        updated_at=now,
        due_at=due(category, now),
    )
    placing.put(request, found, policy.place)
    sent = routing.send(request, found.layer, found.owner, at=now)
    known = watching.reported(new.contact, request.address, policy.place)
    if new.hides_private:
        # A call taker writes in the language of their page, whatever the caller speaks.
        written = translation.get_language() if actor.kind is ActorKind.STAFF else new.language
        request.description = watching.hidden(request.description, written or new.language, known)[:MAX_DESCRIPTION]
    elif actor.kind is ActorKind.STAFF and new.source is not Source.WEB and policy.text is Detail.EXACT:
        watching.described(request, actor, request.description, known)
    writing.requeue(request, now)
    finding.index(request)
    facts = {"number": number_text(request.number), "category": category.code, "source": new.source.value}
    with together():
        insert(request)
        _remember_reporter(request, new, actor)
        pictures = photos.attach(request, new.photos, policy, trusted=writing.trusted(actor))
        writing.add_event(request, actor, Fact.RECEIVED, at=now, data={"photos": pictures} if pictures else {})
        routing.tell(request, sent, at=now)
        if request.description != new.description.strip():
            writing.add_event(
                request, actor, Fact.NOTE, text=new.description, visibility=Visibility.INTERNAL, data={"left_out": True}
            )
        outbox.record("service_requests.received", subject_id=request.id, data=facts)
        audit.record(
            actor, "service_requests.received", subject_kind=writing.SUBJECT, subject_id=request.id, data=facts
        )
    if new.follow:
        _follow(request, new, actor)
    return {
        "id": str(request.id),
        "number": number_text(request.number),
        "notice": pick(category.notice, new.language),
    }


def _placed(new: NewRequest, problems: Mapping[str, rules.Problem]) -> placing.Found:
    """Return where it is. Raises Invalid with all that is wrong, the place's own trouble included."""
    try:
        found = placing.find(new.place, language=new.language)
    except Invalid as elsewhere:
        others = {name: say(problem) for name, problem in problems.items()}
        raise Invalid({**others, **elsewhere.fields}, code=elsewhere.code) from elsewhere
    refuse(problems)
    return found


def open_category(code: str) -> Category:
    """Return the category a request may be filed under. Raises Invalid, code "emergency" where it says 911."""
    category = catalogue.category_row(code)
    if category is None or not category.is_active:
        raise refusal("category_code", "category_unknown")
    if category.is_emergency:
        raise refusal("category_code", "emergency")
    return category


def next_number() -> int:
    """Return the next request number. Numbers are never used twice; a refused filing leaves a gap."""
    return int(read(_NUMBER if connection.in_atomic_block else _NUMBER_ALONE)[0][0])


def due(category: Category, start: Any) -> Any:
    """Return the target date, None where the category has no target."""
    return places.due_date(start, category.target_days) if category.target_days is not None else None


def _remember_reporter(request: ServiceRequest, new: NewRequest, actor: Actor) -> None:
    reporter = new_row(
        Reporter,
        request=request,
        user_id=actor.id if actor.kind is ActorKind.RESIDENT else None,
        first_name=new.contact.first_name.strip(),
        last_name=new.contact.last_name.strip(),
        email=new.contact.email.strip(),
        phone=new.contact.phone.strip(),
        private_token_hash=reading.token_hash(reading.private_token(request.id)),
        api_key_id=actor.id if actor.kind is ActorKind.API_KEY else None,
    )
    insert(reporter)


def _follow(request: ServiceRequest, new: NewRequest, actor: Actor) -> None:
    user_id = actor.id if actor.kind is ActorKind.RESIDENT else None
    email = new.contact.email.strip() or None
    if user_id or email:
        vouched = actor.kind is ActorKind.STAFF
        with translation.override(new.language):  # whoever is asked whether they want news is told this much at once
            asked = not user_id and not vouched
            when = ranges.expected(request.id, request.category.code, request.requested_at).sentence if asked else ""
        notify.follow(
            writing.SUBJECT,
            request.id,
            email=email,
            user_id=user_id,
            language=new.language,
            vouched=vouched,
            about=f"{pick(request.category.name, new.language)}, {number_text(request.number)}",
            note=when,
        )
