"""Pure decisions: names, guessed types, contract files, whether a run may be published, freshness."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from cityhall.apps.opendata.contracts import Contract, Freshness
from cityhall.kernel.snapshots import SnapshotWritten
from cityhall.kernel.text import folded_words

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
_DURATION = re.compile(r"P(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?)?")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_MONTH_DAYS = 31


def new_code() -> str:
    """Return a 4x4 by chance, such as "k3vp-9wte"."""
    return "-".join("".join(secrets.choice(_LETTERS) for _letter in range(4)) for _half in range(2))


def is_column_name(text: str) -> bool:
    """Say whether programs can call a column so."""
    return _NAME.fullmatch(text) is not None


def column_name(heading: str, taken: Mapping[str, object]) -> str:
    """Return a name for a column with this heading that is not taken yet."""
    base = re.sub(r"[^a-z0-9_]", "", "_".join(folded_words(heading)))[:50] or "column"
    if not base[0].isalpha():
        base = f"c_{base}"
    name, at = base, 1
    while name in taken:
        at += 1
        name = f"{base}_{at}"
    return name


def dataset_name(text: str) -> str:
    """Return a name for addresses made from a file's or a person's words."""
    return "-".join(re.sub(r"[^a-z0-9]", "", word) for word in folded_words(text)).strip("-")[:80] or "dataset"


def duration(text: str) -> timedelta | None:
    """Return an ISO 8601 duration of months, weeks, days, hours and minutes; None when it is none or is nothing."""
    found = _DURATION.fullmatch(text)
    if found is None:
        return None
    months, weeks, days, hours, minutes = (int(part or 0) for part in found.groups())
    length = timedelta(days=months * _MONTH_DAYS + weeks * 7 + days, hours=hours, minutes=minutes)
    return length or None


def freshness(promised: str, checked_at: datetime, now: datetime) -> Freshness:
    """Hold the age of what is published against the promise."""
    length = duration(promised) if promised else None
    if length is None:
        return Freshness.UNPROMISED
    age = now - checked_at
    return Freshness.FRESH if age <= length else Freshness.LATE if age <= 2 * length else Freshness.STALE


def refusals(contract: Contract, written: SnapshotWritten, before: int | None) -> list[str]:
    """Return why a written snapshot may not be published; nothing when it may.

    Args:
        before: rows of the snapshot in force; None for the first.
    """
    reasons = []
    given = written.rows + written.quarantined
    if not written.rows:
        reasons.append("No row can be used.")
    elif written.quarantined > contract.most_aside * given:
        worst = ", ".join(f"{many:,} × {why}" for why, many in _largest(written.reasons))
        reasons.append(
            f"{written.quarantined:,} of {given:,} rows cannot be used ({worst}); the contract allows"
            f" {100 * contract.most_aside:g} %."
        )
    if before and written.removed > contract.most_lost * before:
        reasons.append(
            f"{written.removed:,} of the {before:,} rows published before are gone; the contract allows"
            f" {100 * contract.most_lost:g} %."
        )
    return reasons


def _largest(reasons: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(reasons.items(), key=lambda one: -one[1])[:3]
