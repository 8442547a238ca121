"""Records into the database, batch by batch: requests, their history, and the other system's numbers."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from cityhall.apps.places import public as places
from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import Detail, Fact, Showing, Source, State, Visibility, number_value
from cityhall.apps.service_requests.imports.categories import Categories, Known
from cityhall.apps.service_requests.imports.copying import copy_into, copy_rows, keep_numbers_above, next_numbers
from cityhall.apps.service_requests.imports.profiles import Profile
from cityhall.apps.service_requests.imports.records import Record
from cityhall.apps.service_requests.models import HistoryEvent, ImportedRecord, ImportRun, ServiceRequest
from cityhall.apps.service_requests.rules import grid
from cityhall.kernel.actors import Actor
from cityhall.kernel.ids import new_id

# What the source decides, and what a change of the source therefore changes.
_SOURCES = (
    "category_id", "state", "outcome", "outcome_sentence", "referred_to", "description", "answers", "language",
    "lat", "lon", "address", "cell", "areas", "public_lat", "public_lon", "public_address", "public_areas",
    "public_cell", "public_cell7", "requested_at", "updated_at", "due_at", "closed_at", "queue_at",
)  # fmt: skip
_OURS = ("id", "number", "version", "showing", "source", "department_id", "team_id", "priority", "supporters", "hidden")
_EVENT = (
    "id", "request_id", "fact", "at", "visibility", "author_kind", "author_label", "text", "showing", "data",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placed:
    """A record with what had to be looked up for it, all in one go for the batch."""

    record: Record
    fingerprint: str
    category: Known
    requested_at: datetime
    areas: Sequence[uuid.UUID]
    public: rules.PublicPlace
    public_areas: Sequence[uuid.UUID]


class Loader:
    """Writes the batches of one run. Each call belongs in the caller's transaction.

    Args:
        as_of: stands in for the date of making, where the source has none.
    """

    def __init__(self, run: ImportRun, profile: Profile, categories: Categories, actor: Actor, as_of: datetime) -> None:
        self._run = run
        self._profile = profile
        self._categories = categories
        self._actor = actor
        self._as_of = as_of

    def insert(self, records: Sequence[tuple[Record, str]]) -> None:
        """Make a request of each record; with each its fingerprint."""
        if not records:
            return
        placed = self._place(records)
        ids, numbers = self._names(placed)
        requests: list[tuple[Any, ...]] = []
        events: list[tuple[Any, ...]] = []
        for one, request_id, number in zip(placed, ids, numbers, strict=True):
            kind = one.category
            ours = (
                request_id,
                number,
                1,
                Showing.SHOWN,
                Source.IMPORT,
                kind.department_id,
                kind.team_id,
                kind.priority,
            )
            requests.append((*ours, 0, False, *_columns(one)))
            events.extend(self._first_events(one, request_id))
        copy_rows(ServiceRequest, (*_OURS, *_SOURCES), requests)
        copy_rows(HistoryEvent, _EVENT, events)
        copy_rows(
            ImportedRecord,
            ("source_system", "external_id", "request_id", "row_hash", "run_id"),
            (
                (self._profile.source_system, one.record.external_id, request_id, one.fingerprint, self._run.id)
                for one, request_id in zip(placed, ids, strict=True)
            ),
        )

    def update(self, records: Sequence[tuple[Record, str, uuid.UUID]], now: datetime) -> None:
        """Bring requests in line with what their rows say now; with each its fingerprint and request."""
        if not records:
            return
        placed = self._place([(record, fingerprint) for record, fingerprint, _ in records])
        ids = [request_id for _, _, request_id in records]
        before = dict(ServiceRequest.objects.filter(id__in=ids).values_list("id", "state"))
        with connection.cursor() as cursor:
            cursor.execute("drop table if exists import_changed")
            cursor.execute(
                f"create temporary table import_changed on commit drop as select id, {', '.join(_SOURCES)},"  # noqa: S608
                " ''::text as row_hash from service_requests_servicerequest with no data"
            )
        copy_into(
            "import_changed",
            ("id", *_SOURCES, "row_hash"),
            ((request_id, *_columns(one), one.fingerprint) for one, request_id in zip(placed, ids, strict=True)),
        )
        dated = self._profile.missing_date != "import"
        changed = [column for column in _SOURCES if dated or column not in {"requested_at", "queue_at"}]
        with connection.cursor() as cursor:
            cursor.execute(
                "update service_requests_servicerequest r set version = r.version + 1, duplicate_of_id = null, "  # noqa: S608
                + ", ".join(f"{column} = c.{column}" for column in changed)
                + " from import_changed c where c.id = r.id"
            )
            cursor.execute(
                "update service_requests_importedrecord i set row_hash = c.row_hash, run_id = %s"
                " from import_changed c where c.id = i.request_id and i.source_system = %s",
                [self._run.id, self._profile.source_system],
            )
            cursor.execute("drop table import_changed")
        copy_rows(
            HistoryEvent,
            _EVENT,
            [
                event
                for one, request_id in zip(placed, ids, strict=True)
                for event in self._change_events(one, request_id, before.get(request_id, ""), now)
            ],
        )

    def _place(self, records: Sequence[tuple[Record, str]]) -> list[Placed]:
        """Look up categories, areas and public places for a batch."""
        kinds = [self._categories.of(record) for record, _ in records]
        publics = [_public(kind.place, record) for kind, (record, _) in zip(kinds, records, strict=True)]
        areas = _areas([(record.lat, record.lon) for record, _ in records])
        shown = _areas([(public.lat, public.lon) for public in publics])
        return [
            Placed(record, fingerprint, kind, record.requested_at or self._as_of, area, public, seen)
            for (record, fingerprint), kind, public, area, seen in zip(
                records, kinds, publics, areas, shown, strict=True
            )
        ]

    def _names(self, placed: Sequence[Placed]) -> tuple[list[uuid.UUID], list[int]]:
        """Return ids and numbers: new ones, but for our own exports the ones they had, where these are free."""
        numbers = next_numbers(len(placed))
        ids = [new_id() for _ in placed]
        if not self._profile.own:
            return ids, numbers
        wanted = [number_value(one.record.external_id) for one in placed]
        own_ids = [_uuid(one.record.own_id) for one in placed]
        taken = set(ServiceRequest.objects.filter(number__in=[n for n in wanted if n]).values_list("number", flat=True))
        used = set(ServiceRequest.objects.filter(id__in=[i for i in own_ids if i]).values_list("id", flat=True))
        fresh = set(numbers)
        highest = 0
        for place, (number, own_id) in enumerate(zip(wanted, own_ids, strict=True)):
            if number and number not in taken and number not in fresh:
                numbers[place] = number
                taken.add(number)
                highest = max(highest, number)
            if own_id and own_id not in used:
                ids[place] = own_id
                used.add(own_id)
        if highest:
            keep_numbers_above(highest)
        return ids, numbers

    def _first_events(self, one: Placed, request_id: uuid.UUID) -> Iterator[tuple[Any, ...]]:
        record = one.record
        data = {
            "source": self._profile.title,
            "external_id": record.external_id,
            **{
                name: value
                for name in ("channel", "agency", "detail", "parent", "media")
                if (value := getattr(record, name))
            },
        }
        if record.mended:
            data["mended"] = list(record.mended)
        if record.requested_at is None:
            data["requested_at"] = "not stated"
        yield self._event(request_id, Fact.RECEIVED, one.requested_at, data=data)
        if record.state == State.CLOSED:
            yield self._closing(one, request_id, {})
        if record.note:
            yield self._note(one, request_id)

    def _change_events(
        self, one: Placed, request_id: uuid.UUID, before: str, now: datetime
    ) -> Iterator[tuple[Any, ...]]:
        record = one.record
        if record.state == State.CLOSED and before != State.CLOSED:
            yield self._closing(one, request_id, {"from": before})
        elif record.state != before:
            fact = Fact.REOPENED if before == State.CLOSED else Fact.STATE
            yield self._event(request_id, fact, now, data={"from": before, "to": record.state})
        else:
            yield self._event(request_id, Fact.CORRECTED, now, data={"source": self._profile.title})
        if record.note:
            yield self._note(one, request_id)

    def _closing(self, one: Placed, request_id: uuid.UUID, data: dict[str, Any]) -> tuple[Any, ...]:
        facts = {**data, "to": State.CLOSED.value, "outcome": one.record.outcome}
        at = one.record.closed_at or one.requested_at
        return self._event(request_id, Fact.CLOSED, at, text=one.record.sentence, data=facts)

    def _note(self, one: Placed, request_id: uuid.UUID) -> tuple[Any, ...]:
        at = one.record.closed_at or one.record.updated_at or one.requested_at
        return self._event(request_id, Fact.NOTE, at, text=one.record.note, visibility=Visibility.INTERNAL)

    def _event(
        self,
        request_id: uuid.UUID,
        fact: Fact,
        at: datetime,
        *,
        text: str = "",
        visibility: Visibility = Visibility.PUBLIC,
        data: dict[str, Any] | None = None,
    ) -> tuple[Any, ...]:
        shown = json.dumps(data or {}, ensure_ascii=False)
        label = self._actor.label[:200]
        return (new_id(), request_id, fact, at, visibility, self._actor.kind, label, text, Showing.SHOWN, shown)


def _columns(one: Placed) -> tuple[Any, ...]:
    """Return the values of `_SOURCES`."""
    record, public = one.record, one.public
    state = State(record.state)
    closed_at = (record.closed_at or one.requested_at) if state is State.CLOSED else None
    updated_at = max(filter(None, (record.updated_at, closed_at, one.requested_at)))
    answers = json.dumps({"detail": record.detail}, ensure_ascii=False) if record.detail else "{}"
    has_place, has_public = record.lat is not None, public.lat is not None
    return (
        one.category.id, state, record.outcome, record.sentence, record.referred_to, record.description, answers,
        record.language, record.lat, record.lon, record.address,
        places.cell(record.lat, record.lon, grid.FINE) if has_place else None,  # type: ignore[arg-type]
        list(one.areas), public.lat, public.lon, public.address, list(one.public_areas),
        places.cell(public.lat, public.lon, grid.FINE) if has_public else None,  # type: ignore[arg-type]
        places.cell(public.lat, public.lon, grid.COARSE) if has_public else None,  # type: ignore[arg-type]
        one.requested_at, updated_at, record.due_at, closed_at,
        rules.queue_time(state, requested_at=one.requested_at, due_at=record.due_at, changed_at=updated_at),
    )  # fmt: skip


def _public(detail: Detail, record: Record) -> rules.PublicPlace:
    return rules.public_place(
        detail,
        record.lat,
        record.lon,
        record.address,
        generalise=places.generalise,
        generalise_address=places.generalise_address,
    )


def _areas(points: Sequence[tuple[float | None, float | None]]) -> list[list[uuid.UUID]]:
    there = [(lat, lon) for lat, lon in points if lat is not None and lon is not None]
    found = iter(places.bulk_areas(there) if there else [])
    return [next(found) if lat is not None else [] for lat, _ in points]


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None
