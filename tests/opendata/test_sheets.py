"""A workbook of several sheets: which was read is said, another is chosen, and nobody's words stay in the others."""

from __future__ import annotations

import io
import uuid
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.support.people import sign_in

from cityhall.apps.opendata import public
from cityhall.apps.opendata.imports import brought
from cityhall.apps.opendata.models import Draft
from cityhall.apps.opendata.queries import desk
from cityhall.apps.opendata.services import draft_keeping
from cityhall.kernel.errors import Invalid
from cityhall.kernel.offers import Person

SHEETS = {
    "Notes": [["Read me first"]],
    "Trees": [["id", "kind"], [1, "Oak"], [2, "Elm"]],
    "Benches": [["id", "made of"], [1, "Wood"], [2, "Steel"]],
    "Calls": [["id", "who"], [1, "ana@example.org"], [2, 6195550123]],
}


def workbook(*, hidden: str = "", only: str = "") -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for title, rows in SHEETS.items():
        if only in ("", title):
            sheet = book.create_sheet(title)
            sheet.sheet_state = "hidden" if title == hidden else "visible"
            for row in rows:
                sheet.append(row)
    book.save(out)
    return out.getvalue()


@pytest.fixture
def clerk() -> Client:
    client = Client()
    sign_in(client, "data-steward")
    return client


def bring(clerk: Client, content: bytes) -> str:
    answer = clerk.post("/desk/data/new/", {"file": SimpleUploadedFile("parks.xlsx", content)})
    brought.work(uuid.UUID(answer["Location"].rstrip("/").split("/")[-1]))
    return str(answer["Location"])


@pytest.mark.django_db
def test_the_page_names_the_sheet_and_reads_another(clerk: Client) -> None:
    address = bring(clerk, workbook(hidden="Calls"))
    draft = Draft.objects.get()
    page = clerk.get(address).content.decode()
    assert "“Trees” was read." in page and "Oak · Elm" in page
    assert "<option selected>Trees</option><option>Benches</option></select>" in page  # no notes, nothing hidden

    assert clerk.post(f"{address}sheet/", {"sheet": "Calls"}).status_code == 404
    assert clerk.post(f"{address}sheet/", {"sheet": "Benches"}).status_code == 302
    brought.work(draft.id)
    page = clerk.get(address).content.decode()
    assert "“Benches” was read." in page and "Wood · Steel" in page and "Oak" not in page
    draft.refresh_from_db()
    assert (draft.state, draft.contract["name"]) == ("ready", "parks-benches")


@pytest.mark.django_db
def test_a_single_sheet_is_named_and_nothing_is_kept_to_choose_from(clerk: Client) -> None:
    address = bring(clerk, workbook(only="Trees"))
    page = clerk.get(address).content.decode()
    assert "The sheet “Trees” was read." in page and "Read this sheet" not in page
    assert not list(desk.draft_folder(Draft.objects.get().id).glob("brought*"))


@pytest.mark.django_db
@pytest.mark.parametrize("person", [Person(email="ana@example.org"), Person(phone="619-555-0123")])
def test_who_is_erased_takes_a_workbook_along_that_names_them_on_another_sheet(clerk: Client, person: Person) -> None:
    bring(clerk, workbook())
    assert draft_keeping.erase(Person(email="nobody@example.org", phone="2025550000")) == 0
    assert draft_keeping.erase(person) == 1
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("sheet", "says"),
    [
        ("benches", "id,made of"),
        ("Calls", "id,who"),
        ("Roads", "no sheet Roads; it has Trees, Benches"),
        ("", "id,kind"),
    ],
)
def test_a_sheet_is_named_whatever_its_letters_and_even_when_it_is_hidden(
    tmp_path: Path, sheet: str, says: str
) -> None:
    file = tmp_path / "parks.xlsx"
    file.write_bytes(workbook(hidden="Calls"))
    try:
        with public.as_csv(file, sheet=sheet) as made:
            assert made.read_text(encoding="utf-8").startswith(says)
    except Invalid as refused:
        assert says in str(refused.fields["file"])


def test_what_is_no_workbook_has_no_sheets(tmp_path: Path) -> None:
    file = tmp_path / "parks.csv"
    file.write_text("id\n1\n", encoding="utf-8")
    with pytest.raises(Invalid) as refused, public.as_csv(file, sheet="Trees"):
        pass
    assert "has no sheets" in str(refused.value.fields["file"])
