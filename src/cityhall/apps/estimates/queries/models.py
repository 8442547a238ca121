"""Reading the models that were made."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cityhall.apps.estimates.contracts import CategoryModel, Checked, DateModel
from cityhall.apps.estimates.models import Model


def current() -> DateModel | None:
    """Return the newest model; None before the first was made. A process reads each once."""
    newest = Model.objects.order_by("-version").values_list("id", flat=True).first()
    return _model(newest) if newest else None


@lru_cache(maxsize=2)
def _model(model_id: uuid.UUID) -> DateModel:
    row = Model.objects.get(id=model_id)
    return DateModel(
        row.version,
        row.made_at,
        row.learnt_since,
        row.requests,
        row.closings,
        row.horizon,
        {code: _category(kept) for code, kept in row.categories.items()},
    )


def _category(kept: Mapping[str, Any]) -> CategoryModel:
    return CategoryModel(
        closings=kept["closings"],
        open=kept["open"],
        curve=tuple(kept["curve"]),
        queue=tuple(kept.get("queue", ())),
        pace=kept["pace"],
        areas=kept["areas"],
        departments=kept["departments"],
        plain=tuple(kept["plain"]) if kept["plain"] else None,
        typical=tuple(kept["typical"]) if kept["typical"] else None,
        checked=Checked(**kept["checked"]) if kept["checked"] else None,
    )
