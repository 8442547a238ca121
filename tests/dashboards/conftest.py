from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cityhall.apps.places.contracts import AreaRow
from cityhall.apps.service_requests.contracts import LoadedRequest, Outcome, Place, State
from cityhall.kernel.actors import system

NOW = datetime(2026, 6, 20, 19, tzinfo=UTC)


def square(west: float) -> dict[str, Any]:
    ring = [[west, 32.7], [west + 0.1, 32.7], [west + 0.1, 32.8], [west, 32.8], [west, 32.7]]
    return {"type": "Polygon", "coordinates": [ring]}


def request(
    category: str = "pothole", *, days_ago: float, fixed_after: float | None = None, **more: Any
) -> LoadedRequest:
    at = NOW - timedelta(days=days_ago)
    closed = at + timedelta(days=fixed_after) if fixed_after is not None else None
    values: dict[str, Any] = {
        "place": Place(32.75, -117.15),
        "state": State.CLOSED if closed else State.RECEIVED,
        "outcome": Outcome.FIXED if closed else None,
        "outcome_sentence": "Done." if closed else "",
        "closed_at": closed,
        **more,
    }
    return LoadedRequest(category, at, **values)


@pytest.fixture
def town(db: None) -> Callable[..., None]:
    """A town of two districts, 1,000 and 3,000 people; call it with requests to load and count."""
    from cityhall.apps.identity import public as identity
    from cityhall.apps.places import public as places
    from cityhall.apps.service_requests import public as requests
    from cityhall.apps.service_requests.models import Category, CategoryGroup

    places.set_city(name="Testville", time_zone="America/Los_Angeles")
    places.replace_areas(
        "district",
        [
            AreaRow(code, {"en": f"District {code}", "es": f"Distrito {code}"}, square(west), {"POPULATION": people})
            for code, west, people in (("1", -117.2, 1000), ("2", -117.1, "3,000"))
        ],
        name={"en": "Districts", "es": "Distritos"},
    )
    streets = identity.ensure_department("streets", {"en": "Streets", "es": "Calles"})
    parks = identity.ensure_department("parks", {"en": "Parks", "es": "Parques"})
    group = CategoryGroup.objects.create(code="all", name={"en": "All"})
    for code, department, place in (
        ("pothole", streets, "exact"), ("tree", parks, "exact"), ("camp", parks, "generalised"),
    ):  # fmt: skip
        Category.objects.create(
            code=code, group=group, name={"en": code.title(), "es": f"{code} (es)"}, department_id=department,
            target_days=3, place_policy=place,
        )  # fmt: skip

    def loaded(*rows: LoadedRequest) -> None:
        requests.bulk_load([rows], actor=system("Import"), source_system="old")
        requests.add_up_tallies()

    return loaded
