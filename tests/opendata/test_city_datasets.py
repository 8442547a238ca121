"""The city's own datasets: what each holds, and that the page which lists them says what is so."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.service_requests.conftest import file_one, make_category, pothole
from tests.support import city

from cityhall.apps.identity import public as identity
from cityhall.apps.opendata import services as opendata
from cityhall.apps.opendata.models import Snapshot
from cityhall.apps.opendata.rules import contract_files
from cityhall.apps.service_requests import public as requests
from cityhall.apps.service_requests import queries, services
from cityhall.apps.service_requests.contracts import Outcome, Visibility
from cityhall.kernel import offers
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind, system
from cityhall.kernel.ids import new_id

__all__ = ["file_one", "make_category", "pothole"]

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "city-datasets.md"
BY = Actor(ActorKind.STAFF, new_id(), "Dana Dispatcher", frozenset({"requests.view", "requests.work"}))


def written(name: str, folder: Path) -> list[dict[str, str]]:
    file = folder / "rows.csv"
    count = offers.live_datasets[name].write(file)
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert len(rows) == count
    return rows


def sections() -> Iterator[tuple[str, str]]:
    for part in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        heading, _, text = part.partition("\n")
        yield heading.strip("`"), text


def test_the_page_lists_each_with_its_key_promise_and_columns() -> None:
    told = dict(sections())
    assert told.keys() == {one.name for one in offers.live_datasets}
    for live in offers.live_datasets:
        contract, text = contract_files.read(live.contract), told[live.name]
        assert contract.name == live.name
        assert f"Key: {', '.join(f'`{one}`' for one in contract.key)}." in text
        assert f"`{contract.fresh_within}`" in text
        assert re.findall(r"^\| `([a-z_]+)` \| (\w+) \|", text, re.M) == [
            (one.name, one.type.value) for one in contract.columns
        ]


def test_every_text_of_a_contract_is_in_both_languages() -> None:
    for live in offers.live_datasets:
        contract = contract_files.read(live.contract)
        for texts in (contract.title, contract.description, *(one.title for one in contract.columns)):
            assert texts.keys() == {"en", "es"}, texts
        assert all(one.description.keys() in (set(), {"en", "es"}) for one in contract.columns)


@pytest.mark.django_db
def test_events_are_what_each_request_s_own_page_shows(
    tmp_path: Path, make_category: Callable[..., Any], file_one: Callable[..., Any]
) -> None:
    city.build()
    for text in ("exact", "withheld"):
        make_category(f"words-{text}", text_policy=text)
    shown, kept, down = (file_one(f"words-{text}") for text in ("exact", "withheld", "exact"))
    for one in (shown, kept, down):
        services.start(one.id, actor=BY, sentence="On our way.")
        services.add_note(one.id, actor=BY, text="An internal word.", visibility=Visibility.INTERNAL)
        services.close(one.id, actor=BY, outcome=Outcome.FIXED, sentence="Filled.")
        services.reopen(one.id, actor=system("Desk"), sentence="Not yet.")
    services.moderate(down.id, actor=system("Desk"), hidden=True)

    found = written("service-request-events", tmp_path)
    told = {
        (str(event.id), one.number, event.fact.value, event.text)
        for one in (shown, kept)
        for event in queries.history(one.id, ANONYMOUS, language="en")
    }
    assert {(row["event_id"], row["number"], row["event"], row["words"]) for row in found} == told
    assert {row["done_by"] for row in found} == {"city", "resident"}
    [closed] = [row for row in found if row["event"] == "closed" and row["number"] == shown.number]
    assert (closed["was"], closed["became"], closed["outcome"]) == ("in_progress", "closed", "fixed")
    everything = json.dumps(found)
    assert "Dana" not in everything
    assert "internal word" not in everything
    assert down.number not in everything


@pytest.mark.django_db
def test_categories_are_in_both_languages_with_their_department(
    tmp_path: Path, make_category: Callable[..., Any]
) -> None:
    streets = identity.ensure_department("streets", {"en": "Streets", "es": "Calles"})
    make_category("pothole", target_days=5, department_id=streets)
    make_category("old", is_active=False, place_policy="withheld")
    old, pothole = written("request-categories", tmp_path)
    assert (pothole["name"], pothole["name_es"]) == ("Pothole", "pothole (es)")
    assert (pothole["department"], pothole["department_es"], pothole["target_days"]) == ("Streets", "Calles", "5")
    assert (old["is_offered"], old["place_shown"], old["department"]) == ("False", "withheld", "")


@pytest.mark.django_db
def test_places_are_what_the_city_loaded(tmp_path: Path) -> None:
    city.build()
    [area] = written("areas", tmp_path)
    assert (area["kind"], area["code"], area["name"], area["name_es"]) == (
        "district", "1", "District 1", "Distrito 1"
    )  # fmt: skip
    assert json.loads(area["outline"])["coordinates"][0][0] == [-117.17, 32.71]
    assert abs(float(area["lat"]) - city.CENTER[0]) < 0.01
    assert {row["address"] for row in written("addresses", tmp_path)} == {
        "1202 Grand Ave", "1204 Grand Ave", "502 5th St"
    }  # fmt: skip
    first, _ = written("assets", tmp_path)
    assert (first["layer"], first["code"], first["label"], first["label_es"]) == (
        "streetlights", "L-1", "Streetlight L-1", "Luminaria L-1"
    )  # fmt: skip


@pytest.mark.django_db
def test_each_fits_its_contract_and_is_written_once(pothole: Any, file_one: Callable[..., Any]) -> None:
    city.build()
    file_one("pothole")
    requests.add_up_tallies()
    assert opendata.publish_live() == len(offers.live_datasets) == 7
    assert set(Snapshot.objects.values_list("quarantined", flat=True)) == {0}
    assert min(Snapshot.objects.values_list("rows", flat=True)) == 1
    assert opendata.publish_live() == 0
