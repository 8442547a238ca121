"""Scenes seen looking down: the road and the pavement. Each draws trouble, or the same place once it is mended."""

from __future__ import annotations

from cityhall.demo.pictures.canvas import HEIGHT, WIDTH, Sheet, blob_points, ground


def pothole(sheet: Sheet, mended: bool) -> None:
    """A pothole in the lane; a dark square patch afterwards."""
    rng = sheet.rng
    ground(sheet)
    sheet.polygon([(0, 560), (WIDTH, 470), (WIDTH, 492), (0, 586)], sheet.mood.mark)
    sheet.polygon([(330, 520), (520, 500), (520, 540), (330, 565)], sheet.mood.road)
    x, y, size = rng.uniform(400, 560), rng.uniform(330, 400), rng.uniform(130, 185)
    if mended:
        points = [
            (x - size * 1.25, y - size * 0.5),
            (x + size * 1.15, y - size * 0.66),
            (x + size * 1.35, y + size * 0.5),
            (x - size * 1.2, y + size * 0.66),
        ]
        sheet.polygon(points, "#3E4145")
        sheet.line([*points, points[0]], "#2C2E31", 7)
        sheet.speckle(x - size, y - size * 0.45, size * 2, size * 0.9, [(255, 255, 255, 30), (0, 0, 0, 60)], 160)
        return
    for _ in range(7):
        cx, cy = x + rng.uniform(-1.7, 1.7) * size, y + rng.uniform(-0.9, 0.9) * size
        sheet.line([(x, y), ((x + cx) / 2 + rng.uniform(-14, 14), (y + cy) / 2), (cx, cy)], "#4C4F53", 3)
    sheet.blob(x, y, size * 1.12, size * 0.66, "#7F8286", 0.22)
    sheet.blob(x, y + 4, size, size * 0.56, "#47443F", 0.22)
    sheet.blob(x + 6, y + 20, size * 0.8, size * 0.38, "#37342F", 0.2)
    sheet.speckle(x - size * 0.6, y, size * 1.2, size * 0.35, ["#8B857B", "#5D584F", "#A39C90"], 46)
    sheet.speckle(x - size * 1.5, y - size * 0.6, size * 3, size * 1.3, ["#8B8E92", "#55585B"], 50)
    if rng.random() < 0.5:
        sheet.blob(x, y + 26, size * 0.55, size * 0.2, "#8FA6B3", 0.15)
        sheet.oval(x - size * 0.15, y + 22, size * 0.2, 4, (255, 255, 255, 70))


def crack(sheet: Sheet, mended: bool) -> None:
    """A long crack; a line of black sealant afterwards."""
    rng = sheet.rng
    ground(sheet)
    points = [(-20.0, rng.uniform(380, 480))]
    while points[-1][0] < WIDTH:
        points.append((points[-1][0] + rng.uniform(25, 60), points[-1][1] + rng.uniform(-34, 30)))
    if mended:
        sheet.line(points, "#26282B", 22)
        sheet.line(points, "#34373A", 12)
        return
    sheet.line(points, "#7C7F83", 20)
    sheet.line(points, "#2E2D2B", 9)
    for x, y in points[1::2]:
        sheet.line([(x, y), (x + rng.uniform(-40, 40), y + rng.choice((-1, 1)) * rng.uniform(40, 95))], "#3A3937", 4)
    sheet.speckle(0, 380, WIDTH, 160, ["#8B8E92", "#4A4C4F"], 90)


def sidewalk(sheet: Sheet, mended: bool) -> None:
    """A panel lifted by roots; a new pale panel afterwards."""
    mood, rng = sheet.mood, sheet.rng
    sheet.box(0, 0, WIDTH, HEIGHT, mood.leaf)
    sheet.speckle(0, 0, WIDTH, HEIGHT, [mood.leaf_dark, (255, 255, 255, 26)], 700)
    sheet.polygon([(250, 0), (700, 0), (880, HEIGHT), (70, HEIGHT)], mood.pavement)
    sheet.speckle(200, 0, 540, HEIGHT, [(255, 255, 255, 40), (0, 0, 0, 22)], 500)
    for y, left, right in ((110, 222, 728), (265, 184, 766), (450, 137, 812), (660, 85, 865)):
        sheet.line([(left, y), (right, y)], (0, 0, 0, 60), 5)
    tree_x = 836
    sheet.blob(tree_x, 190, 90, 70, "#6C5A48", 0.12)
    sheet.polygon([(tree_x - 46, 200), (tree_x + 46, 200), (tree_x + 34, -10), (tree_x - 30, -10)], mood.trunk)
    sheet.polygon([(tree_x - 46, 200), (tree_x - 20, 200), (tree_x - 12, -10), (tree_x - 30, -10)], (0, 0, 0, 26))
    if mended:
        sheet.polygon([(184, 268), (766, 268), (812, 447), (137, 447)], "#DEDAD2")
        sheet.line([(184, 268), (766, 268), (812, 447), (137, 447), (184, 268)], "#C2BDB3", 5)
        return
    for bend in (0, 24, 52):
        sheet.line(
            [(tree_x - 20, 210 + bend), (700, 290 + bend), (560, 330 + bend), (420, 335 + bend * 1.2)], "#6C5A48", 11
        )
    sheet.polygon([(190, 296), (480, 246), (500, 408), (142, 450)], "#D8D3C9")
    sheet.polygon([(142, 450), (500, 408), (500, 436), (137, 474)], "#6D685F")
    sheet.polygon([(496, 250), (764, 272), (806, 452), (516, 412)], "#C6C0B5")
    sheet.polygon([(516, 412), (806, 452), (808, 474), (516, 440)], "#6D685F")
    sheet.line([(488, 246), (498, 320), (486, 372), (506, 436)], "#3D3933", 10)
    sheet.line([(300, 280), (340, 350), (310, 430)], "#8D877B", 4)
    sheet.speckle(440, 300, 110, 170, ["#8D877B", "#5F5A51"], 40 + rng.randrange(20))


