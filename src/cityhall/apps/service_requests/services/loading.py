"""Loading whole histories fast: imports and the demo. One transaction, event and audit entry for each batch."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction

from cityhall.apps.documents import public as documents
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import (
    Detail,
    LoadedRequest,
    LoadResult,
    Outcome,
    State,
)
from cityhall.apps.service_requests.models import Category, ImportedRecord, ImportRun
from cityhall.apps.service_requests.queries import catalogue
from cityhall.apps.service_requests.services import copying, duplicates, indexes, likeness, loaded_lines, reloading
from cityhall.apps.service_requests.services.loaded_lines import Known, Lines
from cityhall.apps.service_requests.services.loaded_places import Places, Spots, public_addresses, spots
from cityhall.apps.service_requests.services.wording import refusal
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit, outbox
from cityhall.kernel.ids import new_ids

# The request that stands for each that an external id means, and its number.
_ROOTS = """
    select i.external_id, root.id, root.number
    from service_requests_importedrecord i
    join service_requests_servicerequest r on r.id = i.request_id
    join service_requests_servicerequest root on root.id = coalesce(r.duplicate_of_id, r.id)
    where i.source_system = %s and i.external_id = any(%s::text[])
"""
_NO_DUPLICATE = "This repeats another request, which is not in the data that was loaded."


@dataclass(frozen=True, slots=True)
class Draft:
    """Requests that are to be written, with what can be said of each without the database."""

    requests: Sequence[LoadedRequest]
    details: Sequence[Detail]
    spots: Spots
    addresses: Sequence[str]


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
    categories: dict[str, Known]
    due: Callable[[datetime, int], datetime]
    dry_run: bool
    run_id: str
    links: bool
    may_skip: bool
    linked: Collection[str] = ()
    places: Places = field(default_factory=Places)

    def batch(
        self,
        given: Sequence[LoadedRequest],
        *,
        new: Draft | None = None,
        at_work: Callable[[], None] = lambda: None,
    ) -> tuple[LoadResult, list[LoadedRequest]]:
        """Load one batch; return what it did, and the duplicates that wait for the request they repeat.

        Args:
            new: more of the batch, of which the caller knows that it is not here yet. It is written first.
            at_work: called once all lines are made, and only the database has work to do.
        """
        known = self._records([one.external_id for one in given if one.external_id])
        fresh = [one for one in given if one.external_id not in known]
        if new is None or fresh:
            new = self.draft([*(new.requests if new else ()), *fresh])
        again = [one for one in given if one.external_id in known]
        changed = [one for one in again if known[one.external_id].row_hash != one.row_hash]
        unchanged = len(again) - len(changed)
        if self.dry_run:
            return LoadResult(len(new.requests), len(changed), unchanged), []
        with transaction.atomic():
            self.linked = ()
            if changed:
                duplicates.lock_all([known[one.external_id].request_id for one in changed])
            ready, waiting = self._insert(new, at_work)
            # In the order of their ids, as a change of many at the desk takes them.
            for one in sorted(changed, key=lambda one: known[one.external_id].request_id):
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

    def draft(self, requests: Sequence[LoadedRequest]) -> Draft:
        """Prepare requests for `batch`. The database is asked for nothing but categories that were not read yet."""
        details = [self.categories[one.category_code].policy.place for one in requests]
        return Draft(requests, details, spots(requests), public_addresses(requests, details))

    def _insert(self, draft: Draft, at_work: Callable[[], None]) -> tuple[list[LoadedRequest], list[LoadedRequest]]:
        """Write what can be written now; return it, and the duplicates that wait for the request they repeat."""
        parents = self._parents(draft.requests)
        ready, ids, waiting = _ready(draft.requests, parents)
        if not ready:
            return ready, waiting
        if ready != draft.requests:  # duplicates come after what they repeat, or wait
            draft = self.draft(ready)
        numbers = _numbers(ready)
        roots = self._roots(ready, ids, numbers) if self.links else {}
        self.linked = roots.keys()
        placed = self.places.columns(draft.spots, draft.details)
        lines = Lines(self.actor, self.source_system, self.run_id, self.categories, self.due, parents, roots)
        made = lines.requests(ready, ids, numbers, placed, draft.addresses)
        with self._known_to_be_here(ready, {*parents.values(), *(root for root, _ in roots.values())} - set(ids)):
            copying.copy_in(
                (
                    copying.Copy("service_requests_servicerequest", loaded_lines.REQUEST, made),
                    copying.Copy("service_requests_historyevent", loaded_lines.HISTORY, lines.history),
                    copying.Copy("service_requests_contest", loaded_lines.CONTEST, lines.contests),
                    copying.Copy("service_requests_reporter", loaded_lines.REPORTER, lines.reporters),
                    copying.Copy("service_requests_importedrecord", loaded_lines.IMPORTED, lines.imported),
                ),
                at_work,
            )
        copying.copy_in([copying.Copy("service_requests_requestphoto", loaded_lines.PHOTO, lines.photos)])
        if lines.published:
            documents.publish(lines.published)
        return ready, waiting

    @contextmanager
    def _known_to_be_here(self, ready: Sequence[LoadedRequest], others: Collection[str]) -> Iterator[None]:
        """Leave out PostgreSQL's look-up of each row that what is written here points at.

        Those are the requests this transaction has just written, which nobody else sees, and a few rows that are locked
        first: nothing could be found missing. The look-ups are a quarter of what a load costs. They are made where the
        database's user may not leave them out, and where one of those rows is gone.

        Args:
            others: ids of requests of earlier batches that these repeat.
        """
        if not (self.may_skip and self._lock(ready, others)):
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("set local session_replication_role = replica")
            yield
            cursor.execute("set local session_replication_role = origin")

    def _lock(self, ready: Sequence[LoadedRequest], others: Collection[str]) -> bool:
        """Lock what the batch points at beside itself; say whether all of it is here."""
        rows = [self.categories[code].row for code in {one.category_code for one in ready}]
        wanted: dict[str, set[Any]] = {
            "service_requests_importrun": {self.run_id},
            "service_requests_category": {row.id for row in rows},
            "identity_department": {row.department_id for row in rows} | {one.department_id for one in ready},
            "identity_team": {row.team_id for row in rows} | {one.team_id for one in ready},
            "identity_user": {one.assignee_id for one in ready},
            "service_requests_servicerequest": set(others),
        }
        with connection.cursor() as cursor:
            for table, ids in wanted.items():
                named = [str(one) for one in ids if one is not None]
                if named:
                    cursor.execute(
                        f"select 1 from {table} where id = any(%s::uuid[]) order by id for key share",  # noqa: S608
                        [copying.array(named)],
                    )
                    if cursor.rowcount < len(named):
                        return False
        return True

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
        duplicates.lock_merges()
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


def _ready(
    given: Sequence[LoadedRequest], parents: dict[str, str]
) -> tuple[list[LoadedRequest], list[str], list[LoadedRequest]]:
    """Part those that can be written now, with their ids, from duplicates whose parent has not come; fill `parents`."""
    own = [one.id for one in given if one.id is not None]
    fresh = iter(new_ids(len(given) - len(own)))
    ready = [one for one in given if one.outcome is not Outcome.DUPLICATE]
    ids = [str(one.id or next(fresh)) for one in ready] if own else list(islice(fresh, len(ready)))
    if len(ready) == len(given):
        return ready, ids, []
    waiting = [one for one in given if one.outcome is Outcome.DUPLICATE]
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
            # As one text: thousands of rows take longer to send and to read.
            "select string_agg(nextval('service_requests_number')::text, ',') from generate_series(1, %s)",
            [len(ready) - len(given)],
        )
        told = cursor.fetchone()[0]
        fresh = map(int, told.split(",")) if told else iter(())
    return [one.number if one.number is not None else next(fresh) for one in ready] if given else list(fresh)


def _may_skip() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select has_parameter_privilege('session_replication_role', 'set')")
        return bool(cursor.fetchone()[0])


def _repeats(one: LoadedRequest) -> bool:
    return bool(one.duplicate_of) and one.outcome is Outcome.NOT_STATED and one.state is State.CLOSED


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
    coming: int = 0,
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
        coming: about how many requests there are in all. So many that it is worth it, and indexes are made at the end.

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

    with indexes.set_aside(coming) if coming and not dry_run else nullcontext():
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


class _Categories(dict[str, Known]):
    """Categories by code, read when first asked for."""

    def __missing__(self, code: str) -> Known:
        row = Category.objects.filter(code=code).first()
        if row is None:
            raise refusal("category_code", "category_unknown", detail=code)
        if row.is_emergency:
            raise refusal("category_code", "emergency")
        self[code] = found = Known(row, str(row.id), catalogue.policy_of(row), rules.names_of(row.name))
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
