"""A body that speaks GeoReport: a referred request is filed there, and what becomes of it comes back as the answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from tests.service_requests.conftest import SPOT
from tests.work_orders.test_georeport import connection, key, over_there, theirs

from cityhall.apps.referrals import services
from cityhall.apps.referrals.contracts import Channel, Ended, Via
from cityhall.apps.referrals.models import Referral
from cityhall.apps.service_requests import queries
from cityhall.apps.service_requests import services as requests
from cityhall.apps.service_requests.contracts import Outcome
from cityhall.apps.service_requests.models import Category, HistoryEvent, Reporter
from cityhall.apps.work_orders import services as work_orders
from cityhall.kernel.actors import ANONYMOUS, Actor
from cityhall.kernel.django import outbox

__all__ = ["connection", "key", "theirs"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_what_they_close_there_is_their_answer_here(
    connection: Callable[..., Any],
    make_category: Callable[..., Any],
    refer: Callable[..., Referral],
    body: Callable[..., uuid.UUID],
    run: Callable[[], int],
    supervisor: Actor,
) -> None:
    make_category("elsewhere")
    made = connection(categories=frozenset({"elsewhere"}))
    one = refer(body("County", channel=Channel.CONNECTION, connection_id=made.id, mail=""))
    assert run() == 1
    there = over_there()
    assert one.number in there.description
    requests.close(there.id, actor=supervisor, outcome=Outcome.FIXED, sentence="Filled by the county.")
    assert work_orders.poll() == 1
    outbox.drain()
    one.refresh_from_db()
    assert (one.ended, one.answers.get().via) == (Ended.DONE, Via.CONNECTION)
    assert queries.one(one.number, ANONYMOUS).outcome_sentence == "Filled by the county."


def test_they_get_the_place_at_once_and_the_words_that_are_withheld_when_the_city_shows_them(
    connection: Callable[..., Any],
    make_category: Callable[..., Any],
    refer: Callable[..., Referral],
    body: Callable[..., uuid.UUID],
    run: Callable[[], int],
    supervisor: Actor,
) -> None:
    make_category("elsewhere")
    made = connection(categories=frozenset({"elsewhere"}), sends_updates=True, contact=True)
    one = refer(body("County", channel=Channel.CONNECTION, connection_id=made.id, mail=""))
    Category.objects.filter(code="pothole").update(place_policy="generalised", text_policy="withheld")
    assert run() == 1
    there = over_there()
    assert (there.lat, there.lon) == SPOT
    assert "Deep hole." not in there.description
    assert not Reporter.objects.filter(request=there).exclude(email="").exists()
    services.share(one.id, actor=supervisor, all_of_it=True)
    assert run() == 1
    said = HistoryEvent.objects.filter(request=there).values_list("text", flat=True)
    assert any("Deep hole." in text for text in said)
