"""Amounts of material, as people write and read them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

_MOST = Decimal(99999)
_CENT = Decimal("0.01")


def amount_of(text: str) -> Decimal | None:
    """Read an amount: "2", "0.5" or "0,5"; None for nothing. Raises ValueError for anything else."""
    text = text.strip().replace(",", ".")
    if not text:
        return None
    try:
        found = Decimal(text)
    except InvalidOperation as problem:
        raise ValueError(text) from problem
    if not found.is_finite() or not 0 <= found <= _MOST:
        raise ValueError(text)
    found = found.quantize(_CENT)
    return found or None


def text_of(amount: Decimal) -> str:
    """Return an amount without needless zeros: "2", "0.5"."""
    return f"{amount:f}".rstrip("0").rstrip(".") if "." in f"{amount:f}" else f"{amount:f}"
