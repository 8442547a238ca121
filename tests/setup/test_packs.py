"""Category packs: the one that ships is whole in both languages, and a wrong one is told what is wrong where."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cityhall.apps.identity.public import ensure_department
from cityhall.apps.places.public import set_city
from cityhall.apps.service_requests import public
from cityhall.apps.service_requests.queries.packs import category_pack
from cityhall.apps.service_requests.rules import packs
from cityhall.apps.service_requests.services.category_packs import _shipped
from cityhall.kernel.errors import Invalid

LANGUAGES = {"en", "es"}
#: About somebody's home, car or person: what may be seen of the place, at most.
NOT_EXACT = ("missed-collection", "parking-72h", "noise", "construction-noise", "property-condition", "rodents",
             "encampment", "welfare-concern", "other")  # fmt: skip


@pytest.fixture(scope="module")
def shipped() -> dict[str, Any]:
    return dict(public.read_category_pack())


def texts(one: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every translated text of a pack, by its place."""
    if isinstance(one, dict):
        for key, value in one.items():
            if key in {"name", "description", "notice", "text", "hint", "keywords"}:
                yield f"{path}.{key}", value
            else:
                yield from texts(value, f"{path}.{key}")
    elif isinstance(one, list):
        for at, value in enumerate(one):
            yield from texts(value, f"{path}[{value.get('code', at) if isinstance(value, dict) else at}]")


def test_the_pack_that_ships_says_everything_in_both_languages(shipped: dict[str, Any]) -> None:
    lacking = [path for path, value in texts(shipped) if set(value) != LANGUAGES or not all(value.values())]
    assert lacking == []
    assert len(shipped["categories"]) == 40
    assert {one["group"] for one in shipped["categories"]} == {one["code"] for one in shipped["groups"]}
    assert all({"name", "description", "keywords"} <= set(one) for one in shipped["categories"])
    same = [path for path, value in texts(shipped["categories"]) if value["en"] == value["es"] != "No"]
    assert same == []


def test_it_asks_every_kind_of_question_and_some_only_when_they_matter(shipped: dict[str, Any]) -> None:
    questions = [one for category in shipped["categories"] for one in category.get("questions", [])]
    kinds = {one["datatype"] for one in questions}
    assert kinds == {"string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"}
    assert sum("when_code" in one for one in questions) >= 4
    assert any(one.get("variable") is False for one in questions)


def test_it_promises_a_day_for_all_work_and_sends_emergencies_to_911(shipped: dict[str, Any]) -> None:
    for one in shipped["categories"]:
        if one.get("is_emergency"):
            assert all("911" in text for text in one["description"].values()), one["code"]
            assert "target_days" not in one
        else:
            assert 1 <= one["target_days"] <= 45, one["code"]
            assert one["department"], one["code"]
    assert sum(bool(one.get("is_emergency")) for one in shipped["categories"]) == 2


def test_it_shows_streets_exactly_homes_roughly_and_people_not_at_all(shipped: dict[str, Any]) -> None:
    policy = {one["code"]: one for one in shipped["categories"]}
    for code in NOT_EXACT:
        assert policy[code].get("place_policy") in {"generalised", "withheld"}, code
    assert policy["welfare-concern"]["place_policy"] == "withheld"
    for group in ("streets", "lights", "green", "water"):
        found = [one for one in shipped["categories"] if one["group"] == group]
        assert all(one.get("place_policy", "exact") == "exact" for one in found), group
    for code in ("abandoned-vehicle", "parking-72h"):
        plate = next(one for one in policy[code]["questions"] if one["code"] == "plate")
        assert plate["is_public"] is False
    assert {one["asset_layer"] for one in shipped["categories"] if one.get("asset_layer")} >= {
        "streetlights", "signals", "signs", "trees", "hydrants"
    }  # fmt: skip


def first(pack: dict[str, Any], code: str) -> dict[str, Any]:
    return next(one for one in pack["categories"] if one["code"] == code)


def _no_english(pack: dict[str, Any]) -> None:
    del first(pack, "pothole")["name"]["en"]


def _strange_group(pack: dict[str, Any]) -> None:
    first(pack, "pothole")["group"] = "roads"


def _late_condition(pack: dict[str, Any]) -> None:
    first(pack, "streetlight-out")["questions"][0] |= {"when_code": "wires", "when_values": ["yes"]}


