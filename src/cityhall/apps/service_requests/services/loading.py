"""Loading whole histories fast: imports and the demo. One transaction, event and audit entry for each batch."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from cityhall.apps.documents import public as documents
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import (
    Contester,
    Fact,
    LoadedEvent,
    LoadedRequest,
    LoadResult,
    Outcome,
    Policy,
    Showing,
    State,
    number_value,
)
from cityhall.apps.service_requests.models import Category, ImportedRecord, ImportRun
from cityhall.apps.service_requests.queries import catalogue, reading
from cityhall.apps.service_requests.rules import grid
from cityhall.apps.service_requests.services import copying, reloading
from cityhall.apps.service_requests.services.wording import refusal
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit, outbox
from cityhall.kernel.ids import new_id

_REQUEST = (
    "id", "number", "category_id", "state", "outcome", "outcome_sentence", "referred_to", "version", "description",
    "showing", "answers", "language", "source", "lat", "lon", "address", "address_id", "asset_id", "cell", "areas",
    "public_lat", "public_lon", "public_address", "public_areas", "public_cell", "public_cell7", "words",
    "department_id", "team_id", "assignee_id", "priority", "duplicate_of_id", "supporters", "hidden", "requested_at",
    "updated_at", "scheduled_for", "due_at", "closed_at", "queue_at",
)  # fmt: skip
_HISTORY = (
    "id", "request_id", "fact", "at", "visibility", "author_kind", "author_id", "author_label", "text", "showing",
    "data",
)  # fmt: skip
_REPORTER = (
    "request_id", "user_id", "first_name", "last_name", "email", "phone", "private_token_hash", "api_key_id"
)  # fmt: skip
_PHOTO = (
    "id", "request_id", "document_id", "is_evidence", "showing", "withheld_by_policy", "order", "added_at"
)  # fmt: skip
_CONTEST = (
    "id", "request_id", "at", "by", "closed_at", "closed_by_id", "outcome", "outcome_sentence", "duplicate_of_id",
    "settled_at", "settled_by_id", "upheld",
)  # fmt: skip
_IMPORTED = ("source_system", "external_id", "request_id", "row_hash", "run_id")
_CONTESTABLE = frozenset(outcome.value for outcome in Outcome if outcome is not Outcome.DUPLICATE)
_NO_DUPLICATE = "This repeats another request, which is not in the data that was loaded."


@dataclass(slots=True)
class _Known:
    """What a batch needs of a category."""

    row: Category
    policy: Policy
    names: Sequence[str]


@dataclass(slots=True)
class Loader:
    """One load, from its first batch to its last."""

    actor: Actor
    source_system: str
    run: ImportRun
    categories: dict[str, _Known]
    due: Callable[[datetime, int], datetime]
    dry_run: bool

    def batch(self, given: Sequence[LoadedRequest]) -> tuple[LoadResult, list[LoadedRequest]]:
        """Load one batch; return what it did, and the duplicates that wait for the request they repeat."""
        known = self._records([one.external_id for one in given if one.external_id])
        fresh = [one for one in given if one.external_id not in known]
        again = [one for one in given if one.external_id in known]
        changed = [one for one in again if known[one.external_id].row_hash != one.row_hash]
        unchanged = len(again) - len(changed)
        if self.dry_run:
            return LoadResult(len(fresh), len(changed), unchanged), []
        with transaction.atomic():
            parents = self._parents(fresh)
            ready, waiting = self._ready(fresh, parents)
            if ready:
                self._insert(ready, parents)
            for one in changed:
                reloading.change(one, known[one.external_id], self.categories[one.category_code].row, self.actor)
            result = LoadResult(len(ready), len(changed), unchanged)
            if ready or changed:
                facts = {"source": self.source_system, "imported": len(ready), "updated": len(changed)}
                outbox.record("service_requests.loaded", subject_id=self.run.id, data=facts)
                audit.record(
                    self.actor,
                    "service_requests.loaded",
                    subject_kind="import_run",
                    subject_id=self.run.id,
                    data=facts,
                )
        return result, waiting

    def _records(self, external_ids: Sequence[str]) -> dict[str, ImportedRecord]:
        # One array, not thousands of parameters: those take longer to write down than the query to run.
        found = ImportedRecord.objects.raw(
            "select * from service_requests_importedrecord where source_system = %s and external_id = any(%s)",
            [self.source_system, list(external_ids)],
        )
        return {record.external_id: record for record in found}

    def _parents(self, given: Sequence[LoadedRequest]) -> dict[str, uuid.UUID]:
        """Return the request that stands for each external id named as a parent, as far as it is loaded."""
        wanted = [one.duplicate_of for one in given if one.outcome is Outcome.DUPLICATE and one.duplicate_of]
        rows = ImportedRecord.objects.filter(source_system=self.source_system, external_id__in=wanted).values_list(
            "external_id", "request_id", "request__duplicate_of_id"
        )
        return {external: root or request_id for external, request_id, root in rows}

    def _ready(
        self, given: Sequence[LoadedRequest], parents: dict[str, uuid.UUID]
    ) -> tuple[list[LoadedRequest], list[LoadedRequest]]:
        """Part those that can be written now from duplicates whose parent has not come yet; fill `parents`."""
        ready = [one for one in given if one.outcome is not Outcome.DUPLICATE]
        ready = [one if one.id else replace(one, id=new_id()) for one in ready]
        parents.update({one.external_id: one.id for one in ready if one.external_id and one.id})
        waiting = [one for one in given if one.outcome is Outcome.DUPLICATE]
        moved = True
        while moved:
            now = [one for one in waiting if one.duplicate_of in parents]
            waiting = [one for one in waiting if one.duplicate_of not in parents]
            moved = bool(now)
            ready += now
            parents.update({one.external_id: parents[one.duplicate_of] for one in now if one.external_id})
        return ready, waiting

    def _insert(self, ready: Sequence[LoadedRequest], parents: Mapping[str, uuid.UUID]) -> None:
        numbers = _numbers(ready)
        exact = [_point(one) for one in ready]
        areas = places.bulk_areas([point for point in exact if point is not None])
        spots = iter(areas)
        own_areas = [next(spots) if point is not None else [] for point in exact]
        public = [self._public(one, point) for one, point in zip(ready, exact, strict=True)]
        moved = [
            place
            for place, point in zip(public, exact, strict=True)
            if place.lat is not None and place.lon is not None and (place.lat, place.lon) != point
        ]
        coarse_areas = dict(
            zip(
                ((place.lat, place.lon) for place in moved),
                places.bulk_areas([(place.lat, place.lon) for place in moved if place.lat and place.lon]),
                strict=True,
            )
        )
        requests: list[str] = []
        rest = _Rest([], [], [], [], [], set())
        for one, number, point, own, place in zip(ready, numbers, exact, own_areas, public, strict=True):
            request_id = one.id or new_id()
            shown_areas = coarse_areas.get((place.lat, place.lon), own) if place.lat is not None else []
            known = self.categories[one.category_code]
            root = parents[one.duplicate_of] if one.outcome is Outcome.DUPLICATE else None
            requests.append(self._request_line(one, request_id, number, known, point, own, place, shown_areas, root))
            self._rest_lines(one, request_id, known, rest)
        copying.copy_in("service_requests_servicerequest", _REQUEST, requests)
        copying.copy_in("service_requests_historyevent", _HISTORY, rest.history)
        copying.copy_in("service_requests_contest", _CONTEST, rest.contests)
        copying.copy_in("service_requests_reporter", _REPORTER, rest.reporters)
        copying.copy_in("service_requests_requestphoto", _PHOTO, rest.photos)
        copying.copy_in("service_requests_importedrecord", _IMPORTED, rest.imported)
        if rest.published:
            documents.publish(rest.published)

    def _public(self, one: LoadedRequest, point: tuple[float, float] | None) -> rules.PublicPlace:
        lat, lon = point or (None, None)
        return rules.public_place(
            self.categories[one.category_code].policy.place,
            lat,
            lon,
            one.place.address,
            generalise=places.generalise,
            generalise_address=places.generalise_address,
        )

    def _request_line(
        self,
        one: LoadedRequest,
        request_id: uuid.UUID,
        number: int,
        known: _Known,
        point: tuple[float, float] | None,
        own_areas: list[uuid.UUID],
        place: rules.PublicPlace,
        public_areas: list[uuid.UUID],
        root: uuid.UUID | None,
    ) -> str:
        t, v = copying.text, copying.one
        row = known.row
        due = one.due_at
        if due is None and not one.routed and row.target_days is not None:
            due = self.due(one.requested_at, row.target_days)
        updated = one.updated_at or max(
            (moment for moment in (one.closed_at, *(event.at for event in one.events)) if moment),
            default=one.requested_at,
        )
        queue = rules.queue_time(one.state, requested_at=one.requested_at, due_at=due, changed_at=updated)
        department = one.department_id if one.routed else one.department_id or row.department_id
        team = one.team_id if one.routed or one.department_id else one.team_id or row.team_id
        cell = str(grid.cell(*point, grid.FINE)) if point else "\\N"
        if place.lat is None or place.lon is None:
            fine = coarse = "\\N"
        else:
            fine = cell if (place.lat, place.lon) == point else str(grid.cell(place.lat, place.lon, grid.FINE))
            coarse = str(grid.cell(place.lat, place.lon, grid.COARSE))
        words = rules.public_words(
            number=number,
            category=known.names,
            address=place.address[:300],
            description=one.description,
            outcome_sentence=one.outcome_sentence,
            policy=known.policy,
            showing=one.showing,
            duplicate_of=number_value(one.duplicate_of) if root else None,
        )
        lat, lon = point or (None, None)
        return "\t".join(
            (
                str(request_id), str(number), str(row.id), one.state.value, one.outcome.value if one.outcome else "",
                t(one.outcome_sentence), t(one.referred_to[:200]), "1", t(one.description), one.showing.value,
                copying.as_json(one.answers), one.language, one.source.value, v(lat), v(lon),
                t(one.place.address[:300]), v(one.place.address_id), v(one.place.asset_id), cell,
                copying.ids(own_areas), v(place.lat), v(place.lon), t(place.address[:300]),
                copying.ids(public_areas), fine, coarse, words, v(department), v(team), v(one.assignee_id),
                v(one.priority or row.priority), v(root), str(one.supporters), "f", one.requested_at.isoformat(),
                updated.isoformat(), v(one.scheduled_for), v(due), v(one.closed_at), queue.isoformat(),
            )
        )  # fmt: skip

    def _rest_lines(self, one: LoadedRequest, request_id: uuid.UUID, known: _Known, rest: _Rest) -> None:
        t, v = copying.text, copying.one
        for event in one.events or _plain_events(one, self.actor):
            rest.history.append(
                "\t".join(
                    (
                        str(new_id()),
                        str(request_id),
                        event.fact.value,
                        event.at.isoformat(),
                        event.visibility.value,
                        event.author_kind,
                        v(event.author_id),
                        t(event.author_label[:200]),
                        t(event.text),
                        "shown",
                        copying.as_json(event.data),
                    )
                )
            )
        rest.contests += _contests(request_id, one.events)
        if one.contact is not None:
            who = one.contact
            token = reading.token_hash(reading.private_token(request_id))
            rest.reporters.append(
                "\t".join(
                    (
                        str(request_id),
                        "\\N",
                        t(who.first_name[:100]),
                        t(who.last_name[:100]),
                        t(who.email[:254]),
                        t(who.phone[:32]),
                        token,
                        "\\N",
                    )
                )
            )
        shown = rules.photo_showing(known.policy, trusted=True)
        pictures = [(one_id, "f") for one_id in one.photos] + [(one_id, "t") for one_id in one.evidence]
        for order, (document_id, is_evidence) in enumerate(pictures):
            by_policy = "t" if shown is Showing.WITHHELD else "f"
            added = (one.closed_at or one.requested_at) if is_evidence == "t" else one.requested_at
            rest.photos.append(
                "\t".join(
                    (
                        str(new_id()),
                        str(request_id),
                        str(document_id),
                        is_evidence,
                        shown.value,
                        by_policy,
                        str(order),
                        added.isoformat(),
                    )
                )
            )
            if shown is Showing.SHOWN:
                rest.published.add(document_id)
        if one.external_id:
            rest.imported.append(
                "\t".join(
                    (t(self.source_system), t(one.external_id), str(request_id), t(one.row_hash), str(self.run.id))
                )
            )


@dataclass(slots=True)
class _Rest:
    """The lines of a batch that hang on its requests."""

    history: list[str]
    contests: list[str]
    reporters: list[str]
    photos: list[str]
    imported: list[str]
    published: set[uuid.UUID]


def _plain_events(one: LoadedRequest, actor: Actor) -> tuple[LoadedEvent, ...]:
    """The least a history says: when it was received, and when and how it was closed."""
    author = {"author_kind": actor.kind.value, "author_id": actor.id, "author_label": actor.label}
    received = LoadedEvent(Fact.RECEIVED, one.requested_at, **author)  # type: ignore[arg-type]
    if one.state is State.RECEIVED:
        return (received,)
    data: dict[str, Any] = {"from": State.RECEIVED.value, "to": one.state.value}
    if one.state is State.CLOSED:
        data["outcome"] = one.outcome.value if one.outcome else ""
        at = one.closed_at or one.requested_at
        closed = LoadedEvent(Fact.CLOSED, at, text=one.outcome_sentence, data=data, **author)  # type: ignore[arg-type]
        return received, closed
    at = one.updated_at or one.requested_at
    return received, LoadedEvent(Fact.STATE, at, data=data, **author)  # type: ignore[arg-type]


def _contests(request_id: uuid.UUID, events: Sequence[LoadedEvent]) -> Iterator[str]:
    """Yield the contests a history tells of: what came after one that is no closing says that it was upheld."""
    t, v = copying.text, copying.one
    moves = [one for one in events if one.fact in {Fact.CLOSED, Fact.CONTESTED, Fact.REOPENED, Fact.STATE}]
    for before, one, after in zip(moves, moves[1:], [*moves[2:], None], strict=False):
        outcome = str(before.data.get("outcome", ""))
        if one.fact is not Fact.CONTESTED or before.fact is not Fact.CLOSED or outcome not in _CONTESTABLE:
            continue
        upheld = None if after is None else after.fact is not Fact.CLOSED
        yield "\t".join(
            (
                str(new_id()), str(request_id), one.at.isoformat(), Contester.UNKNOWN.value, before.at.isoformat(),
                v(before.author_id), outcome, t(before.text), v(None), v(after and after.at), v(None), v(upheld),
            )
        )  # fmt: skip


def _point(one: LoadedRequest) -> tuple[float, float] | None:
    lat, lon = one.place.lat, one.place.lon
    return (lat, lon) if lat is not None and lon is not None else None


def _numbers(ready: Sequence[LoadedRequest]) -> list[int]:
    """Return a number for each: its own, else the next. The sequence is moved past the highest given one."""
    given = [one.number for one in ready if one.number is not None]
    with connection.cursor() as cursor:
        if given:
            cursor.execute(
                "select setval('service_requests_number', greatest(%s,"
                " (select last_value from service_requests_number)))",
                [max(given)],
            )
        cursor.execute(
            "select nextval('service_requests_number') from generate_series(1, %s)", [len(ready) - len(given)]
        )
        fresh = iter([row[0] for row in cursor.fetchall()])
    return [one.number if one.number is not None else next(fresh) for one in ready]


def start_run(profile: str, filename: str = "") -> ImportRun:
    """Open the record of one load."""
    return ImportRun.objects.create(profile=profile, filename=filename, started_at=clock.now())


def make_loader(*, actor: Actor, source_system: str, run: ImportRun, dry_run: bool = False) -> Loader:
    """Return a loader for callers that have their own batches and transactions (the importer)."""
    return Loader(
        actor=actor,
        source_system=source_system,
        run=run,
        categories=_Categories(),
        due=_due_dates(),
        dry_run=dry_run,
    )


def bulk_load(
    batches: Iterable[Sequence[LoadedRequest]],
    *,
    actor: Actor,
    source_system: str,
    run_id: uuid.UUID | None = None,
    dry_run: bool = False,
    on_batch: Callable[[LoadResult], None] | None = None,
) -> LoadResult:
    """Load whole histories by COPY: each batch is one transaction, one event and one audit entry.

    Loading again is safe: a request whose external id is known is left alone when its `row_hash` is the same, and
    changed, with a line in its history, when it is not. A duplicate waits until the request it repeats has come; one
    whose original never comes is closed as "cannot be done" and says so. The publication policy is applied.

    Args:
        batches: a few thousand requests each make the best speed.
        source_system: names the other system, together with which an external id means one request.
        run_id: of the ImportRun; None opens one.
        dry_run: only count what would happen.
        on_batch: called with the result of each batch, for progress.

    Raises:
        Invalid: field "category_code": unknown, or one that says to call 911.
    """
    run = ImportRun.objects.get(id=run_id) if run_id else _run_for(source_system, dry_run=dry_run)
    loader = make_loader(actor=actor, source_system=source_system, run=run, dry_run=dry_run)
    total = LoadResult()
    waiting: list[LoadedRequest] = []

    def load(given: Sequence[LoadedRequest]) -> None:
        nonlocal total
        for one in given:
            loader.categories[one.category_code]
        result, held = loader.batch(given)
        waiting.extend(held)
        total += result
        if on_batch:
            on_batch(result)

    for given in batches:
        load(given)
    # Those whose original came after them, and then those whose original never came.
    for last_try in (False, True):
        held, waiting = waiting, []
        if held:
            load([_without_original(one) for one in held] if last_try else held)
    if not run_id and not dry_run:
        loader.run.ended_at = clock.now()
        loader.run.imported, loader.run.updated, loader.run.unchanged = (
            total.imported,
            total.updated,
            total.unchanged,
        )
        loader.run.rows = total.imported + total.updated + total.unchanged
        loader.run.save()
    return total


def _without_original(one: LoadedRequest) -> LoadedRequest:
    return replace(one, outcome=Outcome.CANNOT, outcome_sentence=_NO_DUPLICATE, duplicate_of="")


def _run_for(source_system: str, *, dry_run: bool) -> ImportRun:
    return ImportRun(profile=source_system[:60]) if dry_run else start_run(source_system[:60])


class _Categories(dict[str, _Known]):
    """Categories by code, read when first asked for."""

    def __missing__(self, code: str) -> _Known:
        row = Category.objects.filter(code=code).first()
        if row is None:
            raise refusal("category_code", "category_unknown", detail=code)
        if row.is_emergency:
            raise refusal("category_code", "emergency")
        self[code] = found = _Known(row, catalogue.policy_of(row), rules.names_of(row.name))
        return found


def _due_dates() -> Callable[[datetime, int], datetime]:
    """Target dates by day: the calendar is asked once for each day and target."""
    calendar = places.calendar()
    kept: dict[tuple[date, int], datetime] = {}

    def due(start: datetime, days: int) -> datetime:
        key = (calendar.local(start).date(), days)
        if key not in kept:
            kept[key] = calendar.due(start, days)
        return kept[key]

    return due
