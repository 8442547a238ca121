"""From what is known of a category to the dates of one request."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from cityhall.apps.estimates.contracts import CategoryModel, Foretold, Slip
from cityhall.apps.estimates.rules.curves import quantiles
from cityhall.apps.estimates.rules.learning import FASTEST, SLOWEST

TOLD_AGAIN_AFTER_DAYS = 7.0


def foretell(
    known: CategoryModel,
    *,
    waited: float,
    areas: Collection[str],
    department: str,
    horizon: float,
    filed_before: float = 0.0,
) -> Foretold | None:
    """Say when a request that has waited so many days is done; None when nobody can say.

    Plain quantiles say nothing of one that has waited longer than nine in ten.

    Args:
        areas, department: ids.
        filed_before: how many days before the model was made it was filed.
    """
    waited = max(waited, 0.0)
    if known.curve:
        pace = known.pace * known.departments.get(department, 1.0)
        for area in areas:
            pace *= known.areas.get(area, 1.0)
        factor = min(max(pace, SLOWEST), FASTEST)
        curve, unit = np.array(known.curve), unit_of(known, filed_before)
        ages, share = quantiles(curve, (0.5, 0.9), age=waited / unit, horizon=horizon / unit, factor=factor)
        at_filing, _ = quantiles(curve, (0.5,), age=0.0, horizon=horizon / unit, factor=factor)
        half, nine = (ages * unit).tolist()
        return Foretold(half, nine, share, waited > float(at_filing[0]) * unit, known.closings)
    if known.plain is None or waited > known.plain[1]:
        return None
    return Foretold(*known.plain, 1.0, False, known.closings)


def unit_of(known: CategoryModel, filed_before: float) -> float:
    """Return what counts as one in the ages of a request filed so many days before the model was made."""
    if not known.queue:
        return 1.0
    return known.queue[min(max(int(filed_before), 0), len(known.queue) - 1)]


def slipped(*, half: float, said_nine: float, now: float, last_told: float | None) -> Slip | None:
    """Say whether, and why, a request takes longer than was said: times in days, `half` and `said_nine` as moments.

    It does when even the date for half is after the one that was said for nine in ten. Nobody is told twice a week.
    """
    if half <= said_nine or (last_told is not None and now - last_told < TOLD_AGAIN_AFTER_DAYS):
        return None
    return Slip.WAITED if now >= said_nine else Slip.BACKLOG
