"""Files as offices have them are read rightly: Excel's encodings, titles above the heading, columns about people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cityhall.apps.opendata import public, queries
from cityhall.apps.opendata.contracts import Published, Refused, Transform
from cityhall.apps.opendata.imports import tables, texts
from cityhall.apps.opendata.rules import dataset_name, sniffing
from cityhall.apps.opendata.rules.closing import closing_rows
from cityhall.kernel.actors import system
from cityhall.kernel.errors import Invalid
from cityhall.kernel.snapshots import Sample, UnreadableFile

TREES = "Árbol;Calle\nñandubay;Avenida Peñón\nolmo;Calle “Luz”\n"
PEOPLE = "id,inspector,email,home address,kind\n1,Ana Lopez,ana@example.org,12 Elm St,oak\n2,Bob Ray,bob@example.org,13 Elm St,elm\n"  # noqa: E501


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_what_excel_saves_is_read_with_its_accents(tmp_path: Path, encoding: str) -> None:
    file, made = tmp_path / "given.csv", tmp_path / "made.csv"
    file.write_bytes(TREES.replace("\n", "\r\n").encode(encoding))
    assert texts.mended(file, made) is texts.Mended.REWRITTEN
    assert made.read_bytes().decode("utf-8") == TREES.replace("\n", "\r\n")


@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_utf_8_is_left_alone(tmp_path: Path, start: str) -> None:
    file, made = tmp_path / "given.csv", tmp_path / "made.csv"
    # An accent lies across the border of what is read at once.
    file.write_text(start + TREES + "x" * (1024 * 1024 - len((start + TREES).encode()) - 1) + "é;y\n", encoding="utf-8")
    assert texts.mended(file, made) is texts.Mended.NOTHING
    assert not made.exists()


def test_letters_of_two_encodings_are_refused_with_a_way_out(tmp_path: Path) -> None:
    file = tmp_path / "given.csv"
    file.write_bytes("a;b\nPeñón;1\n".encode() + "Peñón;2\n".encode("cp1252"))
    with pytest.raises(UnreadableFile, match="save it as CSV UTF-8"):
        texts.mended(file, tmp_path / "made.csv")


@pytest.mark.parametrize("hint", ["sep=;\r\n", '"sep=;"\n', "SEP=;\n"])
@pytest.mark.parametrize("title", ["", "Trees of the city;\n"])
def test_a_hint_for_excel_is_no_heading(tmp_path: Path, hint: str, title: str) -> None:
    file, made = tmp_path / "given.csv", tmp_path / "made.csv"
    file.write_text(hint + title + TREES, encoding="utf-8", newline="")
    assert texts.mended(file, made) is texts.Mended.REWRITTEN
    assert made.read_text(encoding="utf-8") == TREES


@pytest.mark.parametrize(
    ("sheets", "headings"),
    [
        ({"Notes": [["Read me first"], ["It is of May."]], "Data": [["id", "kind"], [1, "oak"]]}, ["id", "kind"]),
        ({"A": [["id", "kind"], [1, "oak"]], "B": [["other", "table"], [1, 2]]}, ["id", "kind"]),
        ({"-A": [["id", "secret"], [1, "oak"]], "B": [["id", "kind"], [1, "oak"]]}, ["id", "kind"]),
        ({"A": [["name"], ["oak"]], "B": []}, ["name"]),
    ],
)
def test_the_first_sheet_with_a_table_that_is_shown_is_read(
    tmp_path: Path, sheets: dict[str, list[list[Any]]], headings: list[str]
) -> None:
    book, file = openpyxl.Workbook(), tmp_path / "book.xlsx"
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.removeprefix("-"))
        sheet.sheet_state = "hidden" if name.startswith("-") else "visible"
        for row in rows:
            sheet.append(row)
    book.save(file)
    [read] = [list(table.headings) for table in tables.read_excel(file)]
    assert read == headings


@pytest.mark.parametrize(
    ("rows", "above"),
    [
        ([["Trees of 2026", "", ""], [], ["id", "kind", "street"], [1, "oak", "Elm"]], 2),
        ([[None], ["Trees of 2026", None], ["id", "kind"], [1, "oak"]], 2),
        ([["id", "kind"], [1, "oak"]], 0),
        ([["id", ""], [1, "oak"]], 0),  # one word is a heading
        ([["What was said"], ["nothing"], ["hello", "and more"], ["again"], ["and again"]], 0),
        ([["Trees of 2026"], ["id", "kind"]], 0),  # nothing follows
        ([], 0),
    ],
)
def test_a_title_is_told_from_a_heading(rows: list[list[Any]], above: int) -> None:
    assert sniffing.titles_above(rows) == above


def test_a_title_above_a_csv_file_is_passed_over(tmp_path: Path) -> None:
    file, made = tmp_path / "given.csv", tmp_path / "made.csv"
    file.write_text(
        '"Trees,\nall of them",,\r\n\r\nid,kind,note\r\n1,oak,"a\nb"\r\n2,elm,\r\n', encoding="utf-8", newline=""
    )
    assert texts.mended(file, made) is texts.Mended.REWRITTEN
    assert made.read_bytes() == b'id,kind,note\r\n1,oak,"a\nb"\r\n2,elm,\r\n'


def test_a_title_above_a_sheet_is_passed_over(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["Street trees, 2026"], [], ["id", "kind"], [1, "oak"], [2, "elm"]):
        book.active.append(row)
    book.save(tmp_path / "trees.xlsx")
    [(headings, rows)] = [(one.headings, list(one.rows)) for one in tables.read_excel(tmp_path / "trees.xlsx")]
    assert (headings, rows) == (["id", "kind"], [(1, "oak"), (2, "elm")])


GROUPED = [["Area", "Population", "", "Note"], ["", 2020, 2021, ""], ["North", 10, 12, ""], ["South", 8, 7, "new"]]
GROUPED_TELLS = ["Area", "Population – 2020", "Population – 2021", "Note"]


@pytest.mark.parametrize(
    ("rows", "headings"),
    [
        # Nothing is below Note, as it is with a merged cell, though few rows have one.
        ([[*row[:3]] for row in GROUPED], GROUPED_TELLS[:3]),
        ([["id", "Pop", "Pop"], ["", "2020", "2021"], ["1", "5", "6"]], ["id", "Pop – 2020", "Pop – 2021"]),
        ([["", "Men", ""], ["Area", "2020", "2021"], ["A", "10,000", "3"]], ["Area", "Men – 2020", "Men – 2021"]),
        ([["id", "name", "", "kind"], ["1", "oak", "x", "y"], ["2", "elm", "x", "y"]], []),  # a column without a name
        ([["id", "name", ""], ["", "oak", "x"], ["", "elm", "y"]], []),  # ids are missing altogether
        ([["Area", "2020", "2020"], ["", "5", "6"], ["B", "7", "8"]], []),  # the first row of values has no area
        ([["Area", "Pop", ""], ["", "2020", "2020"], ["A", "7", "8"]], []),  # it would not tell columns apart
        ([["wrong", "", ""], ["id", "a", "b"], ["1", "7", "8"]], []),  # it stands over all
        (GROUPED[:2], []),
    ],
)  # fmt: skip
def test_two_rows_of_headings_are_told_from_values(rows: list[list[Any]], headings: list[str]) -> None:
    assert sniffing.joined_headings(rows) == headings


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_two_rows_of_headings_are_made_one_and_said(tmp_path: Path, kind: str) -> None:
    file, said = tmp_path / f"areas.{kind}", []
    rows = [["People of the city by area", None, None], *([cell or None for cell in row[:3]] for row in GROUPED)]
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(file)
    else:
        file.write_text("".join(";".join(str(cell or "") for cell in row) + "\n" for row in rows), encoding="cp1252")
    with public.as_csv(file, joined=said.extend) as made:
        lines = made.read_text("utf-8").replace(";", ",").splitlines()
    assert said == GROUPED_TELLS[:3]
    assert lines == ["Area,Population – 2020,Population – 2021", "North,10,12", "South,8,7"]


def test_the_census_bureaus_table_of_cities_has_a_name_for_each_column(real_data: Path) -> None:
    with public.as_csv(real_data / "census/SUB-IP-EST2019-ANNRNK.xlsx") as made:
        heading, first = made.read_text("utf-8").splitlines()[:2]
    assert heading.startswith("Rank,Geographic Area,2010-04-01 – Census,2010-04-01 – Estimates Base,Population")
    assert "Population Estimate (as of July 1) – 2019" in heading
    assert first.startswith('1,"New York city, New York",8175133')


def test_a_files_name_keeps_its_words_apart() -> None:
    assert dataset_name("boston_animals 2022") == "boston-animals-2022"


@pytest.fixture
def publish(tmp_path: Path) -> Callable[..., Published]:
    def run(text: str, **given: Any) -> Published:
        file = tmp_path / "people.csv"
        file.write_text(text, encoding="utf-8")
        with public.as_csv(file) as table:
            return public.publish_file(table, actor=system("test"), **given)

    return run


@pytest.mark.django_db
def test_what_looks_personal_is_kept_back_and_named(publish: Callable[..., Published]) -> None:
    done = publish(PEOPLE)
    assert done.guarded == {
        "inspector": Transform.DROP, "email": Transform.DROP, "home address": Transform.BLOCK,
    }  # fmt: skip
    assert [one.name for one in queries.dataset(done.id).columns] == ["id", "home_address", "kind"]
    with pytest.raises(Invalid, match="by a contract of its own"):
        publish(PEOPLE, is_careful=False)
    assert len(queries.dataset(publish(PEOPLE, is_careful=False, name="all").id).columns) == 5
    with pytest.raises(Invalid, match="Every column looks"):
        publish("email\nana@example.org\n", name="mail")


@pytest.mark.django_db
def test_a_refused_first_file_leaves_no_guess_behind(publish: Callable[..., Published]) -> None:
    with pytest.raises(Refused):
        publish("wrong\n" + PEOPLE.replace("id,", "no,"))
    assert publish(PEOPLE).rows == 2


@pytest.mark.django_db
def test_what_a_spreadsheet_leaves_below_and_beside_a_table_is_no_row_and_no_column(tmp_path: Path) -> None:
    file = tmp_path / "grants.csv"
    file.write_text("id,to,paid,\n1,Ana,5,\n,,,\n2,Bo,6,\nTotal,,11,\n" + ",,,\n" * 500, encoding="utf-8")
    done = public.publish_file(file, actor=system("test"), is_careful=False)
    assert (done.rows, done.quarantined, list(done.closing)) == (3, 0, ["Total"])
    assert [one.name for one in queries.dataset(done.id).columns] == ["id", "to", "paid"]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([["1", "a", "5"], ["TOTAL", "", "5"], ["", "", ""], ["Fuente: Intervención.", "", ""]],
         ["TOTAL", "Fuente: Intervención."]),
        ([["1", "a", "5"], ["", "Grand total", "5"]], ["Grand total"]),
        ([["1", "a", "5"], ["1", "b", "5"], ["2", "", ""]], ["2"]),
        ([["1", "a", "5"], ["2", "b", "6"]], []),
        ([["oak"], ["elm"]], []),
        ([["Total fitness", "a", "5"], ["Oak", "b", "6"]], []),
    ],
)  # fmt: skip
def test_totals_and_notes_at_the_end_are_named(rows: list[list[str]], found: list[str]) -> None:
    assert closing_rows(Sample(("a", "b", "c"), tuple(map(tuple, rows)))) == found
