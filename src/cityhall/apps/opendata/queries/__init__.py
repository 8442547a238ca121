"""Reads of the opendata room: the catalogue, a dataset as it is or was, its history, and where its rows lie."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import JSONField, Max, Window
from django.db.models.functions import Lag
from django.utils.translation import gettext_lazy as _

from cityhall.apps.opendata import rules
from cityhall.apps.opendata.contracts import (
    ColumnInfo,
    ColumnTerms,
    Contract,
    DatasetInfo,
    History,
    News,
    Reason,
    RefusedRun,
    SourceInfo,
    Trouble,
    Version,
)
from cityhall.apps.opendata.models import Dataset, Look, Run, Snapshot
from cityhall.apps.opendata.queries import own
from cityhall.apps.opendata.rules import contract_files
from cityhall.kernel import clock, offers
from cityhall.kernel.analytics.columns import Column
from cityhall.kernel.analytics.port import Delta, SnapshotSource
from cityhall.kernel.django import dates
from cityhall.kernel.django.reading import read
from cityhall.kernel.errors import Gone, NotFound
from cityhall.kernel.snapshots import DELTA_FILE, GONE_FILE, PART_PREFIX, QUERY_FILE
from cityhall.kernel.told import Told

_REFUSED_RUNS = 20


def datasets() -> list[DatasetInfo]:
    """Return what is published, the newest first."""
    now = clock.now()
    found = Dataset.objects.filter(current__isnull=False).select_related("current").order_by("-current__published_at")
    return [own.with_terms(_told(row, row.current, now)) for row in found if row.current is not None]


def opened(code: str, number: int | None = None) -> tuple[DatasetInfo, SnapshotSource]:
    """Return the dataset of a 4x4 and where its rows lie, as it is or as it was in one of its snapshots.

    Raises NotFound, Gone.
    """
    if number is None:
        kept = _in_force(code)
        told = own.with_terms(kept.told)
        now = rules.freshness(told.fresh_within, told.checked_at, clock.now())
        return (told if told.freshness is now else replace(told, freshness=now)), kept.source
    row, snapshot = _found(code, number)
    source = _source(terms_of(row, snapshot).columns, folder_of(snapshot))
    return own.with_terms(_told(row, snapshot, clock.now())), source


def dataset(code: str, number: int | None = None) -> DatasetInfo:
    """Return the dataset of a 4x4 as it is, or as it was in one of its snapshots. Raises NotFound, Gone."""
    return opened(code, number)[0]


def source_of(code: str, number: int | None = None) -> SnapshotSource:
    """Return where a snapshot's rows lie; of the one in force without a number. Raises NotFound, Gone."""
    return opened(code, number)[1]


def _source(columns: Iterable[ColumnInfo | ColumnTerms], place: Path) -> SnapshotSource:
    known = tuple(Column(one.name, one.type.kept_as) for one in columns)
    parts = tuple(sorted(place.glob(f"{PART_PREFIX}*")))
    delta = Delta(place / DELTA_FILE, place / GONE_FILE) if has_delta(place) else None
    return SnapshotSource(known, query_file=place / QUERY_FILE, parts=parts, delta=delta)


def has_delta(place: Path) -> bool:
    """Say whether a snapshot's folder has only what changed since an earlier one, beside that one's rows."""
    return (place / DELTA_FILE).is_file()


@dataclass(frozen=True, slots=True)
class _InForce:
    """What is said of a dataset and where its rows lie, as long as its two rows are the ones it was read from."""

    marks: str
    told: DatasetInfo
    source: SnapshotSource


_kept: dict[str, _InForce] = {}
_MOST_KEPT = 1000
#: Another as soon as either row has been written, by whatever and in whichever process. Asking costs a fraction of
#: reading both and their contracts, and a recall is seen by the next call.
_MARKS = """
    select concat_ws(' ', d.xmin, d.cmin, d.ctid, s.xmin, s.cmin, s.ctid)
    from opendata_dataset d join opendata_snapshot s on s.id = d.current_id where d.code = %s::varchar
"""


def _in_force(code: str) -> _InForce:
    found = read(_MARKS, [code])
    marks = str(found[0][0]) if found else ""
    kept = _kept.get(code)
    if kept is None or kept.marks != marks:
        told = _told(*_found(code, None), clock.now())
        kept = _InForce(marks, told, _source(told.columns, home_of(told.id) / str(told.number)))
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[code] = kept
    return kept


def history(code: str) -> History:
    """Return a dataset's snapshots and refused runs. A withdrawn dataset has a history too. Raises NotFound."""
    row = Dataset.objects.filter(code=code).first()
    found = list(row.snapshots.order_by("-number")) if row else []
    if row is None or not found:
        raise NotFound(_("There is no such dataset."))
    readable = [one for one in found if one.recalled_at is None]
    before = dict(itertools.pairwise(one.number for one in readable))
    kept = [terms_of(row, one) for one in readable]
    refused = Run.objects.filter(dataset=row, snapshot=None).order_by("-started_at")[:_REFUSED_RUNS]
    return History(
        code=row.code,
        name=row.name,
        title=contract_files.kept(row.contract).title,
        is_withdrawn=row.current_id is None,
        versions=tuple(replace(_version(one, row.current_id), since=before.get(one.number)) for one in found),
        refused=tuple(RefusedRun(one.started_at, tuple(map(Reason.of, one.reasons))) for one in refused),
        columns=tuple(dict.fromkeys(column.name for terms in kept for column in terms.columns)),
        is_live=row.name in offers.live_datasets,
    )


