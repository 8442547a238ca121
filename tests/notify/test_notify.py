"""Followers are told in their language, can leave with one click, and nothing leaves before it may."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from cityhall.apps.notify import public, rules
from cityhall.apps.notify.models import Follower, Message, Suppression
from cityhall.apps.notify.services import delivering
from cityhall.kernel import clock, offers, ports
from cityhall.kernel.django.models import RateCount
from cityhall.kernel.errors import Invalid, NotFound, TooMany
from cityhall.kernel.ids import new_id
from cityhall.kernel.ports import Mail, MailCapabilities, MailRefused, MailUnavailable

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
KIND = "service_request"


class FakeMail:
    """Keeps what it is handed; `answers` are raised first, in order."""

    capabilities = MailCapabilities(delivers=True, keeps=False)

    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self.tried: list[str] = []
        self.answers: list[Exception] = []

    def send(self, mail: Mail) -> None:
        self.tried.append(mail.message_id)
        if self.answers:
            raise self.answers.pop(0)
        self.sent.append(mail)


@pytest.fixture
def engine() -> Iterator[FakeMail]:
    made = FakeMail()
    before = ports.mail_engine._make
    ports.mail_engine.fill(lambda: made)
    yield made
    assert before is not None
    ports.mail_engine.fill(before)


@pytest.fixture(autouse=True)
def templates(tmp_path: Path, settings: Any) -> Iterator[None]:
    """A room's message, in a text whose first line is the subject, and in HTML."""
    folder = tmp_path / "shop" / "mail"
    folder.mkdir(parents=True)
    (folder / "closed.txt").write_text(
        "{% load i18n %}{% get_current_language as now %}{{ now }}: {{ title }}\n\nIt's done: {{ title }}.\n"
    )
    (folder / "rich.txt").write_text("Plain & simple\n\nBody {{ title }}\n")
    (folder / "rich.html").write_text("<p>{{ title }}</p>")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [str(tmp_path)]}]
    with clock.held_at(NOW):
        yield


def tell(subject: uuid.UUID, **options: Any) -> int:
    return public.tell_followers(
        KIND, subject, template="shop/closed", context={"title": "Pothole <on> Grand & 3rd"}, **options
    )


def token_in(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]


def test_each_follower_reads_their_own_language(engine: FakeMail) -> None:
    subject = new_id()
    public.follow(KIND, subject, email="Ana@Example.org ", language="es", vouched=True)
    user = get_user_model()._default_manager.create(email="bo@example.org", language="en")
    public.follow(KIND, subject, user_id=user.pk)
    assert tell(subject) == 2
    assert delivering.deliver_due() == 2
    by_address = {mail.to: mail for mail in engine.sent}
    assert by_address["ana@example.org"].subject == "es: Pothole <on> Grand & 3rd"
    assert "/es/unsubscribe/" in by_address["ana@example.org"].unsubscribe_url
    assert by_address["bo@example.org"].text.startswith("It's done: Pothole <on> Grand & 3rd.")
    assert by_address["bo@example.org"].unsubscribe_url in by_address["bo@example.org"].text


def test_html_is_escaped_and_text_is_not(engine: FakeMail) -> None:
    public.send("a@example.org", template="shop/rich", context={"title": "<b>&"}, language="en")
    delivering.deliver_due()
    assert engine.sent[0].html == "<p>&lt;b&gt;&amp;</p>"
    assert engine.sent[0].text == "Body <b>&\n"
    assert engine.sent[0].unsubscribe_url == ""


def test_an_address_nobody_vouches_for_is_asked_first(engine: FakeMail, client: Client) -> None:
    subject = new_id()
    token = public.follow(KIND, subject, email="maybe@example.org", language="en", about="Pothole on Elm")
    assert public.followers_count(KIND, subject) == 0
    assert tell(subject) == 0
    delivering.deliver_due()
    (question,) = engine.sent
    assert "Pothole on Elm" in question.text
    city = offers.city_card.get().name
    assert city in question.subject
    assert city in question.text
    assert "because you follow it" not in question.text, "nothing is followed before the button is pressed"
    page = re.search(r"https?://[^/]+(/follow/confirm/\S+)", question.text)
    assert page is not None
    assert b"<button" in client.get(page[1]).content
    assert public.followers_count(KIND, subject) == 0  # opening the link, as mail scanners do, is not a yes
    assert client.post(page[1]).status_code == 200
    assert client.post(page[1]).status_code == 200
    assert public.followers_count(KIND, subject) == 1
    assert token_in(page[1]) == token


