"""The desk's and the crews' work on a request: assign, recategorise, note, photograph, correct."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cityhall.apps.identity import public as identity
from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import (
    Changed,
    Detail,
    Fact,
    NewFile,
    Place,
    Policy,
    QuestionFacts,
    Showing,
    State,
    Visibility,
)
from cityhall.apps.service_requests.models import Category, RequestPhoto, ServiceRequest
from cityhall.apps.service_requests.queries import catalogue
from cityhall.apps.service_requests.queries.desk import readable
from cityhall.apps.service_requests.rules.submissions import MAX_SENTENCE
from cityhall.apps.service_requests.services import filing, note_files, photos, placing, routing, watching, writing
from cityhall.apps.service_requests.services.life import WORK, check_also, told_also
from cityhall.apps.service_requests.services.wording import refusal, refuse
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.reading import remembered

UNSET: Any = object()
_OWNERS = ("department_id", "team_id", "assignee_id")


def assign(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    version: int | None = None,
    command_id: uuid.UUID | None = None,
    department_id: uuid.UUID | None = UNSET,
    team_id: uuid.UUID | None = UNSET,
    assignee_id: uuid.UUID | None = UNSET,
) -> Changed:
    """Give the work to a department, a team or a person; what is left out stays, None takes it away.

    Another department without a team takes the team and the person away; a team without a department brings its own.

    Raises:
        Invalid: field "department_id", "team_id" or "assignee_id": nobody works as that, or not any more; "team_id":
            it is a team of another department than the one given.
    """
    wanted = {
        name: value
        for name, value in (("department_id", department_id), ("team_id", team_id), ("assignee_id", assignee_id))
        if value is not UNSET
    }

    def run() -> Changed:
        request = writing.locked(request_id, actor=actor, permission="requests.assign", version=version)
        check_known(wanted)
        return assign_locked(request, actor, wanted)

    return writing.command(command_id, "assign", actor, {"id": request_id, "version": version, **wanted}, run)


def assign_locked(
    request: ServiceRequest, actor: Actor, wanted: Mapping[str, Any], *, data: Mapping[str, Any] | None = None
) -> Changed:
    """Assign a request that is locked already."""
    _check_reach(request, actor, wanted)
    facts: dict[str, Any] = {"from": _assignment(request)}
    departments = remembered("teams.departments", _team_departments) if wanted.get("team_id") else {}
    then = rules.assigned({name: getattr(request, name) for name in _OWNERS}, wanted, departments)
    if (team := wanted.get("team_id")) and departments.get(team) != then["department_id"]:
        raise refusal("team_id", "team_elsewhere")
    for name, value in then.items():
        setattr(request, name, value)
    facts["to"] = _assignment(request)
    event = writing.add_event(request, actor, Fact.ASSIGNED, visibility=Visibility.INTERNAL, data=facts)
    return writing.finish(request, actor, "assigned", event=event, data=data)


def _team_departments() -> dict[uuid.UUID, uuid.UUID]:
    return {one.id: one.department_id for one in identity.teams()}


def release_locked(request: ServiceRequest, actor: Actor, *, leave_team: bool) -> None:
    """Take a request that is locked already from its person, and from its team; nothing happens where it has none."""
    wanted = {"assignee_id": request.assignee_id, **({"team_id": request.team_id} if leave_team else {})}
    if any(wanted.values()):
        assign_locked(request, actor, dict.fromkeys(wanted))


def check_known(wanted: Mapping[str, Any]) -> None:
    """Refuse to assign to what does not exist, or was closed since the list was read. Raises Invalid."""
    known: dict[str, Callable[[], Sequence[Any]]] = {
        "department_id": identity.departments,
        "team_id": identity.teams,
        "assignee_id": identity.people,
    }
    for name, value in wanted.items():
        if value is not None and value not in {one.id for one in known[name]()}:
            raise refusal(name, "assignee_unknown")


def _check_reach(request: ServiceRequest, actor: Actor, wanted: Mapping[str, Any]) -> None:
    """A contractor's people share work out among their own teams and people, or give it back to the department."""
    if actor.contractor is None:
        return
    own = identity.workforce(actor)
    teams, people = {None, *(one.id for one in own.teams)}, {None, *(one.id for one in own.people)}
    if (
        wanted.get("department_id", request.department_id) != request.department_id
        or wanted.get("team_id", request.team_id) not in teams
        or wanted.get("assignee_id") not in people
    ):
        raise refusal("assignee_id", "assignee_reach")


def _assignment(request: ServiceRequest) -> dict[str, str]:
    names = {"department": request.department_id, "team": request.team_id, "assignee": request.assignee_id}
    return {name: str(value) for name, value in names.items() if value is not None}