def recalls(code: str) -> tuple[Version, ...]:
    """Return the notices of a dataset's recalls, the newest first."""
    found = Snapshot.objects.filter(dataset__code=code, recalled_at__isnull=False).order_by("-number")
    return tuple(_version(one, None) for one in found)


def news(code: str = "", *, most: int = 50) -> list[News]:
    """Return what was published and recalled, the newest first: of one dataset, or of all that are published."""
    shown = Snapshot.objects.select_related("dataset")
    shown = shown.filter(dataset__code=code) if code else shown
    before = Window(Lag("contract"), partition_by="dataset_id", order_by="number", output_field=JSONField())
    readable = shown.filter(recalled_at=None).annotate(before=before).order_by("-published_at", "-number")[:most]
    recalled = shown.filter(recalled_at__isnull=False).order_by("-recalled_at", "-number")[:most]
    told = [_news(one, one.before) for one in readable] + [_news(one, None) for one in recalled]
    return sorted(told, key=lambda one: one.at, reverse=True)[:most]


def _news(row: Snapshot, before: Mapping[str, Any] | None) -> News:
    title = contract_files.kept(row.dataset.contract).title
    is_live = is_live_dataset(row.dataset.name)
    if row.recalled_at is not None:
        return News(row.dataset.code, title, row.recalled_at, row.number, is_live, reason=row.recall_reason)
    now, then = published_columns(row.contract), published_columns(before) if before else None
    return News(
        row.dataset.code, title, row.published_at, row.number, is_live, row.rows, row.added, row.changed, row.removed,
        gained=tuple(one for one in now if then is not None and one not in then),
        lost=tuple(one for one in then or () if one not in now),
    )  # fmt: skip


def is_live_dataset(name: str) -> bool:
    """Say whether a dataset is published whenever the city's own records change."""
    return name in {one.name for one in offers.live_datasets}


