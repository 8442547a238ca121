"""What fuzzing found, one test for each, so that it stays mended."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.support.people import sign_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "back", ["report", "-1", "javascript:alert(1)", "//evil.example/", "https://evil.example/", ""]
)
def test_the_theme_leads_back_to_addresses_of_ours_only(client: Client, back: str) -> None:
    answer = client.post("/theme/", {"theme": "dark", "next": back})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_version_of_five_thousand_digits_is_an_incomplete_page(client: Client, number: str) -> None:
    sign_in(client, "dispatcher")
    answer = client.post(f"/desk/requests/{number}/start/", {"version": "9" * 5000, "sentence": "Begun"})
    assert answer.status_code == 400
    picked = {"pick": f"00000000-0000-0000-0000-000000000000:{'9' * 5000}", "change": "start"}
    assert client.post("/desk/bulk/", picked).status_code == 302


@pytest.mark.parametrize("address", ["/cms/images/chooser/chosen/x/", "/cms/api/main/pages/find/?id=x"])
def test_made_up_ids_at_the_content_editor_are_refused(client: Client, address: str) -> None:
    sign_in(client, "editor")
    answer = client.get(address)
    assert answer.status_code == 400
    assert b"Field &#x27;id&#x27;" not in answer.content


def test_the_language_cookie_is_no_scripts_business(client: Client) -> None:
    sign_in(client, "resident")
    answer = client.post("/account/language/", {"language": "es"})
    assert answer.cookies["django_language"]["httponly"]


def test_a_line_break_in_an_address_of_open311_is_refused_in_the_protocols_form(client: Client) -> None:
    answer = client.get("/open311/v2/requests.%0Ajson")
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/xml; charset=utf-8")
