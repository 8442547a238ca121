"""Who follows a place hears once of what happened there, in their language, and only what everybody may see."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.support import city

from cityhall.apps.estimates.models import Said
from cityhall.apps.notify.models import Follower, Message
from cityhall.apps.places.models import Area
from cityhall.apps.service_requests import services as requests
from cityhall.apps.service_requests.contracts import NewRequest, Outcome, Place, Visibility
from cityhall.apps.service_requests.models import Category, CategoryGroup
from cityhall.apps.subscriptions import queries, rules, services
from cityhall.apps.subscriptions.contracts import Digest, Every, Watched
from cityhall.apps.subscriptions.models import Subscription
from cityhall.apps.subscriptions.services import keeping
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, system
from cityhall.kernel.errors import Invalid
from cityhall.kernel.offers import Held, Person

ZONE = ZoneInfo("America/Los_Angeles")
NOON = datetime(2026, 5, 5, 19, 0, tzinfo=UTC)  # a Tuesday, noon in the city
MORNING = datetime(2026, 5, 6, 14, 1, tzinfo=UTC)
MONDAY = datetime(2026, 5, 11, 14, 1, tzinfo=UTC)
DISTRICT = Watched(area_kind="district", area_code="1")


@pytest.fixture
def town(db: None) -> None:
    city.build()
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets", "es": "Calles"})
    Category.objects.create(code="pothole", group=group, name={"en": "Pothole", "es": "Bache"})
    Category.objects.create(
        code="camp", group=group, name={"en": "Encampment", "es": "Campamento"}, place_policy="withheld"
    )


def report(category: str = "pothole", address: str = "1204 Grand Ave") -> str:
    place = Place(city.CENTER[0] + 0.0002, city.CENTER[1] + 0.0007, address=address)
    return requests.file_request(NewRequest(category, place), actor=ANONYMOUS).number


def follow(client: Client, **given: str) -> Message:
    """Follow as somebody without an account, answer the question; return it."""
    client.post("/near/", {"email": "rosa@example.org", "every": "day", **given})
    question = Message.objects.latest("created_at")
    found = re.search(r"/follow/confirm/[^/\s]+/", question.text)
    assert found is not None
    client.post(found.group())
    return question


def digests() -> list[Message]:
    return list(Message.objects.filter(template="subscriptions/digest").order_by("created_at"))


@given(st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)), st.sampled_from(list(Every)))
def test_a_turn_is_a_morning_that_was_and_the_next_is_to_come(moment: datetime, every: Every) -> None:
    local = moment.replace(tzinfo=ZONE)
    turn = rules.last_turn(every, local)
    assert turn <= local
    assert (turn.hour, turn.minute) == (7, 0)
    assert local.date() - turn.date() <= timedelta(days=7 if every is Every.WEEK else 1)
    assert every is Every.DAY or turn.weekday() == 0


def test_what_happened_in_an_area_comes_in_the_morning_once(town: None, client: Client) -> None:
    with clock.held_at(NOON):
        follow(client, area="district:1")
        new, fixed = report(), report()
        requests.close(requests_id(fixed), actor=system("Crew"), outcome=Outcome.FIXED, sentence="Filled.")
        assert services.send_due() == 0
    with clock.held_at(MORNING):
        assert services.send_due() == 1
        assert services.send_due() == 0
    [mail] = digests()
    assert mail.to == "rosa@example.org"
    assert "District 1" in mail.subject
    assert mail.text.index("Closed:") < mail.text.index(fixed) < mail.text.index("Reported:") < mail.text.index(new)
    assert "/unsubscribe/" in mail.text


def test_an_area_whose_code_is_as_long_as_any_is_followed(town: None, client: Client) -> None:
    Area.objects.filter(kind__code="district", code="1").update(code="n" * 120)
    follow(client, area=f"district:{'n' * 120}")
    assert Subscription.objects.get().area_code == "n" * 120


def requests_id(number: str) -> object:
    from cityhall.apps.service_requests import public

    return public.ids_of([number])[number]


def test_nothing_happened_and_nothing_is_sent(town: None, client: Client) -> None:
    with clock.held_at(NOON):
        follow(client, area="district:1")
    with clock.held_at(MORNING):
        assert services.send_due() == 0
    assert digests() == []


def test_mondays_tell_the_week(town: None, client: Client) -> None:
    with clock.held_at(NOON):
        follow(client, every="week")
        number = report()
    with clock.held_at(MORNING):
        assert services.send_due() == 0
    with clock.held_at(MONDAY):
        assert services.send_due() == 1
    assert number in digests()[0].text


def test_what_happened_while_nothing_was_sent_is_told_afterwards(town: None, client: Client) -> None:
    with clock.held_at(NOON):
        follow(client)
        old = report()
    with clock.held_at(MORNING + timedelta(days=30, hours=-3)):
        new = report()
    with clock.held_at(MORNING + timedelta(days=30)):
        assert services.send_due() == 1
    assert new in digests()[0].text
    assert old in digests()[0].text


@pytest.mark.parametrize("street", ["Grand Ave", "grand avenue", "GRAND AV."])
def test_a_street_is_known_however_it_is_written(town: None, client: Client, street: str) -> None:
    with clock.held_at(NOON):
        follow(client, street=street)
        here, elsewhere = report(), report(address="502 5th St")
    with clock.held_at(MORNING):
        services.send_due()
    [mail] = digests()
    assert here in mail.text
    assert elsewhere not in mail.text


def test_a_streets_feeds_have_that_street_alone(town: None, client: Client) -> None:
    with clock.held_at(NOON):
        here, elsewhere = report(), report(address="502 5th St, by Grand Plaza")
        page = client.get("/near/?street=Grand+Avenue").text
        for feed in ("rss", "json"):
            address = re.search(rf'/requests/feed\.{feed}\?[^"]+', page)
            assert address is not None
            told = client.get(html.unescape(address.group())).text
            assert here in told
            assert elsewhere not in told


def test_an_area_that_is_gone_is_not_taken_for_the_whole_city(town: None, client: Client) -> None:
    page = client.get("/near/?area=district:99").text
    assert "We do not know this area." in page
    assert "This week" not in page


def test_each_reads_their_own_language(town: None, client: Client) -> None:
    with clock.held_at(NOON):
        follow(client, category="pothole")
        client.post("/es/near/", {"email": "luz@example.org", "every": "day", "category": "pothole"})
        Follower.objects.update(confirmed_at=NOON)
        report()
    with clock.held_at(MORNING):
        services.send_due()
    told = {mail.to: mail for mail in digests()}
    assert "Pothole" in told["rosa@example.org"].text
    assert "Bache" in told["luz@example.org"].text
    assert "Reportado" in told["luz@example.org"].text


def test_a_block_is_named_in_the_readers_language_on_the_page_by_mail_in_the_widget_and_in_the_calendar(
    town: None, client: Client
) -> None:
    Category.objects.create(
        code="needle",
        group=CategoryGroup.objects.get(),
        name={"en": "Needle", "es": "Jeringa"},
        place_policy="generalised",
    )
    with clock.held_at(NOON):
        client.post("/es/near/", {"email": "luz@example.org", "every": "day", "category": "needle"})
        Follower.objects.update(confirmed_at=NOON)
        number = report("needle")
        requests.schedule(requests_id(number), actor=system("Crew"), on=date(2026, 5, 8))
        shown = [client.get(f"/es/near/{rest}?category=needle").content.decode() for rest in ("", "widget/")]
        calendar = events_of(client.get("/es/near/calendar.ics?category=needle").content)[0]
        english = client.get("/near/?category=needle").content.decode()
    with clock.held_at(MORNING):
        services.send_due()
    for text in (*shown, digests()[0].text, calendar["SUMMARY"].replace("\\,", ",")):
        assert "Jeringa, cuadra 1200 de Grand Ave" in text
        assert "block of" not in text
    assert calendar["LOCATION"] == "Cuadra 1200 de Grand Ave"
    assert "Needle, 1200 block of Grand Ave" in english


def test_a_withheld_place_is_in_no_areas_digest(town: None, client: Client) -> None:
    with clock.held_at(NOON):
        follow(client, area="district:1")
        number = report("camp")
        assert number not in client.get("/near/?area=district:1").content.decode()
    with clock.held_at(MORNING):
        assert services.send_due() == 0


def test_done_is_told_whole_whatever_else_changed_meanwhile(
    town: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST", 3)
    with clock.held_at(NOON - timedelta(days=3)):
        fixed, noted, older = report(), [report() for _ in range(5)], report()
    with clock.held_at(NOON - timedelta(days=2)):
        requests.close(requests_id(older), actor=system("Crew"), outcome=Outcome.FIXED, sentence="Filled.")
    with clock.held_at(NOON):
        follow(client)
        requests.close(requests_id(fixed), actor=system("Crew"), outcome=Outcome.FIXED, sentence="Filled.")
    with clock.held_at(NOON + timedelta(hours=2)):
        for number in [*noted, older]:  # what was closed before is only written to
            requests.add_note(requests_id(number), actor=system("Crew"), text="Seen.", visibility=Visibility.PUBLIC)
    with clock.held_at(MORNING):
        assert services.send_due() == 1
    [mail] = digests()
    assert fixed in mail.text
    assert older not in mail.text
    assert "And more on the page." not in mail.text


def test_a_busy_street_of_another_name_hides_nothing(
    town: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "_LOOKED_AT", 2)
    with clock.held_at(NOON):
        follow(client, street="Grand Ave")
        here = report()
        for _ in range(4):
            report(address="502 5th St, by Grand Plaza")
    with clock.held_at(MORNING):
        services.send_due()
    [mail] = digests()
    assert here in mail.text


def test_one_digest_that_fails_keeps_no_other_from_its_own(
    town: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.held_at(NOON):
        follow(client, area="district:1")
    with clock.held_at(NOON + timedelta(minutes=1)):
        follow(client, category="pothole")
        report()
    broken = Subscription.objects.order_by("id").first()
    assert broken is not None
    made = queries.digest

    def fails(watched: Watched, *time: datetime) -> Digest:
        if watched == queries.watched_by(broken):
            raise RuntimeError("broken")
        return made(watched, *time)

    monkeypatch.setattr(queries, "digest", fails)
    with clock.held_at(MORNING):
        assert services.send_due() == 1
        monkeypatch.setattr(queries, "digest", made)
        assert services.send_due() == 1, "it is made up for"


def test_what_nobody_follows_any_more_is_removed_and_comes_back_without_old_news(town: None, client: Client) -> None:
    [kind] = keeping.kept_kinds()
    with clock.held_at(NOON):
        follow(client, area="district:1")
    Follower.objects.all().delete()
    with clock.held_at(NOON + timedelta(days=29)):
        report()
    with clock.held_at(NOON + timedelta(days=30)):
        services.send_due()
        assert kind.due(clock.now() - timedelta(days=7), Held()) == 1
        follow(client, area="district:1")
        assert kind.due(clock.now() - timedelta(days=7), Held()) == 0
        assert kind.purge(clock.now() - timedelta(days=7), Held(), 10) == 0
    with clock.held_at(NOON + timedelta(days=31)):
        assert services.send_due() == 0, "it was reported before anybody asked"
    Follower.objects.all().delete()
    with clock.held_at(NOON + timedelta(days=60)):
        assert kind.purge(clock.now() - timedelta(days=7), Held(), 10) == 1
    assert not Subscription.objects.exists()


def test_what_one_follows_is_handed_out_in_words(town: None, client: Client) -> None:
    with clock.held_at(NOON):
        follow(client, area="district:1", category="pothole")
    person = Person(email="rosa@example.org")
    assert list(keeping.export(person)) == [{"follows": "Pothole, District 1", "every": "day"}]
    assert list(keeping.export(Person(email="luz@example.org"))) == []


def test_an_address_nobody_confirmed_gets_no_digest(town: None, client: Client) -> None:
    with clock.held_at(NOON):
        client.post("/near/", {"email": "rosa@example.org", "every": "day"})
        report()
    with clock.held_at(MORNING):
        assert services.send_due() == 0


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"street": "Nowhere Rd"}, "street"),
        ({"area": "district:99"}, "area"),
        ({"category": "dragons"}, "category"),
        ({"email": "rosa"}, "email"),
        ({"every": "hour"}, "every"),
        ({"street": "\x00"}, ""),
    ],
)
def test_a_mistake_is_told_at_its_field(town: None, client: Client, given: dict[str, str], field: str) -> None:
    answer = client.post("/near/", {"email": "rosa@example.org", "every": "day", **given})
    assert answer.status_code == (422 if field else 302)
    assert not field or f'href="#f-{field}"' in answer.content.decode()


def test_the_same_wish_is_one_subscription(town: None) -> None:
    one = services.subscribe(Watched(street="Grand Ave"), Every.DAY, actor=ANONYMOUS, email="a@example.org")
    other = services.subscribe(Watched(street="grand avenue"), Every.DAY, actor=ANONYMOUS, email="b@example.org")
    assert one.id == other.id


def test_a_service_refuses_what_is_not_there(town: None) -> None:
    with pytest.raises(Invalid) as refused:
        services.subscribe(Watched(area_kind="moon"), Every.DAY, actor=ANONYMOUS, email="a@example.org")
    assert set(refused.value.fields) == {"area"}


def events_of(body: bytes) -> list[dict[str, str]]:
    """Read a calendar as strictly as the standard is written."""
    text = body.decode()
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    lines = text.replace("\r\n ", "").split("\r\n")[:-1]
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    found: list[dict[str, str]] = []
    for line in lines:
        name, _colon, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found:
            found[-1][name] = re.sub(r"\\(.)", lambda one: "\n" if one[1] == "n" else one[1], value)
    return found


def test_a_calendar_has_planned_and_expected_days_and_no_place_that_is_kept_back(town: None, client: Client) -> None:
    with clock.held_at(NOON):
        planned, hidden, other = report(), report("camp"), report()
        for number in (planned, hidden):
            requests.schedule(requests_id(number), actor=system("Crew"), on=date(2026, 5, 8))
        Said.objects.create(
            request_id=requests_id(other),
            at=NOON,
            half_at=NOON,
            nine_at=datetime(2026, 5, 12, 5, tzinfo=UTC),
            version=1,
        )
        answer = client.get("/near/calendar.ics?area=district:1&street=Grand+Ave")
        spanish = client.get("/es/near/calendar.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    first, second = events_of(answer.content)
    assert (first["DTSTART;VALUE=DATE"], first["DTEND;VALUE=DATE"]) == ("20260508", "20260509")
    assert first["SUMMARY"] == "Pothole, 1204 Grand Ave"
    assert first["UID"].startswith(f"{planned}@")
    assert first["STATUS"] == "CONFIRMED"
    assert (second["DTSTART;VALUE=DATE"], second["STATUS"]) == ("20260511", "TENTATIVE"), "the evening before, here"
    assert second["SUMMARY"] == "Likely done by today: Pothole, 1204 Grand Ave"
    assert "Bache" in spanish.content.decode()
    assert events_of(client.get("/near/calendar.ics?street=Nowhere").content) == []
    for rest in ("calendar.ics", "widget/"):
        assert client.get(f"/near/{rest}?area=district:none").status_code == 404


@given(st.text(max_size=200), st.text(max_size=100))
def test_no_text_breaks_a_calendar(title: str, place: str) -> None:
    one = rules.AllDay(
        "1@city.example", date(2026, 5, 8), NOON, title, "a\nb; c, d\\", place, "https://city.example/1/"
    )
    [event] = events_of(rules.calendar(place, [one], maker="x").encode("utf-8", "ignore"))
    assert event["DESCRIPTION"] == "a\nb; c, d\\"
    assert "".join(event["SUMMARY"].split()) == "".join(re.sub(r"[\x00-\x1f\x7f]", "", title).split())


def test_a_widget_of_a_street_that_is_not_there_is_none(town: None, client: Client) -> None:
    assert client.get("/near/widget/?street=Nowhere").status_code == 404


def test_the_widget_may_stand_in_any_page_and_nothing_else_may(town: None, client: Client) -> None:
    report()
    answer = client.get("/near/widget/?area=district:1")
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    assert "<form" not in answer.content.decode()
    assert "frame-ancestors 'none'" in client.get("/near/")["Content-Security-Policy"]
