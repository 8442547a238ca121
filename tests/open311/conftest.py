from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from cityhall.apps.service_requests.contracts import Filed, NewRequest, Place
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind

SPOT = (32.7157, -117.1611)
WORKER = Actor(
    ActorKind.STAFF, uuid.uuid4(), "Dana Dispatcher", frozenset({"requests.view", "requests.work", "requests.moderate"})
)


@pytest.fixture
def make_category(db: None) -> Callable[..., Any]:
    from cityhall.apps.service_requests.models import Category, CategoryGroup, Question

    def make(code: str = "pothole", **fields: Any) -> Category:
        group, _ = CategoryGroup.objects.get_or_create(
            code="streets", defaults={"name": {"en": "Streets", "es": "Calles"}}
        )
        questions = fields.pop("questions", [])
        name = {"en": code.replace("-", " ").title(), "es": f"{code} en español"}
        category = Category.objects.create(code=code, group=group, **{"name": name, **fields})
        for order, question in enumerate(questions, start=1):
            Question.objects.create(
                category=category, order=order, **{"text": {"en": f"{question['code']}?"}, **question}
            )
        return category

    return make


@pytest.fixture
def pothole(make_category: Callable[..., Any]) -> Any:
    return make_category(
        "pothole",
        target_days=5,
        description={"en": "A hole in the road."},
        keywords={"en": ["hole", "road"]},
        notice={"en": "A crew comes within five days."},
    )


@pytest.fixture
def asking(make_category: Callable[..., Any]) -> Any:
    """A category with one question of every kind, and a conditional one."""

    def choice(*keys: str) -> list[dict[str, Any]]:
        return [{"key": key, "name": {"en": key.title(), "es": f"{key} es"}} for key in keys]

    return make_category(
        "streetlight",
        questions=[
            {"code": "notice", "datatype": "text", "variable": False, "text": {"en": "Never touch a pole."}},
            {"code": "pole", "datatype": "string", "required": True},
            {"code": "count", "datatype": "number"},
            {"code": "since", "datatype": "datetime"},
            {"code": "more", "datatype": "text"},
            {"code": "problem", "datatype": "singlevaluelist", "required": True, "values": choice("out", "flicker")},
            {"code": "when", "datatype": "multivaluelist", "values": choice("dusk", "night", "dawn")},
            {
                "code": "rhythm",
                "datatype": "string",
                "required": True,
                "when_code": "problem",
                "when_values": ["flicker"],
            },
        ],
    )


@pytest.fixture
def file_one(db: None) -> Callable[..., Filed]:
    from cityhall.apps.service_requests import services

    def file(
        category: str = "pothole", *, at: tuple[float, float] = SPOT, actor: Actor = ANONYMOUS, **fields: Any
    ) -> Filed:
        place = fields.pop("place", Place(*at, address="1202 Grand Ave"))
        return services.file_request(NewRequest(category, place, **fields), actor=actor)

    return file


@pytest.fixture
def worker() -> Actor:
    return WORKER


@pytest.fixture
def key(db: None) -> Callable[..., str]:
    """Make an API key with the given scopes and return it as its owner sees it, once."""
    from tests.support.people import make_person

    from cityhall.apps.identity import services
    from cityhall.kernel.actors import system

    def make(*scopes: str, **fields: Any) -> str:
        owner = make_person("administrator").id
        return services.make_key(actor=system("test"), name="test", scopes=scopes, owner_id=owner, **fields)[1]

    return make


@pytest.fixture
def city(db: None) -> None:
    """A city with a name and a time zone."""
    from cityhall.apps.places import public

    public.set_city(name="Sample Bay", time_zone="America/Los_Angeles")


@pytest.fixture
def photo() -> bytes:
    """A small picture as a camera would send it."""
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (64, 48), "#8899aa").save(out, "JPEG")
    return out.getvalue()
