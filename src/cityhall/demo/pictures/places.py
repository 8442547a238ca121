"""Scenes in parks and at stops. Each draws trouble, or the same place once it is mended."""

from __future__ import annotations

from cityhall.demo.pictures.canvas import HEIGHT, WIDTH, Sheet, street, tree

_IRON, _WOOD = "#3C444B", "#8B6A4A"


def _lawn(sheet: Sheet) -> None:
    mood = sheet.mood
    sheet.box(0, 0, WIDTH, 360, mood.sky)
    sheet.box(0, 220, WIDTH, 140, mood.low_sky)
    for x in range(-40, WIDTH + 80, 130):
        sheet.blob(x, 320, 120, 84, mood.far, 0.16)
    sheet.box(0, 360, WIDTH, HEIGHT, mood.leaf)
    sheet.speckle(0, 366, WIDTH, HEIGHT - 366, [mood.leaf_dark, (255, 255, 255, 34)], 600)
    tree(sheet, 110, 400, 330)
    tree(sheet, 870, 410, 380)
    sheet.polygon([(0, 560), (WIDTH, 500), (WIDTH, 590), (0, 670)], mood.pavement)


def fence(sheet: Sheet, mended: bool) -> None:
    """A hole in a park fence; whole afterwards."""
    _lawn(sheet)
    for x in range(20, WIDTH, 46):
        broken = not mended and 380 < x < 600
        if broken:
            if x % 3:
                sheet.line([(x, 560), (x + 40, 470)], _IRON, 8)
            continue
        sheet.line([(x, 570), (x, 330)], _IRON, 8)
        sheet.polygon([(x - 7, 334), (x + 7, 334), (x, 312)], _IRON)
    for y in (380, 530):
        if mended:
            sheet.line([(0, y), (WIDTH, y)], _IRON, 9)
        else:
            sheet.line([(0, y), (376, y), (420, y + 40)], _IRON, 9)
            sheet.line([(590, y + 30), (620, y), (WIDTH, y)], _IRON, 9)


def swing(sheet: Sheet, mended: bool) -> None:
    """A swing hanging by one chain; both seats level afterwards."""
    _lawn(sheet)
    sheet.blob(480, 600, 350, 70, "#D9C6A0", 0.1)
    blue = "#47708F"
    for x, lean in ((200, -60), (200, 60), (760, -60), (760, 60)):
        sheet.line([(x, 170), (x + lean, 610)], blue, 16)
    sheet.line([(200, 170), (760, 170)], blue, 18)
    for x in (360, 600):
        whole = mended or x == 360
        sheet.line([(x - 44, 176), (x - 44, 500)], "#8A9198", 5)
        if whole:
            sheet.line([(x + 44, 176), (x + 44, 500)], "#8A9198", 5)
            sheet.box(x - 58, 496, 116, 18, "#2A3036", 8)
        else:
            sheet.line([(x + 44, 176), (x + 46, 260), (x + 40, 300)], "#8A9198", 5)
            sheet.polygon([(x - 58, 492), (x - 40, 484), (x + 6, 590), (x - 14, 598)], "#2A3036")


def bench(sheet: Sheet, mended: bool) -> None:
    """A bench without two slats; whole afterwards."""
    _lawn(sheet)
    sheet.oval(480, 606, 300, 26, (0, 0, 0, 40))
    for x in (260, 700):
        sheet.line([(x, 600), (x, 330)], _IRON, 16)
        sheet.line([(x, 490), (x + 60, 490), (x + 64, 606)], _IRON, 14)
    for i, y in enumerate((340, 384, 428)):
        if mended or i != 1:
            sheet.box(220, y, 520, 30, _WOOD, 4)
        else:
            sheet.polygon([(220, y), (340, y + 4), (352, y + 28), (220, y + 30)], _WOOD)
    for i, y in enumerate((482, 506)):
        if mended or i != 1:
            sheet.polygon([(230, y), (750, y), (766, y + 20), (246, y + 20)], "#9C7852")
        else:
            sheet.polygon([(560, y), (750, y), (766, y + 20), (548, y + 20)], "#9C7852")


