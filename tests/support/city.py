"""A very small city for tests: two streets that cross, a few addresses, streetlights, one area, a boundary."""

from __future__ import annotations

from cityhall.apps.places import public as places
from cityhall.apps.places.contracts import AddressRow, AreaRow, AssetRow, SegmentRow, StreetKind

CENTER = (32.72, -117.16)
"""Latitude and longitude of the crossing of Grand Ave and 5th St."""
OUTSIDE = (33.5, -117.16)


def build() -> None:
    """Load the city. Needs a database."""
    lat, lon = CENTER
    d = 0.01
    ring = [[lon - d, lat - d], [lon + d, lat - d], [lon + d, lat + d], [lon - d, lat + d], [lon - d, lat - d]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    places.set_city(name="Smallville", time_zone="America/Los_Angeles", languages=["en", "es"], boundary=shape)
    places.replace_areas("district", [AreaRow("1", {"en": "District 1", "es": "Distrito 1"}, shape)])
    places.load_streets(
        [
            SegmentRow("Grand Ave", [(lon - 0.005, lat), (lon, lat)], (1101, 1199), (1100, 1198), StreetKind.MAIN),
            SegmentRow("Grand Ave", [(lon, lat), (lon + 0.005, lat)], (1201, 1299), (1200, 1298), StreetKind.MAIN),
            SegmentRow("5th St", [(lon, lat - 0.005), (lon, lat)], (401, 499), (400, 498)),
            SegmentRow("5th St", [(lon, lat), (lon, lat + 0.005)], (501, 599), (500, 598)),
        ]
    )
    places.load_addresses(
        [
            AddressRow("1202", "Grand Ave", lat + 0.0002, lon + 0.0005),
            AddressRow("1204", "Grand Ave", lat + 0.0002, lon + 0.0007),
            AddressRow("502", "5th St", lat + 0.0004, lon - 0.0002),
        ]
    )
    places.load_assets(
        "streetlights",
        [
            AssetRow(
                "L-1",
                "Streetlight L-1",
                lat + 0.0003,
                lon + 0.0005,
                properties={"labels": {"es": "Luminaria L-1"}},
            ),
            AssetRow("L-2", "Streetlight L-2", lat + 0.0009, lon + 0.0005),
        ],
        name={"en": "Streetlights"},
    )
