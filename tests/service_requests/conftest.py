from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from cityhall.apps.service_requests.contracts import Contact, Filed, NewRequest, Place
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind

if TYPE_CHECKING:
    from cityhall.apps.service_requests.models import Category

SPOT = (32.7157, -117.1611)
DESK = frozenset(
    {
        "requests.view",
        "requests.work",
        "requests.assign",
        "requests.bulk",
        "requests.moderate",
        "requests.contact",
        "requests.export",
        "requests.configure",
        "requests.settle",
    }
)


def staff(*, permissions: frozenset[str] = DESK, departments: Any = (), teams: Any = ()) -> Actor:
    return Actor(
        ActorKind.STAFF,
        uuid.uuid4(),
        "Dana Dispatcher",
        permissions,
        frozenset(departments),
        frozenset(teams),
    )


@pytest.fixture
def make_staff() -> Callable[..., Actor]:
    return staff


@pytest.fixture
def dispatcher() -> Actor:
    return staff()


@pytest.fixture
def crew() -> Actor:
    return staff(permissions=frozenset({"requests.view", "requests.work"}))


@pytest.fixture
def make_category(db: None) -> Callable[..., Category]:
    from cityhall.apps.service_requests.models import Category, CategoryGroup, Question

    def make(code: str = "pothole", **fields: Any) -> Category:
        group, _ = CategoryGroup.objects.get_or_create(
            code="streets", defaults={"name": {"en": "Streets", "es": "Calles"}}
        )
        questions = fields.pop("questions", [])
        name = {"en": code.replace("-", " ").title(), "es": f"{code} (es)"}
        category = Category.objects.create(code=code, group=group, **{"name": name, **fields})
        for order, question in enumerate(questions, start=1):
            Question.objects.create(
                category=category, order=order, **{"text": {"en": f"{question['code']}?"}, **question}
            )
        return category

    return make


@pytest.fixture
def pothole(make_category: Callable[..., Category]) -> Category:
    return make_category("pothole", target_days=5)


@pytest.fixture
def home(make_category: Callable[..., Category]) -> Category:
    """A category whose place is generalised, whose text is withheld, whose photos are withheld."""
    return make_category("housing", place_policy="generalised", text_policy="withheld", photo_policy="withheld")


@pytest.fixture
def secret(make_category: Callable[..., Category]) -> Category:
    return make_category("welfare", place_policy="withheld", text_policy="withheld", photo_policy="withheld")


@pytest.fixture
def file_one(db: None) -> Callable[..., Filed]:
    from cityhall.apps.service_requests import services

    def file(
        category: str = "pothole", *, at: tuple[float, float] = SPOT, actor: Actor = ANONYMOUS, **fields: Any
    ) -> Filed:
        command_id = fields.pop("command_id", None)
        place = fields.pop("place", Place(*at, address="1202 Grand Ave"))
        return services.file_request(NewRequest(category, place, **fields), actor=actor, command_id=command_id)

    return file


@pytest.fixture
def contact() -> Contact:
    return Contact("Rosa", "Lee", "rosa@example.org", "555 0100")
