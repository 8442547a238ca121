"""How a column's numbers are written, told from its values: with a sign, a decimal comma, in brackets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cityhall.kernel.numerals import number_form

_SIGN: Final = re.compile(
    r"(?:US|MX|CA|AU|[CRA])?\$|[%€£¥₹₱₡₲₩₪₫₺₽₴₦]|(?<![A-Za-z])(?:USD|EUR|GBP|MXN|CAD|AUD)(?![A-Za-z])"
)
_CODE: Final = re.compile(r"[^0-9.,]*0[0-9]")


@dataclass(frozen=True, slots=True)
class Numerals:
    """How numbers are written; see `ColumnTerms`, whose fields these are."""

    sign: str = ""
    decimal_comma: bool = False
    brackets: bool = False


def numerals(values: Sequence[str], *, share: float = 1, decimal_comma: bool | None = None) -> Numerals | None:
    """Return how these numbers are written where it is otherwise than 1,234.5; None where no way fits.

    What could be read either way is read as 1,234.5. A decimal comma is told by values that allow nothing else, and at
    least half of them have one, lest "1,5" be a list. Brackets where no number has thousands or decimals are notes.

    Args:
        share: of the values that must be written so.
        decimal_comma: what is known of it already; None for nothing.
    """
    if not values or (share == 1 and not re.search("[0-9]", values[0])):
        return None
    signs = Counter(found[0] for value in values if (found := _SIGN.search(value)))
    sign = signs.most_common(1)[0][0] if signs else ""
    brackets = not sign and any(value.startswith("(") for value in values)
    for comma in (False, True) if decimal_comma is None else (decimal_comma,):
        if not (sign or brackets or comma):
            continue
        form = re.compile(number_form(sign=sign, decimal_comma=comma, brackets=brackets))
        fit = [value for value in values if form.fullmatch(value)]
        if not fit or len(fit) < share * len(values) or any(_CODE.match(value) for value in fit):
            continue
        is_told = decimal_comma is not None or not comma or 2 * sum("," in value for value in fit) >= len(fit)
        amounts = any("." in value or "," in value for value in fit) and not all(value[0] == "(" for value in fit)
        if is_told and (amounts or not brackets):
            return Numerals(sign, comma, brackets)
    return None
