from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from tests.service_requests.conftest import file_one, make_category, pothole

from cityhall.apps.routing.contracts import MANAGE, Rule, Share
from cityhall.kernel.actors import Actor, ActorKind
from cityhall.kernel.django.reading import forget_lasting

__all__ = ["file_one", "make_category", "pothole"]

DESK = frozenset({"requests.view", "requests.work", "requests.assign", MANAGE})


@dataclass(frozen=True)
class Teams:
    department: uuid.UUID
    north: uuid.UUID
    south: uuid.UUID
    night: uuid.UUID


@pytest.fixture
def supervisor() -> Actor:
    return Actor(ActorKind.STAFF, uuid.uuid4(), "Sam Supervisor", DESK)


@pytest.fixture
def teams(db: None) -> Teams:
    from tests.support import city

    from cityhall.apps.identity import public as identity

    city.build()
    department = identity.ensure_department("streets", {"en": "Streets", "es": "Calles"})
    made = [
        identity.ensure_team(code, {"en": f"Streets {code.title()}", "es": f"Calles {code}"}, department="streets")
        for code in ("north", "south", "night")
    ]
    return Teams(department, *made)


@pytest.fixture
def in_force(supervisor: Actor) -> Callable[..., int]:
    """Put rules in force as a supervisor does: drafted, tested, switched on."""
    from cityhall.apps.routing import queries, services

    def put(*rules: Rule) -> int:
        services.begin_draft(actor=supervisor)
        while (draft := queries.draft(supervisor)) and draft.rules:
            services.remove_rule(1, actor=supervisor, revision=draft.revision)
        for rule in rules:
            draft = queries.draft(supervisor)
            assert draft is not None
            services.save_rule(rule, actor=supervisor, revision=draft.revision)
        draft = queries.draft(supervisor)
        assert draft is not None
        services.try_draft(actor=supervisor, revision=draft.revision)
        number = services.switch_on(actor=supervisor, revision=draft.revision)
        forget_lasting()
        return number

    return put


def to(*teams: uuid.UUID, **conditions: Any) -> Rule:
    return Rule(conditions.pop("name", "A rule"), shares=tuple(Share(team) for team in teams), **conditions)
