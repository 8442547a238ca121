"""Pure decisions: names, guessed types, contract files, whether a run may be published, freshness."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from cityhall.apps.opendata.contracts import ColumnTerms, Contract, Freshness, Policy, Reason, Why
from cityhall.kernel.snapshots import ColumnFacts, SnapshotWritten
from cityhall.kernel.text import folded_words

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
_DURATION = re.compile(r"P(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?)?")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_MONTH_DAYS = 31
_MORNING = time(7, 0)


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
    words = folded_words(text.replace("_", " "))
    return "-".join(re.sub(r"[^a-z0-9]", "", word) for word in words).strip("-")[:80] or "dataset"


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


def last_morning(local: datetime) -> datetime:
    """Return when followers were last due to be told: at seven this morning, or of the day before."""
    turn = datetime.combine(local.date(), _MORNING, local.tzinfo)
    return turn if turn <= local else datetime.combine(local.date() - timedelta(days=1), _MORNING, local.tzinfo)


def surprises(contract: Contract, headings: Sequence[str]) -> list[Reason]:
    """Return why a file with these headings may not be published."""
    reasons = []
    if contract.missing_columns is Policy.REFUSE:
        needed = {heading: None for one in contract.columns if one.publish for heading in one.headings}
        reasons += [Reason(Why.LACKS_COLUMN, {"column": one}) for one in needed if one not in set(headings)]
    if contract.new_columns is Policy.REFUSE:
        known = {heading for one in contract.columns for heading in one.headings}
        reasons += [Reason(Why.UNKNOWN_COLUMN, {"column": one}) for one in headings if one not in known]
    return reasons


def refusals(contract: Contract, written: SnapshotWritten, before: int | None, now: datetime) -> list[Reason]:
    """Return why a written snapshot may not be published; nothing when it may.

    Args:
        before: rows of the snapshot in force; None for the first.
        now: on the city's clock.
    """
    reasons = []
    given = written.rows + written.quarantined
    if not written.rows and (given or contract.most_lost < 1):
        held = {"held": written.held}
        reasons.append(Reason(Why.NO_ROW_YET, held) if written.held else Reason(Why.NO_ROW))
    elif written.quarantined > contract.most_aside * given:
        values = {"aside": written.quarantined, "rows": given, "percent": 100 * contract.most_aside}
        reasons.append(Reason(Why.TOO_MANY_ASIDE, {**values, "worst": _largest(written.reasons)}))
    if before and written.removed > contract.most_lost * before:
        values = {"gone": written.removed, "rows": before, "percent": 100 * contract.most_lost}
        reasons.append(Reason(Why.TOO_MANY_GONE, values))
    for one in contract.columns:
        facts = written.facts.get(one.name)
        if facts is not None and written.rows:
            reasons += _column_refusals(one, facts, written.rows, now)
    return reasons


def _column_refusals(column: ColumnTerms, facts: ColumnFacts, rows: int, now: datetime) -> Iterator[Reason]:
    if facts.empty > column.most_empty * rows:
        values = {"empty": facts.empty, "rows": rows, "percent": 100 * column.most_empty}
        yield Reason(Why.TOO_EMPTY, {"column": column.name, **values})
    length = duration(column.fresh_within) if column.fresh_within else None
    if length is not None and (facts.latest is None or now - facts.latest > length):
        said = {"column": column.name, "age": column.fresh_within}
        latest = {"latest": f"{facts.latest:%Y-%m-%d %H:%M}"} if facts.latest else {}
        yield Reason(Why.TOO_OLD if latest else Why.NO_TIME, {**said, **latest})


def _largest(reasons: Mapping[str, int]) -> list[list[Any]]:
    return [[many, why] for why, many in sorted(reasons.items(), key=lambda one: -one[1])[:3]]
