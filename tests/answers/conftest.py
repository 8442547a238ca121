from __future__ import annotations

import uuid

import pytest
from tests.service_requests.conftest import DESK, dispatcher, file_one, make_category, make_staff, pothole

from cityhall.kernel.actors import Actor, ActorKind

__all__ = ["dispatcher", "file_one", "make_category", "make_staff", "pothole"]


@pytest.fixture
def supervisor() -> Actor:
    return Actor(ActorKind.STAFF, uuid.uuid4(), "Sam Supervisor", DESK | {"answers.manage"})
