"""Reads of the opendata room: the catalogue, a dataset, and where its rows lie."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cityhall.apps.opendata import rules
from cityhall.apps.opendata.contracts import ColumnInfo, DatasetInfo
from cityhall.apps.opendata.models import Dataset, Snapshot
from cityhall.apps.opendata.rules import contract_files
from cityhall.kernel import clock
from cityhall.kernel.analytics.columns import Column
from cityhall.kernel.analytics.port import SnapshotSource
from cityhall.kernel.errors import NotFound
from cityhall.kernel.snapshots import QUERY_FILE


def datasets() -> list[DatasetInfo]:
    """Return what is published, the newest first."""
    now = clock.now()
    found = Dataset.objects.filter(current__isnull=False).select_related("current").order_by("-current__published_at")
    return [_told(row, now) for row in found]


def dataset(code: str) -> DatasetInfo:
    """Return the dataset of a 4x4. Raises NotFound."""
    return _told(_row(code), clock.now())


def source_of(code: str) -> SnapshotSource:
    """Return where the rows in force lie. Raises NotFound."""
    row = _row(code)
    columns = tuple(
        Column(one.name, one.type.kept_as) for one in contract_files.kept(row.contract).columns if one.publish
    )
    assert row.current is not None
    return SnapshotSource(columns, query_file=folder_of(row.current) / QUERY_FILE)


def folder_of(snapshot: Snapshot) -> Path:
    """Return the folder of a snapshot's files."""
    return folder() / str(snapshot.dataset_id) / str(snapshot.number)


def folder() -> Path:
    """Return the folder of all snapshots."""
    return Path(settings.CITYHALL_DATA) / "snapshots"


def _row(code: str) -> Dataset:
    row = Dataset.objects.select_related("current").filter(code=code, current__isnull=False).first()
    if row is None:
        raise NotFound(_("There is no such dataset."))
    return row


def _told(row: Dataset, now: datetime) -> DatasetInfo:
    contract, snapshot = contract_files.kept(row.contract), row.current
    assert snapshot is not None
    facts = snapshot.facts
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
        published_at=snapshot.published_at,
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
            if one.publish
        ),
        key=contract.key,
    )