def weeds(sheet: Sheet, mended: bool) -> None:
    """A median under weeds; cut and mulched afterwards."""
    rng = sheet.rng
    _, curb = street(sheet)
    sheet.polygon([(0, 600), (WIDTH, 570), (WIDTH, 668), (0, 700)], sheet.mood.curb)
    sheet.polygon([(0, 612), (WIDTH, 582), (WIDTH, 654), (0, 686)], "#8C7558" if mended else "#7C7B52")
    if mended:
        sheet.speckle(0, 590, WIDTH, 84, ["#6F5A42", "#A48C6C"], 300)
        return
    for _ in range(230):
        x = rng.uniform(0, WIDTH)
        foot = 656 - x * 0.03 + rng.uniform(-30, 20)
        high = rng.uniform(40, 180)
        colour = rng.choice(("#A79A5B", "#8C9457", "#C1B071", "#6F8250"))
        sheet.line(
            [(x, foot), (x + rng.uniform(-12, 12), foot - high * 0.6), (x + rng.uniform(-34, 34), foot - high)],
            colour,
            4,
        )
        if rng.random() < 0.2:
            sheet.oval(x + rng.uniform(-20, 20), foot - high, 7, 7, "#D8C684")
    del curb


def busstop(sheet: Sheet, mended: bool) -> None:
    """A bus shelter with a shattered pane; whole afterwards."""
    rng = sheet.rng
    _, curb = street(sheet, walk=120)
    floor = curb - 20
    glass = (190, 214, 224, 150)
    sheet.box(240, 226, 500, 20, _IRON, 5)
    for x in (256.0, 484.0, 716.0):
        sheet.line([(x, 240), (x, floor)], _IRON, 12)
    sheet.box(262, 250, 216, floor - 290, glass)
    if mended:
        sheet.box(490, 250, 220, floor - 290, glass)
    else:
        sheet.polygon([(490, 250), (560, 250), (524, 300), (540, 350), (490, 380)], glass)
        sheet.polygon([(710, 250), (710, 330), (676, 290), (650, 250)], glass)
        sheet.polygon(
            [(490, floor - 44), (540, floor - 90), (580, floor - 56), (640, floor - 70), (710, floor - 40)], glass
        )
        for _ in range(90):
            x, y = rng.gauss(600, 90), floor + rng.uniform(-8, 30)
            sheet.polygon(
                [(x, y), (x + rng.uniform(4, 12), y - 5), (x + 8, y + 6)], rng.choice(("#DCE9EE", "#A9C2CC", "#C5D8DF"))
            )
    sheet.box(290, floor - 66, 170, 14, _WOOD, 4)
    sheet.line([(310, floor - 54), (310, floor)], _IRON, 8)
    sheet.line([(440, floor - 54), (440, floor)], _IRON, 8)
    sheet.line([(820, floor + 4), (820, 190)], _IRON, 9)
    sheet.box(790, 170, 60, 60, "#174EA6", 6)
    sheet.box(802, 184, 36, 26, "#F4F6F8", 5)


def scooters(sheet: Sheet, mended: bool) -> None:
    """Scooters lying across the pavement; parked in a row afterwards."""
    _, curb = street(sheet, walk=140)
    floor = curb - 26
    colour = "#4B8B7C"
    if mended:
        for x in (560, 640, 720, 800):
            sheet.oval(x, floor, 15, 15, "#2A3036")
            sheet.oval(x + 92, floor, 15, 15, "#2A3036")
            sheet.line([(x, floor - 10), (x + 92, floor - 10)], colour, 11)
            sheet.line([(x + 92, floor - 8), (x + 80, floor - 130)], "#2A3036", 9)
            sheet.line([(x + 62, floor - 134), (x + 96, floor - 126)], "#2A3036", 8)
        return
    for x, y, flip in ((180, floor - 6, 1), (430, floor - 44, -1), (610, floor + 6, 1), (800, floor - 30, -1)):
        sheet.oval(x, y + 14, 110, 12, (0, 0, 0, 40))
        sheet.line([(x - 80 * flip, y), (x + 30 * flip, y - 14)], colour, 12)
        sheet.oval(x - 86 * flip, y, 17, 13, "#2A3036")
        sheet.oval(x + 40 * flip, y - 14, 17, 13, "#2A3036")
        sheet.line([(x + 34 * flip, y - 16), (x + 128 * flip, y - 40)], "#2A3036", 9)
        sheet.line([(x + 120 * flip, y - 62), (x + 134 * flip, y - 18)], "#2A3036", 8)
