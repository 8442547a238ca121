"""How people write numbers in files: with a currency sign, a decimal comma, in brackets below zero."""

from __future__ import annotations

import re

_GAP = "[ \u00a0\u202f]"


def number_form(*, sign: str = "", decimal_comma: bool = False, brackets: bool = False) -> str:
    """Return the pattern of a number so written, as both Python and the engines read it.

    Args:
        sign: what stands at each number but zero, as "$" or "%": before it or behind; "" for nothing. Bookkeepers write
            zero as "$ -" and what is below it in brackets.
        decimal_comma: 1.234,5 rather than 1,234.5.
        brackets: (5) is five below zero, without a sign as well.
    """
    parts, point = (r"\.", ",") if decimal_comma else (",", r"\.")
    grouped = [f"[0-9]{{1,3}}(?:{part}[0-9]{{3}})+" for part in (parts, *([_GAP] if decimal_comma else []))]
    size = f"(?:(?:{'|'.join(grouped)}|[0-9]{{1,15}})(?:{point}[0-9]*)?|{point}[0-9]+)"
    minus, gap, mark = "[-+]?", f"{_GAP}*", re.escape(sign)
    if not sign:
        return rf"(?:{minus}{size}|\({size}\))" if brackets else f"(?:{minus}{size})"
    return "|".join(
        (
            f"(?:{minus}{gap}{mark}{gap}{size}",
            f"{mark}{gap}{minus}{size}",
            f"{minus}{size}{gap}{mark}",
            rf"\({gap}(?:{mark}{gap}{size}|{size}{gap}{mark}){gap}\)",
            rf"{mark}{gap}\({gap}{size}{gap}\)",
            rf"\({gap}{size}{gap}\){gap}{mark}",
            f"{mark}{gap}-{gap}",
            f"0+(?:{point}0+)?)",
        )
    )
