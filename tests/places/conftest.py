"""A small town on a grid, by the loaders everybody uses."""

from __future__ import annotations

import pytest
from hypothesis import settings

from cityhall.apps.places.contracts import AddressRow, AreaRow, AssetRow, SegmentRow, StreetKind

# The first use of a holiday table or of H3 takes long on a busy machine; that is no failure.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

LAT, LON, STEP = 43.05, -76.15, 0.002
EAST_WEST = ["Grand Ave", "N Market St", "Calle Peñón", "Dr Martin Luther King Jr Blvd"]
NORTH_SOUTH = ["4th St", "5th St", "Saint Marys Ln"]


def square(west: float, south: float, east: float, north: float) -> dict[str, object]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.fixture
def segments() -> list[SegmentRow]:
    rows = []
    for y, name in enumerate(EAST_WEST):
        for x in range(3):
            line = [(LON + (x - 1) * STEP, LAT + y * STEP), (LON + x * STEP, LAT + y * STEP)]
            low = 1000 + 100 * x
            rows.append(
                SegmentRow(
                    name, line, left=(low + 1, low + 99), right=(low, low + 98), code=f"{y}-{x}",
                    kind=StreetKind.MAIN if y == 0 else StreetKind.LOCAL,
                )
            )  # fmt: skip
    for x, name in enumerate(NORTH_SOUTH):
        for y in range(len(EAST_WEST) - 1):
            line = [(LON + x * STEP, LAT + y * STEP), (LON + x * STEP, LAT + (y + 1) * STEP)]
            rows.append(SegmentRow(name, line, code=f"ns-{x}-{y}"))
    return rows


@pytest.fixture
def town(db: None, segments: list[SegmentRow]) -> None:
    from cityhall.apps.places import public

    public.set_city(
        name="Testville", time_zone="America/New_York", languages=["en", "es"],
        boundary=square(LON - STEP, LAT - STEP, LON + 3 * STEP, LAT + 4 * STEP),
        holidays_country="US", holidays_subdivision="NY",
    )  # fmt: skip
    public.load_streets(segments)
    public.load_addresses(
        [
            *(
                AddressRow(str(1000 + 2 * i), "Grand Ave", LAT + 0.0001, LON - STEP + i * STEP / 50)
                for i in range(1, 150)
            ),
            AddressRow("12B", "Calle Peñón", LAT + 2 * STEP, LON),
            AddressRow("77", "5th St", LAT + STEP / 2, LON + STEP, unit="3"),
            AddressRow("77", "5th St", LAT + STEP / 2, LON + STEP, unit="4"),
            AddressRow("77", "5th St", LAT + STEP / 2, LON + STEP),
        ]
    )
    public.replace_areas(
        "council_district",
        [
            AreaRow("1", {"en": "District 1", "es": "Distrito 1"}, square(LON - STEP, LAT - STEP, LON, LAT + 4 * STEP)),
            AreaRow("2", {"en": "District 2"}, square(LON, LAT - STEP, LON + 3 * STEP, LAT + 4 * STEP)),
        ],
        name={"en": "Council districts", "es": "Distritos"},
    )
    public.load_assets(
        "streetlights",
        [AssetRow(f"SL-{i:04}", f"Streetlight SL-{i:04}", LAT, LON + i * 0.0005) for i in range(1, 11)],
        name={"en": "Streetlights"},
    )
