"""mySociety's updates, both ways."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cityhall.apps.service_requests import queries, services
from cityhall.apps.service_requests.contracts import Outcome, Visibility
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS

UPDATES = "/open311/v2/servicerequestupdates.json"
NOW = datetime(2026, 6, 1, 19, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _here(city):
    with clock.held_at(NOW):
        yield


def form(number: str, status: str, text: str = "Said so.", update_id: str = "77", **more: str) -> dict[str, str]:
    return {
        "service_request_id": number,
        "update_id": update_id,
        "status": status,
        "updated_datetime": "2026-06-01T12:00:00-07:00",
        "description": text,
        **more,
    }


def state_of(number: str) -> str:
    return queries.one(number, ANONYMOUS).status.value


class TestFetching:
    def test_public_changes_with_what_became_of_the_request(self, client, pothole, file_one, worker):
        one, two = file_one(), file_one()
        services.start(one.id, actor=worker, sentence="On it.")
        services.add_note(one.id, actor=worker, text="Secret.", visibility=Visibility.INTERNAL)
        services.close(one.id, actor=worker, outcome=Outcome.FIXED, sentence="Filled.")
        services.close(two.id, actor=worker, outcome=Outcome.NOT_CITY, sentence="The state's road.")
        services.contest(one.id, actor=ANONYMOUS, sentence="Still there.", token=one.private_token)
        found = client.get(UPDATES).json()
        assert [(row["service_request_id"], row["status"]) for row in found] == [
            (one.number, "in_progress"),
            (one.number, "fixed"),
            (two.number, "not_councils_responsibility"),
            (one.number, "reopen"),
        ]
        assert [row["description"] for row in found] == ["On it.", "Filled.", "The state's road.", "Still there."]
        assert {row["updated_datetime"] for row in found} == {"2026-06-01T12:00:00-07:00"}
        assert len({row["update_id"] for row in found}) == 4
        assert found[1]["external_status_code"] == "fixed"
        root = client.get(UPDATES.replace("json", "xml")).content.decode()
        assert "<service_request_updates><request_update><update_id>" in root

    def test_between_two_times(self, client, pothole, file_one, worker):
        with clock.held_at(NOW - timedelta(days=4)):
            request = file_one()
        for days in (3, 2, 1):
            with clock.held_at(NOW - timedelta(days=days)):
                services.add_note(request.id, actor=worker, text=f"{days} days ago", visibility=Visibility.PUBLIC)

        def texts(**query: Any) -> list[str]:
            return [row["description"] for row in client.get(UPDATES, query).json()]

        start = (NOW - timedelta(days=2, hours=1)).isoformat()
        assert texts() == ["3 days ago", "2 days ago", "1 days ago"]
        assert texts(start_date=start) == ["2 days ago", "1 days ago"]
        assert texts(start_date=start, end_date=(NOW - timedelta(days=2)).isoformat()) == ["2 days ago"]
        assert client.get(UPDATES, {"start_date": "never"}).status_code == 400

    def test_a_withheld_text_stays_withheld(self, client, make_category, file_one, worker):
        make_category("welfare", place_policy="withheld", text_policy="withheld", photo_policy="withheld")
        request = file_one("welfare")
        services.close(request.id, actor=worker, outcome=Outcome.FIXED, sentence="Done.")
        services.contest(request.id, actor=ANONYMOUS, sentence="Ann is still ill.", token=request.private_token)
        assert "Ann" not in client.get(UPDATES).content.decode()


class TestPosting:
    def test_it_needs_a_key_that_may_write(self, client, pothole, file_one, key):
        number = file_one().number
        for more in ({}, {"api_key": "nonsense"}, {"api_key": key("requests.write")}):
            answer = client.post(UPDATES, form(number, "OPEN", **more))
            assert answer.status_code == 403
            assert answer.json()[0]["description"].startswith("api_key")

    @pytest.mark.parametrize(
        ("status", "becomes"),
        [
            ("IN_PROGRESS", "in_progress"),
            ("INVESTIGATING", "in_progress"),
            ("PLANNED", "scheduled"),
            ("ACTION_SCHEDULED", "scheduled"),
            ("INTERNAL_REFERRAL", "referred"),
            ("FIXED", "fixed"),
            ("CLOSED", "closed"),
            ("NO_FURTHER_ACTION", "closed"),
            ("NOT_COUNCILS_RESPONSIBILITY", "closed"),
            ("CANCELLED", "closed"),
            ("OPEN", "received"),
            ("UNCHANGED", "received"),
            ("FOR_TRIAGE", "received"),
            ("fixed", "fixed"),
        ],
    )
    def test_a_status_moves_the_request(self, client, pothole, file_one, key, status, becomes):
        number = file_one().number
        mine = key("open311.write", "requests.write")
        answer = client.post(UPDATES, form(number, status, api_key=mine))
        assert answer.status_code == 200, answer.content
        assert state_of(number) == becomes
        [sent] = client.get(UPDATES).json()
        assert answer.json() == [{"update_id": sent["update_id"]}]
        assert sent["description"] == "Said so."

    def test_the_same_update_counts_once(self, client, pothole, file_one, key):
        number = file_one().number
        mine = key("open311.write", "requests.write")
        first = client.post(UPDATES, form(number, "UNCHANGED", api_key=mine))
        again = client.post(UPDATES, form(number, "UNCHANGED", api_key=mine))
        assert (first.status_code, again.status_code) == (200, 200)
        assert first.json() == again.json()
        client.post(UPDATES, form(number, "UNCHANGED", update_id="78", api_key=mine))
        assert len(client.get(UPDATES).json()) == 2

    def test_an_update_sent_again_counts_once_though_the_request_went_on_meanwhile(
        self, client, pothole, file_one, key, worker
    ):
        request = file_one()
        sent = form(request.number, "PLANNED", api_key=key("open311.write", "requests.write"))
        first = client.post(UPDATES, sent)
        services.close(request.id, actor=worker, outcome=Outcome.FIXED, sentence="Filled.")
        again = client.post(UPDATES, sent)
        assert (first.status_code, again.status_code) == (200, 200), again.content
        assert first.json() == again.json()
        assert state_of(request.number) == "fixed"

    def test_a_duplicate_names_the_other(self, client, pothole, file_one, key):
        root, copy = file_one().number, file_one().number
        mine = key("open311.write", "requests.write")
        answer = client.post(UPDATES, form(copy, "DUPLICATE", api_key=mine))
        assert (answer.status_code, answer.json()[0]["description"].split(":")[0]) == (400, "duplicate_of")
        assert client.post(UPDATES, form(copy, "DUPLICATE", api_key=mine, duplicate_of=root)).status_code == 200
        assert state_of(copy) == "duplicate"

    def test_a_key_that_may_only_file_cannot_close_but_may_contest(self, client, pothole, file_one, key, worker):
        request = file_one()
        mine = key("open311.write")
        answer = client.post(UPDATES, form(request.number, "FIXED", api_key=mine))
        assert answer.status_code == 403
        assert answer.json()[0]["description"].startswith("status")
        assert state_of(request.number) == "received"
        services.close(request.id, actor=worker, outcome=Outcome.FIXED, sentence="Filled.")
        assert client.post(UPDATES, form(request.number, "OPEN", "No!", api_key=mine)).status_code == 200
        assert state_of(request.number) == "contested"

    def test_words_of_a_key_that_may_only_file_are_read_by_staff_first(self, client, pothole, file_one, key):
        number = file_one().number
        assert client.post(UPDATES, form(number, "UNCHANGED", api_key=key("open311.write"))).status_code == 200
        assert client.get(UPDATES).json() == []

    def test_reopening(self, client, pothole, file_one, key, worker):
        request = file_one()
        services.close(request.id, actor=worker, outcome=Outcome.FIXED, sentence="Filled.")
        mine = key("open311.write", "requests.write")
        assert client.post(UPDATES, form(request.number, "REOPEN", api_key=mine)).status_code == 200
        assert state_of(request.number) == "received"

    @pytest.mark.parametrize(
        ("changes", "status", "name"),
        [
            ({"status": "BROKEN"}, 400, "status"),
            ({"status": ""}, 400, "status"),
            ({"update_id": ""}, 400, "update_id"),
            ({"service_request_id": ""}, 400, "service_request_id"),
            ({"service_request_id": "9-999"}, 404, "service_request_id"),
            ({"updated_datetime": ""}, 400, "updated_datetime"),
            ({"updated_datetime": "today"}, 400, "updated_datetime"),
            ({"description": "", "status": "FIXED"}, 400, "description"),
            ({"description": "x" * 2001}, 400, "description"),
        ],
    )
    def test_what_is_wrong_is_named(self, client, pothole, file_one, key, changes, status, name):
        number = file_one().number
        mine = key("open311.write", "requests.write")
        answer = client.post(UPDATES, {**form(number, "OPEN", api_key=mine), **changes})
        assert answer.status_code == status
        assert name in {problem["description"].split(":")[0] for problem in answer.json()}

    def test_trying(self, client, pothole, file_one, key):
        number = file_one().number
        mine = key("open311.write", "requests.write")
        answer = client.post(UPDATES.replace("/v2/", "/test/v2/"), form(number, "FIXED", api_key=mine))
        assert answer.status_code == 200
        assert state_of(number) == "received"
