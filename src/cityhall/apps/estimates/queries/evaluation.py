"""`cityhall requests evaluate dates`: what would have been foretold on a history, held against what came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import h3
import numpy as np

from cityhall.apps.estimates.rules import judging
from cityhall.apps.estimates.rules.curves import Bools, Floats
from cityhall.apps.estimates.rules.learning import Answer, Past
from cityhall.apps.service_requests.public import History, Record

DAY = 86_400.0
#: A category's figures count with so many requests before the split, so many later ones that were closed, and a series
#: that goes back long enough before the split to have seen slow ones closed.
LEARNT_FROM, CLOSED_LATER, SERIES_DAYS = 1000, 300, 90.0
BAND50, BAND90 = (0.45, 0.55), (0.87, 0.93)
_AREA_RESOLUTION = 6
#: With more kinds the rarest are counted as one: a file may have another text in that column in each of its rows.
MOST_CATEGORIES = 1000


@dataclass(frozen=True, slots=True)
class Read:
    """A history as arrays. `end` is the last moment the files know of, in days."""

    past: Past
    names: tuple[str, ...]
    end: float


def read(records: Sequence[Record]) -> Read:
    """Return a history's dated requests as arrays, oldest first. A request that repeats another is left out."""
    dated = [one for one in records if one.requested_at is not None and one.outcome != "duplicate"]
    moments = [moment for one in dated for moment in (one.requested_at, one.closed_at, one.updated_at) if moment]
    counts = Counter(_category(one) for one in dated)
    told = {name for name, _count in counts.most_common(MOST_CATEGORIES)}
    rare = f"{len(counts) - len(told):,} rarer categories"
    categories: dict[str, int] = {}
    groups: dict[str, int] = {}
    group_of: dict[int, int] = {}
    areas: dict[str, int] = {}
    agencies: dict[str, int] = {}
    rows = []
    for one in dated:
        name = _category(one)
        category = categories.setdefault(name if name in told else rare, len(categories))
        group_of.setdefault(category, groups.setdefault(one.group, len(groups)))
        area = (
            h3.latlng_to_cell(one.lat, one.lon, _AREA_RESOLUTION) if one.lat is not None and one.lon is not None else ""
        )
        rows.append(
            (
                _days(one.requested_at),
                _days(one.closed_at),
                category,
                areas.setdefault(area, len(areas)) if area else -1,
                agencies.setdefault(one.agency, len(agencies)) if one.agency else -1,
            )
        )
    columns = np.array(rows, dtype=np.float64).reshape(len(rows), 5)
    columns = columns[np.argsort(columns[:, 0], kind="stable")]
    requested = columns[:, 0]
    past = Past(
        requested,
        np.maximum(columns[:, 1], requested),
        columns[:, 2].astype(np.int64),
        np.array([group_of[one] for one in range(len(categories))], dtype=np.int64),
        {"area": columns[:, 3].astype(np.int64), "department": columns[:, 4].astype(np.int64)},
    )
    return Read(past, tuple(categories), max((_days(moment) for moment in moments), default=0.0))


def _category(record: Record) -> str:
    return record.category or record.category_code


def _days(moment: datetime | None) -> float:
    return moment.timestamp() / DAY if moment else np.inf


def judge_dates(history: History, split: datetime) -> Mapping[str, Any]:
    """Judge dates on a history. See docs/explanation/dates.md for what each figure says.

    Returns:
        Figures of all categories together, and "rows" with those of each, the largest first.
    """
    found = read(history.records)
    trial = judging.trial(found.past, _days(split), found.end)
    asked, past = trial.asked, found.past
    half, nine = judging.plain(past, _days(split), asked, trial.horizon)
    sides = {
        "": _ranges(trial.nightly),
        "split_": _ranges(trial.frozen),
        "plain_": (half, nine, np.full(len(asked), np.nan)),
    }
    figures = _Figures(past, asked, found.end, trial.horizon, sides, _days(split))
    everything = np.ones(len(asked), dtype=np.bool_)
    rows = [
        {"category": name, **figures.of(past.category[asked] == at, past.category == at)}
        for at, name in enumerate(found.names)
    ]
    rows.sort(key=lambda row: -row["n_test"])
    counted = [row for row in rows if row["counts"]]
    return {
        "profile": history.profile,
        "split": split.isoformat(),
        "horizon_days": trial.horizon,
        **figures.of(everything, np.ones(len(past.requested), dtype=np.bool_)),
        "categories_that_count": len(counted),
        "categories_within": sum(row["within"] for row in counted),
        "rows": [row for row in rows if row["n_test"]],
    }


def _ranges(answers: Sequence[Answer | None]) -> tuple[Floats, Floats, Floats]:
    rows = [(one.half, one.nine, one.share) if one else (np.nan, np.nan, np.nan) for one in answers]
    columns = np.array(rows, dtype=np.float64).reshape(len(rows), 3)
    return columns[:, 0], columns[:, 1], columns[:, 2]


@dataclass(frozen=True, slots=True)
class _Figures:
    past: Past
    asked: Any
    end: float
    horizon: float
    sides: Mapping[str, tuple[Floats, Floats, Floats]]
    split: float

    def of(self, mine: Bools, theirs: Bools) -> dict[str, Any]:
        """Return the figures of some requests: `mine` among those asked about, `theirs` among all."""
        past, horizon = self.past, self.horizon
        filed = past.requested[self.asked[mine]]
        took, watched = past.closed[self.asked[mine]] - filed, self.end - filed
        before = theirs & (past.requested < self.split)
        closed = int(np.isfinite(took).sum())
        figures: dict[str, Any] = {"n_train": int(before.sum()), "n_test": int(mine.sum()), "closed_later": closed}
        for name, (half, nine, share) in self.sides.items():
            known = np.isfinite(half[mine])
            found = judging.verdict(took[known], watched[known], horizon, half[mine][known], nine[mine][known])
            figures[f"{name}cover50"] = _rounded(found.cover50) if found else None
            figures[f"{name}cover90"] = _rounded(found.cover90) if found else None
            figures[f"{name}median_width50"] = _rounded(found.width50) if found else None
            figures[f"{name}median_width90"] = _rounded(found.width90) if found else None
            if name == "":
                figures["n_answered"] = int(known.sum())
                figures["share_foretold"] = _rounded(float(share[mine][known].mean())) if known.any() else None
                figures["share_closed"] = _rounded(judging.share_closed(took, watched, horizon)) if len(took) else None
        reaches = before.any() and self.split - float(past.requested[before][0]) >= SERIES_DAYS
        figures["counts"] = bool(reaches) and figures["n_train"] >= LEARNT_FROM and closed >= CLOSED_LATER
        figures["within"] = _within(figures["cover50"], BAND50) and _within(figures["cover90"], BAND90)
        return figures


def _within(value: float | None, band: tuple[float, float]) -> bool:
    return value is not None and band[0] <= value <= band[1]


def _rounded(value: float) -> float:
    return round(value, 4)
