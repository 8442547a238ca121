"""From what is known of a category to the dates of one request."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from cityhall.apps.estimates.contracts import CategoryModel, Foretold, Slip
from cityhall.apps.estimates.rules.curves import quantiles
from cityhall.apps.estimates.rules.learning import FASTEST, SLOWEST

TOLD_AGAIN_AFTER_DAYS = 7.0


def foretell(
    known: CategoryModel, *, waited: float, areas: Collection[str], department: str, horizon: float
) -> Foretold | None:
    """Say when a request that has waited so many days is done; None when nobody can say.

    Plain quantiles say nothing of one that has waited longer than nine in ten.

    Args:
        areas, department: ids.
    """
    waited = max(waited, 0.0)
    if known.curve:
        pace = known.pace * known.departments.get(department, 1.0)
        for area in areas:
            pace *= known.areas.get(area, 1.0)
        factor = min(max(pace, SLOWEST), FASTEST)
        curve = np.array(known.curve)
        ages, share = quantiles(curve, (0.5, 0.9), age=waited, horizon=horizon, factor=factor)
        at_filing, _ = quantiles(curve, (0.5,), age=0.0, horizon=horizon, factor=factor)
        return Foretold(float(ages[0]), float(ages[1]), share, waited > float(at_filing[0]), known.closings)
    if known.plain is None or waited > known.plain[1]:
        return None
    return Foretold(*known.plain, 1.0, False, known.closings)


def slipped(*, half: float, said_nine: float, now: float, last_told: float | None) -> Slip | None:
    """Say whether, and why, a request takes longer than was said: times in days, `half` and `said_nine` as moments.

    It does when even the date for half is after the one that was said for nine in ten. Nobody is told twice a week.
    """
    if half <= said_nine or (last_told is not None and now - last_told < TOLD_AGAIN_AFTER_DAYS):
        return None
    return Slip.WAITED if now >= said_nine else Slip.BACKLOG
