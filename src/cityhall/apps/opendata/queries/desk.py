"""Reads for those who publish: datasets with their state and runs, contracts as they were, files that were brought."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cityhall.apps.opendata import queries, rules
from cityhall.apps.opendata.contracts import (
    PUBLISH,
    Contract,
    DeskDataset,
    DraftInfo,
    Freshness,
    Reason,
    Revision,
    RunInfo,
)
from cityhall.apps.opendata.models import AGAIN, ContractVersion, Dataset, Draft, Run, Snapshot
from cityhall.apps.opendata.rules import contract_files
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.permissions import need
from cityhall.kernel.errors import NotFound
from cityhall.kernel.snapshots import QUARANTINE_FILE, Sample, snapshot_writer

TABLE = "table.csv"
ASIDE = "aside.csv"
#: Lies beside a draft whose headings were made of two rows.
JOINED = "joined"
#: Beside one of a workbook: the names of its sheets, that of the table first; and the sheet that was asked for.
SHEETS, SHEET = "sheets.json", "sheet"
#: So many of a draft's rows are looked at to guess and to warn.
SAMPLED = 5000
_RUNS = 50


def datasets(actor: Actor) -> list[DeskDataset]:
    """Return all datasets, those that need somebody first. Raises NotAllowed."""
    need(actor, PUBLISH)
    found = _told(Dataset.objects.select_related("current").order_by("name"))
    return sorted(found, key=lambda one: not needs_somebody(one))


def needs_somebody(one: DeskDataset) -> bool:
    """Say whether a dataset is late, was refused or recalled last, or has nothing that can be read."""
    return bool(one.refused or one.awaits or not one.has_current or one.freshness in (Freshness.LATE, Freshness.STALE))


def dataset(code: str, actor: Actor) -> DeskDataset:
    """Return one dataset. Raises NotAllowed, NotFound."""
    need(actor, PUBLISH)
    return next(iter(_told([_row(code)])))


def contract(code: str, actor: Actor) -> Contract:
    """Return a dataset's contract as it stands. Raises NotAllowed, NotFound."""
    need(actor, PUBLISH)
    return contract_files.kept(_row(code).contract)


def runs(code: str, actor: Actor) -> list[RunInfo]:
    """Return the newest tries to publish a dataset. Raises NotAllowed."""
    need(actor, PUBLISH)
    found = Run.objects.filter(dataset__code=code).select_related("snapshot").order_by("-started_at")[:_RUNS]
    return [
        RunInfo(
            one.started_at,
            one.snapshot.number if one.snapshot else None,
            one.snapshot.rows if one.snapshot else 0,
            one.snapshot.quarantined if one.snapshot else 0,
            tuple(map(Reason.of, one.reasons)),
        )
        for one in found
    ]


def revisions(code: str, actor: Actor) -> list[Revision]:
    """Return the versions of a dataset's contract, the newest first. Raises NotAllowed."""
    need(actor, PUBLISH)
    found = list(ContractVersion.objects.filter(dataset__code=code).order_by("number"))
    told, before = [], None
    for one in found:
        now = contract_files.kept(one.contract)
        differs = contract_files.differing(before, now) if before else ()
        told.append(Revision(one.number, one.at, one.by, differs))
        before = now
    return told[::-1]


def aside(code: str, number: int, actor: Actor) -> Path:
    """Return the list of rows that a snapshot put aside: their lines and reasons. Raises NotAllowed, NotFound."""
    need(actor, PUBLISH)
    snapshot = Snapshot.objects.filter(dataset__code=code, number=number, recalled_at=None).first()
    file = queries.folder_of(snapshot) / QUARANTINE_FILE if snapshot else None
    if file is None or not file.is_file():
        raise NotFound(_("There is no such list. The version may no longer be kept."))
    return file


def drafts(actor: Actor) -> list[DraftInfo]:
    """Return the files that were brought and are not published, the newest first. Raises NotAllowed."""
    need(actor, PUBLISH)
    found = Draft.objects.exclude(state="done").select_related("dataset").order_by("-at")
    return [_draft(one) for one in found]


