"""The drawing sheet: flat shapes in a small palette, and the two views every scene is set in."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageDraw

# Drawn at twice the size and reduced, so that edges are smooth.
WIDTH, HEIGHT, FINE = 960, 720, 2

Point = tuple[float, float]
Colour = str | tuple[int, int, int, int]


@dataclass(frozen=True)
class Mood:
    """The light of a scene."""

    sky: str
    low_sky: str
    walls: tuple[str, ...]
    far: str
    pavement: str
    curb: str
    road: str
    mark: str
    leaf: str
    leaf_dark: str
    trunk: str
    window: str


DAY = Mood(
    "#B9D3E4", "#DCE8EE", ("#E3CDB4", "#C9D3CF", "#D9B79C", "#E8DFCF", "#B7C4CC"), "#A9BBC4", "#CFC9BF", "#B5AFA5",
    "#6B6F73", "#E4DDCB", "#7E9B6B", "#647F55", "#7A6352", "#8CA3B0",
)  # fmt: skip
GREY = Mood(
    "#C3CACF", "#D9DDDF", ("#D3C6B6", "#BFC7C5", "#C7B09E", "#D8D2C6", "#AEB8BE"), "#A7B0B5", "#BDB9B2", "#A39F98",
    "#5D6165", "#D5D0C3", "#728A66", "#5A7051", "#6C5A4D", "#8796A0",
)  # fmt: skip
EVENING = Mood(
    "#E7C9A9", "#F1E0C8", ("#D5AF8E", "#BDB7AC", "#C99A7C", "#DCC6A8", "#A3A8AC"), "#B59F92", "#BFAE9B", "#A59482",
    "#625F60", "#E2D3B6", "#7F8D5E", "#656F4A", "#6E5546", "#7F8C96",
)  # fmt: skip
NIGHT = Mood(
    "#26344A", "#4B5570", ("#323D50", "#2C3849", "#3A4051", "#354257", "#2A3443"), "#1F2A3B", "#454E5E", "#3A4251",
    "#2A303A", "#8B8E92", "#2E4038", "#24332D", "#2B2A2E", "#1C2533",
)  # fmt: skip


class Sheet:
    """A sheet to draw on, in units of the finished picture's pixels."""

    def __init__(self, rng: random.Random, mood: Mood) -> None:
        self.rng, self.mood = rng, mood
        self._image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), mood.sky)
        self._solid, self._mixing = ImageDraw.Draw(self._image), ImageDraw.Draw(self._image, "RGBA")

    def _pen(self, colour: Colour) -> ImageDraw.ImageDraw:
        """Return what draws in a colour: only one that lets through has to be mixed with what is beneath."""
        return self._mixing if isinstance(colour, tuple) else self._solid

    def polygon(self, points: Sequence[Point], fill: Colour) -> None:
        """Fill a polygon."""
        self._pen(fill).polygon([(x * FINE, y * FINE) for x, y in points], fill=fill)

    def box(self, x: float, y: float, wide: float, high: float, fill: Colour, radius: float = 0) -> None:
        """Fill a box whose top left corner is x, y."""
        corners = (x * FINE, y * FINE, (x + wide) * FINE, (y + high) * FINE)
        if radius:
            self._pen(fill).rounded_rectangle(corners, radius * FINE, fill=fill)
        else:
            self._pen(fill).rectangle(corners, fill=fill)

    def oval(self, x: float, y: float, wide: float, high: float, fill: Colour) -> None:
        """Fill an ellipse around x, y with half axes `wide` and `high`."""
        self._pen(fill).ellipse(((x - wide) * FINE, (y - high) * FINE, (x + wide) * FINE, (y + high) * FINE), fill=fill)

    def ring(self, x: float, y: float, wide: float, high: float, colour: Colour, width: float) -> None:
        """Draw an ellipse's outline."""
        box = ((x - wide) * FINE, (y - high) * FINE, (x + wide) * FINE, (y + high) * FINE)
        self._pen(colour).ellipse(box, outline=colour, width=round(width * FINE))

    def line(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """Draw a line with round joints and ends."""
        moved = [(x * FINE, y * FINE) for x, y in points]
        self._pen(colour).line(moved, fill=colour, width=max(1, round(width * FINE)), joint="curve")
        if width > 3 and not isinstance(colour, tuple):
            for x, y in (points[0], points[-1]):
                self.oval(x, y, width / 2, width / 2, colour)

    def blob(
        self, x: float, y: float, wide: float, high: float, fill: Colour, rough: float = 0.18, n: int = 26
    ) -> None:
        """Fill an irregular round shape."""
        self.polygon(blob_points(self.rng, x, y, wide, high, rough, n), fill)

    def speckle(self, x: float, y: float, wide: float, high: float, colours: Sequence[Colour], count: int) -> None:
        """Scatter grains over a box: gravel, asphalt, grass."""
        for _ in range(count):
            px, py, size = x + self.rng.random() * wide, y + self.rng.random() * high, self.rng.uniform(0.6, 1.9)
            self.oval(px, py, size * 1.3, size, self.rng.choice(colours))

    def jpeg(self) -> bytes:
        """Return the finished picture."""
        out = io.BytesIO()
        self._image.reduce(FINE).save(out, "JPEG", quality=84)
        return out.getvalue()


def blob_points(
    rng: random.Random, x: float, y: float, wide: float, high: float, rough: float = 0.18, n: int = 26
) -> list[Point]:
    """Return an irregular round outline."""
    a, b, p, q = rng.uniform(0.3, 1), rng.uniform(0.3, 1), rng.random() * 6, rng.random() * 6
    points = []
    for i in range(n):
        t = 2 * math.pi * i / n
        r = 1 + rough * (a * math.sin(3 * t + p) + b * math.sin(5 * t + q)) * 0.7 + rough * rng.uniform(-0.35, 0.35)
        points.append((x + wide * r * math.cos(t), y + high * r * math.sin(t)))
    return points


def smooth(points: Sequence[Point], rounds: int) -> list[Point]:
    """Round the corners of an open line by cutting them, its ends kept."""
    path = list(points)
    for _ in range(rounds):
        cut = [path[0]]
        for (ax, ay), (bx, by) in pairwise(path):
            cut += [(ax * 0.75 + bx * 0.25, ay * 0.75 + by * 0.25), (ax * 0.25 + bx * 0.75, ay * 0.25 + by * 0.75)]
        path = [*cut, path[-1]]
    return path


def tree(sheet: Sheet, x: float, foot: float, high: float) -> None:
    """Draw a street tree standing at x, foot."""
    mood = sheet.mood
    sheet.polygon(
        [
            (x - high * 0.035, foot),
            (x + high * 0.035, foot),
            (x + high * 0.02, foot - high * 0.5),
            (x - high * 0.02, foot - high * 0.5),
        ],
        mood.trunk,
    )
    sheet.blob(x, foot - high * 0.68, high * 0.33, high * 0.32, mood.leaf_dark, 0.16)
    sheet.blob(x - high * 0.06, foot - high * 0.74, high * 0.25, high * 0.23, mood.leaf, 0.16)


def houses(sheet: Sheet, base: float, lowest: float, highest: float) -> None:
    """Draw a row of houses standing on the line y = base."""
    rng, mood, x = sheet.rng, sheet.mood, -30.0
    last = ""
    while x < WIDTH:
        wide, high = rng.uniform(120, 230), rng.uniform(lowest, highest)
        wall = rng.choice([colour for colour in mood.walls if colour != last])
        last = wall
        sheet.box(x, base - high, wide, high, wall)
        sheet.box(x, base - high, wide, 7, (0, 0, 0, 26))
        rows, columns = max(1, int(high // 62)), max(2, int(wide // 56))
        for row in range(rows):
            for column in range(columns):
                wx, wy = x + wide * (column + 0.5) / columns - 12, base - high + 24 + row * 62
                if wy + 34 < base - 6:
                    lit = mood is NIGHT and rng.random() < 0.3
                    sheet.box(wx, wy, 24, 34, "#E3B968" if lit else mood.window)
                    sheet.box(wx, wy, 24, 34, (255, 255, 255, 14))
        if rng.random() < 0.6:
            dx = x + wide * rng.uniform(0.2, 0.7)
            sheet.box(dx, base - 52, 28, 52, (60, 52, 48, 190))
        x += wide


def street(sheet: Sheet, horizon: float = 330, walk: float = 84) -> tuple[float, float]:
    """Draw a street seen from across the road. Return the y of the pavement's back edge and of the curb."""
    rng, mood = sheet.rng, sheet.mood
    sheet.box(0, 0, WIDTH, horizon, mood.sky)
    sheet.box(0, horizon * 0.55, WIDTH, horizon * 0.45, mood.low_sky)
    sheet.polygon(
        [
            (0, horizon),
            (0, horizon - 90),
            *((x, horizon - 90 - 26 * math.sin(x / 150 + rng.random())) for x in range(0, WIDTH + 60, 60)),
            (WIDTH, horizon),
        ],
        mood.far,
    )
    houses(sheet, horizon + 16, 120, 240)
    sheet.box(0, horizon + 14, WIDTH, walk, mood.pavement)
    for x in range(-40, WIDTH, 118):
        sheet.line([(x, horizon + 14 + walk), (x + 34, horizon + 14)], (0, 0, 0, 22), 2)
    curb = horizon + 14 + walk
    sheet.box(0, curb, WIDTH, 14, mood.curb)
    sheet.box(0, curb + 14, WIDTH, HEIGHT - curb, mood.road)
    sheet.box(0, curb + 14, WIDTH, 9, (0, 0, 0, 30))
    sheet.speckle(0, curb + 24, WIDTH, HEIGHT - curb - 24, [(255, 255, 255, 20), (0, 0, 0, 26)], 420)
    return horizon + 14, curb


def ground(sheet: Sheet, curb: bool = True) -> None:
    """Draw the road seen from where one stands, a curb running along the top."""
    mood = sheet.mood
    sheet.box(0, 0, WIDTH, HEIGHT, mood.road)
    sheet.speckle(0, 0, WIDTH, HEIGHT, [(255, 255, 255, 24), (0, 0, 0, 30), (255, 255, 255, 12)], 1300)
    if curb:
        sheet.polygon([(0, 0), (WIDTH, 0), (WIDTH, 96), (0, 150)], mood.pavement)
        for x in (120, 400, 690):
            sheet.line([(x, 0), (x - 50, 146 - x * 0.055)], (0, 0, 0, 30), 3)
        sheet.polygon([(0, 150), (WIDTH, 96), (WIDTH, 128), (0, 188)], mood.curb)
        sheet.polygon([(0, 188), (WIDTH, 128), (WIDTH, 140), (0, 202)], (0, 0, 0, 46))