def test_saying_no_to_the_question_is_remembered(engine: FakeMail) -> None:
    public.unfollow(public.follow(KIND, new_id(), email="victim@example.org"))
    delivering.deliver_due()
    public.follow(KIND, new_id(), email="victim@example.org")
    other = new_id()
    public.follow(KIND, other, email="victim@example.org", vouched=True)
    assert tell(other) == 0
    delivering.deliver_due()
    assert engine.sent == []
    user = get_user_model()._default_manager.create(email="victim@example.org")
    public.follow(KIND, other, user_id=user.pk)
    assert tell(other) == 1


def test_who_never_asked_reads_that_they_are_not_asked_again(client: Client) -> None:
    token = public.follow(KIND, new_id(), email="victim@example.org")
    assert "You follow nothing yet." in client.get(f"/unsubscribe/{token}/").text
    done = client.post(f"/unsubscribe/{token}/").text
    assert "We never ask this address again" in done
    assert "choose to follow it" not in done, "that would be in vain"


def test_an_address_is_not_flooded_with_questions() -> None:
    for _ in range(5):
        public.follow(KIND, new_id(), email="flood@example.org")
    with pytest.raises(TooMany):
        public.follow(KIND, new_id(), email="flood@example.org")
    counted = RateCount.objects.get().key
    assert sha256(b"flood@example.org").hexdigest()[:32] not in counted, "what counts them would outlive an erasure"


def test_following_twice_is_following_once() -> None:
    subject = new_id()
    first = public.follow(KIND, subject, email="a@example.org", vouched=True)
    assert public.follow(KIND, subject, email="A@example.org", vouched=True) == first
    assert public.followers_count(KIND, subject) == 1
    with pytest.raises(Invalid) as refused:
        public.follow(KIND, subject, email="not an address")
    assert "email" in refused.value.fields


def test_somebody_who_follows_twice_is_told_once(engine: FakeMail) -> None:
    subject = new_id()
    user = get_user_model()._default_manager.create(email="twice@example.org")
    public.follow(KIND, subject, user_id=user.pk)
    public.follow(KIND, subject, email="twice@example.org", vouched=True)
    assert tell(subject) == 1


def test_who_did_it_is_not_told() -> None:
    subject = new_id()
    user = get_user_model()._default_manager.create(email="me@example.org")
    public.follow(KIND, subject, user_id=user.pk)
    public.follow(KIND, subject, email="other@example.org", vouched=True)
    assert tell(subject, but_not=user.pk) == 1
    assert Message.objects.get().to == "other@example.org"


