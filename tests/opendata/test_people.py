"""What people do around a dataset: follow it, ask for one, report a mistake; and what the city answers."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from tests.opendata.conftest import TREES
from tests.support import city
from tests.support.people import sign_in

from cityhall.apps.notify.models import Follower, Message
from cityhall.apps.opendata import public, queries, rules, services
from cityhall.apps.opendata.contracts import WishState
from cityhall.apps.opendata.models import Mistake, Wish
from cityhall.apps.opendata.queries import people
from cityhall.apps.opendata.services import keeping, wishes
from cityhall.apps.opendata.web import wishes as pages
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, system
from cityhall.kernel.errors import NotAllowed
from cityhall.kernel.offers import Held, Person

CLERK = system("test")
ZONE = ZoneInfo("America/Los_Angeles")
NOON = datetime(2026, 5, 5, 19, 0, tzinfo=UTC)  # noon in the city
NEXT_MORNING = datetime(2026, 5, 6, 14, 13, tzinfo=UTC)
GROWN = [*TREES, ["5", "Elm", "2", "2026-01-01", ""]]


def follow(client: Client, code: str, email: str = "rosa@example.org") -> Message:
    """Follow as somebody without an account, answer the question; return it."""
    assert client.post(f"/data/{code}/follow/", {"email": email}).status_code == 302
    question = Message.objects.latest("created_at")
    found = re.search(r"/follow/confirm/[^/\s]+/", question.text)
    assert found is not None
    client.post(found.group())
    return question


def publish_as(folder: Path, *columns: str) -> None:
    """Publish the trees with these columns alone, by a contract."""
    file = folder / "again.csv"
    file.write_text("".join(",".join(row[: len(columns)]) + "\n" for row in [list(columns), *TREES[1:]]), "utf-8")
    told = "".join(f'[[columns]]\nname = "{name}"\n' for name in columns[1:])
    told = f'[[columns]]\nname = "id"\ntype = "number"\n{told}'
    terms = public.read_contract(f'name = "trees"\ntitle = "Trees"\nkey = "id"\n{told}')
    public.publish_file(file, actor=CLERK, contract=terms)


def mails(template: str) -> list[Message]:
    return list(Message.objects.filter(template=f"opendata/{template}").order_by("created_at"))


@pytest.mark.parametrize(("hour", "day"), [(6, 4), (7, 5), (23, 5)])
def test_the_morning_that_was_last(hour: int, day: int) -> None:
    local = datetime(2026, 5, 5, hour, 0, tzinfo=ZONE)
    assert rules.last_morning(local) == datetime(2026, 5, day, 7, 0, tzinfo=ZONE)


@pytest.mark.django_db
class TestFollowing:
    def test_a_new_version_is_told_once_in_the_morning_after_the_address_agreed(self, client, publish):
        city.build()
        with clock.held_at(NOON):
            code = publish().id
            question = follow(client, code)
            assert "Trees" in question.text
        with clock.held_at(NOON + timedelta(hours=1)):
            publish(GROWN)
            assert services.tell_due() == 0
        with clock.held_at(NEXT_MORNING):
            assert [services.tell_due(), services.tell_due()] == [1, 0]
        with clock.held_at(NEXT_MORNING + timedelta(days=1)):
            assert services.tell_due() == 0, "nothing is new"
        [mail] = mails("news")
        assert (mail.to, mail.subject) == ("rosa@example.org", "New data: Trees")
        assert "version 2, with 5 rows" in mail.text
        assert "/unsubscribe/" in mail.text and f"/data/{code}/" in mail.text

    def test_nobody_is_written_to_who_has_not_agreed(self, client, publish):
        with clock.held_at(NOON):
            code = publish().id
            client.post(f"/data/{code}/follow/", {"email": "rosa@example.org"})
        with clock.held_at(NOON + timedelta(hours=1)):
            publish(GROWN)
        with clock.held_at(NEXT_MORNING):
            services.tell_due()
        assert mails("news") == []

    def test_who_follows_the_catalogue_hears_of_each_new_dataset_once(self, client, publish, tmp_path):
        with clock.held_at(NOON):
            publish()
            assert client.post("/data/follow/", {"email": "rosa"}).status_code == 422
            assert client.post("/data/follow/", {"email": "rosa@example.org"}).status_code == 302
            question = Message.objects.latest("created_at")
            assert "New datasets" in question.text
            client.post(re.search(r"/follow/confirm/[^/\s]+/", question.text).group())
        with clock.held_at(NOON + timedelta(hours=1)):
            publish(GROWN)
            file = tmp_path / "benches.csv"
            file.write_text("id\n1\n", "utf-8")
            made = public.publish_file(file, actor=CLERK)
            assert services.tell_of_new() == 0
        with clock.held_at(NEXT_MORNING):
            assert [services.tell_of_new(), services.tell_of_new()] == [1, 0]
        with clock.held_at(NEXT_MORNING + timedelta(days=1)):
            assert services.tell_of_new() == 0
        [mail] = mails("newcomers")
        assert (mail.to, mail.subject) == ("rosa@example.org", "A new dataset")
        assert f"/data/{made.id}/" in mail.text and "Benches" in mail.text and "Trees" not in mail.text
        assert "/unsubscribe/" in mail.text
        assert [*keeping.export(Person(email="rosa@example.org"))] == [{"follows": {"en": "New datasets"}}]

    def test_somebody_signed_in_follows_the_catalogue_and_leaves_from_their_page(self, client, publish):
        publish()
        sign_in(client, role="resident")
        client.post("/data/follow/")
        assert "We write to you when there is a new dataset." in client.get("/data/follow/").content.decode()
        token = re.search(r'name="token" value="([^"]+)"', client.get("/near/mine/").content.decode())
        client.post("/near/mine/leave/", {"token": token[1]})
        assert not Follower.objects.exists()
        client.post("/data/follow/")
        client.post("/data/follow/", {"act": "stop"})
        assert not Follower.objects.exists()

    def test_a_recall_is_told_at_once(self, client, publish):
        follow(client, publish().id)
        public.recall("trees", actor=CLERK, reason="A column named people.", snapshots=[1])
        [mail] = mails("recalled")
        assert "A column named people." in mail.text and "delete it" in mail.text

    def test_of_what_changes_all_day_only_columns_are_told(self, client, publish, monkeypatch, tmp_path):
        monkeypatch.setattr(queries, "is_live_dataset", lambda name: name == "trees")
        with clock.held_at(NOON):
            follow(client, publish().id)
        with clock.held_at(NOON + timedelta(hours=1)):
            publish(GROWN)
        with clock.held_at(NEXT_MORNING):
            assert services.tell_due() == 0
            publish_as(tmp_path, "id", "species", "shade")
        with clock.held_at(NEXT_MORNING + timedelta(days=1)):
            assert services.tell_due() == 1
        assert "New columns: shade." in mails("news")[0].text

    def test_somebody_signed_in_follows_and_stops_with_a_button(self, client, publish):
        code = publish().id
        sign_in(client, role="resident")
        address = f"/data/{code}/follow/"
        assert "E-mail address" not in client.get(address).content.decode()
        client.post(address)
        assert Follower.objects.get().confirmed_at is not None
        assert "You follow this dataset." in client.get(address).content.decode()
        mine = client.get("/near/mine/").content.decode()
        assert f'href="/data/{code}/">Trees</a>' in mine
        token = re.search(r'name="token" value="([^"]+)"', mine)
        assert token is not None
        client.post("/near/mine/leave/", {"token": token[1]})
        assert "You follow nothing yet." in client.get("/near/mine/").content.decode()
        client.post(address, {})
        client.post(address, {"act": "stop"})
        assert not Follower.objects.exists()

    @pytest.mark.parametrize(
        ("given", "said"), [({"email": "rosa"}, "maria@example.org"), ({"email": "r@a.org", "website": "x"}, "empty")]
    )
    def test_what_is_no_address_or_filled_by_a_machine_is_refused(self, client, publish, given, said):
        answer = client.post(f"/data/{publish().id}/follow/", given)
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert not Follower.objects.exists()


@pytest.mark.django_db
class TestFeeds:
    def test_each_form_has_what_was_published_and_recalled(self, client, publish):
        code = publish().id
        publish(GROWN)
        publish([["id", "name"], ["1", "Elm"]], name="elms")
        public.recall("trees", actor=CLERK, reason="A column named people.", snapshots=[2])
        told = json.loads(client.get(f"/data/{code}/feed.json").content)
        assert [one["title"] for one in told["items"]] == ["Trees: version 2 was recalled", "Trees: version 1"]
        assert told["items"][0]["content_text"] == "A column named people."
        whole = json.loads(client.get("/data/feed.json").content)
        assert {one["title"] for one in whole["items"]} >= {"Elms: version 1", "Trees: version 2 was recalled"}
        atom = ElementTree.fromstring(client.get("/data/feed.atom").content)
        assert len(atom.findall("{http://www.w3.org/2005/Atom}entry")) == 3
        rss = ElementTree.fromstring(client.get(f"/es/data/{code}/feed.rss").content)
        assert [one.findtext("title") for one in rss.iter("item")][1] == "Trees: versión 1"
        assert client.get("/data/feed.csv").status_code == 404
        assert client.get("/data/zzzz-zzzz/feed.atom").status_code == 404

    def test_a_day_of_what_changes_all_day_is_one_piece_of_news(self, client, publish, monkeypatch):
        monkeypatch.setattr(queries, "is_live_dataset", lambda name: True)
        with clock.held_at(NOON):
            code = publish().id
        with clock.held_at(NOON + timedelta(minutes=1)):
            publish(GROWN)
        told = json.loads(client.get(f"/data/{code}/feed.json").content)
        assert len({one["id"] for one in told["items"]}) == 1

    def test_columns_that_came_and_went_are_named(self, client, publish, tmp_path):
        code = publish().id
        publish_as(tmp_path, "id", "species", "height")
        told = json.loads(client.get(f"/data/{code}/feed.json").content)
        assert "Columns it no longer has: planted, park." in told["items"][0]["content_text"]


ASKED = {"what": "Bus stops with benches", "why": "To rest.", "email": "rosa@example.org"}


@pytest.mark.django_db
class TestWishes:
    def test_a_wish_is_read_by_the_city_before_everybody_reads_it(self, client):
        client.post("/data/requests/new/", ASKED, follow=True)
        assert "Bus stops" not in client.get("/data/requests/").content.decode()
        wish = Wish.objects.get()
        assert client.post(f"/data/requests/{wish.id}/me-too/").status_code == 404
        sign_in(client, role="administrator")
        assert "Bus stops" in client.get("/desk/data/requests/").content.decode()
        client.post(f"/desk/data/requests/{wish.id}/", {"state": "planned", "text": "In the fall."})
        page = Client().get("/data/requests/").content.decode()
        assert "Bus stops" in page and "In the fall." in page and "1 person wants it" in page
        assert "rosa@example.org" not in page
        [mail] = mails("wish")
        assert mail.to == "rosa@example.org" and "plans to publish" in mail.text

    def test_one_browser_counts_once_and_what_most_want_is_first(self, client):
        first, second = (
            wishes.ask(what, "", actor=ANONYMOUS, who=what) for what in ("Bus stops with benches", "Fountains")
        )
        for wish in (first, second):
            wishes.answer(wish, "asked", "", actor=CLERK)
        for _time in range(2):
            client.post(f"/data/requests/{first}/me-too/")
        Client().post(f"/data/requests/{first}/me-too/")
        assert [(one.what, one.votes) for one in people.wishes(WishState.ASKED)] == [
            ("Bus stops with benches", 3), ("Fountains", 1),
        ]  # fmt: skip

    def test_who_asked_in_spanish_is_answered_in_spanish_with_the_dataset(self, client, publish):
        client.post("/es/data/requests/new/", ASKED)
        wish = Wish.objects.get()
        code = publish().id
        wishes.answer(wish.id, "published", "", actor=CLERK, dataset=code)
        [mail] = mails("wish")
        assert mail.subject == "Ya está publicado: Bus stops with benches"
        assert f'href="/data/{code}/"' in client.get("/data/requests/").content.decode()

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({**ASKED, "what": "x"}, "what"),
            ({**ASKED, "why": "x" * 1001}, "why"),
            ({**ASKED, "email": "rosa"}, "email"),
            ({**ASKED, "website": "x"}, "website"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field(self, client, given, field):
        answer = client.post("/data/requests/new/", given)
        assert answer.status_code == 422
        assert f'href="#f-{field}"' in answer.content.decode()
        assert not Wish.objects.exists()

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"state": "declined"}, "Say why."),
            ({"state": "published"}, "Choose the dataset"),
            ({"state": "waiting"}, "Choose one of those"),
        ],
    )
    def test_an_answer_that_is_none_is_refused(self, client, given, said):
        wish = wishes.ask("Bus stops", "", actor=ANONYMOUS, who="a")
        sign_in(client, role="administrator")
        answer = client.post(f"/desk/data/requests/{wish}/", given)
        assert answer.status_code == 422 and said in answer.content.decode()
        assert Wish.objects.get().state == WishState.WAITING

    def test_spam_is_removed_and_only_by_who_publishes(self, client):
        wish = wishes.ask("Buy pills", "", actor=ANONYMOUS, who="a")
        with pytest.raises(NotAllowed):
            wishes.remove(wish, actor=ANONYMOUS)
        sign_in(client, role="administrator")
        client.post(f"/desk/data/requests/{wish}/", {"act": "remove"})
        assert not Wish.objects.exists()

    def test_one_sender_asks_only_so_often(self, client, monkeypatch):
        monkeypatch.setattr(pages, "WISHES_PER_HOUR", 1)
        assert [client.post("/data/requests/new/", ASKED).status_code for _time in range(2)] == [302, 429]


def row_of(client: Client, code: str) -> str:
    page = client.get(f"/data/{code}/").content.decode()
    found = re.search(rf'href="(/data/{code}/rows/[^"]+/)"', page)
    assert found is not None
    return found[1]


SAID = {"column": "height", "what": "It is taller.", "email": "rosa@example.org"}


@pytest.mark.django_db
class TestMistakes:
    def test_a_mistake_goes_to_the_desk_with_the_row_and_only_its_day_is_public(self, client, publish):
        row = row_of(client, publish().id)
        assert f'href="{row}mistake/"' in client.get(row).content.decode()
        assert client.post(f"{row}mistake/", SAID).status_code == 302
        page = client.get(row).content.decode()
        assert "A mistake in this row was reported on" in page and "taller" not in page
        publish([TREES[0], ["1", "Oak", "99", "2019-03-05", "Balboa"], *TREES[2:]])
        sign_in(client, role="administrator")
        assert "It is taller." in client.get("/desk/data/mistakes/").content.decode()
        address = f"/desk/data/mistakes/{Mistake.objects.get().id}/"
        desk = client.get(address).content.decode()
        assert "<strong>12.5</strong>" in desk and "version 1" in desk, "as it was published then"
        client.post(address, {"state": "corrected", "text": "Thank you."})
        assert "The city corrected it at its source" in client.get(row).content.decode()
        [mail] = mails("mistake")
        assert mail.to == "rosa@example.org" and "corrected the mistake" in mail.text

    def test_a_row_that_is_right_says_nothing_more(self, client, publish):
        row = row_of(client, publish().id)
        client.post(f"{row}mistake/", SAID)
        sign_in(client, role="administrator")
        address = f"/desk/data/mistakes/{Mistake.objects.get().id}/"
        assert client.post(address, {"state": "right", "text": ""}).status_code == 422
        client.post(address, {"state": "right", "text": "Measured in meters."})
        assert "A mistake" not in client.get(row).content.decode()

    def test_no_copy_of_a_row_outlives_its_recall(self, client, publish):
        row = row_of(client, publish().id)
        client.post(f"{row}mistake/", SAID)
        publish([TREES[0], ["1", "Oak", "99", "2019-03-05", "Balboa"], *TREES[2:]])
        public.recall("trees", actor=CLERK, reason="Heights are private.", snapshots=[1])
        sign_in(client, role="administrator")
        desk = client.get(f"/desk/data/mistakes/{Mistake.objects.get().id}/").content.decode()
        assert "This version can no longer be read." in desk and "12.5" not in desk

    def test_what_is_wrong_is_said_and_no_such_row_is_a_page(self, client, publish):
        code = publish().id
        row = row_of(client, code)
        for given, field in (({**SAID, "what": ""}, "what"), ({**SAID, "column": "no"}, "column")):
            answer = client.post(f"{row}mistake/", given)
            assert answer.status_code == 422 and f'href="#f-{field}"' in answer.content.decode()
        assert client.post(f"/data/{code}/rows/none/mistake/", SAID).status_code == 404
        assert not Mistake.objects.exists()


@pytest.mark.django_db
def test_who_asked_and_reported_is_given_out_erased_and_forgotten_in_time(client, publish):
    row = row_of(client, publish().id)
    with clock.held_at(NOON):
        client.post("/data/requests/new/", ASKED)
        wishes.answer(Wish.objects.get().id, "asked", "", actor=CLERK)
        client.post(f"{row}mistake/", SAID)
    rosa = Person(email="rosa@example.org")
    told = list(keeping.export(rosa))
    assert [one.get("asked_for") or one.get("mistake_in") for one in told] == ["Bus stops with benches", "trees"]
    askers = next(kind for kind in keeping.kept_kinds() if kind.key == "data_askers")
    later = NOON + timedelta(days=1)
    assert askers.due(later, Held(emails=frozenset({"rosa@example.org"}))) == 0
    assert askers.due(later, Held()) == 1
    keeping.erase(rosa)
    assert list(keeping.export(rosa)) == []
    assert Wish.objects.get().why == ""
    assert not Mistake.objects.exists()
