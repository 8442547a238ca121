"""What is said of a dataset, changed without a new file: each version of its contract is kept."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from cityhall.apps.opendata.contracts import PUBLISH
from cityhall.apps.opendata.models import ContractVersion, Dataset
from cityhall.apps.opendata.rules import contract_files, editing
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.django.permissions import need
from cityhall.kernel.django.seen import need_unchanged
from cityhall.kernel.errors import Invalid, NotFound


def reword(code: str, answers: Mapping[str, str], *, actor: Actor, seen: str = "") -> tuple[str, ...]:
    """Change what is said of a dataset: titles, descriptions, units, owner, licence, promise, bounds of a run.

    Args:
        answers: what a form said, as `rules.editing` names it.
        seen: a mark of the contract that the form was filled with.

    Returns:
        The names of what changed; nothing when nothing did.

    Raises:
        NotAllowed: without "opendata.publish".
        NotFound: no such dataset.
        Invalid: by field; field "name" for a dataset of the city's own records.
        Stale: somebody else changed the contract meanwhile.
    """
    need(actor, PUBLISH)
    with transaction.atomic():
        row = Dataset.objects.select_for_update(of=("self",)).select_related("current").filter(code=code).first()
        if row is None:
            raise NotFound(_("There is no such dataset."))
        refuse_live(row)
        before = contract_files.kept(row.contract)
        after = editing.with_answers(before, answers, words_only=True)
        need_unchanged(seen, before)
        differs = contract_files.differing(before, after)
        if not differs:
            return ()
        note(row, None, row.current.published_at if row.current else row.created_at)
        row.contract = contract_files.to_keep(after)
        row.save(update_fields=["contract"])
        note(row, actor.id, clock.now())
        audit.record(
            actor, "opendata.reworded", subject_kind="dataset", subject_id=row.id,
            data={"name": row.name, "fields": list(differs)},
        )  # fmt: skip
    return differs


def note(row: Dataset, by: uuid.UUID | None, at: datetime) -> None:
    """Keep the contract a dataset has as a version, unless the newest one says the same. The row must be locked."""
    newest = row.contracts.order_by("-number").first()
    if newest is not None and contract_files.kept(newest.contract) == contract_files.kept(row.contract):
        return
    number = (row.contracts.aggregate(number=Max("number"))["number"] or 0) + 1
    ContractVersion.objects.create(dataset=row, number=number, contract=row.contract, at=at, by=by)


def refuse_live(row: Dataset) -> None:
    """Raise Invalid for a dataset that the city's own records publish."""
    if row.name in {one.name for one in offers.live_datasets}:
        raise Invalid({"name": _("This dataset is published by the city’s own records. It cannot be changed here.")})


def refuse_live_name(name: str) -> None:
    """Raise Invalid for a name that a dataset of the city's own records has."""
    if name in {one.name for one in offers.live_datasets}:
        raise Invalid(
            {"name": _("A dataset of this name is published by the city’s own records. Choose another name.")}
        )