def _answer_nobody_gives(pack: dict[str, Any]) -> None:
    first(pack, "streetlight-out")["questions"][1]["when_values"] = ["burnt"]


def _no_choices(pack: dict[str, Any]) -> None:
    first(pack, "pothole")["questions"][0]["values"] = []


def _quiet_emergency(pack: dict[str, Any]) -> None:
    first(pack, "gas-leak")["description"]["es"] = "Huele a gas."


def _twice(pack: dict[str, Any]) -> None:
    pack["categories"].append(first(pack, "pothole"))


def _misspelt(pack: dict[str, Any]) -> None:
    first(pack, "pothole")["target_day"] = 4


@pytest.mark.parametrize(
    ("spoil", "field", "mend"),
    [
        (_no_english, "categories[1] pothole: name.en", "is needed"),
        (_strange_group, "categories[1] pothole: group", "[[groups]]"),
        (_late_condition, "categories[7] streetlight-out: questions[1] kind: when_code", "earlier question"),
        (_answer_nobody_gives, "categories[7] streetlight-out: questions[2] wires: when_values", "'burnt'"),
        (_no_choices, "categories[1] pothole: questions[1] size: values", "list what can be chosen"),
        (_quiet_emergency, "categories[39] gas-leak: description", "911"),
        (_twice, "categories[41] pothole: code", "used twice"),
        (_misspelt, "categories[1] pothole: target_day", "target_days"),
    ],
)
def test_what_is_wrong_in_a_pack_is_named_by_its_place_with_its_mend(
    shipped: dict[str, Any], spoil: Callable[[dict[str, Any]], None], field: str, mend: str
) -> None:
    pack = copy.deepcopy(shipped)
    spoil(pack)
    [found] = packs.problems(pack)
    assert found.field == field
    assert mend in found.mend


@pytest.mark.parametrize("text", ["categories = 3", "categories = [1]", "[[categories]]\nname = 4\nquestions = 7", ""])
def test_nonsense_is_refused_and_nothing_is_written(db: None, tmp_path: Path, text: str) -> None:
    file = tmp_path / "pack.toml"
    file.write_text(text)
    with pytest.raises(Invalid):
        public.load_category_pack(file)
    assert public.categories("en", everything=True) == ()


def test_a_pack_without_a_language_of_the_city_is_told_and_takes_no_translation_away(db: None, tmp_path: Path) -> None:
    set_city(name="Norfolk", languages=["en", "es"])
    public.load_category_pack()
    before = public.export_category_pack()
    file = tmp_path / "pack.toml"
    file.write_text(re.sub(r", es = (\"[^\"]*\"|\[[^\]]*\])", "", _shipped()), encoding="utf-8")
    look = public.look_at_category_pack(file)
    assert look.categories == 40
    assert (look.changed, look.added) == ([], [])
    [told] = look.lacking
    assert told.startswith("No es: departments[1] streets: name and ")
    public.load_category_pack(file)
    assert public.export_category_pack() == before


def test_what_a_pack_would_change_is_told_before_it_is_loaded(db: None, tmp_path: Path) -> None:
    ensure_department("streets", {"en": "Public Works", "es": "Obras"})
    look = public.look_at_category_pack()
    assert look.changed == ["departments streets: 'Public Works' becomes 'Streets', 'Obras' becomes 'Calles'"]
    assert look.is_first
    assert "categories pothole" in look.added
    public.load_category_pack()
    assert (public.look_at_category_pack().changed, public.look_at_category_pack().added) == ([], [])
    pack = copy.deepcopy(dict(public.read_category_pack()))
    first(pack, "pothole")["target_days"] = 9
    first(pack, "pothole")["questions"].pop()
    del first(pack, "gas-leak")["keywords"]
    assert packs.changed(pack, category_pack()) == [
        "categories pothole: target_days changes, questions changes", "categories gas-leak: keywords changes"
    ]  # fmt: skip


def test_a_catalogue_that_is_written_down_and_loaded_again_is_the_same(db: None, tmp_path: Path) -> None:
    public.load_category_pack()
    ensure_department("works", {"en": 'Public "Works"', "es": "Obras"})
    text = public.export_category_pack()
    file = tmp_path / "pack.toml"
    file.write_text(text, encoding="utf-8")
    assert public.load_category_pack(file) == 40
    assert public.export_category_pack() == text
    assert len(tomllib.loads(text)["departments"]) == 9
