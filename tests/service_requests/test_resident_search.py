"""What residents write finds what they mean: their words, both languages, the categories a city starts with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from cityhall.apps.service_requests import queries
from cityhall.apps.service_requests.contracts import CategoryInfo
from cityhall.apps.service_requests.models import Category
from cityhall.apps.service_requests.rules import matching
from cityhall.apps.service_requests.services import category_packs

pytestmark = pytest.mark.django_db

ENGLISH = {
    "the street light on my block is dark": "streetlight-out",
    "lamp post not working": "streetlight-out",
    "there is a huge hole in the road": "pothole",
    "Potholes all over 5th Ave": "pothole",
    "cracks in the street": "street-damage",
    "the sidewalk was lifted by tree roots": "sidewalk-damage",
    "my wheelchair can't get up the curb": "curb-ramp",
    "the crosswalk is faded": "crosswalk",
    "stop sign is missing": "street-sign",
    "traffic light stuck on red": "traffic-signal",
    "somebody spray painted my wall": "graffiti",
    "someone dumped a mattress": "illegal-dumping",
    "needles": "illegal-dumping",
    "they didn't pick up my trash": "missed-collection",
    "the garbage truck skipped our house": "missed-collection",
    "trash can is full at the park": "overflowing-bin",
    "dead raccoon on the road": "dead-animal",
    "weeds taller than me": "weeds",
    "a tree fell on the sidewalk": "fallen-tree",
    "branches are blocking the sign": "tree-trim",
    "broken swing": "playground",
    "no toilet paper in the restroom": "public-restroom",
    "water gushing from a pipe": "water-leak",
    "the storm drain is clogged": "blocked-drain",
    "the road is under water": "street-flooding",
    "oil in the creek": "stormwater-pollution",
    "a car that hasn't moved in weeks": "parking-72h",
    "scooters blocking the sidewalk": "shared-mobility",
    "my neighbor's music is too loud": "noise",
    "dog barking all night": "noise",
    "jackhammer at 6am": "construction-noise",
    "rats in the alley": "rodents",
    "someone is living in a tent": "encampment",
    "old man alone needs help": "welfare-concern",
}
SPANISH = {
    "el alumbrado público no sirve": "streetlight-out",
    "hay un farol fundido en mi cuadra": "streetlight-out",
    "un hoyo enorme en la calle": "pothole",
    "baches por todos lados": "pothole",
    "la calle tiene grietas": "street-damage",
    "la banqueta está levantada por las raíces": "sidewalk-damage",
    "no puedo subir con la silla de ruedas": "curb-ramp",
    "el paso de cebra está despintado": "crosswalk",
    "falta la señal de alto": "street-sign",
    "el semáforo está en rojo y no cambia": "traffic-signal",
    "pintaron mi barda con aerosol": "graffiti",
    "tiraron un colchón": "illegal-dumping",
    "hay jeringas en el suelo": "illegal-dumping",
    "no pasó el camión de la basura": "missed-collection",
    "no recogieron la basura": "missed-collection",
    "el bote del parque está lleno": "overflowing-bin",
    "un perro muerto en la calle": "dead-animal",
    "la hierba está muy alta": "weeds",
    "se cayó un árbol": "fallen-tree",
    "las ramas tapan el letrero": "tree-trim",
    "el columpio está roto": "playground",
    "el baño del parque está sucio": "public-restroom",
    "hay un tubo roto tirando agua": "water-leak",
    "la coladera está tapada": "blocked-drain",
    "la calle se inunda cuando llueve": "street-flooding",
    "aceite en el arroyo": "stormwater-pollution",
    "un carro abandonado": "abandoned-vehicle",
    "un coche que no mueven hace semanas": "parking-72h",
    "patinetas tiradas en la banqueta": "shared-mobility",
    "el vecino tiene la música muy fuerte": "noise",
    "los perros ladran toda la noche": "noise",
    "hay ratas en el callejón": "rodents",
    "alguien vive en una carpa": "encampment",
    "una anciana necesita ayuda": "welfare-concern",
}
EMERGENCIES = {
    "en": {
        "fire": "fire",
        "house on fire": "fire",
        "someone is shooting": "fire",
        "heart attack": "fire",
        "man with a gun in the park": "fire",
        "car crash, people are hurt": "fire",
        "there is a downed power line on the street": "fire",
        "my neighbor is not breathing": "fire",
        "I smell gas": "gas-leak",
        "gas leak in the street": "gas-leak",
    },
    "es": {
        "incendio": "fire",
        "hay fuego en la casa": "fire",
        "están disparando en la calle": "fire",
        "un infarto": "fire",
        "un hombre con pistola en el parque": "fire",
        "un choque con heridos": "fire",
        "hay cables caídos en la banqueta": "fire",
        "mi vecino no respira": "fire",
        "huele a gas": "gas-leak",
        "fuga de gas en la calle": "gas-leak",
    },
}
HARMLESS = {
    "en": ("bad smell from the drain", "water leak", "fireworks every night"),
    "es": ("fuga de agua", "mal olor en la coladera", "foco quemado"),
}


@cache
def pack(language: str) -> list[CategoryInfo]:
    """The categories a city starts with, without a database: there are many phrases to try."""
    found = []
    groups = {one["code"]: one["name"][language] for one in category_packs.default_categories()["groups"]}
    for one in category_packs.default_categories()["categories"]:
        row = Category(code=one["code"], name=one["name"], is_emergency=one.get("is_emergency", False))
        words = {"description": one["description"][language], "keywords": tuple(one["keywords"][language])}
        found.append(info(row, name=one["name"][language], group=groups[one["group"]], **words))
    return found


def info(row: Category, **words: Any) -> CategoryInfo:
    values: dict[str, Any] = dict.fromkeys(field.name for field in fields(CategoryInfo))
    return CategoryInfo(**{**values, "id": row.id, "code": row.code, "is_emergency": row.is_emergency, **words})


def codes(language: str, words: str) -> list[str]:
    return [one.code for one in matching(pack(language), words)]


def hint(language: str) -> str:
    """The example on the page itself, between its quotation marks."""
    with translation.override(language):
        said = translation.gettext("In your own words, such as “the streetlight at the corner is out”")
    return said.split("“")[-1].split("«")[-1].split("”")[0].split("»")[0]


@pytest.mark.parametrize(("language", "table"), [("en", ENGLISH), ("es", SPANISH)])
def test_ones_own_words_find_the_category(language: str, table: dict[str, str]) -> None:
    table = {hint(language): "streetlight-out", **table}
    missed = {
        words: codes(language, words)[:3] for words, code in table.items() if code not in codes(language, words)[:3]
    }
    assert missed == {}
    first = sum(codes(language, words)[0] == code for words, code in table.items())
    assert first / len(table) > 0.8


@pytest.mark.parametrize("language", ["en", "es"])
def test_an_emergency_comes_before_everything_else(language: str) -> None:
    found = {words: codes(language, words)[:1] for words in EMERGENCIES[language]}
    assert found == {words: [code] for words, code in EMERGENCIES[language].items()}
    for words in HARMLESS[language]:
        assert not {"fire", "gas-leak"} & set(codes(language, words)), words


@pytest.mark.parametrize("words", ["the", "no", "it is not working", "la", "no funciona", "?"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_words_that_say_nothing_find_nothing(language: str, words: str) -> None:
    assert codes(language, words) == []


def test_an_emergency_found_by_words_says_to_call(client: Client, make_category: Callable[..., Category]) -> None:
    make_category("fire", name={"en": "Fire", "es": "Fuego"}, is_emergency=True)
    make_category("hydrant", name={"en": "Fire hydrant", "es": "Hidrante"})
    body = client.get("/es/report/?q=hay+fuego+junto+al+hidrante").text
    assert body.index('href="tel:911"') < body.index('value="hydrant"')
    assert 'value="fire"' not in body
    assert 'href="tel:911"' not in client.get("/report/?q=pothole").text
    Category.objects.filter(code="hydrant").delete()
    alone = client.get("/report/?q=fire").text
    assert 'href="tel:911"' in alone
    assert "We found no kind of problem" not in alone


def test_a_citys_own_emergency_without_keywords_is_known_by_its_name(
    make_category: Callable[..., Category],
) -> None:
    make_category("levee", name={"en": "Broken levee"}, is_emergency=True)
    make_category("bench", name={"en": "Broken bench"})
    found: list[CategoryInfo] = matching(queries.categories(language="en"), "the levee is broken")
    assert [one.code for one in found] == ["levee", "bench"]
