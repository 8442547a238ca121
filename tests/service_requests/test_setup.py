"""What `cityhall doctor` says a live city still needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cityhall.apps.identity.public import ensure_department
from cityhall.apps.service_requests.models import Category
from cityhall.kernel import offers

pytestmark = pytest.mark.django_db


def found(key: str) -> str:
    return " ".join(offers.setup_checks[key].check())


def test_a_city_without_categories_is_told_how_to_get_them() -> None:
    assert "cityhall categories load" in found("categories")


def test_a_category_that_is_nobodys_is_named_until_a_department_has_it(make_category: Callable[..., Category]) -> None:
    category = make_category("pothole", target_days=5)
    make_category("fire", is_emergency=True)
    assert "pothole" in found("categories")
    assert "fire" not in found("categories")
    category.department_id = ensure_department("streets", {"en": "Streets"})
    category.save()
    assert found("categories") == ""


def test_mail_that_goes_nowhere_is_told_to_live_cities_only(settings: Any) -> None:
    settings.CITYHALL_DEMO = False
    assert "CITYHALL_SMTP_URL" in found("mail")
    settings.CITYHALL_DEMO = True
    assert found("mail") == ""


def test_every_room_with_something_to_set_up_says_so() -> None:
    assert {"places", "administrator", "categories", "mail"} <= {check.key for check in offers.setup_checks}
