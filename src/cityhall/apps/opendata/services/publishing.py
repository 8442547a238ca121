"""Publishing: a file becomes a snapshot that readers see all at once, or a refusal with its reasons.

Whatever happens on the way, the last good snapshot stays up: files are written in a folder of their own, and one
transaction moves it to its place and points the dataset to it.
"""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cityhall.apps.opendata import queries, rules
from cityhall.apps.opendata.contracts import PUBLISH, Contract, Published, Reason, Refused, Transform, Why
from cityhall.apps.opendata.models import Dataset, Run, Snapshot
from cityhall.apps.opendata.rules import contract_files, guessing, looking
from cityhall.apps.opendata.rules.closing import closing_rows
from cityhall.apps.opendata.services import wording
from cityhall.apps.opendata.services.columns import lacking, snapshot_columns
from cityhall.apps.opendata.services.making import place_to_write
from cityhall.apps.places import public as places
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit, disk
from cityhall.kernel.django.permissions import need
from cityhall.kernel.django.translated import say
from cityhall.kernel.errors import Invalid, Stale
from cityhall.kernel.snapshots import (
    QUARANTINE_FILE,
    Kept,
    Sample,
    SnapshotJob,
    SnapshotWritten,
    UnreadableFile,
    snapshot_writer,
)
from cityhall.kernel.told import Told

#: Types are guessed from so many rows.
_SAMPLED = 5000


@dataclass(frozen=True, slots=True)
class Beside:
    """Rows of a dataset's snapshot that stay. `snapshot` is its id: when another is in force, nothing is published."""

    snapshot: uuid.UUID
    rows: Kept


def publish_file(
    file: Path,
    *,
    actor: Actor,
    contract: Contract | None = None,
    name: str = "",
    is_careful: bool = True,
    is_live: bool = False,
    beside: Beside | None = None,
    started_at: datetime | None = None,
    progress: Callable[[str], None] = lambda _what: None,
    aside: Path | None = None,
) -> Published:
    """Publish a CSV file as a dataset, new or anew.

    Args:
        contract: how; without one the dataset's own, or for a new dataset one guessed from the file.
        name: of the dataset; the contract's or else the file's when left out.
        is_careful: whether a guessed contract keeps back what looks as if it were about people.
        is_live: whether this is one of the city's own live datasets, whose names no file can have.
        beside: what stays published beside the file's rows.
        started_at: when the file was begun to be written; now when left out.
        aside: where the list of the rows that cannot be used is put when the run is refused.

    Raises:
        NotAllowed: without "opendata.publish".
        Invalid: field "file": it is no table, or all of it looks as if it were about people; field "name": it is a live
            dataset's, or the dataset has a contract already and `is_careful` is False.
        Refused: it would break the contract; what was published before stays up.
        Stale: somebody else published this dataset meanwhile.
    """
    need(actor, PUBLISH)
    began, started_at = time.monotonic(), started_at or clock.now()
    sample = _sample(file)
    name = (
        rules.dataset_name(name) if name else contract.name if contract else rules.dataset_name(file.name.split(".")[0])
    )
    if not is_live:
        wording.refuse_live_name(name)
    dataset = Dataset.objects.select_related("current").filter(name=name).first()
    if beside is not None and (dataset is None or dataset.current_id != beside.snapshot):
        raise _stale()
    guarded: Mapping[str, Transform] = {}
    if contract is None:
        contract, guarded = _without_contract(dataset, name, sample, is_careful=is_careful)
    if dataset is None:
        dataset = _new(name, contract)
    with _refusal_noted(dataset, started_at), place_to_write() as making:
        reasons = [*rules.surprises(contract, sample.headings), *lacking(contract)]
        written = None if reasons else _written(file, making, contract, dataset, sample, beside, progress)
        if written is not None:
            before = dataset.current.rows if dataset.current else None
            reasons = rules.refusals(contract, written, before, wall_clock())
        if reasons or written is None:
            if aside is not None and written is not None:
                shutil.copyfile(making / QUARANTINE_FILE, aside)
            raise Refused(reasons)
        snapshot, is_new = _switch(dataset, contract, written, making, actor)
    aside_for = [Reason(Why.ASIDE, {"many": many, "why": why}) for why, many in written.reasons.items()]
    _note(dataset, started_at, aside_for, snapshot)
    return Published(
        id=dataset.code, resource_id=dataset.id, snapshot=snapshot.number, rows=written.rows,
        quarantined=written.quarantined, seconds=round(time.monotonic() - began, 3), reasons=written.reasons,
        is_new=is_new, guarded=guarded, closing=closing_rows(sample) if len(sample.rows) < _SAMPLED else (),
    )  # fmt: skip


@contextmanager
def _refusal_noted(dataset: Dataset, started_at: datetime) -> Iterator[None]:
    """Keep why a run is refused; a disk that is full refuses it, too."""
    try:
        yield
    except Refused as refused:
        _note(dataset, started_at, refused.told)
        raise
    except OSError as problem:
        if not disk.is_full(problem):
            raise
        full = Refused([Reason(Why.NO_ROOM)])
        _note(dataset, started_at, full.told)
        raise full from problem


