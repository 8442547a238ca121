"""Draws docs/pictures/architecture.svg: the rooms as boxes in their order, imports between them as lines."""

from __future__ import annotations

from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "pictures" / "architecture.svg"
ROWS = [
    [("cli", "cityhall.cli")],
    [("config", "cityhall.config")],
    [("demo", "cityhall.demo")],
    [("website", "cityhall.apps.website")],
    [("service_requests", "cityhall.apps.service_requests")],
    [("documents", "cityhall.apps.documents"), ("notify", "cityhall.apps.notify")],
    [("places", "cityhall.apps.places")],
    [("identity", "cityhall.apps.identity")],
    [("kernel.django", "cityhall.kernel.django")],
    [("kernel", "cityhall.kernel")],
    [("adapters", "cityhall.adapters")],
]
WIDTH, ROW, BOX_W, BOX_H = 900, 74, 190, 40
STYLE = """
  .box { fill: #ffffff; stroke: #17212b; stroke-width: 1.5 }
  .name { font: 600 15px 'Public Sans', sans-serif; fill: #17212b; text-anchor: middle }
  .count { font: 12px 'Public Sans', sans-serif; fill: #4a5763; text-anchor: middle }
  .line { fill: none; stroke: #174ea6; stroke-opacity: .45 }
"""


def draw() -> str:
    """Return the picture as SVG text; the same code always gives the same text."""
    graph = grimp.build_graph("cityhall")
    spots: dict[str, tuple[float, float]] = {}
    boxes = []
    for row, rooms in enumerate(ROWS):
        for column, (name, module) in enumerate(rooms):
            x = WIDTH / 2 + (column - (len(rooms) - 1) / 2) * (BOX_W + 60)
            y = 40 + row * ROW
            spots[module] = (x, y)
            size = 1 + len([m for m in graph.find_descendants(module) if _home(m) == module])
            boxes.append(
                f'<rect class="box" x="{x - BOX_W / 2:.0f}" y="{y - BOX_H / 2:.0f}"'
                f' width="{BOX_W}" height="{BOX_H}" rx="4"/>'
                f'<text class="name" x="{x:.0f}" y="{y - 1:.0f}">{name}</text>'
                f'<text class="count" x="{x:.0f}" y="{y + 14:.0f}">{size} modules</text>'
            )
    weights: dict[tuple[str, str], int] = {}
    for importer in sorted(graph.modules):
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            pair = (_home(importer), _home(imported))
            if pair[0] and pair[1] and pair[0] != pair[1]:
                weights[pair] = weights.get(pair, 0) + 1
    lines = [_line(spots[a], spots[b], weight, index) for index, ((a, b), weight) in enumerate(sorted(weights.items()))]
    height = 40 + len(ROWS) * ROW
    title = "Rooms of Cityhall from top to bottom; lines are imports, thicker where there are more"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{title}">'
        f"<title>{title}</title><style>{STYLE}</style>"
        f'<rect width="{WIDTH}" height="{height}" fill="#f4f6f8"/>' + "".join(lines) + "".join(boxes) + "</svg>\n"
    )


def _home(module: str) -> str:
    homes = [home for row in ROWS for _, home in row if module == home or module.startswith(home + ".")]
    return max(homes, key=len, default="")


def _line(start: tuple[float, float], end: tuple[float, float], weight: int, index: int) -> str:
    (x1, y1), (x2, y2) = start, end
    side = 1 if index % 2 else -1
    bend = side * (BOX_W / 2 + 14 + abs(y2 - y1) * 0.32) if abs(y2 - y1) > ROW else 0
    middle_x, middle_y = (x1 + x2) / 2 + bend, (y1 + y2) / 2
    width = min(1 + weight / 8, 6)
    curve = f"M{x1:.0f} {y1:.0f} Q{middle_x:.0f} {middle_y:.0f} {x2:.0f} {y2:.0f}"
    return f'<path class="line" stroke-width="{width:.1f}" d="{curve}"/>'


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
