"""Records as the requests the room's own loader writes, with their history."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import repeat
from typing import Any

from cityhall.apps.service_requests.contracts import (
    Fact,
    LoadedEvent,
    LoadedPlace,
    LoadedRequest,
    Outcome,
    Showing,
    State,
    Visibility,
)
from cityhall.apps.service_requests.imports.profiles import Profile
from cityhall.apps.service_requests.imports.records import Record
from cityhall.kernel.actors import Actor
from cityhall.kernel.columns import each

_TOLD = (
    "external_id", "requested_at", "outcome", "sentence", "updated_at", "note", "channel", "agency", "parent", "media",
    "mended",
)  # fmt: skip
_READ = frozenset({"", Showing.SHOWN.value})
# A load makes millions of these.
_REQUEST = partial(tuple.__new__, LoadedRequest)
_EVENT = partial(tuple.__new__, LoadedEvent)
_PLACE = partial(tuple.__new__, LoadedPlace)


def loaded(
    records: Sequence[Record],
    fingerprints: Sequence[str],
    *,
    category_codes: Sequence[str],
    as_of: Sequence[datetime],
    own: Sequence[tuple[int | None, uuid.UUID | None]],
    profile: Profile,
    actor: Actor,
) -> list[LoadedRequest]:
    """Return the requests that records become.

    Args:
        as_of: when each was made, for sources that have no dates.
        own: number and id of each, where it is one of our exports and they are free here.
    """
    if not records:
        return []
    of: dict[str, Sequence[Any]] = dict(zip(Record._fields, zip(*records, strict=True), strict=True))
    requested = [stated or start for stated, start in zip(of["requested_at"], as_of, strict=True)]
    closed = [
        (stated or start) if state == State.CLOSED else None
        for state, stated, start in zip(of["state"], of["closed_at"], requested, strict=True)
    ]
    filled: dict[str, Iterable[Any]] = {
        "category_code": category_codes,
        "requested_at": requested,
        "place": map(_PLACE, zip(of["lat"], of["lon"], of["address"], repeat(None), repeat(None), strict=False)),
        "external_id": of["external_id"],
        "row_hash": fingerprints,
        "description": of["description"],
        "answers": each(of["detail"], lambda detail: {"detail": detail} if detail else {}),
        "language": of["language"],
        "state": each(of["state"], State),
        "outcome": each(of["outcome"], lambda outcome: Outcome(outcome) if outcome else None),
        "outcome_sentence": of["sentence"],
        "referred_to": of["referred_to"],
        "updated_at": map(_latest, of["updated_at"], closed, requested),
        "closed_at": closed,
        "due_at": of["due_at"],
        "supporters": of["supporters"],
        "duplicate_of": of["parent"],
        "events": _events(of, requested, closed, profile, actor),
        # Words that were not public are not in the file, whatever becomes of the category's policy.
        "showing": each(of["text_state"], lambda said: Showing.SHOWN if said in _READ else Showing.WITHHELD),
        "number": [number for number, _ in own],
        "id": [id_ for _, id_ in own],
    }
    defaults = LoadedRequest._field_defaults
    columns = [filled.get(name) or repeat(defaults[name]) for name in LoadedRequest._fields]
    return list(map(_REQUEST, zip(*columns, strict=False)))


def _latest(updated: datetime | None, closed: datetime | None, requested: datetime) -> datetime:
    latest = requested if closed is None or closed < requested else closed
    return latest if updated is None or updated < latest else updated


def _events(
    of: Mapping[str, Sequence[Any]],
    requested: Sequence[datetime],
    closed: Sequence[datetime | None],
    profile: Profile,
    actor: Actor,
) -> list[tuple[LoadedEvent, ...]]:
    """The source's own facts are for staff; of a closing the public reads our sentence, never the source's words."""
    kind, label = str(actor.kind), actor.label
    ends: dict[str, dict[str, str]] = {}
    found: list[tuple[LoadedEvent, ...]] = []
    columns = zip(*[of[name] for name in _TOLD], requested, closed, strict=True)
    for name, stated, outcome, sentence, updated, note, channel, agency, parent, media, mended, start, end in columns:
        data: dict[str, Any] = {"source": profile.title, "external_id": name}
        if channel:
            data["channel"] = channel
        if agency:
            data["agency"] = agency
        if parent:
            data["parent"] = parent
        if media:
            data["media"] = media
        if mended:
            data["mended"] = list(mended)
        if stated is None:
            data["requested_at"] = "not stated"
        events = [_EVENT((Fact.RECEIVED, start, "", Visibility.PUBLIC, kind, None, label, data))]
        if end is not None:
            facts = ends.get(outcome)
            if facts is None:
                facts = ends[outcome] = {"to": State.CLOSED.value, "outcome": outcome}
            events.append(_EVENT((Fact.CLOSED, end, sentence, Visibility.PUBLIC, kind, None, label, facts)))
        if note:
            at = end or updated or start
            events.append(LoadedEvent(Fact.NOTE, at, note, Visibility.INTERNAL, kind, None, label))
        found.append(tuple(events))
    return found
