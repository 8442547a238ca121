"""What the places room answers with and takes in. Angles are WGS84 degrees, distances metres."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

Translated = Mapping[str, str]
Geometry = Mapping[str, Any]

AREA_RESOLUTION = 8
"""H3 resolution of the cells that cover an area: hexagons about a kilometre across."""
POINT_RESOLUTION = 10
"""H3 resolution kept with addresses, assets and intersections: hexagons about 130 metres across."""
PUBLIC_RESOLUTION = 9
"""H3 resolution a place is generalised to: hexagons about 350 metres across."""


class StreetKind(StrEnum):
    """How a street is drawn and whether it is offered as a place."""

    MAIN = "main"
    LOCAL = "local"
    RAMP = "ramp"


class HitKind(StrEnum):
    """What a search found. A landmark is a place with a name of its own: a park, a library."""

    ADDRESS = "address"
    INTERSECTION = "intersection"
    STREET = "street"
    ASSET = "asset"
    LANDMARK = "landmark"
    AREA = "area"


@dataclass(frozen=True, slots=True)
class CityInfo:
    """The city itself.

    Args:
        bounds: west, south, east, north; None while nothing is known of where the city is.
        center: latitude, longitude; None likewise.
        revision: grows with every change of the city's place data, so that answers can be cached under it.
    """

    name: str
    time_zone: str
    languages: tuple[str, ...]
    bounds: tuple[float, float, float, float] | None
    center: tuple[float, float] | None
    has_boundary: bool
    revision: int
    holidays_country: str = ""
    holidays_subdivision: str = ""
    closed_days: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class AreaKindInfo:
    """A kind of area, for instance council districts."""

    code: str
    name: Translated
    count: int


@dataclass(frozen=True, slots=True)
class AreaInfo:
    """One area. `kind` is the kind's code, `name` is translated text."""

    id: uuid.UUID
    kind: str
    code: str
    name: Translated
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Outline:
    """An area to be drawn on a sheet. `population` is None when the area's file did not say.

    Args:
        path: an SVG path's data, on a sheet of the width and height of its `Outlines`.
        at: a point of the sheet inside the area, for a label.
    """

    area: AreaInfo
    population: int | None
    path: str
    at: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Outlines:
    """The current areas of a kind, drawn side by side on one sheet."""

    width: float
    height: float
    areas: tuple[Outline, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A place a search found.

    Args:
        score: 1.0 for what was asked, falling to 0 the less it resembles it.
        distance: metres from the point asked about; None for searches by text.
    """

    kind: HitKind
    label: str
    lat: float
    lon: float
    address_id: uuid.UUID | None = None
    asset_id: uuid.UUID | None = None
    area_id: uuid.UUID | None = None
    score: float = 1.0
    distance: float | None = None


@dataclass(frozen=True, slots=True)
class AddressInfo:
    """One address."""

    id: uuid.UUID
    label: str
    number: str
    unit: str
    street: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class AssetLayerInfo:
    """A layer of things to pick from: streetlights, signs. `count` is of those that stand."""

    code: str
    name: Translated
    count: int


@dataclass(frozen=True, slots=True)
class AssetInfo:
    """One thing the city owns.

    Args:
        layer: its layer's code.
        code: the city's own number for it.
        labels: the label in further languages, where the city has them.
        owner: who owns it, as the file it came from says; "" when that does not.
    """

    id: uuid.UUID
    layer: str
    code: str
    label: str
    lat: float
    lon: float
    labels: Translated | None = None
    distance: float | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area to load. `geometry` is a GeoJSON Polygon or MultiPolygon in WGS84."""

    code: str
    name: Translated
    geometry: Geometry
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """A piece of street between two crossings.

    Args:
        street: the street's name as people write it, "Grand Ave".
        line: longitude, latitude pairs, at least two.
        left, right: first and last house number on that side in the line's direction; None when there are none.
        code: the city's own number for the piece.
    """

    street: str
    line: Sequence[tuple[float, float]]
    left: tuple[int, int] | None = None
    right: tuple[int, int] | None = None
    kind: StreetKind = StreetKind.LOCAL
    code: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AddressRow:
    """An address to load. `number` may carry a letter or a half ("12B", "12 1/2"). A given `id` is kept."""

    number: str
    street: str
    lat: float
    lon: float
    unit: str = ""
    id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class AssetRow:
    """An asset to load. A given `id` is kept. `properties` may hold `labels`: the label in further languages."""

    code: str
    label: str
    lat: float
    lon: float
    properties: Mapping[str, Any] = field(default_factory=dict)
    id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """Something drawn on the map: water, a park, a building. With a name it is also found by it."""

    geometry: Geometry
    name: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did, in rows."""

    added: int
    updated: int
    removed: int


class ImportKind(StrEnum):
    """What a file of places becomes."""

    BOUNDARY = "boundary"
    AREAS = "areas"
    STREETS = "streets"
    ADDRESSES = "addresses"
    ASSETS = "assets"
    FEATURES = "features"
    ROAD_RATINGS = "road_ratings"


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to read a file of places. What is left empty is guessed from the file.

    Args:
        kind: what the file becomes.
        target: code of the area kind or layer, as in "council_district" or "streetlights".
        title: what people call that kind or layer.
        code_field, name_field: the columns that hold each thing's code and name.
        where: only rows whose column has this value.
        crs: coordinate system of a file that does not say, as in "EPSG:2230".
        dry_run: do everything, then take it back.
        even_elsewhere: load it also when all of it lies outside the boundary, or all else would.
    """

    kind: ImportKind | None = None
    target: str = ""
    title: str = ""
    code_field: str = ""
    name_field: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
    crs: str = ""
    dry_run: bool = False
    even_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row that could not be used. `row` counts from 1, without a heading line."""

    row: int
    reason: str
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did: `imported` + `merged` + `skipped` + `quarantined` are all its `rows`.

    Args:
        merged: rows joined into another of the same thing.
        skipped: rows left out by `where`.
        notes: what was guessed or mended.
    """

    kind: ImportKind
    target: str
    rows: int
    imported: int
    merged: int
    skipped: int
    quarantined: Sequence[Quarantined]
    loaded: Loaded
    notes: Sequence[str]
    seconds: float
