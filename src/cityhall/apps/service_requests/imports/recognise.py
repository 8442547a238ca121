"""Telling whose file it is by its columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from cityhall.apps.service_requests.imports.profiles import Profile, folded
from cityhall.apps.service_requests.imports.readers.table_rows import QUARANTINE_PREFIX
from cityhall.apps.service_requests.imports.records import Row, Unusable

_TOTALS = frozenset({"count", "counts", "total", "totals", "sum", "requests", "average", "median", "percent"})


def recognise(profiles: Iterable[Profile], kind: str, sample: Sequence[Row]) -> Profile:
    """Return the one profile whose columns the sample has.

    A profile fits when the file has all its required columns and none of its unwanted ones. Of those that fit, the one
    that knows most of the file's columns is taken.

    Raises:
        Unusable: none fits, or two fit equally well; the message names them.
    """
    columns = {folded(column) for row in sample for column in row.values if not column.startswith(QUARANTINE_PREFIX)}
    scored = sorted(
        ((_score(profile, kind, columns, sample), profile.name, profile) for profile in profiles),
        key=lambda entry: (-entry[0], entry[1]),
    )
    fitting = [entry for entry in scored if entry[0] > 0]
    if not fitting:
        raise Unusable(_nobody(columns, sample, [profile for _, _, profile in scored]))
    tied = [name for score, name, _ in fitting if score == fitting[0][0]]
    if len(tied) > 1:
        raise Unusable(f"The file could be from {' or '.join(tied)}. Say which with --profile.")
    return fitting[0][2]


def columns_of(profile: Profile, sample: Iterable[Row]) -> Mapping[str, str]:
    """Return the profile's columns as this file writes them: `street name` to `Street Name`."""
    seen = {folded(column): column for row in sample for column in row.values}
    return {
        column: column if any(column in row.values for row in sample) else seen.get(folded(column), column)
        for take in profile.fields.values()
        for column in take.mentions()
    }


def _score(profile: Profile, kind: str, columns: set[str], sample: Sequence[Row]) -> int:
    if profile.kinds and kind not in profile.kinds:
        return 0
    if not profile.required or not profile.required <= columns or profile.unwanted & columns:
        return 0
    for column, pattern in profile.samples.items():
        values = [
            text for row in sample for name, text in row.values.items() if folded(name) == folded(column) and text
        ]
        if not values or not all(re.search(pattern, text) for text in values[:50]):
            return 0
    return len(profile.columns() & columns)


def _nobody(columns: set[str], sample: Sequence[Row], profiles: Sequence[Profile]) -> str:
    if not columns:
        told = next((row.detail for row in sample if row.detail), "")
        return f"The file holds no record that can be read. {told}".strip()
    shown = ", ".join(sorted(columns)[:12])
    if columns & _TOTALS and len(columns) < 12:
        return (
            f"The file looks like totals, not records (its columns are {shown}): a row must be one request, "
            "with a number and a date. Ask for the records behind it."
        )
    nearest = max(
        profiles,
        key=lambda profile: (len(profile.columns() & columns), -len(profile.required - columns)),
        default=None,
    )
    hint = ""
    if nearest is not None and (missing := nearest.required - columns) and nearest.required & columns:
        hint = f" It is nearest to {nearest.name}, but has no {', '.join(sorted(missing))}."
    return (
        f"No profile knows these columns: {shown}.{hint} "
        "Write a profile for the file (docs/how-to/load-your-history.md) and give it with --profile."
    )
