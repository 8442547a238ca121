"""mySociety's extension: changes of requests, fetched by others and posted by others."""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from cityhall.apps.identity.contracts import KeyedActor
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import queries, services
from cityhall.apps.service_requests.contracts import Outcome, PublicRequest, State, Visibility
from cityhall.apps.service_requests.open311 import parameters, records
from cityhall.apps.service_requests.open311.context import check_jurisdiction, in_city_time, key_of, sent
from cityhall.apps.service_requests.open311.filing import in_their_words
from cityhall.apps.service_requests.open311.posted import PostedUpdate, posted_update
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, Actor
from cityhall.kernel.django import commands
from cityhall.kernel.errors import Invalid, NotAllowed, NotFound
from cityhall.kernel.georeport import render
from cityhall.kernel.georeport.render import Document

# Changing a request's state needs more than the right to file: see docs/reference/open311.md.
WORK_SCOPE = "requests.write"
WORK = "requests.work"

_CLOSING = {
    "FIXED": Outcome.FIXED,
    "CLOSED": Outcome.CANNOT,
    "NO_FURTHER_ACTION": Outcome.CANNOT,
    "CANCELLED": Outcome.CANNOT,
    "NOT_COUNCILS_RESPONSIBILITY": Outcome.NOT_CITY,
    "DUPLICATE": Outcome.DUPLICATE,
}
_STARTING = {"IN_PROGRESS", "INVESTIGATING"}
_PLANNING = {"PLANNED", "ACTION_SCHEDULED"}
_AGAIN = {"REOPEN", "OPEN"}


def read_updates(request: HttpRequest, fmt: str) -> Document:
    """Answer the public changes between two times, oldest first, at most 1,000."""
    given = sent(request)
    check_jurisdiction(given)
    city = places.zone()
    since, until = parameters.updates_query(given, zone=city, now=clock.now())
    local = in_city_time(city)
    found = queries.changes(since, until, facts=records.CHANGES, viewer=ANONYMOUS, limit=parameters.MOST_UPDATES)
    return render.updates(
        records.update(change.number, change.event, state=change.state, local=local) for change in found
    )


def post_update(request: HttpRequest, fmt: str, *, trial: bool = False) -> Document:
    """Take a change from another system and answer our id for it. The same update_id is taken once."""
    given = sent(request)
    check_jurisdiction(given)
    keyed = key_of(request, given)
    if keyed is None:
        raise NotAllowed(_("api_key: updates need a key with the scope open311.write."))
    posted = posted_update(given, zone=places.zone())
    duplicate_of = next((text for value in given.get("duplicate_of", ()) if (text := value.strip())), "")
    try:
        seen = queries.one(posted.service_request_id, ANONYMOUS)
    except NotFound as missing:
        raise NotFound(
            _("service_request_id: there is no request “%(number)s”.") % {"number": posted.service_request_id}
        ) from missing
    command = uuid.uuid5(keyed.key_id, f"{seen.id} {posted.update_id}")
    said = {"status": posted.status, "description": posted.description, "duplicate_of": duplicate_of}

    def run() -> dict[str, str]:
        _apply(posted, seen, keyed, duplicate_of)
        return {"update_id": str(queries.last_event(seen.id) or command)}

    try:
        with transaction.atomic():
            # One command whatever it comes to mean: what is sent again may meet the request in another state.
            kept = commands.once(command, "service_requests.posted_update", keyed.actor, said, run)
            transaction.set_rollback(trial)
    except Invalid as refused:
        renamed = in_their_words(refused)
        names = {"sentence": "description", "text": "description", "state": "status", "outcome": "status"}
        raise Invalid(
            {names.get(field, field): text for field, text in renamed.fields.items()}, code=renamed.code
        ) from refused
    return render.update_receipt(kept["update_id"])


def _apply(posted: PostedUpdate, seen: PublicRequest, keyed: KeyedActor, duplicate_of: str) -> None:
    """Make the one change that the posted status means for a request in this state."""
    worker = replace(keyed.actor, permissions=keyed.actor.permissions | {WORK})
    status, text = posted.status, posted.description
    closed = seen.state is State.CLOSED
    if status in _AGAIN and closed:
        _reopen(seen, text, keyed, worker)
        return
    may_work = WORK_SCOPE in keyed.scopes
    # What a key without the right to work says may be any resident's words: staff read it first.
    visibility = Visibility.PUBLIC if may_work else Visibility.INTERNAL
    if not closed and (status in _CLOSING or status in _STARTING | _PLANNING | {"INTERNAL_REFERRAL"}):
        if _holds(status, seen):
            _note(seen, text, worker, visibility)
            return
        if not may_work:
            raise NotAllowed(_("status: changing a request's state needs a key with the scope requests.write."))
        _move(status, seen, text, worker, duplicate_of)
        return
    _note(seen, text, worker, visibility)


def _holds(status: str, seen: PublicRequest) -> bool:
    """Say whether the request is in the state the status asks for already."""
    return (
        (status in _STARTING and seen.state is State.IN_PROGRESS)
        or (status in _PLANNING and seen.state is State.SCHEDULED)
        or (status == "INTERNAL_REFERRAL" and seen.state is State.REFERRED)
    )


def _reopen(seen: PublicRequest, text: str, keyed: KeyedActor, worker: Actor) -> None:
    """Reopen with the right to work; otherwise contest, which anybody may."""
    if WORK_SCOPE in keyed.scopes:
        services.reopen(seen.id, actor=worker, sentence=text)
    else:
        # As a resident's: the category's policy decides whether the sentence shows.
        resident = replace(ANONYMOUS, label=keyed.actor.label)
        services.contest(
            seen.id,
            actor=resident,
            sentence=text,
            who=f"{keyed.key_id} {seen.id}",
            by_system=True,
        )


def _move(status: str, seen: PublicRequest, text: str, worker: Actor, duplicate_of: str) -> None:
    if status in _CLOSING:
        outcome = _CLOSING[status]
        if outcome is Outcome.DUPLICATE and not duplicate_of:
            raise Invalid({"duplicate_of": _("DUPLICATE needs the other request's service_request_id")})
        services.close(
            seen.id,
            actor=worker,
            outcome=outcome,
            sentence=text,
            duplicate_of=duplicate_of if outcome is Outcome.DUPLICATE else None,
        )
    elif status in _PLANNING:
        services.schedule(seen.id, actor=worker, sentence=text)
    elif status in _STARTING:
        services.start(seen.id, actor=worker, sentence=text)
    else:
        services.refer(seen.id, actor=worker, to=_("another agency"), sentence=text)


def _note(seen: PublicRequest, text: str, worker: Actor, visibility: Visibility) -> None:
    """Add the text as a note; an update without text that changes nothing leaves no trace."""
    if text:
        services.add_note(seen.id, actor=worker, text=text, visibility=visibility)
