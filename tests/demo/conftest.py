"""The drawn city and its history, made once for all tests of this folder."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cityhall.demo.ground import city
from cityhall.demo.ground.city import Harborview
from cityhall.demo.past import history
from cityhall.demo.past.history import History

NOW = datetime(2026, 3, 12, 18, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def harborview() -> Harborview:
    return city.build(1)


@pytest.fixture(scope="session")
def past(harborview: Harborview) -> History:
    return history.build(harborview, NOW, 1)
