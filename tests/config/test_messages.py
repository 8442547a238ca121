"""The interface in Spanish: the catalogue is whole, and no English is left on the pages residents read."""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.test import Client
from django.utils import translation
from django.utils.translation import trans_real
from tests.support import city
from tests.support.people import sign_in

from cityhall.apps.notify import public as notify
from cityhall.apps.service_requests import services
from cityhall.apps.service_requests.contracts import NewRequest, Place
from cityhall.apps.service_requests.models import Category, CategoryGroup, Question
from cityhall.apps.service_requests.web import resident_words
from cityhall.config import messages
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS
from cityhall.kernel.django import dates

NOW = datetime(2026, 3, 5, 17, 14, tzinfo=UTC)
HTML = {"HTTP_ACCEPT": "text/html"}

# Words that English cannot do without and Spanish does not have. Names, codes and quoted texts are left out below.
ENGLISH = re.compile(
    r"\b(the|and|of|with|your|you|is|are|was|were|this|that|these|to|for|from|by|or|not|what|where|when|which|who|how|"
    r"all|any|none|open|closed|request|requests|report|reported|sign|search|save|close|reply|change|choose|day|days|ago|"
    r"block|late|yes|number|place|photo|photos|show|map|more|please|new|other|back|page|home|account|staff|help|"
    r"street|email|e-mail|name|password|code|enter|continue|send|skip|main|light|dark)\b",
    re.IGNORECASE,
)
_NOT_OURS = re.compile(
    r"<(script|style|code|svg)\b.*?</\1>"  # what is not text
    r"|<blockquote\b.*?</blockquote>"  # what a resident wrote
    r"|<meta name=\"(?:color-scheme|viewport)\"[^>]*>"
    r"|<a [^>]*\bhreflang=.*?</a>",  # the way to the same page in English
    re.DOTALL,
)
_READ_ALOUD = re.compile(r"\b(?:alt|title|placeholder|aria-label|content|data-[a-z-]+)=\"([^\"]*[ ][^\"]*)\"")
_NAMES = re.compile(r"\d+ Grand Ave|Grand Ave|\d+(?:th|st) St|Smallville|JavaScript|smallville")


@pytest.fixture(scope="module", autouse=True)
def compiled() -> Iterator[None]:
    """Compile the catalogues, and let Django read them again: it keeps what it read when it started."""
    messages.compile_catalogs()
    trans_real._translations.clear()  # type: ignore[attr-defined]  # Django has no public way
    translation.activate("en")
    yield


def english_in(page: str) -> list[str]:
    """Return the pieces of text of a page that hold an English word."""
    page = _NOT_OURS.sub(" ", page)
    pieces = [*re.split(r"<[^>]*>", page), *_READ_ALOUD.findall(page)]
    texts = [" ".join(_NAMES.sub("", html.unescape(piece)).split()) for piece in pieces]
    return [text for text in texts if ENGLISH.search(re.sub(r"https?://\S+", "", text))]


# -- the catalogue -----------------------------------------------------------------------------------------------


def test_every_text_has_its_spanish_with_the_same_placeholders() -> None:
    assert messages.problems() == []


def catalog() -> list[tuple[tuple[str, ...], tuple[str, ...], set[str]]]:
    with Path(messages.catalog_file("es")).open("rb") as file:
        entries = read_po(file, locale="es")
    return [
        (
            entry.id if isinstance(entry.id, tuple) else (str(entry.id),),
            entry.string if isinstance(entry.string, tuple) else (str(entry.string),),
            set(entry.flags),
        )
        for entry in entries
        if entry.id
    ]


def test_no_spanish_text_is_a_guess() -> None:
    assert [forms[0] for forms, _texts, flags in catalog() if "fuzzy" in flags] == []


def test_a_text_begins_and_ends_like_its_english() -> None:
    """A stray blank, a lost full stop or a question without its opening mark shows on every page that says it."""
    wrong = []
    for forms, texts, _flags in catalog():
        for form, text in zip((forms[0], forms[-1]), (texts[0], texts[-1]), strict=True):
            ends = form.endswith((".", ":", "?", "…")) and text[-1] != form[-1]
            if ends or text != text.strip() or text.count("?") != text.count("¿") + ("?query" in text):
                wrong.append((form, text))
    assert [pair for pair in wrong if "/ ? ." not in pair[0]] == []


def test_people_are_spoken_to_as_usted() -> None:
    familiar = re.compile(
        r"\b(tú|tu|tus|te|ti|contigo|puedes|quieres|tienes|debes|necesitas|haz clic|vosotros|vuestr[oa]s?)\b",
        re.IGNORECASE,
    )
    assert [text for _forms, texts, _flags in catalog() for text in texts if familiar.search(text)] == []


def test_one_word_for_one_thing() -> None:
    """What the glossary calls a "solicitud" is never a "ticket", and mail is not "el e-mail"."""
    foreign = re.compile(r"\b(tickets?|e-?mails?|links?|clickear|clickee|login|password|reporte de servicio)\b", re.I)
    said = [re.sub(r"%\(\w+\)", "", text) for _forms, texts, _flags in catalog() for text in texts]
    assert [text for text in said if foreign.search(text)] == []


# -- dates, numbers, places ----------------------------------------------------------------------------------------


