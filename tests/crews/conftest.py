from __future__ import annotations

import uuid
from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from PIL import Image
from tests.service_requests.conftest import file_one, make_category

from cityhall.apps.crews.contracts import Act
from cityhall.apps.service_requests.contracts import Filed
from cityhall.kernel.actors import Actor
from cityhall.kernel.ids import new_id

if TYPE_CHECKING:
    from cityhall.apps.identity.models import User
    from cityhall.apps.service_requests.models import Category

__all__ = ["file_one", "make_category"]


def picture(shade: int = 90) -> bytes:
    made = BytesIO()
    Image.new("RGB", (64, 48), (shade, shade, shade)).save(made, "JPEG")
    return made.getvalue()


def actor_of(person: User) -> Actor:
    from cityhall.apps.identity import queries

    return queries.actor_of_account(person)


def act(version: int | None = 1, **more: Any) -> Act:
    return Act(new_id(), version, **more)


@pytest.fixture
def tom(db: None) -> User:
    """A member of the pavement crew."""
    from tests.support.people import make_person

    return make_person("crew", name="Tom Becker", department="streets", team="pavement")


@pytest.fixture
def phone(tom: User) -> Client:
    from tests.support.people import sign_in

    client = Client()
    sign_in(client, user=tom)
    return client


@pytest.fixture
def pothole(tom: User, make_category: Callable[..., Category]) -> Category:
    """A category whose work goes to the pavement crew."""
    from cityhall.apps.identity import public as identity

    team = next(one for one in identity.teams() if one.code == "pavement")
    return make_category("pothole", department_id=team.department_id, team_id=team.id, target_days=5)


@pytest.fixture
def filed(pothole: Category, file_one: Callable[..., Filed]) -> Filed:
    return file_one(description="Deep enough to lose a wheel in.")


@pytest.fixture
def asphalt(db: None) -> uuid.UUID:
    from cityhall.apps.crews import services
    from cityhall.kernel.actors import system

    return services.save_material(
        {"en": "Cold asphalt", "es": "Asfalto en frío"}, {"en": "bags", "es": "bolsas"}, actor=system("Set-up")
    )
