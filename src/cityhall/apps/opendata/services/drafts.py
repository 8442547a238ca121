"""Files that clerks bring: kept in the data folder, confirmed by a person, published or discarded, or too old.

`imports.brought` reads and publishes them in the background.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app as jobs

from cityhall.apps.opendata.contracts import PUBLISH
from cityhall.apps.opendata.models import Dataset, Draft
from cityhall.apps.opendata.queries import desk
from cityhall.apps.opendata.rules import contract_files, editing, guessing
from cityhall.apps.opendata.services import wording
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.django.permissions import need, need_person
from cityhall.kernel.django.seen import mark, need_unchanged
from cityhall.kernel.errors import Invalid, NotFound
from cityhall.kernel.ids import new_id

WORK: Final = "opendata.draft"
BROUGHT: Final = "brought"


def take(file: Path, *, name: str, actor: Actor, code: str = "") -> uuid.UUID:
    """Keep a received file and have it read in the background; return the draft's id.

    Args:
        name: what the file was called.
        code: of the dataset it is a new version of; "" for a new one.

    Raises:
        NotAllowed: without "opendata.publish".
        NotFound: no such dataset.
        Invalid: field "file": it is empty; field "name": the city's own records publish the dataset.
    """
    by = need_person(actor, PUBLISH)
    row = None
    if code:
        row = Dataset.objects.filter(code=code).first()
        if row is None:
            raise NotFound(_("There is no such dataset."))
        wording.refuse_live(row)
    if not file.stat().st_size:
        raise Invalid({"file": _("This file is empty. Choose another.")})
    draft_id, name = new_id(), name[-200:]
    folder = desk.draft_folder(draft_id)
    folder.mkdir(parents=True, mode=0o700)
    file.replace(folder / BROUGHT)
    with transaction.atomic():
        Draft.objects.create(
            id=draft_id, dataset=row, by=by, language=get_language() or "en", file_name=name, at=clock.now(),
            seen=mark(contract_files.kept(row.contract)) if row else "",
        )  # fmt: skip
        audit.record(actor, "opendata.brought", subject_kind="draft", subject_id=draft_id, data={"dataset": code})
        _have_done(draft_id)
    return draft_id


def confirm(draft_id: uuid.UUID, answers: Mapping[str, str], *, actor: Actor, seen: str = "") -> None:
    """Take down what a person said of a file's columns and of the dataset.

    Args:
        answers: what a form said, as `rules.editing` names it.
        seen: a mark of the contract that the form was filled with.

    Raises:
        NotAllowed: without "opendata.publish".
        NotFound: the file is gone.
        Invalid: by field, as of a contract's file; "columns.NAME.missing" where the file lacks a column.
        Stale: somebody else confirmed it meanwhile.
    """
    need(actor, PUBLISH)
    sample = desk.draft_sample(draft_id)
    with transaction.atomic():
        row = _ready(draft_id)
        stands = contract_files.kept(row.contract)
        if row.dataset is not None:
            answers = {**answers, "name": row.dataset.name}
        contract = guessing.with_numerals(editing.with_answers(stands, answers), stands, sample)
        if not any(one.publish for one in contract.columns):
            raise Invalid({"columns": _("Publish one column at least.")})
        editing.need_headings(contract, sample.headings)
        if row.dataset is None:
            need_free(contract.name)
        need_unchanged(seen, stands)
        row.contract, row.confirmed, row.reasons, row.problem = contract_files.to_keep(contract), True, [], ""
        row.save(update_fields=["contract", "confirmed", "reasons", "problem"])


def choose_sheet(draft_id: uuid.UUID, sheet: str, *, actor: Actor) -> None:
    """Have a workbook that was brought read again, from another of its sheets. What was said of its columns is gone.

    Raises:
        NotAllowed: without "opendata.publish".
        NotFound: the file is gone, or has no such sheet.
    """
    info = desk.draft(draft_id, actor)
    if sheet not in info.sheets:
        raise NotFound(_("The file has no such sheet."))
    folder = desk.draft_folder(draft_id)
    with transaction.atomic():
        row = _ready(draft_id)
        (folder / desk.SHEET).write_text(sheet, encoding="utf-8")
        (folder / desk.ASIDE).unlink(missing_ok=True)
        row.state, row.contract, row.confirmed, row.reasons, row.problem = "reading", {}, False, [], ""
        row.save(update_fields=["state", "contract", "confirmed", "reasons", "problem"])
        _have_done(draft_id)


def publish(draft_id: uuid.UUID, *, actor: Actor) -> None:
    """Have a confirmed file published in the background, in the name of whoever says so.

    Raises:
        NotAllowed: without "opendata.publish".
        NotFound: the file is gone.
        Invalid: field "columns": nobody has confirmed it.
    """
    by = need_person(actor, PUBLISH)
    with transaction.atomic():
        row = _ready(draft_id)
        if not row.confirmed:
            raise Invalid({"columns": _("Look through the columns first, and confirm them.")})
        row.state, row.by, row.problem, row.reasons = "publishing", by, "", []
        row.save(update_fields=["state", "by", "problem", "reasons"])
        _have_done(draft_id)


def discard(draft_id: uuid.UUID, *, actor: Actor) -> None:
    """Remove a file that was brought. Raises NotAllowed, NotFound."""
    need(actor, PUBLISH)
    with transaction.atomic():
        row = Draft.objects.select_for_update(of=("self",)).filter(id=draft_id).first()
        if row is None:
            raise NotFound(_("This file is not here any more."))
        audit.record(actor, "opendata.discarded", subject_kind="draft", subject_id=draft_id, data={})
        row.delete()
    forget(draft_id)


def _have_done(draft_id: uuid.UUID) -> None:
    jobs.configure_task(WORK, queue="opendata", lock=f"{WORK} {draft_id}").defer(draft_id=str(draft_id))


def _ready(draft_id: uuid.UUID) -> Draft:
    row = Draft.objects.select_for_update(of=("self",)).select_related("dataset").filter(id=draft_id).first()
    if row is None or row.state != "ready":
        raise NotFound(_("This file is not waiting any more. Look at the list of datasets."))
    return row


def need_free(name: str) -> None:
    """Raise Invalid when another dataset has this name, or one of the city's own records."""
    wording.refuse_live_name(name)
    if Dataset.objects.filter(name=name, snapshots__isnull=False).exists():
        raise Invalid(
            {
                "name": _(
                    "There is a dataset of this name. Choose another, or open that one and bring its new file there."
                )
            }
        )


def forget(draft_id: uuid.UUID) -> None:
    """Remove what a draft has in the data folder."""
    shutil.rmtree(desk.draft_folder(draft_id), ignore_errors=True)
