"""How often foretold dates are right, on real exports and on the drawn city: `python benches/dates.py`.

Prints a row for each category that counts (1,000 requests before the split, 300 later ones closed, a series of 90
days), split where seven in ten lie before it: learnt each night, the same learner stopped at the split, and plain
quantiles. The drawn city's rows are also held against its hidden truth: when the trouble was truly put right. Needs the
real data (CITYHALL_REAL_DATA) for the first part and goes without when there is none.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
EXPORTS = ("san_diego_getitdone_graffiti*", "boston_animal_*", "san_francisco_*")
DAY = 86_400.0
ENDS = datetime(2026, 5, 1, 12, tzinfo=UTC)
LEARNT_FROM, CLOSED_LATER = 1000, 300


def main() -> int:
    """Measure both."""
    os.environ.setdefault("CITYHALL_DATA", "/nonexistent")
    from cityhall.cli.runtime import load_django

    load_django()
    real_exports()
    drawn_city()
    return 0


def real_exports() -> None:
    """Print a row for each category of the real exports that counts."""
    from cityhall.apps.estimates import public as estimates
    from cityhall.apps.service_requests import public as requests

    folder = Path(os.environ.get("CITYHALL_REAL_DATA") or ROOT.parent / "shared" / "data") / "311"
    files = [file for pattern in EXPORTS for file in sorted(folder.glob(pattern))]
    if not files:
        print(f"no real data at {folder}: set CITYHALL_REAL_DATA")
    for file in files:
        history = requests.read_history([file])
        for row in estimates.judge_dates(history, history.default_split())["rows"]:
            if row["counts"]:
                print(f"{file.name.split('.')[0]}, {row['category']}: {_told(row)}")


def _told(row: Mapping[str, Any]) -> str:
    covers = "; ".join(
        f"{name} {100 * row[f'{side}cover50']:.1f} / {100 * row[f'{side}cover90']:.1f}"
        for side, name in (("", "nightly"), ("split_", "stopped at the split"), ("plain_", "plain quantiles"))
    )
    return (
        f"{row['n_train']:,} before, {row['n_test']:,} asked, {row['closed_later']:,} closed; {covers};"
        f" widths {row['median_width50']:.2f} / {row['median_width90']:.2f} days;"
        f" done {100 * row['share_foretold']:.0f} % foretold, {100 * row['share_closed']:.0f} % real;"
        f" {'within' if row['within'] else 'NOT within'}"
    )


def drawn_city() -> None:
    """Print a row for each large category of the drawn city, against its closings and against the truth."""
    from cityhall.apps.estimates.rules import judging
    from cityhall.apps.estimates.rules.learning import Past
    from cityhall.demo.ground import city
    from cityhall.demo.past import history

    drawn = history.build(city.build(1), ENDS, 1)
    reports = sorted((one for one in drawn.requests if not one.duplicate_of), key=lambda one: one.requested_at)
    kinds = sorted({one.filed_as for one in reports})
    filed = np.array([one.requested_at.timestamp() / DAY for one in reports])
    closed = np.array([one.closed_at.timestamp() / DAY if one.closed_at else np.inf for one in reports])
    fixed = {number: one.fixed_at for one in drawn.truth.incidents for number in one.reports}
    truly = np.array([at.timestamp() / DAY if (at := fixed[one.number]) else np.inf for one in reports])
    category = np.array([kinds.index(one.filed_as) for one in reports])
    past = Past(filed, np.maximum(closed, filed), category, np.zeros(len(kinds), dtype=np.int64))
    split, end = float(np.quantile(filed, 0.7)), ENDS.timestamp() / DAY
    trial = judging.trial(past, split, end)
    said = np.array([(one.half, one.nine) if one else (np.nan, np.nan) for one in trial.nightly])
    for at, kind in enumerate(kinds):
        mine = (category[trial.asked] == at) & np.isfinite(said[:, 0])
        asked = trial.asked[mine]
        before, after = int((category[: trial.asked[0]] == at).sum()), int(np.isfinite(closed[asked]).sum())
        if before < LEARNT_FROM or after < CLOSED_LATER:
            continue
        found = [
            judging.verdict(
                np.maximum(ends - filed, 0.0)[asked], end - filed[asked], trial.horizon, said[mine, 0], said[mine, 1]
            )
            for ends in (closed, truly)
        ]
        told = [f"{100 * one.cover50:.1f} / {100 * one.cover90:.1f}" if one else "–" for one in found]
        print(
            f"Harborview, {kind}: {before:,} before, {after:,} closed; nightly {told[0]}; against the truth {told[1]}"
        )


if __name__ == "__main__":
    sys.exit(main())
