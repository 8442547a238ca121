from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cityhall.apps.service_requests import queries, services
from cityhall.apps.service_requests.contracts import Contact, Filed, NewRequest, Place, RequestFilter
from cityhall.apps.service_requests.models import Category, Reporter, ServiceRequest
from cityhall.kernel.actors import ANONYMOUS, Actor
from cityhall.kernel.errors import Invalid

File = Callable[..., Filed]


def test_an_emergency_says_911_and_is_not_filed(make_category: Callable[..., Category], file_one: File) -> None:
    make_category("gas-leak", is_emergency=True)
    with pytest.raises(Invalid) as refused:
        file_one("gas-leak")
    assert refused.value.code == "emergency"
    assert "911" in str(refused.value.fields["category_code"])
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"place": Place()}, "place"),
        ({"place": Place(lat=32.7)}, "place"),
        ({"place": Place(lat=932.7, lon=0.0)}, "place"),
        ({"description": "x" * 4001}, "description"),
        ({"contact": Contact(email="nobody")}, "contact.email"),
        ({"answers": {"depth": "deep"}}, "answers.depth"),
        ({"answers": {}}, "answers.depth"),
        ({"answers": {"depth": "1", "colour": "red"}}, "answers.colour"),
    ],
)
def test_what_is_wrong_is_named(
    make_category: Callable[..., Category], file_one: File, fields: dict[str, Any], wrong: str
) -> None:
    make_category("pothole", questions=[{"code": "depth", "datatype": "number", "required": True}])
    with pytest.raises(Invalid) as refused:
        file_one(**{"answers": {"depth": "3"}, **fields})
    assert set(refused.value.fields) == {wrong}


def test_the_contact_is_nowhere_public(pothole: Category, file_one: File, contact: Contact) -> None:
    filed = file_one(contact=contact, description="A hole")
    for seen in (
        queries.one(filed.number, ANONYMOUS),
        queries.history(filed.id, ANONYMOUS),
        queries.published(RequestFilter(), ANONYMOUS),
    ):
        assert not {"Rosa", "rosa@example.org", "555 0100"} & set(repr(seen).replace("'", " ").split())
    assert Reporter.objects.get(request_id=filed.id).email == "rosa@example.org"


def test_the_reporter_sees_the_own_text_by_the_private_token(home: Category, file_one: File) -> None:
    filed = file_one("housing", description="My landlord cut the heat")
    assert queries.one(filed.number, ANONYMOUS).description == ""
    mine = queries.one(filed.number, ANONYMOUS, token=filed.private_token)
    assert (mine.description, mine.is_mine, mine.lat) == ("My landlord cut the heat", True, 32.7157)
    assert queries.one(filed.number, ANONYMOUS, token="wrong").description == ""


def test_text_of_strangers_waits_where_the_category_says_so(
    make_category: Callable[..., Category], file_one: File, dispatcher: Actor
) -> None:
    make_category("pothole", moderation="waits")
    filed = file_one(description="Buy watches")
    seen = queries.one(filed.number, ANONYMOUS)
    assert (seen.description, seen.text_state) == ("", "waiting")
    services.moderate(filed.id, actor=dispatcher, version=1, show_text=True)
    assert queries.one(filed.number, ANONYMOUS).description == "Buy watches"


def test_nearby_shows_open_ones_of_the_kind(pothole: Category, home: Category, file_one: File) -> None:
    near, _far = file_one(at=(32.71575, -117.1611)), file_one(at=(32.7257, -117.1611))
    file_one("housing")
    found = queries.nearby_open("pothole", 32.7157, -117.1611)
    assert [one.request.number for one in found] == [near.number]
    assert 4 < found[0].metres < 7


def test_pages_join_without_loss(pothole: Category, file_one: File) -> None:
    filed = [file_one().number for _ in range(7)]
    seen: list[str] = []
    after = ""
    while True:
        page = queries.published(RequestFilter(), ANONYMOUS, after=after, limit=3)
        seen += [one.number for one in page.items]
        if not (after := page.next):
            break
    assert seen == filed[::-1]


def test_a_point_needs_no_address(pothole: Category) -> None:
    filed = services.file_request(NewRequest("pothole", Place(32.7, -117.1)), actor=ANONYMOUS)
    assert queries.one(filed.id, ANONYMOUS).lat == 32.7
