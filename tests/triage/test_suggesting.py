"""Words suggest a category on the pages, what was said is kept, and what staff put right is learnt."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from cityhall.apps.service_requests import public as requests
from cityhall.apps.service_requests import services as work
from cityhall.apps.service_requests.contracts import NewRequest, Outcome, Place
from cityhall.apps.service_requests.models import Category, CategoryGroup, ServiceRequest
from cityhall.apps.triage import queries, services
from cityhall.apps.triage.models import LearntModel
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, system
from cityhall.kernel.django import outbox

pytestmark = pytest.mark.django_db
DESK = system("Desk")


@pytest.fixture(autouse=True)
def catalogue() -> None:
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets", "es": "Calles"})
    for code, name, keywords in (
        ("pothole", {"en": "Pothole", "es": "Bache"}, {"en": ["hole"], "es": ["hoyo"]}),
        ("light", {"en": "Streetlight out", "es": "Luminaria apagada"}, {"en": ["lamp"], "es": ["foco"]}),
        ("bench", {"en": "Bench", "es": "Banca"}, {}),
    ):
        Category.objects.create(code=code, group=group, name=name, keywords=keywords)
    Category.objects.create(code="fire", group=group, name={"en": "Fire"}, keywords={"en": ["fire"]}, is_emergency=True)


def file(text: str, category: str = "pothole", **more: object) -> ServiceRequest:
    new = NewRequest(category, Place(32.72, -117.16, address="1202 Grand Ave"), description=text, **more)  # type: ignore[arg-type]
    return ServiceRequest.objects.get(id=work.file_request(new, actor=ANONYMOUS).id)


def page(words: str) -> str:
    return Client().get("/report/", {"q": words}).content.decode()


def test_before_anything_is_learnt_the_search_by_words_answers() -> None:
    assert queries.advise("a hole", {}) == ()
    shown = page("a hole in the road")
    assert 'value="pothole"' in shown
    assert "likely" not in shown.lower()


def test_a_city_without_a_past_suggests_from_its_catalogue_with_confidence_in_words() -> None:
    assert services.learn() is not None
    shown = page("there is a pothol by my house")
    assert shown.index('value="pothole"') < shown.index("Very likely")
    spanish = Client().get("/es/report/", {"q": "un hoyo muy grande"}).content.decode()
    assert "Muy probable" in spanish


def test_words_the_city_knows_little_of_are_answered_with_a_guess_and_no_more() -> None:
    services.learn()
    shown = page("library hours")
    assert "Very likely" not in shown
    assert "Likely" not in shown


def test_what_was_said_at_the_start_is_not_asked_again() -> None:
    services.learn()
    client = Client()
    words = "there is a deep hole in my street"
    client.post("/report/", {"category": "pothole", "words": words})
    assert words in client.get("/report/questions/").content.decode()
    other = Client()
    other.post("/report/", {"begin": "place", "words": words})
    shown = other.get("/report/what/").content.decode()
    assert shown.index('value="pothole"') < shown.index("Show the whole list")
    terse = Client()
    terse.post("/report/", {"category": "pothole", "words": "hole"})
    assert ">hole<" not in terse.get("/report/questions/").content.decode(), "a word to search by describes nothing"


def test_an_emergency_is_never_guessed_and_still_comes_first() -> None:
    services.learn()
    assert "fire" not in {one.code for one in queries.advise("fire fire", {})}
    assert "Call 911 now" in page("fire in the street")


def test_what_staff_put_right_is_learnt() -> None:
    for _ in range(4):
        moved = file("the glimmer is gone")
        work.change_category(moved.id, actor=DESK, category_code="light")
    past = requests.described(10)
    assert {(one.category_code, one.corrected) for one in past} == {("light", True)}
    made = services.learn()
    assert made is not None
    assert (made.requests, made.corrected) == (4, 4)
    assert queries.advise("glimmer gone", {})[0].code == "light"


def test_learns_from_what_was_closed_and_not_from_abuse_or_silence() -> None:
    closed, hidden, silent = file("closed one"), file("rude one"), file("")
    file("open one")
    for one in (closed, hidden, silent):
        work.close(one.id, actor=DESK, outcome=Outcome.FIXED, sentence="Done.")
    ServiceRequest.objects.filter(id=hidden.id).update(hidden=True)
    assert [one.text for one in requests.described(10)] == ["closed one"]


def test_a_model_that_cannot_be_read_leaves_the_search_by_words() -> None:
    made = services.learn()
    assert made is not None
    LearntModel.objects.filter(id=made.id).update(body=b"no model")
    queries.forget()
    assert queries.advise("a hole", {}) == ()
    assert 'value="pothole"' in page("a hole in the road")
    # The next night mends it.
    assert services.learn_if_due(clock.now() + timedelta(days=1)) is not None
    assert queries.advise("a hole", {"pothole": 8.0})[0].code == "pothole"


def test_learns_once_a_day_and_when_the_catalogue_changes_and_keeps_three() -> None:
    now = clock.now()
    assert services.learn_if_due(now) is not None
    assert services.learn_if_due(now) is None
    Category.objects.get(code="bench").save()
    assert services.learn_if_due(now) is not None
    for day in (1, 2, 3):
        assert services.learn_if_due(now + timedelta(days=day)) is not None
    assert LearntModel.objects.count() == 3


def test_an_empty_catalogue_and_a_single_category() -> None:
    Category.objects.exclude(code="pothole").delete()
    assert services.learn() is not None
    assert [one.code for one in queries.advise("a hole", {})] == ["pothole"]
    Category.objects.all().delete()
    assert services.learn() is None


def test_a_change_of_the_catalogue_is_learnt_soon_and_asked_for_once() -> None:
    for _ in range(2):
        outbox.record("service_requests.categories_changed", subject_id=None, data={"categories": 3})
    outbox.drain()
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs where task_name = 'triage.learn' and status = 'todo'")
        assert cursor.fetchone()[0] == 1
