"""Loading whole histories fast: imports and the demo. One transaction, event and audit entry for each batch."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import repeat
from typing import Any

from django.db import connection, transaction

from cityhall.apps.documents import public as documents
from cityhall.apps.places import public as places
from cityhall.apps.places.contracts import PUBLIC_RESOLUTION
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
    Visibility,
    number_text,
    number_value,
)
from cityhall.apps.service_requests.models import Category, ImportedRecord, ImportRun
from cityhall.apps.service_requests.queries import catalogue, reading
from cityhall.apps.service_requests.rules import grid
from cityhall.apps.service_requests.services import copying, likeness, reloading
from cityhall.apps.service_requests.services.wording import refusal
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit, outbox
from cityhall.kernel.ids import new_ids

_REQUEST = (
    "id", "number", "category_id", "state", "outcome", "outcome_sentence", "referred_to", "version", "description",
    "showing", "answers", "language", "source", "address", "address_id", "asset_id", "lat", "lon", "cell", "areas",
    "public_lat", "public_lon", "public_cell", "public_cell7", "public_areas", "public_address", "words",
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
_MERGES = 0xD0B1E
# The request that stands for each that an external id means, and its number.
_ROOTS = """
    select i.external_id, root.id, root.number
    from service_requests_importedrecord i
    join service_requests_servicerequest r on r.id = i.request_id
    join service_requests_servicerequest root on root.id = coalesce(r.duplicate_of_id, r.id)
    where i.source_system = %s and i.external_id = any(%s::text[])
