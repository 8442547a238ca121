"""The city says once who answers for the datasets of its own records, and how they may be used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from tests.support import city
from tests.support.people import sign_in

from cityhall.apps.opendata import services
from cityhall.apps.opendata.models import Dataset
from cityhall.kernel import offers
from cityhall.kernel.actors import Actor, ActorKind
from cityhall.kernel.django.models import AuditEntry
from cityhall.kernel.django.reading import forget_lasting
from cityhall.kernel.errors import NotAllowed
from cityhall.kernel.ids import new_id
from cityhall.kernel.offers import LiveDataset

pytestmark = pytest.mark.django_db
_CONTRACT = 'name = "potholes"\ntitle = "Potholes"\nkey = "id"\n[[columns]]\nname = "id"\n'


def _write(file: Path) -> int:
    file.write_text("id\n1\n2\n")
    return 2


@pytest.fixture
def potholes(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Have one live dataset that is published; yield its 4x4."""
    city.build()
    live = {"potholes": LiveDataset("potholes", _CONTRACT, lambda: "1", _write)}
    monkeypatch.setattr(offers.live_datasets, "_entries", live)
    services.publish_live()
    forget_lasting()
    yield Dataset.objects.get().code


def test_until_somebody_chose_a_licence_none_is_stated_and_then_it_is_everywhere(potholes: str, client: Client) -> None:
    [told] = offers.setup_checks["open data terms"].check()
    assert "states no license" in told
    clerk = Client()
    sign_in(clerk, "data-steward")
    assert "state no license" in clerk.get("/desk/data/").content.decode()
    assert "Not stated" in client.get(f"/data/{potholes}/").content.decode()
    assert "license" not in json.loads(client.get("/data.json").content)["dataset"][0]

    assert clerk.post("/desk/data/own/", {"licence": " CC  BY 4.0 ", "owner": ""})["Location"] == "/desk/data/"
    page = client.get(f"/data/{potholes}/").content.decode()
    assert "CC BY 4.0" in page and "Smallville" in page and "creativecommons.org/licenses/by/4.0" in page
    listed = json.loads(client.get("/data.json").content)["dataset"][0]
    assert listed["license"].startswith("https://creativecommons.org/licenses/by/4.0")
    assert listed["publisher"]["name"] == "Smallville"
    package = json.loads(client.get("/api/3/action/package_show?id=potholes").content)["result"]
    assert (package["license_id"], package["organization"]["title"]) == ("cc-by", "Smallville")
    assert list(offers.setup_checks["open data terms"].check()) == []
    assert "state no license" not in clerk.get("/desk/data/").content.decode()
    assert AuditEntry.objects.get(action="opendata.terms_stated").data["licence"] == "CC BY 4.0"


def test_what_is_wrong_is_told_and_only_who_may_publish_says_it(potholes: str) -> None:
    clerk = Client()
    sign_in(clerk, "data-steward")
    refused = clerk.post("/desk/data/own/", {"licence": "x" * 201, "owner": "Data office"})
    assert refused.status_code == 422
    assert b'href="#licence"' in refused.content and b"Data office" in refused.content
    somebody = Actor(ActorKind.STAFF, new_id(), "S", frozenset({"requests.view"}))
    with pytest.raises(NotAllowed):
        services.state_terms(licence="CC0 1.0", actor=somebody)
    assert (
        services.state_terms(licence="", actor=Actor(ActorKind.STAFF, new_id(), "S", frozenset({"opendata.publish"})))
        is False
    )
