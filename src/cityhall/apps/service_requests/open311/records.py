"""From the room's records to the protocol's. Everything here has passed the publication policy already."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cityhall.apps.places import public as places
from cityhall.apps.service_requests.contracts import (
    CategoryInfo,
    Datatype,
    Fact,
    Outcome,
    PublicEvent,
    PublicRequest,
    QuestionInfo,
    State,
    Status,
)
from cityhall.apps.service_requests.contracts import Definition as OwnDefinition
from cityhall.apps.service_requests.queries import Listed
from cityhall.kernel.georeport.contracts import (
    Answer,
    Attribute,
    Choice,
    Definition,
    Extensions,
    Note,
    Request,
    Service,
    Update,
)
from cityhall.kernel.georeport.render import Row

Absolute = Callable[[str], str]

CLOSED = frozenset({Status.FIXED, Status.CLOSED, Status.DUPLICATE})
OPEN = frozenset(Status) - CLOSED
# Looked at for each row of a long list, where a look into a set or at a class is dear.
_RECEIVED, _FIXED, _CLOSED, _DUPLICATE = Status.RECEIVED, Status.FIXED, Status.CLOSED, Status.DUPLICATE

# Facts that change what a reader knows of a request; the others are traces of work.
TOLD = (Fact.RECEIVED, Fact.STATE, Fact.CATEGORY, Fact.NOTE, Fact.CLOSED, Fact.REOPENED, Fact.CONTESTED, Fact.CORRECTED)

# What counts as a change for mySociety's updates: everything told but the filing itself.
CHANGES = tuple(fact for fact in TOLD if fact is not Fact.RECEIVED)

# mySociety's words for a state, and for why a request was closed.
_UPDATE_STATES = {
    State.RECEIVED: "open",
    State.SCHEDULED: "action_scheduled",
    State.IN_PROGRESS: "in_progress",
    State.REFERRED: "internal_referral",
    State.CONTESTED: "reopen",
    State.CLOSED: "closed",
}
_UPDATE_OUTCOMES = {
    Outcome.FIXED: "fixed",
    Outcome.NOT_FOUND: "no_further_action",
    Outcome.NOT_CITY: "not_councils_responsibility",
    Outcome.DUPLICATE: "duplicate",
    Outcome.CANNOT: "no_further_action",
    Outcome.NOT_STATED: "closed",
}


def service(category: CategoryInfo) -> Service:
    """Return a category as a service. Its keywords also carry what its group is called."""
    return Service(
        code=category.code,
        name=category.name,
        description=category.description,
        metadata=category.has_questions,
        type="realtime",
        keywords=tuple(word.replace(",", " ") for word in category.keywords),
        group=category.group,
    )


def definition(found: OwnDefinition) -> Definition:
    """Return a category's questions as attributes, numbered from 1 without gaps.

    A conditional question cannot be said in GeoReport, so it is never "required" here; its description says when it is
    asked. The server still asks for it where its condition holds.
    """
    names = {question.code: question for question in found.questions}
    return Definition(
        found.category.code,
        tuple(_attribute(question, place, names) for place, question in enumerate(found.questions, 1)),
    )


def _attribute(question: QuestionInfo, place: int, names: dict[str, QuestionInfo]) -> Attribute:
    text = question.text
    earlier = names.get(question.when_code)
    if earlier is not None:
        keys = dict(earlier.values)
        said = ", ".join(keys.get(value, value) for value in question.when_values)
        text = _("%(question)s (if “%(earlier)s” is: %(answers)s)") % {
            "question": text,
            "earlier": earlier.text,
            "answers": said,
        }
    return Attribute(
        code=question.code,
        datatype=question.datatype.value,
        required=question.required and question.variable and earlier is None,
        description=text,
        order=place,
        variable=question.variable,
        datatype_description=question.hint,
        values=tuple(Choice(key, name) for key, name in question.values),
    )


def request(
    seen: PublicRequest,
    *,
    local: Callable[[datetime], datetime],
    picture: Callable[[uuid.UUID], str],
    promised: datetime | None = None,
    history: Iterable[PublicEvent] | None = None,
) -> Request:
    """Return a published request.

    Args:
        local: puts a time into the city's zone.
        picture: gives a document's absolute address.
        promised: by when nine in ten like it are done, as was said of it; else the city's target is when to expect it.
        history: its public history; None leaves the extensions out.
    """
    return Request(
        service_request_id=seen.number,
        status="closed" if seen.status in CLOSED else "open",
        status_notes=status_notes(seen),
        service_name=seen.category_name,
        service_code=seen.category_code,
        description=seen.description,
        agency_responsible=seen.referred_to or seen.department,
        requested=local(seen.requested_at),
        # The standard: for a closed request this is when it was closed.
        updated=local(seen.closed_at or seen.updated_at),
        expected=local(at) if (at := promised or seen.due_at) else None,
        address=seen.address,
        address_id=str(seen.address_id or ""),
        zipcode=places.zip_code(seen.address),
        lat=_degrees(seen.lat),
        long=_degrees(seen.lon),
        media_url=picture(seen.photos[0]) if seen.photos else "",
        extensions=None if history is None else _extensions(seen, history, local),
    )


def row(seen: Listed, *, city: ZoneInfo, picture: Callable[[str], str], promised: Mapping[str, datetime]) -> Row:
    """Return a request of a long list. It says what `request` says without its extensions; `promised` is by id."""
    at = datetime.fromtimestamp
    closed_at, due_at, status = seen.closed_at, seen.due_at, seen.status
    said = promised.get(seen.id)
    expected = said.astimezone(city) if said else None if due_at is None else at(due_at, city)
    is_closed = status is _FIXED or status is _CLOSED or status is _DUPLICATE
    return Row(
        seen.number,
        "closed" if is_closed else "open",
        status_notes(seen) or None,
        seen.category_name,
        seen.category_code,
        seen.description or None,
        seen.referred_to or seen.department or None,
        None,
        at(seen.requested_at, city),
        at(seen.updated_at if closed_at is None else closed_at, city),
        expected,
        seen.address or None,
        seen.address_id or None,
        places.zip_code(seen.address) or None,
        _degrees(seen.lat),
        _degrees(seen.lon),
        picture(seen.photo) if seen.photo else None,
    )


def _degrees(value: float | None) -> float | None:
    """Return a coordinate to six places, a hand's breadth: more says nothing of a pothole."""
    return None if value is None else round(value, 6)


