from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from tests.support import systems

from cityhall.apps.service_requests.contracts import Contact, Filed, NewRequest, Place
from cityhall.apps.work_orders import rules
from cityhall.apps.work_orders.contracts import Kind, Terms
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind
from cityhall.kernel.ids import new_id

DESK = frozenset({"requests.view", "requests.work", "requests.assign", "requests.contact", "work_orders.manage"})


def staff(**changes: Any) -> Actor:
    return Actor(
        **{"kind": ActorKind.STAFF, "id": uuid.uuid4(), "label": "Sam Supervisor", "permissions": DESK, **changes}
    )


@pytest.fixture
def supervisor() -> Actor:
    return staff()


@pytest.fixture
def system(settings: Any) -> Iterator[systems.System]:
    """A foreign system; this machine counts as a network the city has named."""
    settings.CITYHALL_WORK_ORDER_NETWORKS = ["127.0.0.0/8"]
    with systems.running() as system:
        yield system


@pytest.fixture
def make_category(db: None) -> Callable[..., Any]:
    from cityhall.apps.service_requests.models import Category, CategoryGroup

    def make(code: str = "pothole", **fields: Any) -> Category:
        group, _ = CategoryGroup.objects.get_or_create(code="streets", defaults={"name": {"en": "Streets"}})
        return Category.objects.create(code=code, group=group, name={"en": code.title()}, **fields)

    return make


@pytest.fixture
def pothole(make_category: Callable[..., Any]) -> Any:
    from cityhall.apps.identity import public as identity

    department = identity.ensure_department("streets", {"en": "Streets"})
    return make_category("pothole", department_id=department)


@pytest.fixture
def file_one(pothole: Any) -> Callable[..., Filed]:
    from cityhall.apps.service_requests import services

    def file(category: str = "pothole", *, actor: Actor = ANONYMOUS, **fields: Any) -> Filed:
        place = Place(32.7157, -117.1611, address="1202 Grand Ave")
        contact = Contact("Rosa", "Lee", "rosa@example.org", "555 0100")
        new = NewRequest(category, place, **{"description": "Deep hole.", "contact": contact, **fields})
        return services.file_request(new, actor=actor)

    return file


class Hook:
    """A webhook connection seen from over there: it knows the secret."""

    def __init__(self, connection_id: uuid.UUID, secret: str) -> None:
        self.id, self.secret = connection_id, secret

    def post(
        self,
        data: Any = None,
        *,
        at: datetime | None = None,
        message_id: str = "",
        sent: datetime | None = None,
        secret: str = "",
        body: bytes | None = None,
        signature: str | None = None,
        **more: Any,
    ) -> Any:
        """Send a message; return the answer with its JSON."""
        when = at or clock.now()
        told = {"type": "work_order.updated", "timestamp": when.isoformat(), "data": data, **more}
        raw = json.dumps(told).encode() if body is None else body
        message_id = message_id or f"msg_{new_id()}"
        timestamp = str(int((sent or clock.now()).timestamp()))
        signed = rules.sign([secret or self.secret], message_id, timestamp, raw) if signature is None else signature
        return Client().generic(
            "POST",
            f"/hooks/work-orders/{self.id}/",
            raw,
            content_type="application/json",
            headers={"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": signed},
        )


@pytest.fixture
def connect(system: systems.System, supervisor: Actor, pothole: Any) -> Callable[..., Hook]:
    """Make a webhook connection to the foreign system."""
    from cityhall.apps.work_orders import services

    def make(name: str = "Works", **terms: Any) -> Hook:
        wanted = Terms(**{"name": name, "kind": Kind.WEBHOOK, "url": system.url, **terms})
        return Hook(*services.make_connection(actor=supervisor, terms=wanted))

    return make


@pytest.fixture
def hook(connect: Callable[..., Hook]) -> Hook:
    return connect()


@pytest.fixture
def run() -> Callable[[], int]:
    """Hand events to their receivers, then send what is due; return how many deliveries arrived."""
    from cityhall.apps.work_orders import services
    from cityhall.kernel.django import outbox

    def go() -> int:
        outbox.drain()
        return services.deliver_due()

    return go