def draft(draft_id: uuid.UUID, actor: Actor) -> DraftInfo:
    """Return one of them. Raises NotAllowed, NotFound."""
    need(actor, PUBLISH)
    return _draft(draft_row(draft_id))


def draft_row(draft_id: uuid.UUID) -> Draft:
    """Return the row of a file that was brought. Raises NotFound."""
    row = Draft.objects.select_related("dataset").filter(id=draft_id).first()
    if row is None:
        raise NotFound(
            _("This file is not here any more. It was published, discarded or kept too long. Bring it again.")
        )
    return row


def draft_sample(draft_id: uuid.UUID, rows: int = SAMPLED) -> Sample:
    """Return the beginning of a file that was brought. Raises NotFound when it is gone, UnreadableFile."""
    file = draft_folder(draft_id) / TABLE
    if not file.is_file():
        raise NotFound(
            _("This file is not here any more. It was published, discarded or kept too long. Bring it again.")
        )
    return snapshot_writer.get().sample(file, rows)


def draft_folder(draft_id: uuid.UUID) -> Path:
    """Return where a file that was brought lies."""
    return drafts_folder() / str(draft_id)


def drafts_folder() -> Path:
    """Return the folder of all files that were brought."""
    return Path(settings.CITYHALL_DATA) / "drafts"


def _row(code: str) -> Dataset:
    row = Dataset.objects.select_related("current").filter(code=code).first()
    if row is None:
        raise NotFound(_("There is no such dataset."))
    return row


def _told(rows: Iterable[Dataset]) -> list[DeskDataset]:
    found = list(rows)
    ids = [one.id for one in found]
    now, live = clock.now(), {one.name for one in offers.live_datasets}
    last = {
        one.dataset_id: one
        for one in Run.objects.filter(dataset__in=ids).order_by("dataset_id", "-started_at").distinct("dataset_id")
    }
    newest = Snapshot.objects.filter(dataset__in=ids).order_by("dataset_id", "-number").distinct("dataset_id")
    recalled = {one.dataset_id: one.recalled_at is not None for one in newest}
    told = []
    for row in found:
        terms, current, run = contract_files.kept(row.contract), row.current, last.get(row.id)
        told.append(
            DeskDataset(
                code=row.code, name=row.name, title=terms.title, is_live=row.name in live,
                has_current=current is not None, was_published=row.id in recalled,
                number=current.number if current else 0,
                rows=current.rows if current else 0, quarantined=current.quarantined if current else 0,
                fresh_within=terms.fresh_within,
                freshness=rules.freshness(terms.fresh_within, current.checked_at, now)
                if current
                else Freshness.UNPROMISED,
                checked_at=current.checked_at if current else None, awaits=recalled.get(row.id, False),
                is_asked_again=row.live_mark == AGAIN,
                last_run_at=run.started_at if run else None,
                refused=tuple(map(Reason.of, run.reasons)) if run and run.snapshot_id is None else (),
            )
        )  # fmt: skip
    return told


def _draft(row: Draft) -> DraftInfo:
    sheets = draft_folder(row.id) / SHEETS
    sheet, *there = json.loads(sheets.read_text(encoding="utf-8")) if sheets.is_file() else [""]
    return DraftInfo(
        id=row.id, code=row.dataset.code if row.dataset else "", by=row.by, file_name=row.file_name, at=row.at,
        state=row.state, step=row.step, contract=contract_files.kept(row.contract) if row.contract else None,
        is_confirmed=row.confirmed, problem=row.problem, reasons=tuple(map(Reason.of, row.reasons)),
        outcome=row.outcome, has_aside=(draft_folder(row.id) / ASIDE).is_file(),
        is_joined=(draft_folder(row.id) / JOINED).is_file(), sheet=sheet, sheets=tuple(there),
    )  # fmt: skip
