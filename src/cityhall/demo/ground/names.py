"""What Harborview calls things. Street names are given once: no two streets share one."""

from __future__ import annotations

from collections.abc import Iterator

_ENGLISH = """
Alder Amber Anchor Aspen Aurora Bartlett Bayberry Beacon Beech Bell Birch Bishop Blackwell Blaine Bluebell Bradford
Briar Bristol Buoy Camellia Canvas Carver Cedar Chandler Chapel Cherry Chestnut Clarke Clement Clover Cobalt Compass
Coral Cormorant Cove Crescent Crestline Current Cypress Daisy Dalton Dogwood Dolphin Dover Driftwood Dune Easton Ebb
Egret Elder Elm Ember Emerson Everett Fairview Fathom Fern Ferry Fielding Finch Fir Fletcher Foster Foundry Foxglove
Galley Garnet Gull Hale Halyard Hamilton Hawthorn Hazel Heather Heron Hickory Hobart Holly Hope Hudson Iris Ivy Jasper
Jefferson Juniper Keel Kelp Kestrel Kingsley Lantern Larch Laurel Lavender Leeward Lilac Linden Lowell Magnolia Maple
Mariner Marigold Market Marlin Marsh Mason Mercer Merritt Mill Mitchell Mulberry Myrtle Nelson Newell Oak Olive Orchard
Osprey Otter Parker Pearl Pelican Pepper Perry Pilot Pine Piper Plover Plum Poplar Porter Quarry Quince Raven Redwood
Reed Regatta Ridge Rigging Robin Rose Rowan Sable Sail Salter Sandpiper Schooner Sequoia Sextant Shearwater Shell Sloop
Sorrel Sparrow Spinnaker Spruce Starling Station Sterling Summit Sumner Sycamore Tamarack Teal Temple Tern Thistle
Tide Tiller Topsail Turner Union Valley Verbena Violet Walnut Warren Waverly Wells Whaler Wharf Whitman Wicker Willow
Windward Winslow Wren Yarrow Yates York Zephyr Alameda Abbott Acorn Adler Agate Ainsley Almond Archer Arden Ashby
Barlow Basil Bluff Bramble Burton Calder Cameron Canyon Carlisle Cassidy Collier Conway Crane Dawson Delmar Denton
Drake Edison Ellis Emmett Ferris Flint Forrest Gable Garland Glen Granite Greeley Grove Harlan Hartley Hollis Irving
Keaton Kendall Langley Lennox Lockwood Lyle Marlow Meridian Monroe Newport Norwood Oakley Palmer Pierce Prescott Ramsey
Regent Rhodes Ripley Sawyer Shelby Sheridan Sinclair Stanton Talbot Thatcher Upton Vance Wendell Westcott Woodrow Wyatt
""".split()

_SPANISH = [
    "Calle Aguamarina", "Calle Alameda", "Calle Alondra", "Calle Amapola", "Calle Ánimas", "Calle Arroyo",
    "Calle Azucena", "Calle Barquero", "Calle Bonita", "Calle Brisa", "Calle Bugambilia", "Calle Canario",
    "Calle Caracol", "Calle Chica", "Calle Colibrí", "Calle del Ancla", "Calle del Faro", "Calle del Molino",
    "Calle del Norte", "Calle del Olmo", "Calle del Pescador", "Calle del Sol", "Calle Dorada", "Calle Encino",
    "Calle Esmeralda", "Calle Estrella", "Calle Fresno", "Calle Gaviota", "Calle Golondrina", "Calle Granada",
    "Calle Higuera", "Calle Jacaranda", "Calle Jazmín", "Calle Laurel", "Calle Limón", "Calle Luna", "Calle Madrigal",
    "Calle Marina", "Calle Mariposa", "Calle Naranjo", "Calle Nogal", "Calle Olivo", "Calle Palmera", "Calle Paloma",
    "Calle Perla", "Calle Quebrada", "Calle Real", "Calle Romero", "Calle Rosal", "Calle Salina", "Calle San Telmo",
    "Calle Sauce", "Calle Serena", "Calle Tecolote", "Calle Tulipán", "Calle Velero", "Calle Verde", "Calle Violeta",
    "Camino Alto", "Camino del Río", "Camino del Valle", "Camino Viejo", "Paseo de las Olas", "Paseo del Lago",
    "Paseo del Prado", "Vía Cordillera", "Vía del Mar", "Vía Hermosa", "Vía Linda", "Vía Mirador", "Vía Sierra",
    "Vía Vista", "Avenida Cabrillo", "Avenida de la Paz", "Avenida del Puerto", "Avenida Libertad", "Avenida Morelos",
    "Calle Abedul", "Calle Acacia", "Calle Águila", "Calle Algarrobo", "Calle Almendra", "Calle Arena", "Calle Bahía",
    "Calle Bambú", "Calle Cascada", "Calle Cedro", "Calle Ciprés", "Calle Clavel", "Calle Coral", "Calle Durazno",
]  # fmt: skip

_CURVED = ("Drive", "Way", "Lane", "Court", "Terrace", "Road")
_SECOND = ("Place", "Circle", "Trail", "Loop")

FIRST_NAMES = """
Maria James Ana David Rosa Michael Carmen Linda Luis Karen Sofia Daniel Elena Robert Lucia Thomas Grace Minh Priya Omar
Hannah Javier Teresa Kevin Mei Samuel Isabel Patrick Nadia Andre Julia Hector Ruth Marcus Paula Ethan Yolanda Brian
Fatima George Silvia Walter Irene Diego Naomi Victor Alice Raul Denise Kwame
""".split()

LAST_NAMES = """
Alvarez Baker Castillo Dawson Espinoza Fisher Garcia Hughes Ibarra Jensen Khan Lopez Mercer Nguyen Ortiz Park Quintero
Reyes Santos Thompson Ueda Vargas Walsh Young Zamora Bennett Chavez Delgado Ellison Flores Gutierrez Holloway Patel
Morales Okafor Peterson Ramos Sandoval Torres Whitfield
""".split()


def ordinal(number: int) -> str:
    """Return "1st", "2nd", "3rd", "11th"."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


class StreetNames:
    """Hands out street names, each once, in a fixed order."""

    def __init__(self) -> None:
        self._english = iter(_ENGLISH)
        self._spanish = iter(_SPANISH)
        self._numbered: Iterator[int] = iter(range(1, 60))
        self._again = iter(_ENGLISH)
        self._count = 0

    def take(self, taste: str) -> str:
        """Return the next name for a taste: "numbered", "avenue", "street", "curved" or "spanish"."""
        self._count += 1
        if taste == "numbered":
            return f"{ordinal(next(self._numbered))} Street"
        if taste == "spanish":
            name = next(self._spanish, None)
            if name is not None:
                return name
        suffix = {"avenue": "Avenue", "street": "Street"}.get(taste) or _CURVED[self._count % len(_CURVED)]
        name = next(self._english, None)
        if name is not None:
            return f"{name} {suffix}"
        # As in real cities, a name comes round again with a rarer ending.
        return f"{next(self._again)} {_SECOND[self._count % len(_SECOND)]}"