"""
_CONTESTABLE = frozenset(outcome.value for outcome in Outcome if outcome is not Outcome.DUPLICATE)
_NO_DUPLICATE = "This repeats another request, which is not in the data that was loaded."


@dataclass(slots=True)
class _Known:
    """What a batch needs of a category."""

    row: Category
    id: str
    policy: Policy
    names: Sequence[str]


@dataclass(slots=True)
class Loader:
    """One load, from its first batch to its last.

    Args:
        links: a request that is closed, says no outcome and repeats one that is here becomes its duplicate; `linked`
            are those of the last batch.
    """

    actor: Actor
    source_system: str
    run: ImportRun
    categories: dict[str, _Known]
    due: Callable[[datetime, int], datetime]
    dry_run: bool
    run_id: str
    links: bool
    may_skip: bool
    linked: Collection[str] = ()
    areas: places.AreaFinder[str] = field(default_factory=lambda: places.AreaFinder(copying.ids))
    coarse: dict[int, tuple[float, float]] = field(default_factory=dict)

    def batch(
        self, given: Sequence[LoadedRequest], *, new: Sequence[LoadedRequest] = ()
    ) -> tuple[LoadResult, list[LoadedRequest]]:
        """Load one batch; return what it did, and the duplicates that wait for the request they repeat.

        Args:
            new: more of the batch, of which the caller knows that it is not here yet.
        """
        known = self._records([one.external_id for one in given if one.external_id])
        fresh = [*new, *(one for one in given if one.external_id not in known)]
        again = [one for one in given if one.external_id in known]
        changed = [one for one in again if known[one.external_id].row_hash != one.row_hash]
        unchanged = len(again) - len(changed)
        if self.dry_run:
            return LoadResult(len(fresh), len(changed), unchanged), []
        with transaction.atomic():
            self.linked = ()
            ready, waiting = self._insert(fresh)
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
        if not external_ids:
            return {}
        found = ImportedRecord.objects.raw(
            "select * from service_requests_importedrecord where source_system = %s and external_id = any(%s::text[])",
            [self.source_system, copying.array(external_ids)],
        )
        return {record.external_id: record for record in found}

    def _insert(self, given: Sequence[LoadedRequest]) -> tuple[list[LoadedRequest], list[LoadedRequest]]:
        """Write what can be written now; return it, and the duplicates that wait for the request they repeat."""
        parents = self._parents(given)
        ready, ids, waiting = _ready(given, parents)
        if not ready:
            return ready, waiting
        for code in {one.category_code for one in ready}:
            self.categories[code]  # read before COPY begins: nothing can be asked meanwhile
        numbers = _numbers(ready)
        roots = self._roots(ready, ids, numbers) if self.links else {}
        self.linked = roots.keys()
        rest = _Rest(parents, roots)
        lines = map(self._request_line, ready, ids, numbers, self._places(ready), repeat(rest))
        copying.copy_in("service_requests_servicerequest", _REQUEST, lines)
        copying.copy_in("service_requests_requestphoto", _PHOTO, rest.photos)
        with self._known_to_be_here():
            copying.copy_in("service_requests_historyevent", _HISTORY, rest.history)
            copying.copy_in("service_requests_contest", _CONTEST, rest.contests)
            copying.copy_in("service_requests_reporter", _REPORTER, rest.reporters)
            copying.copy_in("service_requests_importedrecord", _IMPORTED, rest.imported)
        if rest.published:
            documents.publish(rest.published)
        return ready, waiting

    @contextmanager
    def _known_to_be_here(self) -> Iterator[None]:
        """Leave out PostgreSQL's look-up of each row that what is written here points at.

        Those are the requests this transaction has just written, which nobody else sees, and the run, which is locked:
        nothing could be found missing. The look-ups are a quarter of what a load costs. They are made where the
        database's user may not leave them out.
        """
        if not self.may_skip:
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("select 1 from service_requests_importrun where id = %s for key share", [self.run_id])
            if cursor.fetchone() is None:
                raise LookupError("The record of this load is gone: start it again.")
            cursor.execute("set local session_replication_role = replica")
            yield
            cursor.execute("set local session_replication_role = origin")

    def _parents(self, given: Sequence[LoadedRequest]) -> dict[str, str]:
        """Return the request that stands for each external id named as a parent, as far as it is loaded."""
        wanted = [one.duplicate_of for one in given if one.outcome is Outcome.DUPLICATE and one.duplicate_of]
        if not wanted:
            return {}
        rows = ImportedRecord.objects.filter(source_system=self.source_system, external_id__in=wanted).values_list(
            "external_id", "request_id", "request__duplicate_of_id"
        )
        return {external: str(root or request_id) for external, request_id, root in rows}

    def _roots(
        self, ready: Sequence[LoadedRequest], ids: Sequence[str], numbers: Sequence[int]
    ) -> dict[str, tuple[str, int]]:
        """Return the id and number of the request that stands for each that is closed, says no outcome and repeats one.

        Only where that one is here: already, or in the batch. Circles are left out.
        """
        above = {one.external_id: one.duplicate_of for one in ready if _repeats(one)}
        if not above:
            return {}
        lock_merges()
        with connection.cursor() as cursor:
            cursor.execute(_ROOTS, [self.source_system, copying.array(set(above.values()))])
            here: dict[str, tuple[str, int]] = {name: (str(id_), number) for name, id_, number in cursor.fetchall()}
        for one, id_, number in zip(ready, ids, numbers, strict=True):
            if one.external_id not in above:
                here[one.external_id] = (id_, number)
        found: dict[str, tuple[str, int]] = {}
        followed: set[str] = set()
        for name in above:
            path, on = [], name
            while on in above and on not in followed:
                followed.add(on)
                path.append(on)
                on = above[on]
            if root := found.get(on) or here.get(on):
                found.update(dict.fromkeys(path, root))
        return found

    def _places(self, ready: Sequence[LoadedRequest]) -> list[tuple[str, str]]:
        """Return for each request its public address, and the columns from `lat` to `public_areas`."""
        exact = [_point(one) for one in ready]
        areas = iter(self.areas([point for point in exact if point is not None]))
        own = [next(areas) if point is not None else "{}" for point in exact]
        public = [self._public(one, point) for one, point in zip(ready, exact, strict=True)]
        # The public point of a moved place is that of many: its columns are made once.
        moved = list(
            {
                (place.lat, place.lon): None
                for place, point in zip(public, exact, strict=True)
                if place.lat is not None and place.lon is not None and (place.lat, place.lon) != point
            }
        )
        coarse = {
            point: _public_columns(*point, grid.cell(*point, grid.FINE), found)
            for point, found in zip(moved, self.areas(moved), strict=True)
        }
        result = []
        for place, point, found in zip(public, exact, own, strict=True):
            if point is None:
                columns = _NO_POINT
            else:
                lat, lon = point
                cell = grid.cell(lat, lon, grid.FINE)
                columns = f"{lat}\t{lon}\t{cell}\t{found}"
                if place.lat is None or place.lon is None:
                    columns += _NO_PUBLIC_POINT
                else:
                    shown = coarse.get((place.lat, place.lon))
                    columns += _public_columns(lat, lon, cell, found) if shown is None else shown
            result.append((place.address[:300], columns))
        return result

    def _public(self, one: LoadedRequest, point: tuple[float, float] | None) -> rules.PublicPlace:
        lat, lon = point or (None, None)
        return rules.public_place(
            self.categories[one.category_code].policy.place,
            lat,
            lon,
            one.place.address,
            generalise=self._generalise,
            generalise_address=places.generalise_address,
        )

    def _generalise(self, lat: float, lon: float) -> tuple[float, float]:
        """Return the place for a point, once for each cell of the public grid."""
        cell = grid.cell(lat, lon, PUBLIC_RESOLUTION)
        found = self.coarse.get(cell)
        if found is None:
            found = self.coarse[cell] = places.generalise(lat, lon)
        return found

    def _request_line(
        self,
        one: LoadedRequest,
        request_id: str,
        number: int,
        place: tuple[str, str],
        rest: _Rest,
    ) -> str:
        t, v = copying.text, copying.one
        known = self.categories[one.category_code]
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
        outcome = one.outcome
        root = rest.parents[one.duplicate_of] if outcome is Outcome.DUPLICATE else copying.NULL
        linked = rest.roots.get(one.external_id)
        if linked is not None:
            outcome, root = Outcome.DUPLICATE, linked[0]
        public_address, columns = place
        words = rules.public_words(
            number=number,
            category=known.names,
            address=public_address,
            description=one.description,
            outcome_sentence=one.outcome_sentence,
            policy=known.policy,
            showing=one.showing,
            duplicate_of=number_value(one.duplicate_of) if outcome is Outcome.DUPLICATE else None,
        )
        requested = one.requested_at.isoformat()
        closed = v(one.closed_at)
        changed = closed if updated is one.closed_at else updated.isoformat()
        self._rest_lines(one, request_id, known, rest, requested, closed)
        return (
            f"{request_id}\t{number}\t{known.id}\t{one.state}\t{outcome or ''}\t{t(one.outcome_sentence)}"
            f"\t{t(one.referred_to[:200])}\t1\t{t(one.description)}\t{one.showing}\t{copying.as_json(one.answers)}"
            f"\t{one.language}\t{one.source}\t{t(one.place.address[:300])}\t{v(one.place.address_id)}"
            f"\t{v(one.place.asset_id)}\t{columns}\t{t(public_address)}\t{words}\t{v(department)}\t{v(team)}"
            f"\t{v(one.assignee_id)}\t{one.priority or row.priority}\t{root}\t{one.supporters}\tf\t{requested}"
            f"\t{changed}\t{v(one.scheduled_for)}\t{v(due)}\t{closed}\t{queue.isoformat()}"
        )

    def _rest_lines(
        self, one: LoadedRequest, request_id: str, known: _Known, rest: _Rest, requested: str, closed: str
    ) -> None:
        t, v = copying.text, copying.one
        contested = False
        for event in one.events or _plain_events(one, self.actor):
            contested = contested or event.fact is Fact.CONTESTED
            at = requested if event.at is one.requested_at else closed if event.at is one.closed_at else v(event.at)
            rest.history.append(
                f"{rest.new_id()}\t{request_id}\t{event.fact}\t{at}\t{event.visibility}"
                f"\t{event.author_kind}\t{v(event.author_id)}\t{t(event.author_label[:200])}\t{t(event.text)}"
                f"\tshown\t{copying.as_json(event.data)}"
            )
        if one.external_id in rest.roots:
            facts = {"duplicate_of": number_text(rest.roots[one.external_id][1])}
            rest.history.append(
                f"{rest.new_id()}\t{request_id}\t{Fact.MERGED}\t{(one.closed_at or one.requested_at).isoformat()}"
                f"\t{Visibility.PUBLIC}\t{self.actor.kind}\t\\N\t{t(self.actor.label[:200])}\t\tshown"
                f"\t{copying.as_json(facts)}"
            )
        if contested:
            rest.contests += _contests(rest, request_id, one.events)
        if one.contact is not None:
            who = one.contact
            token = reading.token_hash(reading.private_token(uuid.UUID(request_id)))
            rest.reporters.append(
                f"{request_id}\t\\N\t{t(who.first_name[:100])}\t{t(who.last_name[:100])}\t{t(who.email[:254])}"
                f"\t{t(who.phone[:32])}\t{token}\t\\N"
            )
        if one.photos or one.evidence:
            self._photo_lines(one, request_id, known, rest)
        if one.external_id:
            rest.imported.append(
                f"{self.source_system}\t{t(one.external_id)}\t{request_id}\t{t(one.row_hash)}\t{self.run_id}"
            )

    def _photo_lines(self, one: LoadedRequest, request_id: str, known: _Known, rest: _Rest) -> None:
        shown = rules.photo_showing(known.policy, trusted=True)
        by_policy = "t" if shown is Showing.WITHHELD else "f"
        pictures = [(one_id, "f") for one_id in one.photos] + [(one_id, "t") for one_id in one.evidence]
        for order, (document_id, is_evidence) in enumerate(pictures):
            added = (one.closed_at or one.requested_at) if is_evidence == "t" else one.requested_at
            rest.photos.append(
                f"{rest.new_id()}\t{request_id}\t{document_id}\t{is_evidence}\t{shown}\t{by_policy}\t{order}"
                f"\t{added.isoformat()}"
            )
            if shown is Showing.SHOWN:
                rest.published.add(document_id)


@dataclass(slots=True)
class _Rest:
    """What the lines of a batch are made with, and those that hang on its requests.

    Args:
        parents: the request that stands for each external id a duplicate names.
        roots: the id and number of that for each that becomes a duplicate on the way in.
    """

    parents: Mapping[str, str]
    roots: Mapping[str, tuple[str, int]]
    history: list[str] = field(default_factory=list)
    contests: list[str] = field(default_factory=list)
    reporters: list[str] = field(default_factory=list)
    photos: list[str] = field(default_factory=list)
    imported: list[str] = field(default_factory=list)
    published: set[uuid.UUID] = field(default_factory=set)
    _ids: list[str] = field(default_factory=list)

    def new_id(self) -> str:
        """Return an id for a line; they are made a thousand at a time."""
        if not self._ids:
            self._ids = new_ids(1000)[::-1]
        return self._ids.pop()


_NO_PUBLIC_POINT = "\t\\N\t\\N\t\\N\t\\N\t{}"
_NO_POINT = "\\N\t\\N\t\\N\t{}" + _NO_PUBLIC_POINT


def _public_columns(lat: float, lon: float, fine: int, areas: str) -> str:
    return f"\t{lat}\t{lon}\t{fine}\t{grid.cell(lat, lon, grid.COARSE)}\t{areas}"


def _ready(
    given: Sequence[LoadedRequest], parents: dict[str, str]
) -> tuple[list[LoadedRequest], list[str], list[LoadedRequest]]:
    """Part those that can be written now, with their ids, from duplicates whose parent has not come; fill `parents`."""
    fresh = iter(new_ids(sum(one.id is None for one in given)))
    ready = [one for one in given if one.outcome is not Outcome.DUPLICATE]
    waiting = [one for one in given if one.outcome is Outcome.DUPLICATE]
    ids = [str(one.id or next(fresh)) for one in ready]
    if not waiting:
        return ready, ids, waiting
    parents.update({one.external_id: id_ for one, id_ in zip(ready, ids, strict=True) if one.external_id})
    moved = True
    while moved:
        now = [one for one in waiting if one.duplicate_of in parents]
        waiting = [one for one in waiting if one.duplicate_of not in parents]
        moved = bool(now)
        ready += now
        ids += [str(one.id or next(fresh)) for one in now]
        parents.update({one.external_id: parents[one.duplicate_of] for one in now if one.external_id})
    return ready, ids, waiting


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


def _contests(rest: _Rest, request_id: str, events: Sequence[LoadedEvent]) -> Iterator[str]:
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
                rest.new_id(), request_id, one.at.isoformat(), Contester.UNKNOWN.value, before.at.isoformat(),
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


def _may_skip() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select has_parameter_privilege('session_replication_role', 'set')")
        return bool(cursor.fetchone()[0])


def _repeats(one: LoadedRequest) -> bool:
    return one.outcome is Outcome.NOT_STATED and one.state is State.CLOSED and bool(one.duplicate_of)


def lock_merges() -> None:
    """Wait for the one lock of all merges, so that none made at the desk meanwhile closes a circle."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_MERGES])


def start_run(profile: str, filename: str = "") -> ImportRun:
    """Open the record of one load."""
    return ImportRun.objects.create(profile=profile, filename=filename, started_at=clock.now())


def make_loader(
    *, actor: Actor, source_system: str, run: ImportRun, dry_run: bool = False, links: bool = False
) -> Loader:
    """Return a loader for callers that have their own batches and transactions (the importer)."""
    return Loader(
        actor=actor,
        source_system=source_system,
        run=run,
        categories=_Categories(),
        due=_due_dates(),
        dry_run=dry_run,
        run_id=str(run.id),
        links=links,
        may_skip=_may_skip(),
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
    if not dry_run:
        likeness.find_missed()
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
    return one._replace(outcome=Outcome.CANNOT, outcome_sentence=_NO_DUPLICATE, duplicate_of="")


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
        self[code] = found = _Known(row, str(row.id), catalogue.policy_of(row), rules.names_of(row.name))
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
