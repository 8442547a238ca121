"""A board as tables, which pages show and programs download."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.translation import get_language

from cityhall.apps.dashboards import rules
from cityhall.apps.dashboards.contracts import Board, Line
from cityhall.apps.dashboards.queries import MEASURES, measures
from cityhall.apps.dashboards.web import words
from cityhall.apps.service_requests.contracts import Tallied
from cityhall.kernel.spreadsheets import guarded


@dataclass(frozen=True, slots=True)
class Table:
    """One chart's numbers: columns by their codes, and rows of plain values; None is what is not told."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def named(told: Tallied, open_now: int) -> dict[str, Any]:
    """Return the figures of one row by their columns."""
    return dict(zip(MEASURES, measures(told, open_now), strict=True))


def months(board: Board) -> Table:
    """Month by month."""
    rows = tuple((one.month, *measures(one.told, one.backlog), one.is_over) for one in board.months)
    return Table(("month", *MEASURES, "is_over"), rows)


def ages(board: Board) -> Table:
    """How old what is open is."""
    return Table(("age", "open"), tuple(board.ages.items()))


def outcomes(board: Board) -> Table:
    """What came of the requests."""
    return Table(("outcome", "closed"), tuple((one.value, count) for one, count in board.total.closed.items()))


def categories(board: Board) -> Table:
    """Kind by kind."""
    return Table(
        ("code", "category", *MEASURES),
        tuple((one.code, one.name, *measures(one.told, one.open)) for one in board.categories),
    )


def category_months(board: Board) -> Table:
    """What was reported of each kind in each month."""
    return Table(
        ("code", "category", "month", "opened"),
        tuple(
            (one.code, one.name, month, count)
            for one in board.categories
            for month, count in zip(rules.months_of(board.span), one.months, strict=True)
        ),
    )


def areas(board: Board) -> Table:
    """Area by area, beside who lives there."""
    return Table(
        ("code", "area", "population", "per_1000", *MEASURES),
        tuple(
            (one.code, one.name, one.outline.population if one.outline else None, rate(one),
             *measures(one.told, one.open))
            for one in board.areas
        ),
    )  # fmt: skip


def rate(line: Line) -> float | None:
    """Return an area's requests for every 1,000 residents, None where nobody is known to live."""
    people = line.outline.population if line.outline else None
    return round(1000 * line.told.opened / people, 1) if people else None


def departments(board: Board) -> Table:
    """Department by department."""
    return Table(
        ("department", *MEASURES), tuple((one.name, *measures(one.told, one.open)) for one in board.departments)
    )


TABLES: dict[str, Callable[[Board], Table]] = {
    "months": months,
    "ages": ages,
    "outcomes": outcomes,
    "categories": categories,
    "category-months": category_months,
    "areas": areas,
    "departments": departments,
}


def as_csv(table: Table) -> str:
    """Return a table as CSV, its first line the columns' codes."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow([_cell(value) for value in row])
    return file.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()  # as JSON has it
    return "" if value is None else guarded(value) if isinstance(value, str) else value


def as_json(table: Table, board: Board, filters: dict[str, str]) -> bytes:
    """Return a table as JSON, with what was asked for and how each figure in it is counted."""
    return msgspec.json.encode(
        {
            "as_of": board.as_of,
            "since": board.span.since,
            "until": board.span.until,
            "filters": filters,
            "language": get_language(),
            "definitions": {
                name: str(text) for name, (_, text) in words.GLOSSARY.items() if name in table.columns or name == "dash"
            },
            "rows": [dict(zip(table.columns, row, strict=True)) for row in table.rows],
        }
    )
