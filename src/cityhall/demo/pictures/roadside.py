"""Scenes seen across the street: walls, lamps, trees, bins. Each draws trouble, or the same place once it is mended."""

from __future__ import annotations

import math

from cityhall.demo.pictures.canvas import HEIGHT, WIDTH, Sheet, blob_points, smooth, street, tree

_IRON, _DARK = "#3C444B", "#2A3036"


def _shadow(sheet: Sheet, x: float, y: float, wide: float) -> None:
    sheet.oval(x, y, wide, wide * 0.13, (0, 0, 0, 46))


def graffiti(sheet: Sheet, mended: bool) -> None:
    """A tagged wall; one clean coat afterwards."""
    rng, mood = sheet.rng, sheet.mood
    sheet.box(0, 0, WIDTH, 120, mood.sky)
    wall = rng.choice(("#C8B79F", "#B9BDB9", "#C4A58C", "#CDC6B8"))
    sheet.box(0, 110, WIDTH, 440, wall)
    sheet.box(0, 96, WIDTH, 24, "#A79C8C")
    for row in range(9):
        joint = 122 + row * 48
        sheet.line([(0, joint), (WIDTH, joint)], (0, 0, 0, 20), 2)
        for brick in range(-60 + (row % 2) * 60, WIDTH, 120):
            sheet.line([(brick, joint), (brick, joint + 48)], (0, 0, 0, 16), 2)
    sheet.box(0, 550, WIDTH, 100, mood.pavement)
    sheet.box(0, 550, WIDTH, 10, (0, 0, 0, 40))
    for gap in range(-40, WIDTH, 150):
        sheet.line([(gap, 650), (gap + 40, 555)], (0, 0, 0, 26), 2)
    sheet.box(0, 650, WIDTH, 16, mood.curb)
    sheet.box(0, 666, WIDTH, 60, mood.road)
    x, y = rng.uniform(170, 240), rng.uniform(270, 320)
    if mended:
        sheet.polygon(
            [(x - 70, y - 130), (x + 590, y - 138), (x + 600, y + 150), (x - 60, y + 158)], (255, 250, 240, 40)
        )
    else:
        _tag(sheet, x, y)
    for px in (60, 150, 850, 920):
        sheet.blob(px, 552, rng.uniform(26, 44), rng.uniform(14, 30), mood.leaf_dark, 0.2)


# Strokes that look like letters and are none.
_STROKES: list[list[tuple[float, float]]] = [
    [(0.9, 0.15), (0.5, 0.0), (0.1, 0.2), (0.3, 0.45), (0.75, 0.55), (0.9, 0.8), (0.45, 1.0), (0.05, 0.85)],
    [(0.05, 1.0), (0.15, 0.05), (0.5, 0.7), (0.85, 0.0), (0.95, 1.0)],
    [(0.1, 1.0), (0.15, 0.05), (0.8, 0.05), (0.9, 0.35), (0.3, 0.55), (0.95, 1.0)],
    [(0.85, 0.1), (0.3, 0.0), (0.05, 0.5), (0.3, 1.0), (0.9, 0.9), (0.9, 0.55), (0.55, 0.55)],
    [(0.05, 0.05), (0.95, 0.05), (0.1, 0.95), (0.95, 0.95)],
    [(0.05, 0.0), (0.3, 1.0), (0.5, 0.35), (0.7, 1.0), (0.98, 0.0)],
]


