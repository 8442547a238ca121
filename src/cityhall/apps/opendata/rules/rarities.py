"""Values that too few rows have, as a form shows what is done about them and as a form changes it.

Each rule has a place, which names its fields: "r0_column0" and so on are the columns, whose values count together,
"r0_fewer" the number, "r0_instead" the text in their place. A rule without a column is none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from cityhall.kernel.snapshots import Rare

USUAL: Final = "5"
"""Fewer rows than this can point at a person; it is what most statistics offices count by."""
_COLUMNS: Final = 3
_MOST: Final = 50
_COLUMN: Final = re.compile(r"r(\d{1,2})_column(\d{1,3})")


def answers_of(rare: Sequence[Rare]) -> dict[str, str]:
    """Return what a form is filled with at first."""
    filled: dict[str, str] = {}
    for at, one in enumerate(rare):
        filled |= {f"r{at}_column{place}": name for place, name in enumerate(one.columns)}
        filled |= {f"r{at}_fewer": str(one.fewer_than), f"r{at}_instead": one.instead}
    return filled


def places(filled: Mapping[str, str]) -> list[int]:
    """Return the places of the rules that a form has, in their order."""
    found = {int(seen[1]) for name, value in filled.items() if value and (seen := _COLUMN.fullmatch(name))}
    return sorted(at for at in found if at < _MOST)


def fields(filled: Mapping[str, str]) -> list[tuple[int, int]]:
    """Return the place of each rule that a form shows, with how many columns it has room for; the last is a spare."""
    there = places(filled)
    spare = next(at for at in range(_MOST + 1) if at not in there)
    used = {at: sum(name.startswith(f"r{at}_column") for name in filled) for at in there}
    return [(at, max(_COLUMNS, used.get(at, 0))) for at in [*there, *([spare] if spare < _MOST else [])]]


def changed(
    stands: Sequence[Mapping[str, Any]], filled: Mapping[str, str], shown: Collection[str]
) -> list[dict[str, Any]]:  # fmt: skip
    """Return the rules that a filled-in form makes of others, given as in a contract's file.

    Args:
        stands: the rules that hold; they stay where a form asked about none.
        shown: names of the columns that are published. What nobody sees needs no rule.
    """
    is_asked = any(_COLUMN.fullmatch(name) for name in filled)
    made = _said(filled) if is_asked else [dict(one) for one in stands]
    kept = [{**one, "columns": [name for name in one["columns"] if name in shown]} for one in made]
    return [one for one in kept if one["columns"]]


def _said(filled: Mapping[str, str]) -> list[dict[str, Any]]:
    made = []
    for at in places(filled):
        named = [filled[f"r{at}_column{place}"] for _at, place in _columns_of(at, filled)]
        fewer = filled.get(f"r{at}_fewer", "").strip() or USUAL
        made.append(
            {
                "columns": list(dict.fromkeys(named)),
                "fewer_than": int(fewer) if fewer.isdecimal() and len(fewer) < 10 else fewer,
                "instead": filled.get(f"r{at}_instead", "").strip(),
            }
        )
    return made


def _columns_of(at: int, filled: Mapping[str, str]) -> list[tuple[int, int]]:
    found = [seen for name, value in filled.items() if value and (seen := _COLUMN.fullmatch(name))]
    return sorted((int(one[1]), int(one[2])) for one in found if int(one[1]) == at)