def change_category(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    category_code: str,
    version: int | None = None,
    command_id: uuid.UUID | None = None,
    answers: Mapping[str, str | list[str]] | None = None,
    reroute: bool = True,
) -> Changed:
    """Move the request to another category without retyping: answers that fit are kept, the policy applies anew.

    Args:
        answers: more answers, for what the new category asks; unlike at filing none is required.
        reroute: also take the new category's department, team, priority and target.

    Raises:
        Invalid: field "category_code": unknown or the same; it shows the public more than the one before and the actor
            may not "requests.moderate"; its closings need less of a photo or of approval than the one before and the
            actor may not "requests.settle".
    """

    def run() -> Changed:
        request = writing.locked(request_id, actor=actor, permission=WORK, version=version)
        return change_category_locked(request, actor, category_code, answers=answers or {}, reroute=reroute)

    arguments = {
        "id": request_id,
        "category": category_code,
        "answers": dict(answers or {}),
        "reroute": reroute,
        "version": version,
    }
    return writing.command(command_id, "change_category", actor, arguments, run)


def change_category_locked(
    request: ServiceRequest,
    actor: Actor,
    category_code: str,
    *,
    answers: Mapping[str, str | list[str]] | None = None,
    reroute: bool = True,
    data: Mapping[str, Any] | None = None,
) -> Changed:
    """Change the category of a request that is locked already. Raises Invalid: see `change_category`."""
    category = filing.open_category(category_code)
    before = request.category
    if category.id == before.id:
        raise refusal("category_code", "same_category")
    questions = catalogue.question_facts_of(category)
    old_answers = dict(request.answers)
    _check_no_looser(request, category, questions, actor)
    request.category = category
    request.answers = rules.kept_answers(questions, {**request.answers, **(answers or {})})
    sent = None
    if reroute:
        request.department_id, request.team_id = category.department_id, category.team_id
        request.assignee_id = None
        request.priority = category.priority
        request.due_at = filing.due(category, request.requested_at)
        sent = routing.send_again(request)
        if request.state != State.CLOSED:
            _requeue_kept(request)
    reapply_policy(request, catalogue.policy_of(category))
    lost = {code: value for code, value in old_answers.items() if request.answers.get(code) != value}
    event = writing.add_event(
        request, actor, Fact.CATEGORY, data={"from": before.code, "to": category.code, "answers_before": lost}
    )
    routing.tell(request, sent, at=event.at)
    return writing.finish(
        request,
        actor,
        "category_changed",
        event=event,
        data={"from": before.code, "to": category.code, **(data or {})},
    )


def _check_no_looser(
    request: ServiceRequest, after: Category, questions: Sequence[QuestionFacts], actor: Actor
) -> None:
    """Refuse another category as the way around what a request's own keeps private or asks of its closing."""
    before, policy = request.category, catalogue.policy_of(after)
    shows_more = rules.strictest(catalogue.policy_of(before), policy) != policy
    private = {one.code for one in catalogue.question_facts_of(before) if not one.is_public}
    shows_more = shows_more or any(one.is_public and one.code in private & set(request.answers) for one in questions)
    if shows_more and not actor.may("requests.moderate"):
        raise refusal("category_code", "category_shows_more")
    proof_lost = before.proof_photo and not after.proof_photo
    if (proof_lost or set(before.approve_outcomes) - set(after.approve_outcomes)) and not actor.may(rules.SETTLE):
        raise refusal("category_code", "category_asks_less")


def _requeue_kept(request: ServiceRequest) -> None:
    """A contested request keeps its place on top."""
    if request.state != State.CONTESTED:
        writing.requeue(request, clock.now())


def reapply_policy(request: ServiceRequest, policy: Policy) -> None:
    """Make place, photos and documents follow a policy that is new for this request. Does not save the request.

    What waited goes on waiting; what a person released stays released, as far as the policy allows.
    """
    placing.show(request, Detail(policy.place))
    rows = list(RequestPhoto.objects.filter(request=request, showing=Showing.WITHHELD, withheld_by_policy=True))
    if policy.photo is Detail.EXACT and rows:
        RequestPhoto.objects.filter(id__in=[row.id for row in rows]).update(
            showing=rules.photo_showing(policy, trusted=False), withheld_by_policy=False
        )
    photos.settle(request, policy)


def move_place(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    place: Place,
    version: int | None = None,
    command_id: uuid.UUID | None = None,
) -> Changed:
    """Put the request where it really is."""

    def run() -> Changed:
        request = writing.locked(request_id, actor=actor, permission=WORK, version=version)
        found = placing.find(place, language=request.language)
        before = {"lat": request.lat, "lon": request.lon, "address": request.address}
        placing.put(request, found, Detail(request.category.place_policy))
        event = writing.add_event(request, actor, Fact.PLACE, data={"place_before": before})
        return writing.finish(request, actor, "moved", event=event)

    return writing.command(command_id, "move_place", actor, {"id": request_id, "place": place, "version": version}, run)


