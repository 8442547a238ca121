"""The city's own records as open data that is always current.

Each is published by the same way as a file, so that contract, refusals, history and the last good snapshot hold for it
too. Whether anything is new is one cheap question; only then are rows written. Where a room can tell what changed, they
are those alone, and the others stay as they are published. Publishing takes at most about a tenth of the time: after a
run of six seconds the next may begin a minute later.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import PUBLISH, Contract, Refused
from cityhall.apps.opendata.models import AGAIN, Dataset, Run
from cityhall.apps.opendata.rules import contract_files
from cityhall.apps.opendata.services.making import place_to_write
from cityhall.apps.opendata.services.publishing import Beside, publish_file
from cityhall.apps.opendata.services.recalling import tidy_all, without_recalled
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import Actor, system
from cityhall.kernel.django import audit
from cityhall.kernel.django.permissions import need
from cityhall.kernel.errors import CityhallError, Invalid, NotFound
from cityhall.kernel.snapshots import Kept

logger = logging.getLogger(__name__)
_REST = 9
"""How many times as long as the last run took is waited before the next. A delta after one of everything waits once."""


def publish_live(*, at_once: bool = False) -> int:
    """Publish each live dataset that has something new; return how many were. One that fails stops no other.

    Args:
        at_once: whether to publish what has nothing new or was published a moment ago, too.
    """
    published = 0
    for source in offers.live_datasets:
        try:
            published += _publish(source, at_once=at_once)
        except Refused as refusal:
            logger.warning("live_dataset_refused", extra={"dataset": source.name, "reasons": list(refusal.reasons)})
        except CityhallError:
            logger.exception("live_dataset_failed", extra={"dataset": source.name})
    return published


def forget_marks() -> int:
    """Have every live dataset published anew within a minute, for what no mark tells of; return how many there are."""
    live = Dataset.objects.filter(name__in=[one.name for one in offers.live_datasets])
    return live.exclude(live_mark=AGAIN).update(live_mark="new")


def publish_again(name: str, *, actor: Actor) -> str:
    """Have a live dataset whose newest snapshot was recalled published anew within a minute; return its name.

    A column that was recalled stays back. Asking twice is as asking once.

    Args:
        name: of the dataset, or its 4x4.

    Raises:
        NotAllowed: without "opendata.publish".
        NotFound: no such dataset.
        Invalid: field "name": the city's own records do not publish it, or its newest snapshot was not recalled.
    """
    need(actor, PUBLISH)
    with transaction.atomic():
        row = Dataset.objects.select_for_update().filter(Q(name=name) | Q(code=name)).order_by("-name").first()
        if row is None:
            raise NotFound(_("There is no such dataset."))
        if row.name not in {one.name for one in offers.live_datasets} or not queries.awaits_a_person(row.id):
            told = _("%(name)s is no dataset of the city’s own records whose newest version was recalled.")
            raise Invalid({"name": told % {"name": row.name}})
        if row.live_mark == AGAIN:
            return row.name
        row.live_mark = AGAIN
        row.save(update_fields=["live_mark"])
        audit.record(
            actor, "opendata.published_again", subject_kind="dataset", subject_id=row.id, data={"name": row.name}
        )
    return row.name


@dataclass(frozen=True, slots=True)
class _Last:
    """What is kept of the last run: when its mark was asked for, whether everything was written, and the mark.

    Without a time, everything is to be written.
    """

    at: datetime | None = None
    was_whole: bool = True
    mark: str = ""

    @classmethod
    def of(cls, kept: str) -> _Last:
        """Read what `__str__` wrote."""
        at, _, rest = kept.partition(" ")
        how, _, mark = rest.partition(" ")
        try:
            return cls(datetime.fromisoformat(at), how == "all", mark)
        except ValueError:
            return cls()

    def __str__(self) -> str:
        return f"{self.at.isoformat() if self.at else ''} {'all' if self.was_whole else 'some'} {self.mark}"[:200]


def _publish(source: offers.LiveDataset, *, at_once: bool) -> bool:
    dataset = Dataset.objects.select_related("current").filter(name=source.name).first()
    seen = dataset.live_mark if dataset else ""
    last, began, mark = _Last.of(seen), clock.now(), source.mark()
    has_nothing_new = last.mark == mark and not at_once
    if dataset is not None and seen != AGAIN and (has_nothing_new or queries.awaits_a_person(dataset.id)):
        return False
    contract = contract_files.read(source.contract)
    if dataset is not None:
        contract = without_recalled(contract, dataset)
    delta = None
    if dataset is not None and not at_once:
        delta = source.delta if _may_keep(dataset, contract, last, source.delta) else None
        if _rests(dataset, 1 if delta and last.was_whole else _REST):
            return False
    with place_to_write() as folder:
        file = folder / f"{source.name}.csv"
        beside = _beside(dataset, last, delta, file) if dataset and delta else None
        if beside is None and not source.write(file) and dataset is None:
            return False
        publish_file(
            file, actor=system("Live open data"), contract=contract, name=source.name, is_live=True, beside=beside,
            started_at=began,
        )  # fmt: skip
    # Who was erased while rows were written has set another mark, which stays: the next minute writes them anew.
    told = str(_Last(began, beside is None, mark))
    Dataset.objects.filter(name=source.name, live_mark=seen).update(live_mark=told)
    _keep_only_current(Dataset.objects.get(name=source.name))
    return True


def _may_keep(dataset: Dataset, contract: Contract, last: _Last, delta: offers.Delta | None) -> bool:
    """Say whether rows that are published may stay while the others are written."""
    return (
        delta is not None
        and dataset.current is not None
        and last.at is not None
        and last.mark.startswith(f"{delta.basis()} ")
        and dataset.contract == contract_files.to_keep(contract)
        and not contract.suppress
        and queries.folder_of(dataset.current).is_dir()
    )


def _beside(dataset: Dataset, last: _Last, delta: offers.Delta, file: Path) -> Beside | None:
    """Write what changed, and return what stays beside it; None when everything is to be written."""
    changed = delta.write(last.at, file) if last.at else None
    if changed is None or dataset.current is None:
        return None
    return Beside(dataset.current.id, Kept(delta.by, tuple(changed)))


def _keep_only_current(dataset: Dataset) -> None:
    """Let go of older snapshots: they may hold what has been erased, withheld or withdrawn since."""
    assert dataset.current is not None
    old = dataset.snapshots.filter(recalled_at=None, number__lt=dataset.current.number)
    with transaction.atomic():
        Run.objects.filter(snapshot__in=old).delete()
        gone, _by_model = old.delete()
    if gone:
        tidy_all()


def _rests(dataset: Dataset, times: int) -> bool:
    """Say whether less time passed than so many times what the last run took."""
    last = Run.objects.filter(dataset=dataset).order_by("-started_at").first()
    if last is None:
        return False
    return clock.now() < last.ended_at + times * max(last.ended_at - last.started_at, timedelta(0))