def published_columns(contract: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the columns that a kept contract publishes."""
    return tuple(one.name for one in contract_files.kept(contract).columns if one.publish)


def both_ends(code: str, before: int, after: int) -> tuple[Dataset, Snapshot, Snapshot]:
    """Return a dataset and the two snapshots that are to be compared. Raises NotFound, Gone."""
    row, earlier = _found(code, before)
    return row, earlier, _found(code, after)[1]


def newest_number(dataset_id: uuid.UUID) -> int:
    """Return the highest number a snapshot of the dataset has had; 0 when there was none. It is never given again."""
    return int(Snapshot.objects.filter(dataset_id=dataset_id).aggregate(number=Max("number"))["number"] or 0)


def awaits_a_person(dataset_id: uuid.UUID) -> bool:
    """Say whether the newest snapshot was recalled, so that no schedule may publish the same again by itself."""
    newest = Snapshot.objects.filter(dataset_id=dataset_id).order_by("-number").first()
    return newest is not None and newest.recalled_at is not None


def due_sources() -> list[str]:
    """Return the names of datasets whose sources are due, the longest overdue first."""
    now, due = clock.now(), []
    told = Dataset.objects.select_related("look").only("name", "contract", "look").order_by("look__next_at", "name")
    for row in told.filter(contract__source__schedule__regex="."):
        source, look = row.contract["source"], getattr(row, "look", None)
        is_due = look is None or look.source != source or look.next_at is None or look.next_at <= now
        if is_due and not awaits_a_person(row.id):
            due.append(row.name)
    return due


def source(code: str) -> SourceInfo | None:
    """Return how the fetching of a dataset stands, None when it is published by hand."""
    row = Dataset.objects.select_related("look").filter(code=code).first()
    terms = contract_files.kept(row.contract).source if row else None
    if row is None or terms is None:
        return None
    look: Look | None = getattr(row, "look", None)
    return SourceInfo(
        host=urlsplit(terms.where).hostname or "",
        schedule=terms.schedule,
        looked_at=look.looked_at if look else None,
        trouble=Trouble(look.trouble) if look and look.trouble else None,
        reason=Told(look.reason, look.values) if look and look.reason else None,
        next_at=look.next_at if look else None,
        refused=_last_refusal(row) if look and look.trouble == Trouble.REFUSED else (),
    )


def _last_refusal(row: Dataset) -> tuple[Reason, ...]:
    run = Run.objects.filter(dataset=row, snapshot=None).order_by("-started_at").first()
    return tuple(map(Reason.of, run.reasons)) if run else ()


def folder_of(snapshot: Snapshot) -> Path:
    """Return the folder of a snapshot's files."""
    return home_of(snapshot.dataset_id) / str(snapshot.number)


def home_of(dataset_id: uuid.UUID) -> Path:
    """Return the folder of all of a dataset's snapshots."""
    return folder() / str(dataset_id)


def changes_of(dataset_id: uuid.UUID) -> Path:
    """Return the folder of what differs between two of a dataset's snapshots, in files of their two numbers."""
    return home_of(dataset_id) / "changes"


def files_of(dataset_id: uuid.UUID, number: int) -> Path:
    """Return the folder of a snapshot's whole files."""
    return home_of(dataset_id) / str(number) / "files"


def folder() -> Path:
    """Return the folder of all snapshots."""
    return Path(settings.CITYHALL_SNAPSHOTS or Path(settings.CITYHALL_DATA) / "snapshots")


def terms_of(row: Dataset, snapshot: Snapshot) -> Contract:
    """Return what is said of a snapshot: its published columns, in the words the dataset has for them today."""
    today, then = contract_files.kept(row.contract), contract_files.kept(snapshot.contract)
    words = {one.name: one for one in today.columns}
    columns = tuple(
        replace(one, title=now.title, description=now.description, unit=now.unit)
        for one in then.columns
        if one.publish
        for now in [words.get(one.name, one)]
    )
    return replace(today, columns=columns, key=then.key)


def _found(code: str, number: int | None) -> tuple[Dataset, Snapshot]:
    row = Dataset.objects.select_related("current").filter(code=code).first()
    if row is not None and number is None and row.current is not None:
        return row, row.current
    newest = newest_number(row.id) if row is not None else 0
    if row is None or not newest:
        raise NotFound(_("There is no such dataset."))
    if number is None:
        last = row.snapshots.filter(recalled_at__isnull=False).order_by("-recalled_at", "-number")[0]
        raise Gone(
            _("This dataset was withdrawn on %(day)s: %(reason)s") % _notice(last), code="withdrawn"
        )  # fmt: skip
    snapshot = row.snapshots.filter(number=number).first()
    if snapshot is None:
        raise _not_kept(row, number, newest)
    if snapshot.recalled_at is not None:
        raise Gone(
            _("Snapshot %(number)s of this dataset was recalled on %(day)s: %(reason)s") % _notice(snapshot),
            code="recalled",
        )
    return row, snapshot


def _notice(snapshot: Snapshot) -> Mapping[str, object]:
    assert snapshot.recalled_at is not None
    return {"number": snapshot.number, "day": dates.day(snapshot.recalled_at), "reason": snapshot.recall_reason}


def _not_kept(row: Dataset, number: int, newest: int) -> NotFound | Gone:
    """Return why there is no such snapshot, with the nearest there is."""
    if not 0 < number <= newest:
        return NotFound(
            _("There is no snapshot %(number)s of this dataset. The newest is %(newest)s.")
            % {"number": number, "newest": newest}
        )
    kept = list(row.snapshots.filter(recalled_at__isnull=True).values_list("number", flat=True))
    if not kept:
        return Gone(_("Snapshot %(number)s of this dataset is no longer kept.") % {"number": number}, code="not_kept")
    nearest = min(kept, key=lambda one: (abs(one - number), -one))
    return Gone(
        _("Snapshot %(number)s of this dataset is no longer kept. The nearest that is kept is %(nearest)s.")
        % {"number": number, "nearest": nearest},
        code="not_kept",
    )


def _version(row: Snapshot, current: uuid.UUID | None) -> Version:
    is_there = row.recalled_at is None
    return Version(
        number=row.number, published_at=row.published_at, rows=row.rows if is_there else 0, quarantined=row.quarantined,
        added=row.added, changed=row.changed, removed=row.removed, size=row.size if is_there else 0,
        is_current=row.id == current, recalled_at=row.recalled_at, reason=row.recall_reason,
    )  # fmt: skip


def _told(row: Dataset, snapshot: Snapshot, now: datetime) -> DatasetInfo:
    contract, facts = terms_of(row, snapshot), snapshot.facts
    is_current = snapshot.id == row.current_id
    return DatasetInfo(
        id=row.id,
        code=row.code,
        name=contract.name,
        title=contract.title,
        description=contract.description,
        owner=contract.owner,
        licence=contract.licence,
        fresh_within=contract.fresh_within,
        freshness=rules.freshness(contract.fresh_within, snapshot.checked_at, now),
        created_at=row.created_at,
        published_at=snapshot.published_at,
        shown_since=row.returned_at if is_current and row.returned_at else snapshot.published_at,
        checked_at=snapshot.checked_at,
        number=snapshot.number,
        rows=snapshot.rows,
        quarantined=snapshot.quarantined,
        added=snapshot.added,
        changed=snapshot.changed,
        removed=snapshot.removed,
        size=snapshot.size,
        columns=tuple(
            ColumnInfo(one.name, one.type, one.title, one.description, one.unit, *facts.get(one.name, (0, 0)))
            for one in contract.columns
        ),
        key=contract.key,
        is_live=row.name in offers.live_datasets,
        topics=contract.topics,
    )
