from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from tests.work_orders.conftest import connect, file_one, make_category, pothole, run, system

from cityhall.apps.referrals.contracts import BodyTerms
from cityhall.apps.service_requests.contracts import Filed
from cityhall.kernel.actors import Actor, ActorKind

if TYPE_CHECKING:
    from cityhall.apps.referrals.models import Referral

__all__ = ["connect", "file_one", "make_category", "pothole", "run", "system"]

MAIL = "answers@power.example"
DESK = frozenset(
    {
        "requests.view",
        "requests.work",
        "requests.assign",
        "requests.moderate",
        "requests.settle",
        "referrals.manage",
        "work_orders.manage",
        "requests.contact",
    }
)


def picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (64, 48), (90, 90, 90)).save(made, "JPEG")
    return made.getvalue()


@pytest.fixture
def supervisor() -> Actor:
    return Actor(ActorKind.STAFF, uuid.uuid4(), "Sam Supervisor", DESK)


@pytest.fixture
def body(db: None, supervisor: Actor) -> Callable[..., uuid.UUID]:
    from cityhall.apps.referrals import services

    def make(name: str = "Bay Power", **fields: Any) -> uuid.UUID:
        terms = BodyTerms({"en": name, "es": f"{name} (es)"}, **{"mail": MAIL, "answer_days": 10, **fields})
        return services.save_body(terms, actor=supervisor)

    return make


@pytest.fixture
def refer(body: Callable[..., uuid.UUID], file_one: Callable[..., Filed], supervisor: Actor) -> Callable[..., Referral]:
    """File a request and refer it to a body, which is told."""
    from cityhall.apps.referrals.models import Referral
    from cityhall.apps.service_requests import services as requests
    from cityhall.kernel.django import outbox

    def make(to: uuid.UUID | None = None, **fields: Any) -> Referral:
        filed = file_one(**fields)
        requests.refer(filed.id, actor=supervisor, body=to or body())
        outbox.drain()
        return Referral.objects.get(request_id=filed.id)

    return make


def link() -> str:
    """Return the path of the last reply link a body got."""
    from cityhall.apps.notify.models import Message

    message = Message.objects.filter(to=MAIL, text__contains="/referred/answer/").order_by("id").last()
    assert message is not None
    found = re.search(r"/(?:es/)?referred/answer/[\w-]+/", message.text)
    assert found is not None
    return found[0]


def subject() -> str:
    """Return the subject of the last mail a body got."""
    from cityhall.apps.notify.models import Message

    message = Message.objects.filter(to=MAIL).order_by("id").last()
    assert message is not None
    return message.subject