def drain(sheet: Sheet, mended: bool) -> None:
    """A storm drain under leaves; clean afterwards."""
    rng, mood = sheet.rng, sheet.mood
    ground(sheet)
    sheet.polygon([(300, 150), (680, 130), (690, 176), (296, 200)], "#2B2D2F")
    sheet.polygon([(270, 220), (700, 196), (740, 430), (250, 462)], "#44484B")
    for i in range(9):
        t = (i + 0.5) / 9
        x0, x1 = 282 + t * 408, 266 + t * 462
        sheet.line([(x0, 240 - t * 24), (x1, 440 - t * 30)], "#1E2022", 15)
    if mended:
        sheet.polygon([(0, 470), (WIDTH, 420), (WIDTH, 440), (0, 500)], (255, 255, 255, 14))
        return
    colours = [mood.leaf, mood.leaf_dark, "#A98653", "#8D6B3D", "#C29B5C", "#77603E"]
    sheet.blob(480, 330, 290, 120, "#5A5040", 0.2)
    for _ in range(240):
        x, y = rng.gauss(480, 150), rng.gauss(322, 62)
        if y > 180:
            sheet.polygon(blob_points(rng, x, y, rng.uniform(9, 20), rng.uniform(5, 10), 0.1, 7), rng.choice(colours))
    sheet.box(560, 300, 52, 30, "#D9D4C9", 5)
    sheet.polygon([(360, 350), (420, 338), (428, 366), (366, 376)], "#B94B3F")


def leak(sheet: Sheet, mended: bool) -> None:
    """Water welling up out of the road; a square patch afterwards."""
    rng = sheet.rng
    ground(sheet)
    if mended:
        sheet.polygon([(330, 300), (620, 280), (640, 470), (318, 494)], "#3E4145")
        sheet.line([(330, 300), (620, 280), (640, 470), (318, 494), (330, 300)], "#2C2E31", 6)
        sheet.speckle(330, 300, 290, 170, [(255, 255, 255, 30), (0, 0, 0, 60)], 120)
        return
    sheet.blob(470, 400, 330, 120, "#54585C", 0.2)
    sheet.polygon([(420, 380), (560, 400), (980, 590), (980, 700), (700, 620)], "#7F98A6")
    sheet.blob(470, 390, 230, 84, "#7F98A6", 0.18)
    sheet.blob(470, 384, 150, 50, "#9DB6C3", 0.18)
    for _ in range(12):
        x, y = rng.gauss(470, 90), rng.gauss(388, 24)
        sheet.ring(x, y, rng.uniform(14, 40), rng.uniform(5, 12), (255, 255, 255, 80), 2)
    sheet.blob(470, 376, 46, 20, "#C9DAE2", 0.25)
    sheet.line([(380, 350), (430, 372), (470, 366), (540, 400), (590, 396)], "#33363A", 6)


def bikelane(sheet: Sheet, mended: bool) -> None:
    """Glass in the bicycle lane; swept afterwards."""
    rng = sheet.rng
    ground(sheet)
    sheet.polygon([(0, 330), (WIDTH, 250), (WIDTH, 268), (0, 352)], "#E9E4D6")
    sheet.polygon([(0, 690), (WIDTH, 590), (WIDTH, 612), (0, 716)], "#E9E4D6")
    sheet.polygon([(0, 352), (WIDTH, 268), (WIDTH, 590), (0, 690)], "#5F7F6C")
    sheet.speckle(0, 300, WIDTH, 380, [(255, 255, 255, 28), (0, 0, 0, 28)], 600)
    white = "#E9E4D6"
    sheet.ring(300, 520, 62, 50, white, 11)
    sheet.ring(520, 498, 62, 50, white, 11)
    sheet.line([(300, 520), (370, 430), (470, 420), (520, 498)], white, 11)
    sheet.line([(370, 430), (420, 512), (470, 420)], white, 11)
    sheet.line([(420, 512), (300, 520)], white, 11)
    if mended:
        return
    for _ in range(80):
        x, y, size = rng.gauss(660, 110), rng.gauss(430, 56), rng.uniform(4, 15)
        points = blob_points(rng, x, y, size, size * 0.6, 0.5, 5)
        sheet.polygon(points, rng.choice(["#A9C7B8", "#CFE3DA", "#7FA491", "#DDEBE5"]))
    sheet.polygon([(640, 400), (700, 392), (712, 424), (690, 440), (650, 436)], "#6D9A83")


def crosswalk(sheet: Sheet, mended: bool) -> None:
    """Worn bars of a crossing; fresh ones afterwards."""
    rng, mood = sheet.rng, sheet.mood
    ground(sheet)
    for i in range(7):
        x = -60 + i * 160
        bar = [(x + 70, 236 - i * 6), (x + 150, 231 - i * 6), (x + 130, 720), (x + 20, 720)]
        sheet.polygon(bar, "#F0ECE1" if mended else (228, 221, 203, 105))
        if not mended:
            for _ in range(34):
                px, py = x + rng.uniform(20, 150), rng.uniform(230, 720)
                sheet.blob(px, py, rng.uniform(8, 34), rng.uniform(6, 18), mood.road, 0.3, 12)
    sheet.speckle(0, 220, WIDTH, 500, [(255, 255, 255, 24), (0, 0, 0, 30)], 500)
