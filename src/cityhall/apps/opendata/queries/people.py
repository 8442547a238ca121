"""What people asked of open data: the datasets they wish for, the mistakes they reported."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from cityhall.apps.opendata.contracts import MistakeInfo, MistakeState, WishInfo, WishState
from cityhall.apps.opendata.models import Mistake, Wish
from cityhall.apps.opendata.rules import contract_files
from cityhall.kernel.actors import Actor
from cityhall.kernel.errors import NotFound


def wishes(*states: WishState) -> list[WishInfo]:
    """Return the wishes in these states, those that most people have first."""
    found = _wishes().filter(state__in=states).order_by("-count", "-asked_at")
    return [_wish(one) for one in found]


def wish(wish_id: uuid.UUID) -> WishInfo:
    """Return one wish. Raises NotFound."""
    row = _wishes().filter(id=wish_id).first()
    if row is None:
        raise NotFound(_("There is no such request."))
    return _wish(row)


def _wishes() -> QuerySet[Wish]:
    return Wish.objects.select_related("dataset").annotate(count=Count("votes"))


def waiting(_actor: Actor) -> int:
    """Return how many wishes and mistakes wait for a person of the city."""
    open_mistakes = Mistake.objects.filter(state=MistakeState.OPEN).count()
    return Wish.objects.filter(state=WishState.WAITING).count() + open_mistakes


def _wish(row: Any) -> WishInfo:
    is_there = row.dataset is not None and row.dataset.current_id is not None
    return WishInfo(
        row.id, row.what, row.why, WishState(row.state), row.answer, row.dataset.code if is_there else "",
        contract_files.kept(row.dataset.contract).title if is_there else {}, row.count, row.asked_at,
        row.answered_at, bool(row.email),
    )  # fmt: skip


def mistakes(*states: MistakeState, most: int) -> list[MistakeInfo]:
    """Return the newest mistakes that were reported and are in these states."""
    found = Mistake.objects.select_related("dataset").filter(state__in=states).order_by("-reported_at")
    return [_mistake(one) for one in found[:most]]


def mistake(mistake_id: uuid.UUID) -> MistakeInfo:
    """Return one mistake that was reported. Raises NotFound."""
    row = Mistake.objects.select_related("dataset").filter(id=mistake_id).first()
    if row is None:
        raise NotFound(_("Nobody reported this."))
    return _mistake(row)


def mistake_in(code: str, row: str) -> MistakeInfo | None:
    """Return the newest mistake that was reported in a row, None when all was found right or none was."""
    found = Mistake.objects.select_related("dataset").filter(dataset__code=code, row=row)
    newest = found.exclude(state=MistakeState.RIGHT).order_by("-reported_at").first()
    return _mistake(newest) if newest else None


def _mistake(row: Mistake) -> MistakeInfo:
    return MistakeInfo(
        row.id, row.dataset.code, contract_files.kept(row.dataset.contract).title, row.number, row.row, row.column,
        row.what, MistakeState(row.state), row.answer, row.reported_at, row.answered_at, bool(row.email),
    )  # fmt: skip
