"""Charts as SVG: drawn here, coloured by the stylesheet, said in words beside them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cityhall.apps.dashboards.contracts import Line
from cityhall.apps.places.contracts import Outlines
from cityhall.kernel.django.drawing import WIDE, Values, framed, height_of, joined
from cityhall.kernel.scales import nice_top

SHADES = 5


def lines(many: Sequence[Values], *, label: str, top: str, ends: tuple[str, str], most: float = 0) -> SafeString:
    """Draw lines over the months, the first one strongest; where nothing is told there is a gap."""
    most = most or nice_top([one for values in many for one in values])
    drawn = joined(
        f'<path class="line line--{number}" d="{_path(values, most)}"/>' for number, values in enumerate(many, start=1)
    )
    return framed(drawn, label, top, ends)


def _path(values: Values, most: float) -> str:
    step, parts, down = WIDE / max(1, len(values)), [], False
    for number, value in enumerate(values):
        if value is None:
            down = False
            continue
        x, y = (number + 0.5) * step, height_of(value, most)
        # A month alone between gaps is a short stroke, so that it is seen.
        alone = not down and (number + 1 == len(values) or values[number + 1] is None)
        parts.append(f"M{x - 3:.1f} {y:.1f}H{x + 3:.1f}" if alone else f"{'L' if down else 'M'}{x:.1f} {y:.1f}")
        down = True
    return "".join(parts)


def small_bars(values: Sequence[int], most: float, *, last_is_over: bool, label: str) -> SafeString:
    """Draw a small row of bars on a scale shared with its neighbours."""
    step = 100 / max(1, len(values))
    unfinished = None if last_is_over else len(values) - 1
    drawn = joined(
        f'<rect class="{"mark mark--unfinished" if number == unfinished else "mark"}"'
        f' x="{number * step + step * 0.12:.2f}" y="{30 - 28 * value / most:.2f}" width="{step * 0.76:.2f}"'
        f' height="{28 * value / most:.2f}"/>'
        for number, value in enumerate(values)
        if value
    )
    return format_html(
        '<svg class="chart chart--small" viewBox="0 0 100 31" preserveAspectRatio="none" role="img"'
        ' aria-label="{}">{}<path class="floor" d="M0 30.5H100"/></svg>',
        label,
        drawn,
    )


def choropleth(sheet: Outlines, areas: Sequence[Line], values: Values, bounds: Sequence[float], *, label: str,
               told: Sequence[str]) -> SafeString:  # fmt: skip
    """Draw areas shaded by their class; short codes are written on them."""
    shapes = format_html_join(
        "",
        '<path class="shade-{}" d="{}"><title>{}</title></path>',
        (
            (shade(value, bounds), one.outline.path, text)
            for one, value, text in zip(areas, values, told, strict=True)
            if one.outline
        ),
    )
    names = format_html_join(
        "",
        '<text x="{}" y="{}">{}</text>',
        ((*one.outline.at, one.code) for one in areas if one.outline and len(one.code) <= 3 and len(areas) <= 40),
    )
    return format_html(
        '<svg class="areas-map" viewBox="-2 -2 {} {}" role="img" aria-label="{}">{}<g aria-hidden="true">{}</g></svg>',
        f"{sheet.width + 4:.0f}", f"{sheet.height + 4:.0f}", label, shapes, names,
    )  # fmt: skip


def shade(value: float | None, bounds: Sequence[float]) -> int:
    """Return the shade of a value: 1 the faintest, 5 the strongest, 0 for what is not told."""
    if value is None or not bounds:
        return 0
    place = next((number for number, bound in enumerate(bounds) if value <= bound), len(bounds) - 1)
    return SHADES - len(bounds) + place + 1