def add_note(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    text: str,
    visibility: Visibility = Visibility.INTERNAL,
    version: int | None = None,
    command_id: uuid.UUID | None = None,
    also: Mapping[str, str] | None = None,
    files: Sequence[NewFile] = (),
) -> Changed:
    """Write a note for colleagues, or for the public.

    Args:
        also: the public note in other languages, by their codes.
        files: documents that go with a note for colleagues; they are never public.

    Raises:
        Invalid: fields "text", "also", "files".
    """
    refuse(rules.check_text("text", text, MAX_SENTENCE, at_least=1) | check_also(also))

    def run() -> Changed:
        request = writing.locked(request_id, actor=actor, permission=WORK, version=version)
        return note_locked(request, actor, text, visibility, also=also, files=files)

    arguments = {
        "id": request_id,
        "text": text,
        "visibility": visibility,
        "version": version,
        **told_also(also),
        **({"files": [one.document_id for one in files]} if files else {}),
    }
    return writing.command(command_id, "add_note", actor, arguments, run)


def note_locked(
    request: ServiceRequest,
    actor: Actor,
    text: str,
    visibility: Visibility,
    *,
    also: Mapping[str, str] | None = None,
    files: Sequence[NewFile] = (),
    data: Mapping[str, Any] | None = None,
) -> Changed:
    """Write a note on a request that is locked already."""
    refuse(rules.check_text("text", text, MAX_SENTENCE, at_least=1) | check_also(also))
    if visibility is Visibility.PUBLIC:
        text, also = watching.said_in_both(request, actor, text, also)
    event = writing.add_event(request, actor, Fact.NOTE, text=text, visibility=visibility, data=told_also(also))
    note_files.attach(event, files)
    return writing.finish(request, actor, "noted", event=event, data={"visibility": visibility.value, **(data or {})})


def prioritise(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    priority: int,
    version: int | None = None,
    command_id: uuid.UUID | None = None,
) -> Changed:
    """Set the priority: 1 is most urgent, 5 least."""

    def run() -> Changed:
        request = writing.locked(request_id, actor=actor, permission="requests.assign", version=version)
        return prioritise_locked(request, actor, priority)

    said = {"id": request_id, "version": version, "priority": priority}
    return writing.command(command_id, "prioritise", actor, said, run)


def prioritise_locked(
    request: ServiceRequest, actor: Actor, priority: int, *, data: Mapping[str, Any] | None = None
) -> Changed:
    """Set the priority (1 is most urgent, 5 least) of a request that is locked already."""
    if not 1 <= priority <= 5:
        raise refusal("priority", "bulk_change")
    facts = {"priority": {"from": request.priority, "to": priority}}
    request.priority = priority
    event = writing.add_event(request, actor, Fact.ASSIGNED, visibility=Visibility.INTERNAL, data=facts)
    return writing.finish(request, actor, "assigned", event=event, data=data)


def add_photos(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    photo_ids: Sequence[uuid.UUID],
    version: int | None = None,
    command_id: uuid.UUID | None = None,
    evidence: bool = True,
    by_reporter: bool = False,
    waits: bool = False,
) -> Changed:
    """Add photos of the work (`evidence`) or of the trouble.

    Args:
        by_reporter: they come from the reporter, so that they wait where the category's policy says so.
        waits: nobody knows whose they are: a moderator looks at them first.
    """

    def run() -> Changed:
        request = writing.locked(request_id, actor=actor, permission=WORK, version=version)
        policy = catalogue.policy_of(request.category)
        pictures = photos.attach(request, photo_ids, policy, trusted=not by_reporter, evidence=evidence, waits=waits)
        event = writing.add_event(request, actor, Fact.PHOTO, data={"photos": pictures, "evidence": evidence})
        return writing.finish(request, actor, "photographed", event=event)

    arguments = {"id": request_id, "photos": list(photo_ids), "evidence": evidence, "version": version}
    return writing.command(command_id, "add_photos", actor, arguments, run)


def correct(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    event_id: uuid.UUID,
    text: str,
    version: int | None = None,
    command_id: uuid.UUID | None = None,
) -> Changed:
    """Correct what an event says by a new event; the old one stays. A closing sentence changes on the request too."""
    refuse(rules.check_text("text", text, MAX_SENTENCE, at_least=1))

    def run() -> Changed:
        request = writing.locked(request_id, actor=actor, permission=WORK, version=version)
        old = next((event for event in readable(request.id, actor) if event.id == event_id), None)
        if old is None or (actor.contractor is not None and old.author_id != actor.id):
            raise refusal("event_id", "wrong_state")
        words = watching.said(request, actor, text) if old.visibility == Visibility.PUBLIC else text
        event = writing.add_event(
            request,
            actor,
            Fact.CORRECTED,
            text=words,
            visibility=Visibility(old.visibility),
            data={"corrects": str(old.id)},
            corrects=old,
        )
        if old.fact == Fact.CLOSED and request.state == State.CLOSED:
            request.outcome_sentence, request.outcome_also = words.strip(), None
        return writing.finish(request, actor, "corrected", event=event)

    arguments = {"id": request_id, "event": event_id, "text": text, "version": version}
    return writing.command(command_id, "correct", actor, arguments, run)