def _tag(sheet: Sheet, x: float, y: float) -> None:
    """Draw letter-like strokes that spell nothing."""
    rng = sheet.rng
    letters: list[list[tuple[float, float]]] = []
    outline, fill = rng.choice(
        (("#1F2430", "#C14A5A"), ("#22222A", "#3E7CA8"), ("#2B2030", "#8E5AA6"), ("#20262A", "#D0872F"))
    )
    for letter, strokes in enumerate(rng.sample(_STROKES, 4)):
        left, wide, high = x + letter * 138, 112.0, 190.0
        path = [(left + px * wide + rng.uniform(-5, 5), y - 95 + py * high + rng.uniform(-7, 7)) for px, py in strokes]
        path = smooth(path, 2)
        sheet.line([(px + 8, py + 8) for px, py in path], "#8A8984", 46)
        sheet.line(path, outline, 46)
        letters.append(path)
    for path in letters:
        sheet.line(path, fill, 30)
        sheet.line([(px - 5, py - 7) for px, py in path[: len(path) // 3]], "#F3E6DF", 5)
    for _ in range(5):
        px, py = x + rng.uniform(0, 520), y + rng.uniform(60, 110)
        sheet.line([(px, py), (px, py + rng.uniform(30, 90))], fill, 4)


def streetlight(sheet: Sheet, mended: bool) -> None:
    """A dark lamp at dusk beside one that burns; both burn afterwards."""
    back, curb = street(sheet, horizon=400)
    del back
    for x, lit in ((250.0, mended), (760.0, True)):
        top = 110.0
        if lit:
            for grow, strength in ((1.0, 26), (0.7, 34), (0.4, 52)):
                sheet.polygon(
                    [
                        (x + 92, top + 14),
                        (x + 130, top + 14),
                        (x + 130 + 170 * grow, curb + 60),
                        (x + 92 - 190 * grow, curb + 60),
                    ],
                    (255, 214, 130, strength),
                )
        sheet.line([(x, curb - 4), (x, top + 34), (x + 24, top + 8), (x + 96, top)], "#151B25", 10)
        sheet.box(x - 13, curb - 40, 26, 40, "#151B25", 3)
        sheet.box(x + 80, top - 7, 62, 15, "#151B25", 6)
        sheet.box(x + 90, top + 7, 42, 7, "#FFE3A1" if lit else "#3A4354", 3)
        if lit:
            sheet.oval(x + 111, top + 12, 46, 30, (255, 226, 160, 90))
    sheet.box(120, curb - 46, 120, 20, "#1B2330", 8)


def signal(sheet: Sheet, mended: bool) -> None:
    """A traffic signal whose heads are dark and twisted; green and straight afterwards."""
    _, curb = street(sheet)
    sheet.line([(700, curb + 6), (700, 90), (330, 76)], _IRON, 15)
    sheet.box(684, curb - 30, 32, 40, _DARK, 3)
    for x, turn in ((360, 0.0 if mended else 0.42), (520, 0.0)):
        corners = [(-34.0, 0.0), (34.0, 0.0), (34.0, 150.0), (-34.0, 150.0)]
        spun = [_turn(p, turn, x, 82) for p in corners]
        sheet.polygon(spun, _DARK)
        for i, (on, off) in enumerate((("#D8473C", "#4A2A28"), ("#E5A93A", "#4A3D24"), ("#4DAF6B", "#24402E"))):
            lx, ly = _turn((0.0, 28.0 + i * 47), turn, x, 82)
            bright = (i == 2) if mended else (i == 0 and x == 520)
            sheet.oval(lx, ly, 17, 17, on if bright else off)
            if bright:
                sheet.oval(lx, ly, 30, 30, (255, 255, 255, 40))
    for x in range(60, WIDTH, 120):
        sheet.polygon([(x, 560), (x + 60, 560), (x + 40, 720), (x - 34, 720)], (240, 236, 225, 190))


def _turn(point: tuple[float, float], angle: float, x: float, y: float) -> tuple[float, float]:
    c, s = math.cos(angle), math.sin(angle)
    return x + point[0] * c - point[1] * s, y + point[0] * s + point[1] * c


def sign(sheet: Sheet, mended: bool) -> None:
    """A bent, faded stop sign; a new one afterwards. No letters: fonts differ between machines."""
    _, curb = street(sheet)
    tree(sheet, 800, curb - 30, 300)
    tip = (470.0, 120.0) if mended else (570.0, 200.0)
    foot = (470.0, curb - 6.0)
    middle = (470.0, 300.0)
    sheet.line([foot, middle, tip], "#8A9198", 13)
    turn = 0.0 if mended else 0.5
    shape = [
        (
            tip[0] + 98 * math.cos(math.pi / 8 + i * math.pi / 4 + turn),
            tip[1] + 98 * math.sin(math.pi / 8 + i * math.pi / 4 + turn),
        )
        for i in range(8)
    ]
    inner = [(tip[0] + (x - tip[0]) * 0.9, tip[1] + (y - tip[1]) * 0.9) for x, y in shape]
    core = [(tip[0] + (x - tip[0]) * 0.84, tip[1] + (y - tip[1]) * 0.84) for x, y in shape]
    sheet.polygon(shape, "#B3202B" if mended else "#B98482")
    sheet.polygon(inner, "#F4F1EA" if mended else "#DDD5CC")
    sheet.polygon(core, "#B3202B" if mended else "#B98482")
    bar = [_turn(p, turn, *tip) for p in ((-50.0, -13.0), (50.0, -13.0), (50.0, 13.0), (-50.0, 13.0))]
    sheet.polygon(bar, "#F4F1EA" if mended else "#CFC0B8")
    if not mended:
        for _ in range(5):
            sheet.blob(
                tip[0] + sheet.rng.uniform(-60, 60), tip[1] + sheet.rng.uniform(-50, 50), 14, 9, "#8C6A5A", 0.3, 10
            )


def dumping(sheet: Sheet, mended: bool) -> None:
    """A mattress, a couch and bags on the pavement; swept afterwards."""
    _, curb = street(sheet, horizon=330, walk=130)
    if mended:
        tree(sheet, 180, curb - 40, 330)
        return
    tree(sheet, 130, curb - 60, 330)
    floor = curb - 20
    sheet.oval(510, floor + 6, 330, 26, (0, 0, 0, 50))
    sheet.polygon([(300, floor - 230), (520, floor - 262), (560, floor - 20), (336, floor)], "#E6DFD2")
    sheet.polygon([(300, floor - 230), (322, floor - 234), (356, floor - 2), (336, floor)], "#BDB4A3")
    for i in range(5):
        y = floor - 214 + i * 46
        sheet.line([(330 + i * 6, y), (536 + i * 6, y - 28)], "#D0C6B4", 3)
    couch = sheet.rng.choice(("#7A5C58", "#5C6B5A", "#6A6478"))
    sheet.box(520, floor - 150, 270, 100, couch, 18)
    sheet.box(500, floor - 92, 310, 70, couch, 16)
    sheet.box(520, floor - 100, 130, 34, (255, 255, 255, 34), 8)
    sheet.box(660, floor - 100, 130, 34, (255, 255, 255, 34), 8)
    sheet.box(516, floor - 26, 18, 26, _DARK)
    sheet.box(776, floor - 26, 18, 26, _DARK)
    for x, size in ((400, 54), (472, 66), (838, 58), (250, 46)):
        sheet.blob(x, floor - size * 0.5, size, size * 0.62, "#23272C", 0.12)
        sheet.polygon(
            [(x - 9, floor - size), (x + 9, floor - size), (x + 3, floor - size * 1.3), (x - 4, floor - size * 1.3)],
            "#23272C",
        )
        sheet.line([(x - size * 0.5, floor - size * 0.7), (x - size * 0.2, floor - size * 0.9)], (255, 255, 255, 50), 4)
    sheet.box(180, floor - 52, 84, 56, "#B08B5E")
    sheet.line([(222, floor - 52), (222, floor + 4)], "#94734A", 4)


def litter_bin(sheet: Sheet, mended: bool) -> None:
    """An overflowing bin; empty and clean afterwards."""
    rng = sheet.rng
    _, curb = street(sheet, walk=130)
    floor = curb - 16
    tree(sheet, 780, curb - 50, 340)
    _shadow(sheet, 440, floor, 130)
    sheet.polygon([(352, floor - 230), (528, floor - 230), (510, floor), (370, floor)], "#3F5A50")
    for i in range(6):
        t = (i + 0.5) / 6
        sheet.line([(352 + 176 * t, floor - 214), (370 + 140 * t, floor - 12)], "#2F463E", 8)
    sheet.box(342, floor - 246, 196, 24, "#2F463E", 8)
    if mended:
        sheet.box(372, floor - 246, 136, 12, "#1C2A25", 5)
        return
    colours = ["#E4E0D6", "#C9503F", "#F0E7CF", "#4F7FA3", "#23272C", "#D9B25B", "#EFEDE6"]
    for _ in range(26):
        x, y = rng.gauss(440, 54), floor - 250 - abs(rng.gauss(0, 34))
        size = rng.uniform(14, 34)
        sheet.polygon(blob_points(rng, x, y, size, size * 0.75, 0.2, 8), rng.choice(colours))
    for _ in range(22):
        x = rng.gauss(440, 170)
        size = rng.uniform(10, 24)
        sheet.polygon(blob_points(rng, x, floor + rng.uniform(-14, 14), size, size * 0.55, 0.2, 8), rng.choice(colours))
    sheet.box(566, floor - 54, 34, 54, "#F0E7CF", 4)
    sheet.box(566, floor - 40, 34, 12, "#C9503F")


def branch(sheet: Sheet, mended: bool) -> None:
    """A limb across the road; the road clear afterwards."""
    rng, mood = sheet.rng, sheet.mood
    _, curb = street(sheet)
    tree(sheet, 170, curb - 20, 400)
    tree(sheet, 830, curb - 20, 330)
    if mended:
        sheet.oval(214, 214, 15, 15, "#D8B98C")
        return
    sheet.oval(520, 620, 400, 40, (0, 0, 0, 46))
    sheet.line([(214, 210), (262, 262)], "#C9A876", 18)
    for x, y, wide, high in ((640.0, 560.0, 190, 84), (500, 580, 150, 70), (770, 600, 130, 58)):
        sheet.blob(x, y, wide, high, mood.leaf_dark, 0.22)
    sheet.line([(190, 618), (330, 596), (520, 570), (700, 540), (820, 548)], mood.trunk, 24)
    sheet.line([(470, 578), (560, 520), (640, 490)], mood.trunk, 12)
    sheet.line([(560, 566), (660, 610), (760, 640)], mood.trunk, 11)
    sheet.oval(186, 619, 13, 15, "#D8B98C")
    for x, y, wide, high in ((600.0, 520.0, 110, 52), (720, 560, 120, 56), (830, 560, 84, 46), (690, 630, 110, 44)):
        sheet.blob(x, y, wide, high, mood.leaf, 0.22)
    for _ in range(60):
        x, y = rng.gauss(560, 230), rng.uniform(470, 690)
        sheet.oval(x, y, rng.uniform(4, 9), 3.5, rng.choice((mood.leaf, mood.leaf_dark)))


def overgrown(sheet: Sheet, mended: bool) -> None:
    """A tree hanging low over the pavement; pruned afterwards."""
    mood = sheet.mood
    _, curb = street(sheet, walk=120)
    sheet.polygon([(440, curb - 30), (500, curb - 30), (488, 200), (452, 200)], mood.trunk)
    if mended:
        sheet.blob(470, 170, 240, 130, mood.leaf_dark, 0.16)
        sheet.blob(440, 140, 190, 96, mood.leaf, 0.16)
        return
    sheet.blob(470, 200, 360, 170, mood.leaf_dark, 0.2)
    sheet.blob(430, 160, 290, 120, mood.leaf, 0.2)
    for x, low in ((230, 150), (320, 178), (600, 172), (700, 196), (760, 140)):
        sheet.blob(x, 270, 62, low, mood.leaf_dark, 0.22)
        sheet.blob(x - 10, 240, 46, low * 0.8, mood.leaf, 0.22)


def flood(sheet: Sheet, mended: bool) -> None:
    """A street under water; wet but clear afterwards."""
    rng = sheet.rng
    _, curb = street(sheet)
    if mended:
        for _ in range(7):
            sheet.blob(
                rng.uniform(40, 920),
                rng.uniform(540, 700),
                rng.uniform(50, 140),
                rng.uniform(8, 20),
                (143, 163, 176, 110),
                0.2,
            )
        return
    sheet.polygon([(0, curb - 26), (WIDTH, curb - 40), (WIDTH, HEIGHT), (0, HEIGHT)], "#7C93A1")
    sheet.polygon([(0, curb - 26), (WIDTH, curb - 40), (WIDTH, curb - 20), (0, curb - 4)], "#92A8B4")
    for _ in range(44):
        y = rng.uniform(curb, HEIGHT)
        x, wide = rng.uniform(-40, WIDTH), rng.uniform(40, 170)
        sheet.line([(x, y), (x + wide, y - 2)], (255, 255, 255, 52), 3)
    sheet.box(560, 505, 270, 66, "#5A3F46", 22)
    sheet.polygon([(610, 508), (650, 452), (750, 452), (796, 508)], "#5A3F46")
    sheet.polygon([(630, 504), (660, 464), (696, 464), (696, 504)], "#AFC1CA")
    sheet.polygon([(706, 504), (706, 464), (742, 464), (774, 504)], "#AFC1CA")
    sheet.polygon([(520, 560), (870, 556), (880, 606), (510, 610)], "#7C93A1")
    for grow in (0, 26):
        sheet.ring(695, 574, 200 + grow * 2, 24 + grow, (255, 255, 255, 60), 3)
    sheet.line([(150, curb + 30), (150, 330)], "#8A9198", 10)
    sheet.polygon([(150, 300), (192, 342), (150, 384), (108, 342)], "#E3A32D")


def hydrant(sheet: Sheet, mended: bool) -> None:
    """A leaning, leaking hydrant; upright and painted afterwards."""
    _, curb = street(sheet, walk=130)
    x, floor = 480.0, curb - 14.0
    lean = 0.0 if mended else 0.2
    body = "#C98A1B" if mended else "#A98A55"
    if not mended:
        sheet.blob(x + 80, floor + 30, 260, 44, "#8FA6B3", 0.2)
    _shadow(sheet, x, floor + 4, 90)

    def part(points: list[tuple[float, float]], colour: str) -> None:
        sheet.polygon([_turn(p, lean, x, floor) for p in points], colour)

    part([(-64, -22), (64, -22), (64, 0), (-64, 0)], _IRON)
    part([(-44, -210), (44, -210), (44, -22), (-44, -22)], body)
    part([(-58, -214), (58, -214), (58, -196), (-58, -196)], _IRON)
    part([(-40, -214), (-26, -262), (26, -262), (40, -214)], body)
    part([(-12, -262), (12, -262), (12, -284), (-12, -284)], _IRON)
    part([(-78, -164), (-44, -164), (-44, -116), (-78, -116)], body)
    part([(44, -164), (78, -164), (78, -116), (44, -116)], body)
    part([(-86, -170), (-76, -170), (-76, -110), (-86, -110)], _IRON)
    part([(76, -170), (86, -170), (86, -110), (76, -110)], _IRON)
    if not mended:
        part([(-44, -210), (-22, -210), (-22, -22), (-44, -22)], "#7E6A45")
        sx, sy = _turn((90, -140), lean, x, floor)
        sheet.line([(sx, sy), (sx + 46, sy + 30), (sx + 70, floor + 20)], "#B9D0DB", 10)


def car(sheet: Sheet, mended: bool) -> None:
    """A car on flat tires; an empty place afterwards."""
    _, curb = street(sheet)
    y = curb + 110
    if mended:
        sheet.polygon([(220, y + 30), (740, y + 30), (760, y + 60), (210, y + 60)], (0, 0, 0, 26))
        return
    colour = sheet.rng.choice(("#6C8196", "#8A6F63", "#7D8577"))
    _shadow(sheet, 480, y + 44, 330)
    sheet.box(200, y - 90, 560, 100, colour, 34)
    sheet.polygon([(300, y - 84), (374, y - 176), (600, y - 176), (680, y - 84)], colour)
    sheet.polygon([(326, y - 88), (386, y - 162), (476, y - 162), (476, y - 88)], "#A9B9C2")
    sheet.polygon([(490, y - 88), (490, y - 162), (592, y - 162), (652, y - 88)], "#A9B9C2")
    sheet.line([(400, y - 150), (430, y - 120), (418, y - 100), (452, y - 92)], "#E8EEF1", 3)
    sheet.line([(430, y - 120), (466, y - 140)], "#E8EEF1", 3)
    for x in (320, 640):
        sheet.oval(x, y + 10, 54, 46, _DARK)
        sheet.box(x - 66, y + 32, 132, 20, _DARK, 10)
        sheet.oval(x, y + 8, 26, 24, "#9AA2A8")
    sheet.blob(640, y - 40, 60, 18, "#7B5A42", 0.25)
    sheet.blob(250, y - 30, 36, 14, "#7B5A42", 0.25)
    sheet.box(560, y - 120, 40, 34, "#E08A2C")
    for x in (210, 760):
        sheet.blob(x, y + 46, 40, 14, sheet.mood.leaf_dark, 0.25)