def test_one_click_leaves_without_a_session_and_again(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    subject = new_id()
    token = public.follow(KIND, subject, email="a@example.org", language="es", vouched=True)
    tell(subject)
    url = Message.objects.get().unsubscribe_url
    path = "/" + url.split("/", 3)[3]
    page = client.get(path)
    assert page.content.count(b"<button") >= 1 and b'lang="es"' in page.content
    assert public.followers_count(KIND, subject) == 1
    for _ in range(2):
        answer = strict.post(path, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert public.followers_count(KIND, subject) == 0
    assert not Message.objects.exists()  # what waited for them is gone too
    assert public.unfollow(token) is False
    assert not Suppression.objects.exists()  # leaving one thing is not leaving all


@pytest.mark.parametrize("token", ["x", "0" * 32, "0" * 32 + ".abc", "..", "é"])
def test_a_token_we_did_not_make_opens_nothing(client: Client, token: str) -> None:
    assert client.get(f"/unsubscribe/{token}/").status_code == 404
    assert client.post(f"/follow/confirm/{token}/").status_code == 404
    with pytest.raises(NotFound):
        public.unfollow(token)


def test_nothing_leaves_within_the_undo_window_and_a_cancelled_act_never(engine: FakeMail) -> None:
    subject = new_id()
    public.follow(KIND, subject, email="a@example.org", vouched=True)
    tell(subject, after=timedelta(minutes=2), key="bulk:1")
    tell(subject, after=timedelta(minutes=2), key="bulk:2")
    assert delivering.deliver_due() == 0
    assert public.cancel("bulk:1") == 1
    assert public.cancel("") == 0
    with clock.held_at(NOW + timedelta(minutes=2)):
        assert delivering.deliver_due() == 1
        assert delivering.deliver_due() == 0
        assert public.cancel("bulk:2") == 0


def test_a_rolled_back_write_tells_nobody() -> None:
    from django.db import transaction

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        public.send("a@example.org", template="shop/rich", context={}, language="en")
        raise ZeroDivisionError
    assert not Message.objects.exists()


def test_a_delivery_is_planned_when_the_write_commits(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(3):
            public.send(
                f"{number}@example.org", template="shop/rich", context={}, language="en", after=timedelta(minutes=1)
            )
    with connection.cursor() as cursor:
        cursor.execute("select scheduled_at from procrastinate_jobs where task_name = 'notify.deliver'")
        assert cursor.fetchall() == [(NOW + timedelta(seconds=61),)]


def test_an_unavailable_server_is_tried_again_later_under_the_same_message_id(engine: FakeMail) -> None:
    public.send("a@example.org", template="shop/rich", context={}, language="en")
    engine.answers = [MailUnavailable("busy"), MailUnavailable("busy")]
    assert delivering.deliver_due() == 0
    assert Message.objects.get().problem == "busy"
    with clock.held_at(NOW + timedelta(minutes=1)):
        delivering.deliver_due()
    with clock.held_at(NOW + timedelta(minutes=2)):
        delivering.deliver_due()
    assert engine.sent == []
    with clock.held_at(NOW + timedelta(minutes=3)):
        assert delivering.deliver_due() == 1
    assert len(engine.tried) == 3 and len(set(engine.tried)) == 1 and str(Message.objects.get().id) in engine.tried[0]


def test_a_refused_message_is_given_up_and_the_next_one_sent(engine: FakeMail) -> None:
    first = public.send("bad@example.org", template="shop/rich", context={}, language="en")
    public.send("good@example.org", template="shop/rich", context={}, language="en")
    engine.answers = [MailRefused("no such mailbox")]
    assert delivering.deliver_due() == 1
    refused = Message.objects.get(id=first)
    assert refused.failed_at == NOW and refused.sent_at is None
    with clock.held_at(NOW + timedelta(days=9)):
        assert delivering.deliver_due() == 0


def test_a_server_that_is_down_is_not_asked_for_every_message(engine: FakeMail) -> None:
    for number in range(8):
        public.send(f"{number}@example.org", template="shop/rich", context={}, language="en")
    engine.answers = [MailUnavailable("down")] * 8
    delivering.deliver_due()
    assert len(engine.tried) == delivering.PATIENCE


def test_a_message_nobody_foresaw_does_not_stop_those_behind_it(engine: FakeMail) -> None:
    public.send("first@example.org", template="shop/rich", context={}, language="en")
    public.send("second@example.org", template="shop/rich", context={}, language="en")
    engine.answers = [RuntimeError("surprise")]
    assert delivering.deliver_due() == 1
    assert engine.sent[0].to == "second@example.org"


def test_who_follows_several_is_told_once_as_a_follower_of_what_it_is_about(engine: FakeMail) -> None:
    kept, old = new_id(), new_id()
    user = get_user_model()._default_manager.create(email="u@example.org")
    for subject in (old, kept):
        public.follow(KIND, subject, email="both@example.org", vouched=True)
        public.follow(KIND, subject, user_id=user.pk)
    public.follow(KIND, old, email="only@example.org", vouched=True)
    public.follow(KIND, kept, email="asked@example.org", about="Pothole")
    assert public.followers_count(KIND, kept, also=[old]) == 3
    assert tell(kept, also=[old]) == 3
    link = Message.objects.get(to="both@example.org").unsubscribe_url
    assert public.follows(KIND, kept, token=link.split("/")[-2]), "of what it is about"
    assert Client().post(urlsplit(link).path).status_code == 200
    assert tell(kept, also=[old]) == 2, "one press leaves all that was told as one"
    assert public.unfollow(public.leaving_token(user.pk, KIND, [old, kept]))
    assert tell(kept, also=[old]) == 1
    assert not public.leaving_token(user.pk, KIND, [old, kept])


def test_who_said_yes_to_the_one_is_told_though_they_never_answered_for_the_other(engine: FakeMail) -> None:
    old, kept = new_id(), new_id()
    public.follow(KIND, old, email="rosa@example.org", vouched=True)
    public.follow(KIND, kept, email="rosa@example.org", about="Pothole")
    assert tell(kept) == 0
    assert tell(kept, also=[old]) == 1


def test_telling_many_asks_no_more_of_the_database_than_telling_few() -> None:
    counts = []
    for many in (2, 30):
        subject = new_id()
        for number in range(many):
            public.follow(KIND, subject, email=f"{number}@example.org", vouched=True)
        with CaptureQueriesContext(connection) as asked:
            assert tell(subject) == many
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_person_sees_and_takes_away_what_is_kept_about_them() -> None:
    offer = offers.personal_data["notify"]
    user = get_user_model()._default_manager.create(email="gone@example.org")
    public.follow(KIND, new_id(), user_id=user.pk)
    public.follow(KIND, new_id(), email="gone@example.org", vouched=True)
    public.send("gone@example.org", template="shop/rich", context={"title": "t"}, language="en")
    delivering.deliver_due()
    person = offers.Person(account=user.pk, email="gone@example.org")
    assert len(list(offer.export(person))) == 3
    assert offer.erase(person) == 4, "three rows, and the file the outbox kept"
    assert list(offer.export(person)) == []
    assert not Follower.objects.exists()
    assert "gone" not in str(list(Message.objects.values()))


def test_old_mail_is_forgotten(engine: FakeMail) -> None:
    public.send("a@example.org", template="shop/rich", context={}, language="en")
    delivering.deliver_due()
    with clock.held_at(NOW + timedelta(days=31)):
        public.send("b@example.org", template="shop/rich", context={}, language="en")
        before = NOW + timedelta(days=1)
        assert offers.retained["messages"].purge(before, offers.Held(emails=frozenset(["a@example.org"])), 10) == 0
        assert offers.retained["messages"].purge(before, offers.Held(), 10) == 1
    assert Message.objects.get().to == "b@example.org"


class TestOutboxPage:
    """The demo's outbox is there for the demo and for this machine only."""

    @pytest.fixture
    def client(self) -> Client:
        return Client(headers={"Host": "127.0.0.1"})

    def test_it_lists_newest_first_and_shows_one(self, client: Client, settings: Any) -> None:
        settings.CITYHALL_DEMO = True
        for name in ("first", "second"):
            public.send(f"{name}@example.org", template="shop/rich", context={"title": name}, language="en")
            delivering.deliver_due()
        page = client.get("/outbox/").content.decode()
        assert page.index("second@example.org") < page.index("first@example.org")
        link = re.search(r'href="(/outbox/[0-9a-f-]{36}/)"', page)
        assert link is not None
        assert "Body second" in client.get(link[1]).content.decode()
        assert client.get(f"/outbox/{new_id()}/").status_code == 404

    def test_it_says_when_it_is_empty(self, client: Client, settings: Any, tmp_path: Path) -> None:
        settings.CITYHALL_DEMO = True
        settings.CITYHALL_DATA = tmp_path
        assert "Nothing here yet" in client.get("/outbox/").content.decode()

    def test_it_is_not_there_for_anybody_else(self, client: Client, settings: Any) -> None:
        assert client.get("/outbox/").status_code == 404
        settings.CITYHALL_DEMO = True
        assert client.get("/outbox/").status_code == 200
        assert client.get("/outbox/", REMOTE_ADDR="192.0.2.7").status_code == 404
        for header in ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded"):
            assert client.get("/outbox/", headers={header: "192.0.2.7"}).status_code == 404, header
        assert client.get("/outbox/", headers={"Host": "testserver"}).status_code == 404


@given(st.text())
def test_a_subject_is_one_line_whatever_is_rendered(rendered: str) -> None:
    try:
        subject, body = rules.split_message(rendered)
    except ValueError:
        return
    assert subject and body and len(subject) <= 200 and not re.search(r"[\r\n]", subject)


@given(st.integers(1, 60))
def test_waits_grow_up_to_a_limit_and_end(attempt: int) -> None:
    wait, following = rules.wait_before(attempt), rules.wait_before(attempt + 1)
    assert following is None or (wait is not None and timedelta(0) < wait <= following <= timedelta(hours=6))


@pytest.mark.parametrize("template", ["room/closed", "room/mail/closed"])
def test_a_template_is_found_in_its_rooms_mail_folder(template: str) -> None:
    assert rules.template_file(template, "txt") == "room/mail/closed.txt"


@pytest.mark.parametrize("template", ["closed", "../etc/passwd", "a/b/c", "Shop/x", ""])
def test_a_template_is_named_by_room_and_name(template: str) -> None:
    with pytest.raises(ValueError, match="room/name"):
        rules.template_file(template, "txt")
