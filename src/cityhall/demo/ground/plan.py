"""The drawn plan of Harborview: its main streets, its neighbourhoods and the pattern of streets in each."""

from __future__ import annotations

from dataclasses import dataclass

from cityhall.demo.ground.frame import Point

# Main streets on the drawing sheet, each from its low-numbered end. The waterfront is made from the coast instead.
MAIN_STREETS: dict[str, list[Point]] = {
    "Grand Avenue": [(-1420, 330), (-600, 803), (400, 1380), (1500, 2015), (2250, 2470), (2700, 3020), (2900, 3500)],
    "Alder Parkway": [(-860, -330), (-300, -250), (500, -120), (1500, 130), (2300, 420), (3300, 800), (4960, 950)],
    "Alvarado Street": [(720, -3600), (690, -2200), (640, -800), (640, 400), (700, 1553), (690, 2600), (650, 3700)],
    "Junction Avenue": [(2380, -3620), (2360, -1800), (2300, -700), (2420, 600), (2380, 1700), (2250, 2470)],
    "Foothill Road": [
        (3480, -3480),
        (3560, -2200),
        (3480, -900),
        (3700, 300),
        (3650, 1300),
        (3980, 2050),
        (4500, 2420),
    ],
    "Sunset Avenue": [(-3040, 2450), (-1500, 2480), (-300, 2420), (690, 2480), (1300, 2350), (1760, 2170)],
    "Palm Avenue": [(-2900, 1200), (-2000, 1230), (-1200, 1180), (-450, 890)],
    "Western Avenue": [(-1500, 3640), (-1520, 2480), (-1400, 1250), (-1330, 380)],
    "Cannery Street": [(-1180, -800), (-1080, -1400), (-900, -2500), (-820, -3600)],
    "Valley Boulevard": [(-860, -330), (0, -1000), (640, -1480), (1500, -2150), (2370, -2800), (3500, -3480)],
    "Bay Street": [(-1500, -1150), (-600, -1130), (640, -1050), (2310, -800), (3480, -900), (4680, -1050)],
    "Mission Road": [(-1940, -2230), (-900, -2300), (690, -2560), (1800, -2440), (3560, -2200), (4500, -2050)],
    "Lantern Road": [(-1120, -1130), (-1700, -1270), (-2400, -1400), (-3300, -1360)],
    "Camino de la Cresta": [(690, 2600), (1200, 3050), (1900, 3150), (2620, 2930)],
    "Westgate Avenue": [(-1520, 3080), (-600, 3180), (670, 3130)],
    "Civic Center Drive": [(-600, 803), (-350, 1350), (-300, 2420)],
    "Harvest Avenue": [(1500, 130), (1420, -600), (1460, -960)],
    "Paseo de la Ribera": [(640, 330), (1300, 480), (1900, 640), (2420, 900), (3640, 1460)],
}


@dataclass(frozen=True)
class Neighbourhood:
    """A neighbourhood of the plan.

    Args:
        code: stable code.
        seed: a point of the drawing sheet; every face of the plan belongs to the nearest seed.
        turn: the direction of its streets, degrees from east.
        along, across: distance between its streets, metres, in the two directions.
        bend: how far its streets swing from straight, metres (0: a strict grid).
        tastes: what its streets are named after, in the two directions.
        homes: distance between addresses on one side, metres.
        reports: how readily people report here, 1 is the city's average.
        spanish: share of reports written in Spanish.
    """

    code: str
    name: str
    spanish_name: str
    seed: Point
    turn: float
    along: float
    across: float
    bend: float
    tastes: tuple[str, str]
    homes: float
    reports: float
    spanish: float


NEIGHBOURHOODS: tuple[Neighbourhood, ...] = (
    Neighbourhood("downtown", "Downtown", "Centro", (-250, 620), 30, 84, 112, 0, ("avenue", "numbered"), 22, 2.4, 0.12),
    Neighbourhood(
        "civic-park", "Civic Park", "Parque Cívico", (150, 1900), 30, 96, 118, 0, ("avenue", "numbered"), 33, 1.5, 0.12
    ),
    Neighbourhood(
        "old-harbor", "Old Harbor", "Puerto Viejo", (0, -420), 8, 92, 112, 12, ("spanish", "street"), 33, 1.5, 0.30
    ),
    Neighbourhood(
        "north-beach",
        "North Beach",
        "Playa Norte",
        (-2300, 3000),
        -5,
        108,
        148,
        14,
        ("street", "avenue"),
        42,
        1.1,
        0.08,
    ),
    Neighbourhood(
        "palisades", "Palisades", "Los Acantilados", (-2200, 1850), 3, 116, 160, 34, ("curved", "street"), 48, 0.9, 0.06
    ),
    Neighbourhood(
        "westgate", "Westgate", "Westgate", (-500, 2900), 1, 108, 156, 8, ("street", "avenue"), 44, 0.9, 0.15
    ),
    Neighbourhood(
        "harbor-heights",
        "Harbor Heights",
        "Altos del Puerto",
        (-900, 1800),
        4,
        104,
        138,
        8,
        ("street", "avenue"),
        40,
        1.0,
        0.14,
    ),
    Neighbourhood(
        "cresta-hills", "Cresta Hills", "Cresta", (2000, 2700), 34, 150, 230, 85, ("curved", "spanish"), 56, 0.7, 0.09
    ),
    Neighbourhood(
        "alder-park",
        "Alder Park",
        "Parque del Aliso",
        (1500, 1400),
        24,
        112,
        160,
        30,
        ("street", "curved"),
        44,
        0.9,
        0.12,
    ),
    Neighbourhood(
        "eastfield", "Eastfield", "Eastfield", (4200, 1300), 18, 150, 220, 90, ("curved", "curved"), 58, 0.6, 0.10
    ),
    Neighbourhood(
        "la-ribera", "La Ribera", "La Ribera", (1650, -250), 9, 100, 134, 8, ("spanish", "street"), 38, 1.0, 0.36
    ),
    Neighbourhood(
        "cannery", "Cannery", "La Conservera", (-500, -1750), -6, 100, 140, 6, ("spanish", "street"), 38, 1.3, 0.38
    ),
    Neighbourhood(
        "lantern-point",
        "Lantern Point",
        "Punta del Faro",
        (-1900, -1600),
        9,
        110,
        170,
        40,
        ("curved", "spanish"),
        50,
        0.8,
        0.10,
    ),
    Neighbourhood(
        "mission-vista",
        "Mission Vista",
        "Vista Misión",
        (800, -1750),
        2,
        104,
        144,
        8,
        ("spanish", "street"),
        42,
        0.9,
        0.42,
    ),
    Neighbourhood(
        "las-lomas", "Las Lomas", "Las Lomas", (3100, -1100), -14, 146, 220, 80, ("curved", "spanish"), 56, 0.6, 0.20
    ),
    Neighbourhood(
        "san-telmo", "San Telmo", "San Telmo", (900, -3050), 3, 116, 170, 26, ("spanish", "curved"), 46, 0.8, 0.33
    ),
)

# Council districts and postal zones are unions of faces too, so that every kind of area covers the city exactly.
DISTRICTS: tuple[Point, ...] = ((-2200, 2300), (-200, 1000), (1700, 2500), (3500, 400), (-1300, -1900), (1700, -2100))
# 99981 to 99985 are not given to any place by the postal service.
POSTAL_ZONES: tuple[tuple[str, Point], ...] = (
    ("99981", (-500, 700)),
    ("99982", (-1900, 2500)),
    ("99983", (2500, 1900)),
    ("99984", (-1200, -1900)),
    ("99985", (2600, -1700)),
)
