"""One import, from file to report."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from datetime import time as hour
from itertools import chain, islice
from pathlib import Path

from django.db import connection, transaction

from cityhall.apps.places import public as places
from cityhall.apps.service_requests.contracts import LoadedRequest, State
from cityhall.apps.service_requests.imports.ahead import Ahead, Items, seldom_collecting, short_turns
from cityhall.apps.service_requests.imports.categories import Categories
from cityhall.apps.service_requests.imports.handing_back import HandedBack
from cityhall.apps.service_requests.imports.known import free_names, is_closed_here, of_source, of_this_city
from cityhall.apps.service_requests.imports.linking import link
from cityhall.apps.service_requests.imports.loading import loaded
from cityhall.apps.service_requests.imports.normalise import Normaliser
from cityhall.apps.service_requests.imports.profiles import Profile, named, shipped
from cityhall.apps.service_requests.imports.readers import open_file
from cityhall.apps.service_requests.imports.recognise import recognise
from cityhall.apps.service_requests.imports.records import REASONS, Record, Row, Trouble, Unusable
from cityhall.apps.service_requests.imports.seen import Seen
from cityhall.apps.service_requests.models import Category, ImportRun, QuarantinedRow, ServiceRequest
from cityhall.apps.service_requests.services import loading
from cityhall.apps.service_requests.services.category_packs import reapply
from cityhall.apps.service_requests.services.indexes import set_aside
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.errors import NotAllowed

BATCH = 5_000
_SAMPLE = 500
IMPORTED, UPDATED, UNCHANGED, QUARANTINED = "imported", "updated", "unchanged", "quarantined"

Progress = Callable[[int, float], None]
"""Told after each batch: rows so far, and how much of the file was read (0 to 1)."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did; under `dry_run`, what it would do. The four outcomes add up to `rows`.

    Args:
        reasons: how many rows were put aside, by reason code.
        made: codes of the categories that had to be made.
        linked: rows that became duplicates of another.
    """

    profile: str
    rows: int
    imported: int
    updated: int
    unchanged: int
    quarantined: int
    seconds: float
    reasons: Mapping[str, int] = field(default_factory=dict)
    made: tuple[str, ...] = ()
    linked: int = 0


def import_file(
    path: Path,
    *,
    actor: Actor,
    profile: str = "",
    dry_run: bool = False,
    as_of: date | None = None,
    quarantine: Path | None = None,
    open_for_filing: bool = False,
    batch: int = BATCH,
    progress: Progress | None = None,
) -> Report:
    """Import a file of another system's requests.

    Every batch is one transaction, with one event and one audit entry: an import that was broken off is simply started
    again, and what is there already is unchanged.

    Args:
        profile: a shipped profile's name or the path of a TOML file; "" recognises the file by its columns.
        dry_run: read and count everything, write nothing.
        as_of: the day, where the source's clocks stand, that a source without dates is from; the moment of the import
            when not given.
        quarantine: where to write the rows that could not be used.
        open_for_filing: let residents file under the categories that had to be made.
        batch: rows in a transaction; the first has 500 at most.

    Raises:
        Unusable: the file or profile cannot be used at all, or `as_of` is in the future; nothing was written.
        NotAllowed: the actor may not configure requests.
    """
    if not actor.may("requests.configure"):
        raise NotAllowed("Your account may not import requests. Ask your administrator for access.")
    chosen = named(profile) if profile else None
    size = max(1, path.stat().st_size) if path.is_file() else 1
    with open_file(path) as opened:
        sample = list(islice(opened.rows, _SAMPLE))
        found = chosen or recognise(shipped().values(), opened.kind, sample)
        started = clock.now()
        made = _made(as_of, found) if as_of is not None else started
        normaliser = Normaliser(found, sample, inside=places.boundary_test(), now=started)
        with _alone(found.source_system, dry_run), seldom_collecting(), short_turns(), ExitStack() as indexes:
            one = _Import(found, actor, path.name, dry_run, made, open_for_filing, quarantine, sample)
            clocked = time.perf_counter()
            if not dry_run:
                indexes.enter_context(set_aside(_coming(sample, size)))
            with Ahead(chain(sample, opened.rows), normaliser, batch, one.foresee) as batches:
                for items, draft in batches:
                    one.take(items, draft, batches.begin)
                    if progress is not None:
                        progress(one.counts.total(), min(1.0, opened.position() / size))
            indexes.close()
            return one.finish(batch, time.perf_counter() - clocked)


def _made(day: date, profile: Profile) -> datetime:
    """Return the beginning of a day where the source's clocks stand. Raises Unusable for one that is to come."""
    if day > clock.now().astimezone(profile.zone).date():
        raise Unusable(f"The file cannot be from {day:%Y-%m-%d}, which is in the future. Give --as-of another day.")
    return datetime.combine(day, hour.min, profile.zone)


def _coming(sample: Sequence[Row], size: int) -> int:
    """Return about how many rows a file has; fewer, where it is packed."""
    length = sum(len(text) + 1 for row in sample for text in row.values.values())
    return size * len(sample) // max(1, length)


