"""The city itself: name, time zone, languages, boundary, holidays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.utils.translation import gettext as _

from cityhall.apps.places.contracts import Geometry
from cityhall.apps.places.models import City
from cityhall.apps.places.queries.city import ROW
from cityhall.apps.places.rules.calendar import check_holidays
from cityhall.apps.places.rules.geometry import BadGeometry, polygon, to_geojson
from cityhall.apps.places.services.record import note
from cityhall.kernel.actors import Actor, system
from cityhall.kernel.django.reading import forget
from cityhall.kernel.errors import Invalid

SET_UP = system("Set-up")


def set_city(
    *,
    name: str | None = None,
    time_zone: str | None = None,
    languages: Sequence[str] | None = None,
    boundary: Geometry | None = None,
    holidays_country: str | None = None,
    holidays_subdivision: str | None = None,
    closed_days: Iterable[date] | None = None,
    actor: Actor = SET_UP,
) -> None:
    """Change what is given and leave the rest.

    Args:
        time_zone: IANA name, as in "America/New_York".
        boundary: GeoJSON Polygon or MultiPolygon in WGS84.
        holidays_country, holidays_subdivision: ISO 3166 codes, as in "US" and "NY"; "" for none.

    Raises:
        Invalid: an unknown time zone, country or subdivision, or a boundary that is no polygon.
    """
    changes: dict[str, Any] = {}
    if name is not None:
        changes["name"] = name.strip()
    if time_zone is not None:
        changes["time_zone"] = _zone(time_zone)
    if languages is not None:
        changes["languages"] = list(dict.fromkeys(languages))
    if holidays_country is not None:
        changes["holidays_country"] = holidays_country.upper()
    if holidays_subdivision is not None:
        changes["holidays_subdivision"] = holidays_subdivision.upper()
    if closed_days is not None:
        changes["closed_days"] = sorted(set(closed_days))
    if boundary is not None:
        try:
            shape = polygon(boundary)
        except BadGeometry as problem:
            raise Invalid({"boundary": str(problem)}) from problem
        changes["boundary"] = to_geojson(shape)
        changes["bounds"] = list(shape.bounds)
    with transaction.atomic():
        City.objects.get_or_create(id=1, defaults={"languages": ["en", "es"]})
        row = City.objects.select_for_update().get(id=1)
        for field, value in changes.items():
            setattr(row, field, value)
        if problem_text := check_holidays(row.holidays_country, row.holidays_subdivision):
            raise Invalid({"holidays": problem_text})
        row.save()
        revision = note(actor, "city", {"fields": sorted(changes)})
        if boundary is not None:
            City.objects.filter(id=1).update(boundary_revision=revision)
    forget(ROW)


def _zone(name: str) -> str:
    if not name.strip():
        raise Invalid({"time_zone": _("Choose the city's time zone, such as America/New_York.")})
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise Invalid(
            {"time_zone": _("There is no time zone “%(name)s”. Use a name such as America/New_York.") % {"name": name}}
        ) from problem
    return name
