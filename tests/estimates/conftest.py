from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cityhall.apps.service_requests.contracts import Filed, LoadedRequest, NewRequest, Outcome, Place, State
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, system

NOW = datetime(2026, 3, 10, 17, 0, tzinfo=UTC)
SPOT = Place(32.7157, -117.1611, "1202 Grand Ave")


def lived(count: int, *, category: str = "pothole", took: Callable[[int], float | None]) -> None:
    """Load a past of a year that ends now: `took` gives each request's days, None for one that is open."""
    from cityhall.apps.service_requests import public as requests

    rows = []
    for index in range(count):
        filed = NOW - timedelta(days=365 * (1 - index / count))
        days = took(index)
        closed = filed + timedelta(days=days) if days is not None else None
        done: dict[str, Any] = {}
        if closed is not None and closed < NOW:
            done = {"state": State.CLOSED, "outcome": Outcome.FIXED, "outcome_sentence": "Done.", "closed_at": closed}
        rows.append(LoadedRequest(category, filed, SPOT, external_id=f"{category}-{index}", **done))
    requests.bulk_load([rows], actor=system("Import"), source_system="test")


@pytest.fixture
def pothole(db: None) -> Any:
    from cityhall.apps.service_requests.models import Category, CategoryGroup

    group, _ = CategoryGroup.objects.get_or_create(code="streets", defaults={"name": {"en": "Streets"}})
    return Category.objects.create(code="pothole", group=group, name={"en": "Pothole", "es": "Bache"})


@pytest.fixture
def file_one(pothole: Any) -> Callable[..., Filed]:
    from cityhall.apps.service_requests import public as requests

    def file(*, at: datetime = NOW) -> Filed:
        with clock.held_at(at):
            return requests.file_request(NewRequest("pothole", SPOT), actor=ANONYMOUS)

    return file
