"""Recall: a snapshot that shows what it should not is gone from every address at once, then from the disk.

One transaction takes it away from readers and leaves the public notice; the files follow. Whatever is killed in between
is finished by the next `tidy`, which the worker runs every few minutes.
"""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Collection, Sequence
from pathlib import Path

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import PUBLISH, Contract, Recalled
from cityhall.apps.opendata.models import Dataset, Snapshot
from cityhall.apps.opendata.rules import contract_files
from cityhall.apps.opendata.services import telling
from cityhall.apps.opendata.services.making import clear_left
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.django.permissions import need
from cityhall.kernel.errors import Invalid, NotFound
from cityhall.kernel.snapshots import CHANGES_FILE

_LONGEST_REASON = 500
_LEFT_BEHIND_SECONDS = 120


def recall(name: str, *, actor: Actor, reason: str, snapshots: Collection[int] = (), column: str = "") -> Recalled:
    """Take snapshots away for good, by their numbers or by a column they hold.

    The newest one left becomes the one readers see; when none is left, the dataset is withdrawn. A recalled column is
    in no later snapshot either, until a contract publishes it again.

    Args:
        name: of the dataset, or its 4x4.
        reason: the public notice; it says why, and nothing of what leaked.

    Raises:
        NotAllowed: without "opendata.publish".
        NotFound: no such dataset.
        Invalid: by field: reason, snapshots.
    """
    need(actor, PUBLISH)
    reason = reason.strip()
    if not 0 < len(reason) <= _LONGEST_REASON:
        raise Invalid({"reason": _("Say why in at most 500 characters. Everybody can read it.")})
    with transaction.atomic():
        dataset = Dataset.objects.select_for_update().filter(Q(name=name) | Q(code=name)).first()
        if dataset is None:
            raise NotFound(_("There is no such dataset."))
        leaking = _leaking(dataset, snapshots, column)
        now = clock.now()
        numbers = tuple(sorted(one.number for one in leaking))
        Snapshot.objects.filter(id__in=[one.id for one in leaking]).update(
            recalled_at=now, recall_reason=reason, facts={}, parts={}
        )
        if dataset.current_id in {one.id for one in leaking}:
            dataset.current = dataset.snapshots.filter(recalled_at=None).order_by("-number").first()
            dataset.returned_at = now
        if column:
            dataset.contract = _without(dataset.contract, column)
        dataset.save(update_fields=["current", "returned_at", "contract"])
        audit.record(
            actor, "opendata.recalled", subject_kind="dataset", subject_id=dataset.id,
            data={"name": dataset.name, "snapshots": list(numbers), "column": column},
        )  # fmt: skip
        telling.tell_of_recall(dataset, numbers, reason)
    tidy(dataset.id)
    return Recalled(dataset.code, dataset.name, numbers, dataset.current.number if dataset.current else None)


def _leaking(dataset: Dataset, numbers: Collection[int], column: str) -> Sequence[Snapshot]:
    there = list(dataset.snapshots.filter(recalled_at=None))
    if bool(numbers) == bool(column):
        raise Invalid({"snapshots": _("Name snapshots or a column to recall.")})
    if column:
        found = [one for one in there if column in _published(one.contract)]
        if not found:
            raise Invalid({"snapshots": _("No snapshot that can be read holds this column.")})
        return found
    found = [one for one in there if one.number in set(numbers)]
    missing = sorted(set(numbers) - {one.number for one in found})
    if missing:
        said = _("There is no such snapshot to recall: %(numbers)s.")
        raise Invalid({"snapshots": said % {"numbers": ", ".join(map(str, missing))}})
    return found


def _published(contract: dict[str, object]) -> set[str]:
    return {one.name for one in contract_files.kept(contract).columns if one.publish}


def without_recalled(contract: Contract, dataset: Dataset) -> Contract:
    """Return a contract that keeps back what was recalled by column from a dataset and is kept back there since."""
    back = {one.name for one in contract_files.kept(dataset.contract).columns if not one.publish}
    terms = contract_files.to_keep(contract)
    for snapshot in dataset.snapshots.exclude(recalled_at=None):
        for column in sorted(back & _published(snapshot.contract)):
            terms = _without(terms, column)
    return contract_files.kept(terms)


def _without(contract: dict[str, object], column: str) -> dict[str, object]:
    """Return a contract that keeps a column back."""
    columns = [
        {**one, "publish": False} if one["name"] == column else one
        for one in contract["columns"]  # type: ignore[attr-defined]
    ]
    key = [one for one in contract["key"] if one != column]  # type: ignore[attr-defined]
    rare = [
        {**one, "columns": [name for name in one["columns"] if name != column]}
        for one in contract.get("suppress", [])  # type: ignore[attr-defined]
    ]
    return {**contract, "columns": columns, "key": key, "suppress": [one for one in rare if one["columns"]]}


def tidy_all() -> int:
    """Remove the files that no snapshot owns, of every dataset, and what killed writers left; return how many folders
    of datasets went.
    """
    clear_left()
    return sum(tidy(dataset_id) for dataset_id in Dataset.objects.values_list("id", flat=True))


def tidy(dataset_id: uuid.UUID) -> int:
    """Remove the files of snapshots that were recalled, and what killed runs left; return how many folders went.

    A reader that has a file open reads it to its end, which its deadline sets.
    """
    home = queries.home_of(dataset_id)
    if not home.is_dir():
        return 0
    with transaction.atomic():
        # Who publishes moves its folder here while it holds the same lock, and its row is there when it lets go.
        current = Dataset.objects.select_for_update(of=("self",)).select_related("current").get(id=dataset_id).current
        rows = dict(Snapshot.objects.filter(dataset_id=dataset_id).values_list("number", "recalled_at"))
        readable = {number for number, recalled_at in rows.items() if recalled_at is None}
        doomed = [place for place in home.iterdir() if place.name.isdecimal() and int(place.name) not in readable]
        for place in doomed:
            _erase(place)
        for number in readable:
            _tidy_files(
                queries.files_of(dataset_id, number), is_current=current is not None and current.number == number
            )
            if rows.get(number - 1) is not None:
                # What changed since the recalled one names its rows by hashes of what they held.
                (home / str(number) / CHANGES_FILE).unlink(missing_ok=True)
                _last(home / str(number))
        _tidy_changes(queries.changes_of(dataset_id), readable)
        _last(home)
    return len(doomed)


def _tidy_files(folder: Path, *, is_current: bool) -> None:
    """Remove whole files of a snapshot that is in force no more, and what was being made when a run was killed."""
    if not folder.is_dir():
        return
    if not is_current:
        _erase(folder)
        return
    for place in folder.glob("making-*"):
        if time.time() - place.stat().st_mtime > _LEFT_BEHIND_SECONDS:
            place.unlink(missing_ok=True)


def _tidy_changes(folder: Path, readable: Collection[int]) -> None:
    """Remove what differs from a snapshot that is gone, and what killed comparisons left."""
    if not folder.is_dir():
        return
    for place in folder.iterdir():
        if place.suffix == ".duckdb":
            if not {int(number) for number in place.stem.split("-")} <= set(readable):
                place.unlink(missing_ok=True)
        elif time.time() - place.stat().st_mtime > _LEFT_BEHIND_SECONDS:
            _erase(place)
    _last(folder)


def _erase(place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)


def _last(folder: Path) -> None:
    """See that what was done in a folder is on the disk."""
    if not folder.is_dir():
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
