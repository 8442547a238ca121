"""The city, its areas, streets, addresses, crossings, assets, and what the map draws beneath them.

Text that is searched is kept folded, under collation "C", so that every server orders and compares it alike.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from cityhall.apps.places.contracts import StreetKind
from cityhall.kernel.django.base import Record


class City(models.Model):
    """The one city of this installation."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(max_length=120, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    languages = ArrayField(models.CharField(max_length=8), default=list)
    boundary = models.JSONField(null=True, help_text="GeoJSON Polygon or MultiPolygon.")
    bounds = ArrayField(models.FloatField(), default=list, help_text="West, south, east, north; empty when unknown.")
    holidays_country = models.CharField(max_length=2, blank=True, help_text="ISO 3166 code, as in US.")
    holidays_subdivision = models.CharField(max_length=10, blank=True, help_text="State or province, as in NY.")
    closed_days = ArrayField(models.DateField(), default=list, help_text="Days the city is closed beside holidays.")
    revision = models.PositiveBigIntegerField(default=1, help_text="New with every change of place data.")
    boundary_revision = models.PositiveBigIntegerField(default=1)

    class Meta:
        verbose_name_plural = "cities"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="city_only_one")]


class AreaKind(Record):
    """A kind of area: council districts, neighbourhoods."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.JSONField(help_text="Translated text: language code to text.")
    order = models.PositiveSmallIntegerField(default=50)


class Area(Record):
    """One area. A code that is loaded again keeps its id; one that is gone stays, no longer current."""

    kind = models.ForeignKey(AreaKind, on_delete=models.CASCADE, related_name="areas")
    code = models.CharField(max_length=120)
    name = models.JSONField(help_text="Translated text: language code to text.")
    folded = models.CharField(max_length=300, db_collation="C")
    geojson = models.JSONField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    properties = models.JSONField(default=dict)
    is_current = models.BooleanField(default=True)
    revision = models.PositiveIntegerField(default=1, help_text="Grows when the shape changes.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="area_code_once")]


class AreaCell(models.Model):
    """An H3 cell (resolution 8) an area touches. Points in a cell that is not `whole` are tested exactly."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="cells")
    cell = models.BigIntegerField()
    whole = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cell", "area"], name="areacell_once")]


class Street(Record):
    """A street by name. `core` is the name without direction and type, which people leave out or get wrong."""

    name = models.CharField(max_length=120)
    folded = models.CharField(max_length=140, unique=True, db_collation="C")
    core = models.CharField(max_length=140, db_collation="C")
    kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in StreetKind], default=StreetKind.LOCAL)
    lat = models.FloatField(help_text="A point on the street, near its middle.")
    lon = models.FloatField()


class StreetSegment(Record):
    """A piece of street between two crossings, with the house numbers along it."""

    street = models.ForeignKey(Street, on_delete=models.CASCADE, related_name="segments")
    code = models.CharField(max_length=60, blank=True, db_collation="C")
    line = models.JSONField(help_text="Longitude, latitude pairs.")
    left_from = models.PositiveIntegerField(null=True)
    left_to = models.PositiveIntegerField(null=True)
    right_from = models.PositiveIntegerField(null=True)
    right_to = models.PositiveIntegerField(null=True)
    kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in StreetKind], default=StreetKind.LOCAL)
    cells = ArrayField(models.BigIntegerField(), help_text="H3 cells (resolution 10) the line runs through.")
    properties = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["code"], name="segment_code"),
            GinIndex(fields=["cells"], name="segment_cells"),
        ]


class Address(Record):
    """A house or flat. `folded` begins with the number, so that it is found as one types."""

    street = models.ForeignKey(Street, on_delete=models.PROTECT, related_name="addresses")
    number = models.CharField(max_length=16)
    house = models.PositiveIntegerField(help_text="The number without letters and halves.")
    unit = models.CharField(max_length=20, blank=True)
    folded = models.CharField(max_length=180, db_collation="C")
    lat = models.FloatField()
    lon = models.FloatField()
    cell = models.BigIntegerField(help_text="H3 cell, resolution 10.")

    class Meta:
        verbose_name_plural = "addresses"
        constraints = [models.UniqueConstraint(fields=["folded", "unit"], name="address_once")]
        indexes = [
            models.Index(fields=["street", "house"], name="address_street_house"),
            models.Index(fields=["cell"], name="address_cell"),
        ]


class Intersection(Record):
    """Where two streets meet; `first` comes before `second` in folded order."""

    first = models.ForeignKey(Street, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Street, on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=260)
    lat = models.FloatField()
    lon = models.FloatField()
    cell = models.BigIntegerField(help_text="H3 cell, resolution 10.")

    class Meta:
        indexes = [models.Index(fields=["cell"], name="intersection_cell")]


class AssetLayer(Record):
    """A layer of things the city owns, to be picked when one is broken."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.JSONField(help_text="Translated text: language code to text.")


class Asset(Record):
    """One thing the city owns. One that is gone stays, no longer current."""

    layer = models.ForeignKey(AssetLayer, on_delete=models.CASCADE, related_name="assets")
    code = models.CharField(max_length=60)
    code_folded = models.CharField(max_length=60, db_collation="C")
    label = models.CharField(max_length=200)
    lat = models.FloatField()
    lon = models.FloatField()
    cell = models.BigIntegerField(help_text="H3 cell, resolution 10.")
    properties = models.JSONField(default=dict)
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["layer", "code"], name="asset_code_once")]
        indexes = [
            models.Index(fields=["layer", "cell"], name="asset_layer_cell"),
            models.Index(fields=["code_folded"], name="asset_code_folded"),
        ]


class MapFeature(Record):
    """Something the map draws: land, water, parks, buildings. One with a name is found by it."""

    layer = models.SlugField(max_length=60)
    name = models.CharField(max_length=120, blank=True)
    geojson = models.JSONField()
    properties = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["layer"], name="mapfeature_layer")]
