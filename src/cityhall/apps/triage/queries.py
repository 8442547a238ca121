"""Asking the model: the newest one, read once by each process."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cityhall.apps.places import public as places
from cityhall.apps.triage.contracts import Place, UnreadableModel
from cityhall.apps.triage.models import LearntModel
from cityhall.apps.triage.rules import Model
from cityhall.kernel.offers import Advice

log = logging.getLogger(__name__)

_LOOKS_AGAIN = 30.0
_MOST_LETTERS = 2_000
_ADVISED = 5
_AROUND = 100.0


@dataclass(slots=True)
class _Kept:
    """What this process has read: which row, the model in it, and the layers the city has filled."""

    looked_at: float = float("-inf")
    row: uuid.UUID | None = None
    model: Model | None = None
    layers: tuple[str, ...] = ()


_kept = _Kept()


def advise(
    words: str, points: Mapping[str, float], lat: float | None = None, lon: float | None = None
) -> Sequence[Advice]:
    """Return the categories a resident's words may mean, best first; nothing while there is no model.

    What the search by words found counts too, and the place, where it is known: what else is reported around there,
    and which things stand at hand.
    """
    model = current()
    if model is None:
        return ()
    place = None
    if lat is not None and lon is not None:
        place = Place(lat, lon, _things(lat, lon))
    found = model.guesses(words[:_MOST_LETTERS], place, points)
    return [Advice(one.code, one.confidence) for one in found[:_ADVISED]]


def current() -> Model | None:
    """Return the newest model, None when there is none or it cannot be read. Looks for a newer one now and then."""
    now = time.monotonic()
    if now - _kept.looked_at < _LOOKS_AGAIN:
        return _kept.model
    _kept.looked_at = now
    newest = LearntModel.objects.order_by("-made_at", "-id").values_list("id", flat=True).first()
    if newest != _kept.row:
        _kept.row, _kept.model = newest, _read(newest) if newest else None
        wanted = _kept.model.layers if _kept.model else ()
        _kept.layers = tuple(one.code for one in places.asset_layers() if one.count and one.code in wanted)
    return _kept.model


def forget() -> None:
    """Look for the newest model at the next question."""
    _kept.looked_at, _kept.row, _kept.model, _kept.layers = float("-inf"), None, None, ()


def _read(row: uuid.UUID) -> Model | None:
    body = LearntModel.objects.filter(id=row).values_list("body", flat=True).first()
    try:
        return Model.from_bytes(bytes(body)) if body is not None else None
    except UnreadableModel as problem:
        log.warning("the model of categories cannot be read: %s; words are searched for instead", problem)
        return None


def _things(lat: float, lon: float) -> Mapping[str, float | None]:
    """Return how far the nearest thing of each layer is, None where none is around."""
    near = {layer: places.assets_near(layer, lat, lon, _AROUND, limit=1) for layer in _kept.layers}
    return {layer: found[0].distance if found else None for layer, found in near.items()}
