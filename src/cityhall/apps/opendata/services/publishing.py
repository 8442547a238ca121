"""Publishing: a file becomes a snapshot that readers see all at once, or a refusal with its reasons.

Whatever happens on the way, the last good snapshot stays up: files are written in a folder of their own, and one
transaction moves it to its place and points the dataset to it.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from cityhall.apps.opendata import queries, rules
from cityhall.apps.opendata.contracts import PUBLISH, Contract, Published, Refused
from cityhall.apps.opendata.models import Dataset, Run, Snapshot
from cityhall.apps.opendata.rules import contract_files, guessing
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.django.permissions import need
from cityhall.kernel.errors import Invalid, Stale
from cityhall.kernel.ids import new_id
from cityhall.kernel.snapshots import (
    Sample,
    SnapshotColumn,
    SnapshotJob,
    SnapshotWritten,
    UnreadableFile,
    snapshot_writer,
)

#: Types are guessed from so many rows.
_SAMPLED = 5000
_LEFT_BEHIND_SECONDS = 24 * 3600


def publish_file(
    file: Path,
    *,
    actor: Actor,
    contract: Contract | None = None,
    name: str = "",
    progress: Callable[[str], None] = lambda _what: None,
) -> Published:
    """Publish a CSV file as a dataset, new or anew.

    Args:
        contract: how; without one the dataset's own, or for a new dataset one guessed from the file.
        name: of the dataset; the contract's or else the file's when left out.

    Raises:
        NotAllowed: without "opendata.publish".
        Invalid: field "file": it is no table.
        Refused: it would break the contract; what was published before stays up.
        Stale: somebody else published this dataset meanwhile.
    """
    need(actor, PUBLISH)
    began, started_at = time.monotonic(), clock.now()
    sample = _sample(file)
    name = (
        rules.dataset_name(name) if name else contract.name if contract else rules.dataset_name(file.name.split(".")[0])
    )
    dataset = Dataset.objects.select_related("current").filter(name=name).first()
    if contract is None:
        contract = contract_files.kept(dataset.contract) if dataset else guessing.guessed(name, sample)
    if dataset is None:
        dataset = _new(name, contract)
    making = _place_to_write()
    try:
        reasons = _missing(contract, sample)
        written = None if reasons else _written(file, making, contract, dataset, progress)
        if written is not None:
            reasons = rules.refusals(contract, written, dataset.current.rows if dataset.current else None)
        if reasons or written is None:
            Run.objects.create(dataset=dataset, started_at=started_at, ended_at=clock.now(), reasons=list(reasons))
            raise Refused(reasons)
        snapshot, is_new = _switch(dataset, contract, written, making, actor)
        Run.objects.create(
            dataset=dataset, started_at=started_at, ended_at=clock.now(), snapshot=snapshot,
            reasons=[f"{many} × {why}" for why, many in written.reasons.items()],
        )  # fmt: skip
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return Published(
        id=dataset.code, resource_id=dataset.id, snapshot=snapshot.number, rows=written.rows,
        quarantined=written.quarantined, seconds=round(time.monotonic() - began, 3), reasons=written.reasons,
        is_new=is_new,
    )  # fmt: skip


def _sample(file: Path) -> Sample:
    try:
        return snapshot_writer.get().sample(file, _SAMPLED)
    except UnreadableFile as problem:
        raise Invalid({"file": _("%(file)s is no table: %(why)s.") % {"file": file.name, "why": problem}}) from problem


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


def _place_to_write() -> Path:
    """Return an empty folder beside the snapshots, and clear away what killed runs left."""
    making = queries.folder() / "making"
    making.mkdir(parents=True, exist_ok=True)
    for old in making.iterdir():
        if time.time() - old.stat().st_mtime > _LEFT_BEHIND_SECONDS:
            shutil.rmtree(old, ignore_errors=True)
    place = making / str(new_id())
    place.mkdir()
    return place


def _missing(contract: Contract, sample: Sample) -> list[str]:
    """Return a reason for each published column whose heading the file lacks."""
    there = set(sample.headings)
    return [
        f"The file has no column “{one.source}”." for one in contract.columns if one.publish and one.source not in there
    ]


def _written(
    file: Path, making: Path, contract: Contract, dataset: Dataset, progress: Callable[[str], None]
) -> SnapshotWritten:
    columns = tuple(
        SnapshotColumn(one.name, one.source, one.type, one.required, one.choices, one.least, one.most)
        for one in contract.columns
        if one.publish
    )
    before = queries.folder_of(dataset.current) if dataset.current else None
    if before is not None and not before.is_dir():
        before = None  # the files were lost: everything counts as new
    job = SnapshotJob(file, making, columns, contract.key, before, clock.now().astimezone(UTC))
    try:
        return snapshot_writer.get().write(job, progress)
    except UnreadableFile as problem:
        raise Invalid({"file": _("%(file)s is no table: %(why)s.") % {"file": file.name, "why": problem}}) from problem


def _switch(
    dataset: Dataset, contract: Contract, written: SnapshotWritten, making: Path, actor: Actor
) -> tuple[Snapshot, bool]:
    """Move the files to their place and let readers see them, in one transaction."""
    kept = contract_files.to_keep(contract)
    with transaction.atomic():
        locked = Dataset.objects.select_for_update(of=("self",)).select_related("current").get(id=dataset.id)
        if locked.current_id != dataset.current_id:
            raise Stale(_("Somebody else published this dataset meanwhile. Run it again."), current=0)
        now, current = clock.now(), locked.current
        if (
            current is not None
            and _is_same(written)
            and locked.contract == kept
            and queries.folder_of(current).is_dir()
        ):
            current.checked_at = now
            current.save(update_fields=["checked_at"])
            return current, False
        snapshot = Snapshot.objects.create(
            dataset=locked, number=current.number + 1 if current else 1, published_at=now, checked_at=now,
            rows=written.rows, quarantined=written.quarantined, added=written.added, changed=written.changed,
            removed=written.removed, size=written.size, parts=dict(written.parts),
            facts={name: [facts.nulls, facts.distinct] for name, facts in written.facts.items()},
        )  # fmt: skip
        locked.current, locked.contract = snapshot, kept
        locked.save(update_fields=["current", "contract"])
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
