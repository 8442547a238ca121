"""Dates on the drawn city: what the product would have said, held against the desk's closings and the hidden truth."""

from __future__ import annotations

import numpy as np

from cityhall.apps.estimates.rules import judging
from cityhall.apps.estimates.rules.choosing import Foreteller
from cityhall.apps.estimates.rules.learning import Past, walk
from cityhall.demo.past.history import History

DAY = 86_400.0
WITHIN = 90.0


def test_dates_fit_what_the_drawn_city_did(past: History) -> None:
    reports = sorted((one for one in past.requests if not one.duplicate_of), key=lambda one: one.requested_at)
    kinds = sorted({one.filed_as for one in reports})
    filed = np.array([one.requested_at.timestamp() / DAY for one in reports])
    closed = np.array([one.closed_at.timestamp() / DAY if one.closed_at else np.inf for one in reports])
    fixed = {number: one.fixed_at for one in past.truth.incidents for number in one.reports}
    truly = np.array([at.timestamp() / DAY if (at := fixed[one.number]) else np.inf for one in reports])
    category = np.array([kinds.index(one.filed_as) for one in reports])
    end = past.now.timestamp() / DAY
    learner = Foreteller(
        Past(filed, np.maximum(closed, filed), category, np.zeros(len(kinds), dtype=np.int64)),
        horizon=365.0,
        checked_within=WITHIN,
    )
    walk(learner, end, step=7.0, ask_from=end - 280)
    asked = np.array(sorted(learner.checked))
    half = np.array([learner.checked[one].half for one in asked])
    nine = np.array([learner.checked[one].nine for one in asked])
    for ends in (closed, truly):
        took = np.maximum(ends - filed, 0.0)[asked]
        found = judging.verdict(took, end - filed[asked], WITHIN, half, nine)
        assert found is not None
        assert 0.38 < found.cover50 < 0.6
        assert 0.74 < found.cover90 < 0.95, "queues that slow down for months are foretold too early: docs say so"
    graffiti = category[asked] == kinds.index("graffiti")
    found = judging.verdict(
        (closed - filed)[asked][graffiti], end - filed[asked][graffiti], WITHIN, half[graffiti], nine[graffiti]
    )
    assert found is not None
    assert 0.42 < found.cover50 < 0.58
    assert 0.82 < found.cover90 < 0.95