def _note(dataset: Dataset, started_at: datetime, reasons: Sequence[Reason], snapshot: Snapshot | None = None) -> None:
    """Keep what became of a run."""
    told = [one.to_keep() for one in reasons]
    Run.objects.create(dataset=dataset, started_at=started_at, ended_at=clock.now(), snapshot=snapshot, reasons=told)


def _without_contract(
    dataset: Dataset | None, name: str, sample: Sample, *, is_careful: bool
) -> tuple[Contract, Mapping[str, Transform]]:
    """Return a dataset's own contract; while nothing of it was ever published, one guessed from the file."""
    if dataset is not None and dataset.snapshots.exists():
        if not is_careful:
            told = _("%(name)s is published already, by a contract of its own. Say in a contract what it should show.")
            raise Invalid({"name": told % {"name": name}})
        return contract_files.kept(dataset.contract), {}
    plain = guessing.guessed(name, sample)
    if not is_careful:
        return plain, {}
    contract = looking.careful(plain, sample)
    if not any(one.publish for one in contract.columns):
        told = _("Every column looks as if it were about people. Say in a contract what may be published.")
        raise Invalid({"file": told})
    changed = zip(plain.columns, contract.columns, strict=True)
    return contract, {one.source: other.transform for one, other in changed if one != other}


def _stale() -> Stale:
    return Stale(_("Somebody else published this dataset meanwhile. Run it again."), current=0)


def _sample(file: Path) -> Sample:
    try:
        return snapshot_writer.get().sample(file, _SAMPLED)
    except UnreadableFile as problem:
        raise Invalid(
            {"file": _("%(file)s is no table: %(why)s.") % {"file": file.name, "why": say(Told.by(problem))}}
        ) from problem


def _new(name: str, contract: Contract) -> Dataset:
    """Make the dataset's row. Until its first snapshot is there, nobody sees it."""
    while True:
        made = Dataset(
            name=name, code=rules.new_code(), contract=contract_files.to_keep(contract), created_at=clock.now()
        )
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:
            there = Dataset.objects.select_related("current").filter(name=name).first()
            if there is not None:
                return there
            continue  # another dataset has this code by chance
        return made


def wall_clock() -> datetime:
    """Return what the clocks in the city show, as times in files are."""
    return places.local(clock.now()).replace(tzinfo=None)


def _written(
    file: Path, making: Path, contract: Contract, dataset: Dataset, sample: Sample, beside: Beside | None,
    progress: Callable[[str], None],
) -> SnapshotWritten:  # fmt: skip
    before = queries.folder_of(dataset.current) if dataset.current else None
    if before is not None and not before.is_dir():
        before = None  # the files were lost: everything counts as new
    if beside is not None and before is None:
        raise _stale()
    job = SnapshotJob(
        file, making, snapshot_columns(contract, sample.headings, clock.now()), contract.key, before,
        clock.now().astimezone(UTC), contract.suppress, beside.rows if beside else None,
    )  # fmt: skip
    try:
        return snapshot_writer.get().write(job, progress)
    except UnreadableFile as problem:
        raise Invalid(
            {"file": _("%(file)s is no table: %(why)s.") % {"file": file.name, "why": say(Told.by(problem))}}
        ) from problem


def _switch(
    dataset: Dataset, contract: Contract, written: SnapshotWritten, making: Path, actor: Actor
) -> tuple[Snapshot, bool]:
    """Move the files to their place and let readers see them, in one transaction."""
    kept = contract_files.to_keep(contract)
    with transaction.atomic():
        there = Dataset.objects.select_for_update(of=("self",)).select_related("current")
        locked = there.filter(id=dataset.id).first()
        if locked is None or locked.current_id != dataset.current_id:
            raise _stale()
        now, current = clock.now(), locked.current
        if (
            current is not None
            and _is_same(written)
            and contract_files.kept(locked.contract) == contract
            and queries.folder_of(current).is_dir()
            # Rows written whole take the place of a base and its delta: what counts no more is then gone from the disk.
            and (queries.has_delta(making) or not queries.has_delta(queries.folder_of(current)))
        ):
            current.checked_at = now
            current.save(update_fields=["checked_at"])
            return current, False
        snapshot = Snapshot.objects.create(
            dataset=locked, number=queries.newest_number(locked.id) + 1, published_at=now, checked_at=now,
            contract=kept,
            rows=written.rows, quarantined=written.quarantined, added=written.added, changed=written.changed,
            removed=written.removed, size=written.size, parts=dict(written.parts),
            facts={name: [facts.nulls, facts.distinct] for name, facts in written.facts.items()},
        )  # fmt: skip
        locked.current, locked.contract, locked.returned_at = snapshot, kept, None
        locked.save(update_fields=["current", "contract", "returned_at"])
        audit.record(
            actor, "opendata.published", subject_kind="dataset", subject_id=locked.id,
            data={"name": locked.name, "snapshot": snapshot.number, "rows": written.rows, "aside": written.quarantined},
        )  # fmt: skip
        _move(making, queries.folder_of(snapshot))
    return snapshot, True


def _is_same(written: SnapshotWritten) -> bool:
    return not (written.added or written.changed or written.removed)


def _move(making: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    # A run that was killed after moving and before it committed left this; no row knows it.
    shutil.rmtree(place, ignore_errors=True)
    making.rename(place)
    handle = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
