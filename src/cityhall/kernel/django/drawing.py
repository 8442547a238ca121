"""Charts as SVG for every room: drawn here, coloured by the stylesheet, said in words beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString

from cityhall.kernel.scales import nice_top

WIDE, HIGH = 300, 118
_TOP, _FLOOR = 18, 98
Values = Sequence[float | None]


def bars(values: Values, over: Sequence[bool], *, label: str, top: str, ends: tuple[str, str]) -> SafeString:
    """Draw one bar a month; a month that is not over is outlined. `top` is what the scale's end is called."""
    most, step = nice_top(values), WIDE / max(1, len(values))
    drawn = joined(
        f'<rect class="{"mark" if done else "mark mark--unfinished"}" x="{number * step + step * 0.12:.1f}"'
        f' y="{height_of(value, most):.1f}" width="{step * 0.76:.1f}" height="{_FLOOR - height_of(value, most):.1f}"/>'
        for number, (value, done) in enumerate(zip(values, over, strict=True))
        if value
    )
    return framed(drawn, label, top, ends)


def bar(value: float, most: float) -> SafeString:
    """Draw one bar of a table's row; its number stands beside it."""
    return format_html(
        '<svg class="row-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="mark" width="{}" height="10"/></svg>',
        f"{100 * value / most:.1f}" if most else "0",
    )


def joined(marks: Iterable[str]) -> SafeString:
    """Return marks as they are: they are made of our own words and of numbers, and a page has hundreds."""
    return SafeString("".join(marks))


def height_of(value: float | None, most: float) -> float:
    """Return how far down a value stands on a scale that ends at `most`."""
    return _FLOOR - (_FLOOR - _TOP) * min(1, (value or 0) / most)


def framed(drawn: SafeString, label: str, top: str, ends: tuple[str, str]) -> SafeString:
    """Draw a chart's frame around its marks: the scale, the floor, and what both ends are called."""
    return format_html(
        '<svg class="chart" viewBox="0 0 {w} {h}" role="img" aria-label="{label}">'
        '<path class="grid" d="M0 {top_at}H{w}"/>{drawn}<path class="floor" d="M0 {floor}H{w}"/>'
        '<text x="0" y="{up}">{top}</text><text x="0" y="{low}">{first}</text>'
        '<text x="{w}" y="{low}" class="end">{last}</text></svg>',
        w=WIDE, h=HIGH, label=label, top_at=_TOP, floor=_FLOOR, up=_TOP - 5, low=HIGH - 4, top=top, drawn=drawn,
        first=ends[0], last=ends[1],
    )  # fmt: skip
