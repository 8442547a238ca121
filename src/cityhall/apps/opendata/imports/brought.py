"""The background work with a file that a clerk brought: it is read and its columns guessed, later it is published.

What refuses it is told in the language of whoever brought it.
"""

from __future__ import annotations

import json
import logging
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from cityhall.apps.identity import public as identity
from cityhall.apps.opendata.contracts import Contract, Refused
from cityhall.apps.opendata.imports.conversion import as_csv
from cityhall.apps.opendata.models import Dataset, Draft
from cityhall.apps.opendata.queries import desk
from cityhall.apps.opendata.rules import contract_files, dataset_name, editing, guessing, looking, sniffing
from cityhall.apps.opendata.services import drafts, wording
from cityhall.apps.opendata.services.publishing import publish_file
from cityhall.kernel import clock
from cityhall.kernel.django import disk
from cityhall.kernel.django.seen import need_unchanged
from cityhall.kernel.django.translated import say
from cityhall.kernel.errors import CityhallError, Invalid, NotAllowed
from cityhall.kernel.snapshots import Sample, UnreadableFile
from cityhall.kernel.told import Told

#: With the table's own sheet once more: only a workbook of several is kept to be read anew.
_SEVERAL = 3
_log = logging.getLogger(__name__)


def work(draft_id: uuid.UUID) -> None:
    """Do what waits to be done with a file: read it, or publish it. What comes of it is in its row.

    One that was under way is begun again: its worker died. Two never run at once, for the job holds a lock of its own.
    """
    row = Draft.objects.select_related("dataset").filter(id=draft_id, state__in=("reading", "publishing")).first()
    if row is None:
        return  # an earlier run finished it, or somebody discarded it
    with override(row.language):
        if row.state == "reading":
            _read(row)
        else:
            _publish(row)


def _read(row: Draft) -> None:
    try:
        sample = _table(row)
        if row.dataset is not None:
            contract = _with_new_columns(contract_files.kept(row.dataset.contract), sample)
        else:
            folder = desk.draft_folder(row.id)
            asked = folder / desk.SHEET
            stem = f"{Path(row.file_name).stem} {asked.read_text(encoding='utf-8') if asked.is_file() else ''}"
            contract = looking.careful(guessing.guessed(dataset_name(stem), sample), sample)
        if not sample.rows and (row.dataset is None or contract.most_lost < 1):
            told = _(
                "It has headings, and no row below them that can be read. Add the rows, save it, and bring it again."
            )
            raise Invalid({"file": told})
        if len(contract.columns) > editing.MOST_COLUMNS:
            told = _("It has more than %(most)s columns. Publish it from the command line, with a contract.")
            raise Invalid({"file": told % {"most": editing.MOST_COLUMNS}})
    except Exception as problem:
        _end(row, "failed", problem)
        drafts.forget(row.id)
        return
    Draft.objects.filter(id=row.id, state="reading").update(
        state="ready", contract=contract_files.to_keep(contract), step=""
    )


def _table(row: Draft) -> Sample:
    """Make the CSV file of what was brought, and return its beginning."""
    folder = desk.draft_folder(row.id)
    brought, table = folder / drafts.BROUGHT, folder / desk.TABLE
    if brought.is_file():
        with brought.open("rb") as opened:
            ending = sniffing.ending_of_upload(opened.read(sniffing.HEAD), row.file_name)
        named = folder / f"{drafts.BROUGHT}{ending}"
        brought.rename(named)
    asked, names = folder / desk.SHEET, folder / desk.SHEETS
    (folder / desk.JOINED).unlink(missing_ok=True)
    for named in folder.glob(f"{drafts.BROUGHT}.*"):  # an earlier run may have come as far as this
        with as_csv(
            named,
            name=row.file_name,
            sheet=asked.read_text(encoding="utf-8") if asked.is_file() else "",
            joined=lambda _headings: (folder / desk.JOINED).touch(),
            picked=partial(_note_sheets, names),
        ) as made:
            shutil.move(made, table)
        if not names.is_file() or len(json.loads(names.read_text(encoding="utf-8"))) < _SEVERAL:
            named.unlink(missing_ok=True)
    return desk.draft_sample(row.id)


def _note_sheets(file: Path, sheet: str, sheets: Sequence[str]) -> None:
    file.write_text(json.dumps([sheet, *sheets]), encoding="utf-8")


def _with_new_columns(contract: Contract, sample: Sample) -> Contract:
    """Return a dataset's contract with the columns that a new file has besides, kept back until somebody decides."""
    known = {heading for one in contract.columns for heading in one.headings}
    fresh = tuple(
        replace(one, publish=False)
        for one in guessing.guessed(contract.name, sample).columns
        if one.source and one.source not in known and one.name not in {each.name for each in contract.columns}
    )
    return replace(contract, columns=(*contract.columns, *fresh))


def _publish(row: Draft) -> None:
    folder = desk.draft_folder(row.id)
    try:
        actor = identity.colleague(row.by)
        if actor is None:
            raise NotAllowed(_("The account that began this may not publish any more."))
        contract = contract_files.kept(row.contract)
        if row.dataset is None:
            drafts.need_free(contract.name)
        else:
            need_unchanged(row.seen, contract_files.kept(row.dataset.contract))
        done = publish_file(
            folder / desk.TABLE, actor=actor, contract=contract, name=contract.name,
            progress=lambda step: _tell(row.id, step), aside=folder / desk.ASIDE,
        )  # fmt: skip
    except Refused as refused:
        Draft.objects.filter(id=row.id).update(
            state="ready", reasons=[one.to_keep() for one in refused.told], step="", confirmed=False
        )  # fmt: skip
        return
    except Exception as problem:
        _end(row, "ready", problem)
        return
    with transaction.atomic():
        wording.note(Dataset.objects.select_for_update().get(id=done.resource_id), row.by, clock.now())
        outcome = {"id": done.id, "rows": done.rows, "quarantined": done.quarantined, "snapshot": done.snapshot,
                   "is_new": done.is_new}  # fmt: skip
        Draft.objects.filter(id=row.id).update(state="done", step="", outcome=outcome)
    drafts.forget(row.id)


def _tell(draft_id: uuid.UUID, step: str) -> None:
    Draft.objects.filter(id=draft_id).update(step=step)


def _end(row: Draft, state: str, problem: Exception) -> None:
    """Write down why it went no further. What nobody foresaw is logged, and told without its details."""
    if isinstance(problem, UnreadableFile):
        told = _("It is no table: %(why)s.") % {"why": say(Told.by(problem))}
    elif disk.is_full(problem):
        _log.error("opendata_draft_failed", exc_info=problem)
        told = _("The disk of the city’s server is full. Make room, then bring the file again.")
    elif not isinstance(problem, CityhallError):
        _log.error("opendata_draft_failed", exc_info=problem)
        told = _("Something broke on our side. Try again, or publish the file from the command line.")
    else:
        told = " ".join(map(str, problem.fields.values())) if isinstance(problem, Invalid) else str(problem.message)
    Draft.objects.filter(id=row.id).update(state=state, problem=told, step="", confirmed=False)
