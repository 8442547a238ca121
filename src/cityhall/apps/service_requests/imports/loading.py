"""A record as the request the room's own loader writes, with its history."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cityhall.apps.service_requests.contracts import (
    Fact,
    LoadedEvent,
    LoadedRequest,
    Outcome,
    Place,
    Showing,
    State,
    Visibility,
)
from cityhall.apps.service_requests.imports.profiles import Profile
from cityhall.apps.service_requests.imports.records import Record
from cityhall.kernel.actors import Actor

_STATES: Mapping[str, State] = {state.value: state for state in State}
_OUTCOMES: Mapping[str, Outcome] = {outcome.value: outcome for outcome in Outcome}


def loaded(
    record: Record,
    fingerprint: str,
    *,
    category_code: str,
    as_of: datetime,
    profile: Profile,
    actor: Actor,
    number: int | None = None,
    request_id: uuid.UUID | None = None,
) -> LoadedRequest:
    """Return the request a record becomes.

    Args:
        as_of: when it was made, for sources that have no dates.
        number, request_id: its own, when it is one of our exports and they are free here.
    """
    requested_at = record.requested_at or as_of
    state = _STATES[record.state]
    closed_at = (record.closed_at or requested_at) if state is State.CLOSED else None
    return LoadedRequest(
        category_code=category_code,
        requested_at=requested_at,
        place=Place(record.lat, record.lon, record.address),
        external_id=record.external_id,
        row_hash=fingerprint,
        description=record.description,
        answers={"detail": record.detail} if record.detail else {},
        language=record.language,
        state=state,
        outcome=_OUTCOMES[record.outcome] if record.outcome else None,
        outcome_sentence=record.sentence,
        referred_to=record.referred_to,
        updated_at=max(filter(None, (record.updated_at, closed_at, requested_at))),
        closed_at=closed_at,
        due_at=record.due_at,
        events=_events(record, requested_at, closed_at, profile, actor),
        supporters=record.supporters,
        duplicate_of=record.parent,
        # Words that were not public are not in the file, whatever becomes of the category's policy.
        showing=Showing.SHOWN if record.text_state in {"", Showing.SHOWN} else Showing.WITHHELD,
        number=number,
        id=request_id,
    )


def _events(
    record: Record, requested_at: datetime, closed_at: datetime | None, profile: Profile, actor: Actor
) -> tuple[LoadedEvent, ...]:
    """The source's own facts are for staff; of a closing the public reads our sentence, never the source's words."""
    kind, label = str(actor.kind), actor.label
    data: dict[str, Any] = {"source": profile.title, "external_id": record.external_id}
    for name in ("channel", "agency", "parent", "media"):
        if value := getattr(record, name):
            data[name] = value
    if record.mended:
        data["mended"] = list(record.mended)
    if record.requested_at is None:
        data["requested_at"] = "not stated"
    events = [LoadedEvent(Fact.RECEIVED, requested_at, "", Visibility.PUBLIC, kind, None, label, data)]
    if closed_at is not None:
        facts = {"to": State.CLOSED.value, "outcome": record.outcome}
        events.append(LoadedEvent(Fact.CLOSED, closed_at, record.sentence, Visibility.PUBLIC, kind, None, label, facts))
    if record.note:
        at = closed_at or record.updated_at or requested_at
        events.append(LoadedEvent(Fact.NOTE, at, record.note, Visibility.INTERNAL, kind, None, label))
    return tuple(events)
