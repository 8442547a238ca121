"""Rows made without Django's constructor: they are what the constructor makes."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from django.utils.crypto import salted_hmac
from hypothesis import given
from hypothesis import strategies as st

from cityhall.apps.service_requests.models import Category, HistoryEvent, Reporter, ServiceRequest
from cityhall.kernel.django.keyed_hash import keyed_hash
from cityhall.kernel.django.models import AuditEntry, OutboxEvent
from cityhall.kernel.django.reading import array, new_row, read

AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("model", [ServiceRequest, Reporter, HistoryEvent, OutboxEvent, AuditEntry])
def test_defaults_are_the_constructors(model: type) -> None:
    one = new_row(model)
    other = model()
    keys = {"id"} if model is not Reporter else set()
    assert {name: value for name, value in one.__dict__.items() if name not in keys | {"_state"}} == {
        name: value for name, value in other.__dict__.items() if name not in keys | {"_state"}
    }
    assert one._state.adding


def test_each_row_has_its_own_id_and_its_own_lists() -> None:
    one, other = new_row(ServiceRequest), new_row(ServiceRequest)
    one.areas.append(uuid.uuid4())
    one.answers["a"] = 1
    assert one.id != other.id
    assert (other.areas, other.answers) == ([], {})


def test_a_relation_can_be_given_as_the_row_it_points_at() -> None:
    category = Category(code="pothole")
    one = new_row(ServiceRequest, category=category, requested_at=AT, duplicate_of=None)
    assert (one.category, one.category_id, one.requested_at, one.duplicate_of_id) == (category, category.id, AT, None)


def test_a_field_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match="Reporter has no field nickname"):
        new_row(Reporter, nickname="Ann")


@pytest.mark.django_db
@pytest.mark.parametrize("texts", [[], [""], ["NULL", "null"], ['a "b" {c}, d\\e', "ñ\n'"]])
def test_texts_reach_the_database_as_an_array(texts: list[str]) -> None:
    assert [text for (text,) in read("select unnest(%s::varchar[])", [array(texts)])] == texts


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_was_hashed_by_django_stays_valid(purpose: str, text: str) -> None:
    assert keyed_hash(purpose, text) == salted_hmac(purpose, text, algorithm="sha256").hexdigest()
    other = salted_hmac(purpose, text, secret="another key", algorithm="sha256").hexdigest()
    assert keyed_hash(purpose, text, key="another key") == other
