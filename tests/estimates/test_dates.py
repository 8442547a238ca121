"""Dates as residents meet them: on the page, in the queue, and when they slip."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import translation
from tests.estimates.conftest import NOW, SPOT, lived

from cityhall.apps.estimates.models import Model, Said
from cityhall.apps.estimates.queries.dates import Dates
from cityhall.apps.estimates.services import learning, saying
from cityhall.apps.notify import public as notify
from cityhall.apps.notify.models import Message
from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import Contact, Filed, NewRequest, Outcome, Source, number_text
from cityhall.apps.service_requests.models import ServiceRequest
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind, system
from cityhall.kernel.django import dates, outbox
from cityhall.kernel.offers import Held

pytestmark = pytest.mark.django_db


def learn_at(moment: Any) -> int | None:
    with clock.held_at(moment):
        return learning.learn()


def test_a_request_shows_a_range_its_place_in_the_queue_and_where_dates_come_from(
    pothole: Any, file_one: Callable[..., Filed]
) -> None:
    lived(400, took=lambda index: 2.0 + index % 9)
    assert learn_at(NOW) == 1
    first, second = file_one(), file_one()
    with clock.held_at(NOW):
        said, after = Dates().of(first.id), Dates().of(second.id)
        page = Client().get(f"/requests/{second.number}/").text
    assert said is not None
    assert after is not None
    assert 5 <= (said.half - NOW) / timedelta(days=1) <= 7.5
    assert 8.5 <= (said.nine - NOW) / timedelta(days=1) <= 11
    assert after.ahead == said.ahead + 1 > 1
    assert "Half of requests like this are done by Mar 1" in page
    assert f"{after.ahead} older requests of this kind are waiting." in page
    assert 'href="/dates/"' in page


def test_a_request_that_waits_gets_later_dates_and_never_one_in_the_past(
    pothole: Any, file_one: Callable[..., Filed]
) -> None:
    lived(400, took=lambda index: 2.0 + index % 9)
    learn_at(NOW)
    filed = file_one()
    with clock.held_at(NOW + timedelta(days=30)):
        said = Dates().of(filed.id)
        page = Client().get(f"/requests/{filed.number}/").text
        assert said is not None
        assert clock.now() <= said.half <= said.nine
    assert "Of requests that waited this long, half were done by" in page


def test_with_little_past_plain_quantiles_and_then_nothing_is_said(
    pothole: Any, file_one: Callable[..., Filed]
) -> None:
    filed = file_one()
    with clock.held_at(NOW):
        assert Dates().of(filed.id) is None
        assert "We do not know yet how long this takes." in Client().get(f"/requests/{filed.number}/").text
        assert "No dates were made yet" in Client().get("/dates/").text
    lived(30, took=lambda index: 4.0 + index % 3)
    learn_at(NOW)
    with clock.held_at(NOW):
        said = Dates().of(filed.id)
        assert said is not None
        assert (said.half - NOW) / timedelta(days=1) == pytest.approx(5, abs=0.6)
    with clock.held_at(NOW + timedelta(days=60)):
        assert Dates().of(filed.id) is None, "plain quantiles know nothing of one that waits so long"


def test_a_city_without_requests_makes_no_model(db: None) -> None:
    assert learn_at(NOW) is None
    assert not Model.objects.exists()


def test_a_clock_set_back_makes_another_version_and_no_trouble(pothole: Any, file_one: Callable[..., Filed]) -> None:
    lived(200, took=lambda index: 3.0)
    assert learn_at(NOW) == 1
    filed = file_one()
    assert learn_at(NOW - timedelta(days=40)) == 2
    with clock.held_at(NOW - timedelta(days=41)):
        said = Dates().of(filed.id)
        assert said is not None
        assert filed and said.half >= NOW


def test_closed_and_hidden_requests_have_no_date(pothole: Any, file_one: Callable[..., Filed]) -> None:
    lived(200, took=lambda index: 3.0)
    learn_at(NOW)
    filed = file_one()
    services.close(filed.id, actor=system("x"), outcome=Outcome.FIXED, sentence="Done.")
    with clock.held_at(NOW):
        assert Dates().of(filed.id) is None


def test_followers_hear_once_when_a_date_slips_and_why(pothole: Any, file_one: Callable[..., Filed]) -> None:
    lived(400, took=lambda index: 2.0 + index % 9)
    learn_at(NOW)
    filed = file_one()
    for language in ("en", "es"):
        notify.follow("service_request", filed.id, email=f"{language}@example.org", language=language, vouched=True)
    with clock.held_at(NOW):
        outbox.drain()
        first = Said.objects.get(request_id=filed.id)
        assert saying.look_again() == 0
    later = first.nine_at + timedelta(days=2)
    with clock.held_at(later):
        assert learning.learn() == 2
        assert saying.look_again() == 1
        assert saying.look_again() == 0, "nobody is told twice"
        page = Client().get(f"/requests/{filed.number}/").text
    letters = {one.to: one for one in Message.objects.filter(template="estimates/slipped")}
    assert set(letters) == {"en@example.org", "es@example.org"}
    letter = letters["en@example.org"]
    assert letter.subject == f"Request {filed.number} takes longer than we said"
    assert "it has waited longer than others of its kind did" in letter.text
    assert f"/requests/{filed.number}/" in letter.text
    assert "/dates/" in letter.text
    assert letters["es@example.org"].subject != letter.subject
    assert "/es/dates/" in letters["es@example.org"].text
    assert "It takes longer than we said on Mar 10" in page
    assert Said.objects.get(request_id=filed.id, stands=True).because == "waited"
    with clock.held_at(later + timedelta(days=3)):
        assert saying.look_again() == 0, "not twice a week"
    assert not mail.outbox


def test_while_another_body_has_it_no_date_of_ours_is_said_and_none_slips(
    pothole: Any, file_one: Callable[..., Filed]
) -> None:
    lived(400, took=lambda index: 2.0 + index % 9)
    learn_at(NOW)
    with clock.held_at(NOW):
        filed = file_one()
        saying.say(filed.id)
        notify.follow("service_request", filed.id, email="rosa@example.org", language="en", vouched=True)
        services.refer(filed.id, actor=system("Desk"), to="Bay Power")
        assert Dates().of(filed.id) is None
        page = Client().get(f"/requests/{filed.number}/").text
    assert "Bay Power has to do this, so our own dates do not hold for it." in page
    assert "Half of requests like this" not in page
    with clock.held_at(NOW + timedelta(days=60)):
        assert saying.look_again() == 0
        services.take_back(filed.id, actor=system("Desk"), sentence="Ours after all.")
        assert saying.look_again() == 1, "what was said at filing still stands when it comes back"


def test_what_was_closed_at_once_and_opened_again_has_a_date_for_programs_too(
    pothole: Any, file_one: Callable[..., Filed]
) -> None:
    lived(400, took=lambda index: 2.0 + index % 9)
    learn_at(NOW)
    with clock.held_at(NOW):
        filed = file_one()
        services.close(filed.id, actor=system("Desk"), outcome=Outcome.FIXED, sentence="Filled.")
        outbox.drain()
        assert Dates().said_of([str(filed.id)]) == {}
        services.reopen(filed.id, actor=system("Desk"), sentence="We look again.")
        outbox.drain()
        (said,) = Dates().said_of([str(filed.id)]).values()
        found = Dates().of(filed.id)
    assert found is not None
    assert abs(said - found.nine) < timedelta(seconds=1)


def test_the_page_says_for_each_kind_which_way_its_dates_go(pothole: Any) -> None:
    lived(400, took=lambda index: 2.0 + index % 9)
    learn_at(NOW)
    assert "By how long others took" in Client().get("/dates/").text
    with clock.held_at(NOW + timedelta(days=1)):
        learning.learn()
    model = Model.objects.order_by("version").last()
    assert model is not None
    model.categories["pothole"]["queue"] = [3.0]
    model.save()
    page = Client().get("/es/dates/").text
    assert "Según la cola" in page
    assert "Según lo que tardaron otras" not in page


def test_a_queue_that_slows_down_is_said_as_that(pothole: Any, file_one: Callable[..., Filed]) -> None:
    lived(400, took=lambda index: 1.0 + index % 3)
    learn_at(NOW)
    filed = file_one()
    with clock.held_at(NOW):
        outbox.drain()
        Said.objects.update(half_at=NOW + timedelta(hours=6), nine_at=NOW + timedelta(hours=12))
        notify.follow("service_request", filed.id, email="en@example.org", vouched=True)
        assert saying.look_again() == 1
    assert "the queue has grown" in Message.objects.get(template="estimates/slipped").text


def test_programs_and_the_confirmation_mail_are_told_the_honest_date(
    pothole: Any, file_one: Callable[..., Filed]
) -> None:
    pothole.target_days = 2
    pothole.save()
    lived(400, took=lambda index: 2.0 + index % 9)
    learn_at(NOW)
    filed = file_one()
    with clock.held_at(NOW):
        outbox.drain()
        said = Dates().of(filed.id)
        assert said is not None
        for query in ("", "?extensions=true"):
            [one] = Client().get(f"/open311/v2/requests/{filed.number}.json{query}").json()
            assert datetime.fromisoformat(one["expected_datetime"]) == said.nine.replace(microsecond=0)
        imported = Client().get("/open311/v2/requests.json?status=open&page_size=100").json()
        taker = Actor(ActorKind.STAFF, uuid.uuid4(), "Iris", frozenset({"requests.calls"}))
        new = NewRequest("pothole", SPOT, contact=Contact(email="rosa@example.org"), source=Source.PHONE, language="es")
        services.file_for_caller(new, actor=taker, tell=True)
    others = [one for one in imported if one["service_request_id"] != filed.number]
    assert others
    targets = {one.due_at.isoformat() for one in ServiceRequest.objects.filter(source="import") if one.due_at}
    assert {datetime.fromisoformat(one["expected_datetime"]).astimezone(UTC).isoformat() for one in others} <= targets
    text = Message.objects.get(template="service_requests/filed").text
    assert "La mitad de las solicitudes como esta" in text
    assert "solicitudes más antiguas de este tipo" in text or "solicitud más antigua de este tipo" in text
    assert "no es una promesa" in text
    assert dates.short_day(said.nine) not in text, "it is written in Spanish"
    with translation.override("es"):
        assert dates.short_day(said.nine) in text


def test_whoever_files_on_the_web_reads_the_date_before_they_confirm(pothole: Any) -> None:
    lived(400, took=lambda index: 2.0 + index % 9)
    learn_at(NOW)
    report = NewRequest("pothole", SPOT, contact=Contact(email="luz@example.org"), follow=True, language="es")
    with clock.held_at(NOW):
        filed = services.file_request(report, actor=ANONYMOUS)
        said = Dates().of(filed.id)
        page = Client().get(f"/es/requests/{filed.number}/").text
    assert said is not None
    asked = Message.objects.get(template="notify/confirm").text
    with translation.override("es"):
        words = f"está lista para el {dates.short_day(said.half)} y 9 de cada 10 para el {dates.short_day(said.nine)}"
    for text in (asked, page):
        assert words in text
        assert "de este tipo" in text
    assert "no es una promesa" in asked


def test_where_nobody_knows_the_question_says_so(pothole: Any) -> None:
    report = NewRequest("pothole", SPOT, contact=Contact(email="rosa@example.org"), follow=True)
    with clock.held_at(NOW):
        services.file_request(report, actor=ANONYMOUS)
    asked = Message.objects.get(template="notify/confirm").text
    assert "We do not know yet how long this takes." in asked
    assert "promise" not in asked


def test_a_request_says_where_dates_of_its_kind_were_off(pothole: Any, file_one: Callable[..., Filed]) -> None:
    lived(400, took=lambda index: 2.0 + index % 9)
    learn_at(NOW)
    filed = file_one()
    model = Model.objects.get()
    model.pk, model.version = uuid.uuid4(), 2
    model.categories["pothole"]["checked"] = {"closed": 300, "cover50": 0.27, "cover90": 0.82}
    model.save(force_insert=True)
    with clock.held_at(NOW):
        english = Client().get(f"/requests/{filed.number}/").text
        spanish = Client().get(f"/es/requests/{filed.number}/").text
        table = Client().get("/dates/").text
    assert "Our dates for this kind were off lately. Done by the first date: about 3 in 10, not 5 in 10." in english
    assert "Done by the second date: about 8 in 10, not 9 in 10." in english
    assert "Listas para la primera fecha: cerca de 3 de cada 10, no 5 de cada 10." in spanish
    assert "These dates were off" in table
    model.categories["pothole"]["checked"] = {"closed": 300, "cover50": 0.49, "cover90": 0.91}
    model.pk, model.version = uuid.uuid4(), 3
    model.save(force_insert=True)
    with clock.held_at(NOW):
        assert "were off" not in Client().get(f"/requests/{filed.number}/").text
        assert "These dates were off" not in Client().get("/dates/").text


def test_an_imported_request_shows_its_range_and_no_promise_that_nobody_made(pothole: Any) -> None:
    lived(400, took=lambda index: 2.0 + index % 9 if index < 399 else None)
    learn_at(NOW)
    request = ServiceRequest.objects.filter(state="received").latest("requested_at")
    with clock.held_at(NOW + timedelta(days=60)):
        said = Dates().of(request.id)
        page = Client().get(f"/requests/{number_text(request.number)}/").text
    assert said is not None
    assert said.first_said is None
    assert "9 in 10 by" in page
    assert "It takes longer than we said" not in page


def test_what_was_said_about_closed_requests_is_let_go(pothole: Any, file_one: Callable[..., Filed]) -> None:
    lived(200, took=lambda index: 3.0)
    learn_at(NOW)
    done, still = file_one(), file_one()
    with clock.held_at(NOW):
        outbox.drain()
        services.close(done.id, actor=system("x"), outcome=Outcome.FIXED, sentence="Done.")
        saying.look_again()
    (kind,) = saying.kept_kinds()
    after = NOW + timedelta(days=1000)
    assert kind.due(after, Held(requests=frozenset({done.id}))) == 0
    assert kind.due(after, Held()) == 1
    assert kind.purge(after, Held(), 10) == 1
    assert list(Said.objects.values_list("request_id", flat=True)) == [still.id]


def test_the_page_explains_dates_and_shows_how_well_they_do(pothole: Any) -> None:
    lived(900, took=lambda index: float(1 + (index * 7) % 10))
    learn_at(NOW)
    for path, title in (("/dates/", "How dates are made"), ("/es/dates/", "Cómo se calculan las fechas")):
        page = Client().get(path).text
        assert title in page
    page = Client().get("/dates/").text
    assert "Version 1" in page
    checked = Model.objects.get().categories["pothole"]["checked"]
    assert checked["closed"] >= 100
    assert 0.35 < checked["cover50"] < 0.7
    assert f"{checked['cover90'] * 100:.0f}%" in page


def test_old_versions_are_let_go(pothole: Any) -> None:
    lived(60, took=lambda index: 3.0)
    Model.objects.bulk_create(
        Model(version=n, made_at=NOW, learnt_since=NOW, requests=0, closings=0, horizon=365, categories={})
        for n in range(1, 41)
    )
    assert learn_at(NOW) == 41
    assert Model.objects.order_by("version").values_list("version", flat=True).first() == 12