def test_dates_numbers_and_blocks_are_written_as_spanish_is_written_here(client: Client) -> None:
    with translation.override("es"), clock.held_at(NOW):
        assert dates.day(NOW) == "5 de marzo de 2026"
        assert dates.short_day(NOW) == "5 mar"
        assert dates.moment(NOW).startswith("5 de marzo de 2026, ")
        assert dates.ago(NOW - timedelta(minutes=1)) == "hace 1 minuto"
        assert dates.ago(NOW - timedelta(hours=3)) == "hace 3 horas"
        assert resident_words.street_sign("Bache", "1200 block of Grand Ave") == "Bache en la cuadra 1200 de Grand Ave"
        assert resident_words.address_words("1200 block of Grand Ave") == "Cuadra 1200 de Grand Ave"
        assert resident_words.street_sign("Bache", "Grand Ave and 5th St") == "Bache en Grand Ave y 5th St"
    with translation.override("en"):
        assert resident_words.address_words("1200 block of Grand Ave") == "1200 block of Grand Ave"


# -- the pages -----------------------------------------------------------------------------------------------------


@pytest.fixture
def smallville(db: None) -> Category:
    city.build()
    group = CategoryGroup.objects.create(code="streets", name={"en": "Streets", "es": "Calles"})
    pothole = Category.objects.create(
        code="pothole",
        group=group,
        name={"en": "Pothole", "es": "Bache"},
        description={"en": "A hole in the road", "es": "Un hoyo en la calle"},
        keywords={"en": ["crater"], "es": ["hoyo"]},
        target_days=5,
    )
    Category.objects.create(
        code="wire", group=group, name={"en": "Downed wire", "es": "Cable caído"}, is_emergency=True
    )
    Question.objects.create(
        category=pothole,
        code="size",
        text={"en": "How big is it?", "es": "¿De qué tamaño es?"},
        datatype="singlevaluelist",
        required=True,
        values=[{"key": "small", "name": {"en": "Small", "es": "Pequeño"}}],
    )
    return pothole


def filed(**fields: object) -> str:
    new = NewRequest(
        "pothole",
        Place(*city.CENTER, address="1202 Grand Ave"),
        answers={"size": "small"},
        description="Hoyo hondo.",
        language="es",
        **fields,  # type: ignore[arg-type]  # a test's own few fields
    )
    return services.file_request(new, actor=ANONYMOUS).number


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/es/",
        "/es/requests/",
        "/es/requests/?view=map",
        "/es/requests/?q=nada-de-nada",
        "/es/requests/NUMBER/",
        "/es/requests/NUMBER/report-abuse/",
        "/es/requests/0-001/",
        "/es/report/",
        "/es/report/?q=hoyo",
        "/es/report/?q=nada-de-nada",
        "/es/report/emergency/wire/",
        "/es/account/sign-in/",
        "/es/account/staff/",
        "/es/account/password/forgotten/",
        "/es/about/accessibility/",
        "/es/about/not-built-yet/",
        "/es/no-existe/",
    ],
)
def test_a_public_page_is_spanish_throughout(smallville: Category, path: str) -> None:
    page = Client().get(path.replace("NUMBER", filed()), **HTML).text
    assert '<html lang="es"' in page
    assert english_in(page) == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/es/me/", "/es/account/", "/es/account/erase/", "/es/account/sessions/"])
def test_a_residents_own_page_is_spanish_throughout(smallville: Category, path: str) -> None:
    client = Client()
    sign_in(client, "resident")
    page = client.get(path, **HTML).text
    assert '<html lang="es"' in page
    assert [text for text in english_in(page) if "@" not in text] == []


@pytest.mark.django_db
def test_every_step_of_a_report_is_spanish_its_errors_too(smallville: Category) -> None:
    client = Client()

    def look(path: str, data: dict[str, str] | None = None) -> str:
        sent = client.get(path) if data is None else client.post(path, data)
        while sent.status_code == 302:
            sent = client.get(sent["Location"])
        assert english_in(sent.text) == [], path
        return sent.text

    filed()  # so that something like it is nearby
    with clock.held_at(NOW):
        look("/es/report/", {"begin": "photo"})
        look("/es/report/photo/", {})
        assert "Escriba una dirección o un cruce" in look("/es/report/place/", {"q": ""})
        assert "No pudimos encontrar esta dirección" in look("/es/report/place/", {"q": "Zzyzx Xyzzy"})
        look("/es/report/place/", {"q": "1202 Grand Ave"})
        assert "Elija cuál es el problema." in look("/es/report/what/", {})
        look("/es/report/what/", {"category": "pothole"})
        assert "Responda a «" in look("/es/report/questions/", {"shown": "size"})
        look("/es/report/questions/", {"shown": "size", "answers.size": "small", "description": "Muy hondo."})
        look("/es/report/contact/", {"email": "esto no es"})
        look("/es/report/contact/", {})
        page = look("/es/report/check/")
    command = re.search(r'name="command_id" value="([^"]+)"', page)
    assert command
    with clock.held_at(NOW + timedelta(minutes=2)):
        receipt = look("/es/report/check/", {"command_id": command[1]})
    assert "Recibimos su reporte" in receipt


@pytest.mark.django_db
def test_mail_is_spanish_for_whoever_reads_spanish(smallville: Category) -> None:
    from cityhall.apps.notify.models import Message

    notify.follow("request", uuid.uuid4(), email="maria@example.org", language="es")
    written = [f"{message.subject}\n{message.text}" for message in Message.objects.all()]
    assert written
    assert [english_in(text) for text in written] == [[]]