def status_notes(seen: PublicRequest | Listed) -> str:
    """Say in words where a request stands, beyond "open" and "closed"."""
    status = seen.status
    if status is _FIXED or status is _CLOSED:
        return seen.outcome_sentence
    if status is _RECEIVED:
        return ""
    if status is _DUPLICATE:
        note = _("Duplicate of %(number)s.") % {"number": seen.duplicate_of} if seen.duplicate_of else _("Duplicate.")
        return f"{note} {seen.outcome_sentence}".strip()
    if status is Status.REFERRED and seen.referred_to:
        return _("Referred to %(agency)s.") % {"agency": seen.referred_to}
    if status is Status.SCHEDULED and seen.scheduled_for:
        return _("Scheduled for %(day)s.") % {"day": date_format(seen.scheduled_for, "DATE_FORMAT")}
    return _standing(status, get_language() or "en")


@lru_cache(maxsize=64)
def _standing(status: Status, language: str) -> str:
    """Say where an open request of that status stands; in the language being spoken, by which it is kept."""
    return {
        Status.SCHEDULED: _("Scheduled."),
        Status.IN_PROGRESS: _("Work is in progress."),
        Status.CONTESTED: _("Reported as not fixed; being looked at again."),
        Status.REFERRED: _("Referred."),
    }.get(status, "")


def _extensions(
    seen: PublicRequest, history: Iterable[PublicEvent], local: Callable[[datetime], datetime]
) -> Extensions:
    names = {answered.code: answered for answered in seen.answered}
    answers = []
    for code, given in seen.answers.items():
        label = names[code].question if code in names else code
        answers += [Answer(code, label, str(value)) for value in (given if isinstance(given, list) else [given])]
    return Extensions(
        more={
            "detailed_status": seen.status.value,
            "outcome": seen.outcome.value if seen.outcome else None,
            "group": seen.group,
            "department": seen.department or None,
            "place_detail": seen.place_detail.value,
            "supporters": seen.supporters,
            "duplicate_of": seen.duplicate_of or None,
            "photos": len(seen.photos),
            "closed_datetime": local(seen.closed_at).isoformat(timespec="seconds") if seen.closed_at else None,
            "modified_datetime": local(seen.updated_at).isoformat(timespec="seconds"),
            "version": seen.version,
            **{f"area_{kind}": name for kind, name in sorted(seen.areas.items())},
        },
        answers=tuple(answers),
        notes=tuple(
            Note(local(event.at), _note_type(event), event.text or _summary(event))
            for event in history
            if event.fact in TOLD
        ),
    )


def _note_type(event: PublicEvent) -> str:
    """Name an event as Chicago's and Boston's notes do where they have a word, else by our own."""
    return {Fact.RECEIVED: "opened", Fact.CLOSED: "closed", Fact.NOTE: "comment"}.get(event.fact, event.fact.value)


def _summary(event: PublicEvent) -> str:
    """Say what an event without a text is."""
    state = event.data.get("to")
    if event.fact is Fact.STATE and state in set(State):
        return {
            State.RECEIVED: _("Received."),
            State.SCHEDULED: _("Scheduled."),
            State.IN_PROGRESS: _("Work started."),
            State.REFERRED: _("Referred."),
            State.CONTESTED: _("Reported as not fixed."),
            State.CLOSED: _("Closed."),
        }[State(state)]
    return {
        Fact.RECEIVED: _("Received."),
        Fact.CATEGORY: _("Moved to another category."),
        Fact.NOTE: _("Note."),
        Fact.CLOSED: _("Closed."),
        Fact.REOPENED: _("Opened again."),
        Fact.CONTESTED: _("Reported as not fixed."),
        Fact.CORRECTED: _("Corrected."),
    }.get(event.fact, "")


def update(number: str, event: PublicEvent, *, state: State, local: Callable[[datetime], datetime]) -> Update:
    """Return an event as a change in mySociety's form; `state` is what held after it."""
    outcome = str(event.data.get("outcome"))
    closed = event.fact is Fact.CLOSED and outcome in set(Outcome)
    word = _UPDATE_OUTCOMES[Outcome(outcome)] if closed else _UPDATE_STATES[state]
    return Update(
        update_id=str(event.id),
        service_request_id=number,
        status=word,
        updated=local(event.at),
        description=event.text or _summary(event),
        external_status_code=outcome if closed else "",
    )


def is_multi(question: QuestionInfo) -> bool:
    """Say whether a question takes several answers."""
    return question.datatype is Datatype.MULTI