@contextmanager
def _alone(source_system: str, dry_run: bool) -> Iterator[None]:
    """Keep a second import of the same source out: both would take the same rows for new."""
    if dry_run:
        yield
        return
    key = f"import:{source_system}"
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
        if not cursor.fetchone()[0]:
            raise Unusable(
                f"Another import of {source_system} is running. Wait for its end, then start this one again."
            )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", [key])


class _Import:
    """The state of one import: what was counted, what the file has said so far."""

    def __init__(
        self,
        profile: Profile,
        actor: Actor,
        filename: str,
        dry_run: bool,
        as_of: datetime,
        open_for_filing: bool,
        quarantine: Path | None,
        sample: Sequence[Row],
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._linked = 0
        self._profile = profile
        self._actor = actor
        self._as_of = as_of
        self._all_new = False
        self._seen = Seen()
        self._back = HandedBack(quarantine) if quarantine is not None else None
        if self._back is not None and sample:
            self._back.expect(sample[0].values)
        self._run: ImportRun | None = None
        self._run_id: uuid.UUID | None = None
        self._categories: Categories | None = None
        if not dry_run:
            self._run = ImportRun.objects.create(profile=profile.name, filename=filename[:255], started_at=clock.now())
            self._run_id = self._run.id
            self._categories = Categories(profile, open_for_filing=open_for_filing)
            self._loader = loading.make_loader(
                actor=actor, source_system=profile.source_system, run=self._run, links=True
            )

    def foresee(self, items: Items) -> loading.Draft | None:
        """Prepare the requests of a batch, should all of it be new, as the batch before was; the database is not asked.

        None where that is not to be expected, or not known before the database was asked.
        """
        if not self._all_new or self._categories is None or self._profile.own:
            return None
        read = [(found, fingerprint) for _, found, fingerprint in items if isinstance(found, Record)]
        codes = self._categories.known([record for record, _ in read])
        if codes is None or not self._loader.categories.keys() >= set(codes):
            return None
        return self._loader.draft(self._new(read, codes))

    def take(self, items: Items, draft: loading.Draft | None, at_work: Callable[[], None]) -> None:
        """Deal with one batch, in one transaction; `at_work` is called once all that is left is to wait for it.

        Args:
            draft: what `foresee` made of it.
        """
        with transaction.atomic():
            _without_waiting()
            new: list[tuple[Record, str]] = []
            changed: list[tuple[Record, str, uuid.UUID]] = []
            aside: list[tuple[Row, Trouble]] = []
            said: dict[str, tuple[Record, str]] = {}
            counts = self._sort(items, new, changed, aside, said)
            self._all_new = bool(new) and len(new) + len(aside) == len(items)
            linked: Collection[str] = ()
            if not new:
                at_work()
            if self._run is not None and self._categories is not None:
                linked = self._write(new, changed, draft, self._categories, at_work)
                self._put_aside(self._run, aside)
                self._count(self._run, counts)
            self._remember(said, new, linked)
        self.counts.update(counts)
        for row, trouble in aside:
            self._reasons[trouble.code] += 1
            if self._back is not None:
                self._back.add(row, trouble)

    def finish(self, batch: int, seconds: float) -> Report:
        """Link duplicates, close the run and report."""
        if self._run is not None:
            started = time.perf_counter()
            self._linked += link(self._seen, self._profile.source_system, actor=self._actor, batch=batch)
            self._run.ended_at = clock.now()
            self._run.save(update_fields=["ended_at"])
            seconds += time.perf_counter() - started
        self._seen.forget()
        if self._back is not None:
            self._back.finish()
        return Report(
            profile=self._profile.name,
            rows=self.counts.total(),
            imported=self.counts[IMPORTED],
            updated=self.counts[UPDATED],
            unchanged=self.counts[UNCHANGED],
            quarantined=self.counts[QUARANTINED],
            seconds=round(seconds, 3),
            reasons=dict(self._reasons.most_common()),
            made=tuple(self._categories.made) if self._categories is not None else (),
            linked=self._linked,
        )

    def _sort(
        self,
        items: Items,
        new: list[tuple[Record, str]],
        changed: list[tuple[Record, str, uuid.UUID]],
        aside: list[tuple[Row, Trouble]],
        first: dict[str, tuple[Record, str]],
    ) -> Counter[str]:
        """Say of each row whether it is new, changed, unchanged or unusable, and which said something first."""
        unchanged = 0
        read = [(found, fingerprint) for _, found, fingerprint in items if isinstance(found, Record)]
        by_name = {one[0].external_id: one for one in read}
        names = by_name.keys()
        said = self._seen.find(names)
        known = of_source(self._profile.source_system, names)
        said.update({name: row_hash for name, (row_hash, _, run_id) in known.items() if run_id == self._run_id})
        ours = of_this_city(names)
        if not (said or known or ours) and len(names) == len(read):  # as of most of a first import
            new += read
            first |= by_name
            aside += [(row, found) for row, found, _ in items if isinstance(found, Trouble)]
            return Counter({IMPORTED: len(new), QUARANTINED: len(aside)})
        for row, found, fingerprint in items:
            if isinstance(found, Trouble):
                aside.append((row, found))
                continue
            name = found.external_id
            before = said.get(name)
            if before is not None:
                if before == fingerprint:
                    unchanged += 1
                else:
                    aside.append((row, Trouble("duplicate_id", REASONS["duplicate_id"])))
                continue
            said[name] = fingerprint
            first[name] = found, fingerprint
            if name in known:
                row_hash, request_id, _ = known[name]
                if row_hash == fingerprint or self._profile.partial:
                    unchanged += 1
                else:
                    changed.append((found, fingerprint, request_id))
            elif ours and (closed := is_closed_here(ours, found)) is not None:
                if closed == (found.state == State.CLOSED):
                    unchanged += 1
                else:
                    aside.append((row, Trouble("own_record_differs", REASONS["own_record_differs"])))
            else:
                new.append((found, fingerprint))
        return Counter({IMPORTED: len(new), UPDATED: len(changed), UNCHANGED: unchanged, QUARANTINED: len(aside)})

    def _remember(
        self,
        said: Mapping[str, tuple[Record, str]],
        new: Sequence[tuple[Record, str]],
        linked: Collection[str],
    ) -> None:
        """Keep what the rows said that were not written, and whom those repeat that are not linked yet."""
        written = {record.external_id for record, _ in new} if self._run is not None else set()
        self._seen.add({name: fingerprint for name, (_, fingerprint) in said.items() if name not in written})
        self._seen.repeat({name: one.parent for name, (one, _) in said.items() if one.parent and name not in linked})
        self._linked += len(linked)

    def _write(
        self,
        new: Sequence[tuple[Record, str]],
        changed: Sequence[tuple[Record, str, uuid.UUID]],
        draft: loading.Draft | None,
        categories: Categories,
        at_work: Callable[[], None],
    ) -> Collection[str]:
        """Hand the batch to the room's loader, which leaves its one event and audit entry; return what it linked."""
        undated = [request_id for record, _, request_id in changed if record.requested_at is None]
        made = dict(ServiceRequest.objects.filter(id__in=undated).values_list("id", "requested_at")) if undated else {}
        requests: Sequence[LoadedRequest] = ()
        if draft is None or len(draft.requests) != len(new):  # else it is of the same rows: of all that were read
            draft = None
            added = [record for record, _ in new]
            own = free_names(added) if self._profile.own else None
            requests = self._new(new, categories.of_all(added), own)
        again = self._loaded(
            records := [record for record, _, _ in changed],
            [fingerprint for _, fingerprint, _ in changed],
            categories.of_all(records),
            [made.get(request_id, self._as_of) for _, _, request_id in changed],
        )
        self._tighten(categories)
        if draft is not None or requests or again:
            self._loader.batch(again, new=draft or self._loader.draft(requests), at_work=at_work)
        return self._loader.linked

    def _new(
        self,
        read: Sequence[tuple[Record, str]],
        codes: Sequence[str],
        own: Sequence[tuple[int | None, uuid.UUID | None]] | None = None,
    ) -> list[LoadedRequest]:
        return self._loaded(
            [record for record, _ in read],
            [fingerprint for _, fingerprint in read],
            codes,
            [self._as_of] * len(read),
            own,
        )

    def _tighten(self, categories: Categories) -> None:
        """Show less of what was loaded before, where this batch says that its category shows less."""
        for code in categories.tightened:
            self._loader.categories.pop(code, None)
            reapply(Category.objects.get(code=code))
        categories.tightened.clear()

    def _loaded(
        self,
        records: Sequence[Record],
        fingerprints: Sequence[str],
        codes: Sequence[str],
        as_of: Sequence[datetime],
        own: Sequence[tuple[int | None, uuid.UUID | None]] | None = None,
    ) -> list[LoadedRequest]:
        return loaded(
            records,
            fingerprints,
            category_codes=codes,
            as_of=as_of,
            own=own or [(None, None)] * len(records),
            profile=self._profile,
            actor=self._actor,
        )

    def _put_aside(self, run: ImportRun, aside: Sequence[tuple[Row, Trouble]]) -> None:
        QuarantinedRow.objects.bulk_create(
            QuarantinedRow(
                run=run,
                row_number=row.number,
                reason_code=trouble.code,
                reason=_storable(trouble.sentence)[:500],
                row={_storable(column): _storable(text) for column, text in row.values.items()},
            )
            for row, trouble in aside
        )

    def _count(self, run: ImportRun, counts: Counter[str]) -> None:
        """Keep the run's own numbers."""
        run.rows += counts.total()
        for outcome in (IMPORTED, UPDATED, UNCHANGED, QUARANTINED):
            setattr(run, outcome, getattr(run, outcome) + counts[outcome])
        run.save(update_fields=["rows", IMPORTED, UPDATED, UNCHANGED, QUARANTINED])


def _without_waiting() -> None:
    """Let this transaction's end not wait for the disk: whatever commits next does, for this one too.

    Should the machine go down before, the batch is not there at all, and the import is started again.
    """
    with connection.cursor() as cursor:
        cursor.execute("set local synchronous_commit = off")


def _storable(text: str) -> str:
    """Return text PostgreSQL can hold: without NUL and lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
