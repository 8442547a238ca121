"""What goes wrong in Harborview: how often, in which season, how many people notice, and which crew goes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Season(StrEnum):
    """The rhythm of the year a kind of trouble follows."""

    FLAT = "flat"
    SPRING = "spring"
    SUMMER = "summer"
    DARK = "dark"
    RAIN = "rain"
    STORM = "storm"
    AFTER_RAIN = "after_rain"
    GROWTH = "growth"


class Spot(StrEnum):
    """Where a kind of trouble happens."""

    STREET = "street"
    MAIN = "main"
    HOME = "home"
    CORNER = "corner"
    PARK = "park"
    ASSET = "asset"


@dataclass(frozen=True)
class Kind:
    """One kind of trouble.

    Args:
        code: the category's code.
        per_year: reports in an ordinary year, before the whole is brought to the wanted total.
        echoes: how many more people report one incident on average, while it stands open.
        layer: the layer of assets it happens to, when it does.
        urgency: 1 (at once) to 5.
        gone: share of visits that find nothing.
        others: share that belongs to somebody else (a utility, the state, an owner).
        cannot: share that is refused for lack of money or ground.
        picture: the drawn scene, if people photograph it.
    """

    code: str
    team: str
    per_year: int
    season: Season
    spot: Spot
    echoes: float
    urgency: int
    layer: str = ""
    gone: float = 0.07
    others: float = 0.04
    cannot: float = 0.02
    picture: str = ""


F, S = Season, Spot
KINDS: tuple[Kind, ...] = (
    Kind("pothole", "pavement", 1550, F.AFTER_RAIN, S.STREET, 0.30, 2, gone=0.06, others=0.06, picture="pothole"),
    Kind("street-damage", "pavement", 450, F.RAIN, S.STREET, 0.12, 3, others=0.14, cannot=0.08, picture="crack"),
    Kind("sidewalk-damage", "sidewalks", 700, F.FLAT, S.HOME, 0.12, 4, others=0.08, cannot=0.07, picture="sidewalk"),
    Kind("streetlight-out", "lighting", 1350, F.DARK, S.ASSET, 0.3, 3, "streetlights", 0.08, 0.08, 0.02, "streetlight"),
    Kind("traffic-signal", "signals", 380, F.STORM, S.ASSET, 0.45, 1, "signals", 0.12, 0.04, picture="signal"),
    Kind("street-sign", "signs", 420, F.RAIN, S.ASSET, 0.08, 2, "signs", 0.06, 0.03, picture="sign"),
    Kind("graffiti", "graffiti", 1750, F.SPRING, S.MAIN, 0.12, 3, gone=0.08, others=0.07, picture="graffiti"),
    Kind("illegal-dumping", "dumping", 1550, F.SUMMER, S.STREET, 0.20, 3, gone=0.13, picture="dumping"),
    Kind("missed-collection", "collection", 1250, F.FLAT, S.HOME, 0.04, 2, gone=0.05, others=0.03),
    Kind("overflowing-bin", "collection", 450, F.SUMMER, S.MAIN, 0.15, 3, gone=0.10, picture="bin"),
    Kind("fallen-tree", "trees", 360, F.STORM, S.ASSET, 0.40, 1, "trees", 0.06, 0.10, picture="branch"),
    Kind("tree-trim", "trees", 650, F.GROWTH, S.ASSET, 0.05, 4, "trees", 0.05, 0.08, 0.08, picture="tree"),
    Kind("park-damage", "park-care", 250, F.SUMMER, S.PARK, 0.10, 3, gone=0.06, picture="park"),
    Kind("playground", "park-care", 120, F.SUMMER, S.PARK, 0.15, 2, picture="swing"),
    Kind("blocked-drain", "drains", 360, F.RAIN, S.STREET, 0.12, 2, picture="drain"),
    Kind("street-flooding", "drains", 170, F.STORM, S.STREET, 0.60, 1, gone=0.25, picture="flood"),
    Kind("water-leak", "water-ops", 420, F.SUMMER, S.HOME, 0.25, 1, gone=0.08, others=0.14, picture="leak"),
    Kind("hydrant", "water-ops", 90, F.FLAT, S.ASSET, 0.08, 2, "hydrants", picture="hydrant"),
    Kind("abandoned-vehicle", "parking", 600, F.FLAT, S.HOME, 0.15, 3, gone=0.24, others=0.05, picture="car"),
    Kind("parking-72h", "parking", 900, F.SUMMER, S.HOME, 0.12, 4, gone=0.33),
    Kind("dead-animal", "dumping", 320, F.SPRING, S.STREET, 0.08, 2, gone=0.18),
    Kind("noise", "code", 350, F.SUMMER, S.HOME, 0.10, 3, gone=0.25, others=0.06),
    Kind("property-condition", "code", 420, F.GROWTH, S.HOME, 0.08, 4, gone=0.08, cannot=0.05),
    Kind("encampment", "outreach", 480, F.FLAT, S.STREET, 0.30, 3, gone=0.18, others=0.12),
    Kind("construction-noise", "code", 130, F.SUMMER, S.HOME, 0.20, 3, gone=0.20),
    Kind("crosswalk", "signs", 160, F.FLAT, S.CORNER, 0.10, 3, cannot=0.14, picture="crosswalk"),
    Kind("bike-lane", "bikeways", 140, F.SUMMER, S.MAIN, 0.08, 3, cannot=0.08, picture="bikelane"),
    Kind("shared-mobility", "bikeways", 260, F.SUMMER, S.MAIN, 0.06, 3, gone=0.25, picture="scooters"),
    Kind("stormwater-pollution", "stormwater", 150, F.RAIN, S.STREET, 0.08, 1, gone=0.20, picture="drain"),
    Kind("weeds", "park-care", 280, F.GROWTH, S.STREET, 0.06, 4, others=0.14, picture="weeds"),
    Kind("rodents", "vector", 170, F.SUMMER, S.HOME, 0.06, 3, others=0.08),
    Kind("street-sweeping", "sweeping", 190, F.RAIN, S.STREET, 0.05, 4),
    Kind("curb-ramp", "sidewalks", 90, F.FLAT, S.CORNER, 0.04, 4, cannot=0.20),
    Kind("bus-stop", "bikeways", 110, F.FLAT, S.MAIN, 0.10, 3, others=0.25, picture="busstop"),
    Kind("bench", "park-care", 80, F.FLAT, S.PARK, 0.04, 4, picture="bench"),
    Kind("public-restroom", "park-care", 110, F.SUMMER, S.PARK, 0.10, 2),
    Kind("welfare-concern", "outreach", 130, F.FLAT, S.HOME, 0.0, 1, gone=0.22, others=0.20),
    Kind("other", "code", 240, F.FLAT, S.STREET, 0.02, 4, gone=0.12, others=0.10),
)  # fmt: skip
BY_CODE: dict[str, Kind] = {kind.code: kind for kind in KINDS}

# What people take one kind of trouble for, and staff put right.
MISTAKEN: dict[str, tuple[str, ...]] = {
    "street-damage": ("pothole",),
    "crosswalk": ("street-sign", "other"),
    "stormwater-pollution": ("water-leak", "illegal-dumping"),
    "blocked-drain": ("street-flooding", "other"),
    "water-leak": ("street-flooding", "other"),
    "tree-trim": ("fallen-tree", "weeds"),
    "abandoned-vehicle": ("parking-72h",),
    "parking-72h": ("abandoned-vehicle",),
    "curb-ramp": ("sidewalk-damage",),
    "construction-noise": ("noise",),
    "illegal-dumping": ("overflowing-bin", "missed-collection", "other"),
    "weeds": ("property-condition", "other"),
    "bench": ("park-damage",),
    "bus-stop": ("other",),
}

# Who else owns things in the streets. Invented, like the city.
UTILITIES: dict[str, tuple[str, ...]] = {
    "streetlight-out": ("Bayshore Electric",),
    "water-leak": ("Alder Valley Water District",),
    "bus-stop": ("Coast Transit",),
    "fallen-tree": ("Bayshore Electric", "Pacific Line Telephone"),
    "tree-trim": ("Bayshore Electric",),
    "pothole": ("the state highway district", "Bayshore Gas"),
    "street-damage": ("Bayshore Gas", "Alder Valley Water District"),
    "graffiti": ("Pacific Line Telephone", "Harborview Unified Schools", "the railway"),
    "encampment": ("the county health department", "the railway"),
    "welfare-concern": ("the county health department",),
    "traffic-signal": ("the state highway district",),
}


@dataclass(frozen=True)
class Team:
    """A crew.

    Args:
        load: work that comes in for each unit of work it can do in an ordinary year; near or above 1 a backlog grows.
        weekend: share of an ordinary day's work done on Saturdays and Sundays.
    """

    code: str
    department: str
    name: str
    spanish_name: str
    load: float
    weekend: float = 0.0


@dataclass(frozen=True)
class Department:
    """A department of the city."""

    code: str
    name: str
    spanish_name: str


DEPARTMENTS: tuple[Department, ...] = (
    Department("streets", "Streets", "Calles"),
    Department("lighting", "Lighting and Signals", "Alumbrado y Semáforos"),
    Department("sanitation", "Sanitation", "Limpia"),
    Department("parks", "Parks and Trees", "Parques y Árboles"),
    Department("water", "Water and Drains", "Agua y Drenaje"),
    Department("code", "Code Compliance", "Cumplimiento de Normas"),
    Department("mobility", "Mobility", "Movilidad"),
    Department("environment", "Environment and Outreach", "Medio Ambiente y Apoyo"),
)
TEAMS: tuple[Team, ...] = (
    Team("pavement", "streets", "Pavement crew", "Cuadrilla de pavimento", 0.88),
    Team("sidewalks", "streets", "Sidewalk crew", "Cuadrilla de banquetas", 1.32),
    Team("signs", "streets", "Signs and markings", "Señales y marcas", 0.9),
    Team("lighting", "lighting", "Lighting crew", "Cuadrilla de alumbrado", 0.99),
    Team("signals", "lighting", "Signal technicians", "Técnicos de semáforos", 0.62, 0.6),
    Team("graffiti", "sanitation", "Graffiti crew", "Cuadrilla de grafiti", 0.78),
    Team("dumping", "sanitation", "Clean-up crew", "Cuadrilla de limpieza", 0.82, 0.3),
    Team("collection", "sanitation", "Collection", "Recolección", 0.78, 0.3),
    Team("sweeping", "sanitation", "Street sweeping", "Barrido de calles", 0.85),
    Team("trees", "parks", "Tree crew", "Cuadrilla de árboles", 1.08, 0.2),
    Team("park-care", "parks", "Park care", "Cuidado de parques", 0.84, 0.2),
    Team("water-ops", "water", "Water operations", "Operaciones de agua", 0.80, 0.6),
    Team("drains", "water", "Drain crew", "Cuadrilla de drenaje", 0.74, 0.3),
    Team("code", "code", "Code officers", "Inspectores de normas", 1.10),
    Team("parking", "mobility", "Parking enforcement", "Control de estacionamiento", 0.98, 0.2),
    Team("bikeways", "mobility", "Bikeways and stops", "Ciclovías y paradas", 0.82),
    Team("outreach", "environment", "Outreach", "Equipo de apoyo", 0.94, 0.3),
    Team("stormwater", "environment", "Stormwater inspectors", "Inspección pluvial", 0.75, 0.2),
    Team("vector", "environment", "Rodent control", "Control de roedores", 0.88),
)
TEAM_BY_CODE: dict[str, Team] = {team.code: team for team in TEAMS}
