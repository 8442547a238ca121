"""What /readyz says while the database is away."""

from __future__ import annotations

import json

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from cityhall.kernel.django import health
from cityhall.kernel.offers import HealthCheck


def _away() -> str:
    raise OperationalError("connection refused")


def test_a_check_that_cannot_look_is_an_answer_and_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "health_checks", [HealthCheck("one", lambda: ""), HealthCheck("places", _away)])
    answer = health.readyz(RequestFactory().get("/readyz"))
    assert answer.status_code == 503
    assert list(json.loads(answer.content)["problems"]) == ["places"]
