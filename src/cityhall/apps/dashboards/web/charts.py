"""The charts of a board, ready for the template: what is drawn, what is said beside it, what a table shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cityhall.apps.dashboards import rules
from cityhall.apps.dashboards.contracts import Board, Line
from cityhall.apps.dashboards.web import drawing, tables, words
from cityhall.kernel.django import drawing as frames
from cityhall.kernel.django.templatetags.look import number_filter, percent
from cityhall.kernel.scales import nice_top

SMALL = 12


def strip(board: Board) -> list[tuple[str, Any, str, str]]:
    """Return the first figures: where the glossary tells of it, its name, the figure, what it is of."""
    told, span, now = tables.named(board.total, board.open), _("in these months"), _("now")
    return [
        ("opened", words.GLOSSARY["opened"][0], words.figure("opened", told["opened"]), span),
        ("closed", words.GLOSSARY["closed"][0], words.figure("closed", told["closed"]), span),
        ("open", words.GLOSSARY["open"][0], words.figure("open", board.open), now),
        ("late", words.GLOSSARY["late"][0], words.figure("open", board.late), now),
        ("share_met", words.GLOSSARY["share_met"][0], words.figure("share_met", told["share_met"]), span),
        *(
            ("median_days", words.COLUMNS[name], words.figure(name, told[name]), span)
            for name in ("median_days", "ninety_days")
        ),
        (
            "contested_share",
            words.GLOSSARY["contested_share"][0],
            words.figure("contested_share", told["contested_share"]),
            _("for every 100 closed")
            if told["upheld_share"] is None
            else _("for every 100 closed; %(share)s found right")
            % {"share": words.figure("upheld_share", told["upheld_share"])},
        ),
    ]


def panels(board: Board) -> list[dict[str, Any]]:
    """Return the small multiples over the months."""
    if not board.months:
        return []
    table = tables.months(board)
    column = {name: [row[place] for row in table.rows] for place, name in enumerate(table.columns)}
    over = column["is_over"]
    ends = (
        date_format(board.months[0].month, "SHORT_MONTH_FORMAT"),
        date_format(board.months[-1].month, "SHORT_MONTH_FORMAT"),
    )
    finished = [value if done else None for value, done in zip(column["share_met"], over, strict=True)]
    found = []
    for name, values in (
        ("opened", column["opened"]), ("closed", column["closed"]), ("open", column["open"]),
        ("share_met", finished), ("median_days", column["median_days"]),
        ("contested_share", column["contested_share"]),
    ):  # fmt: skip
        title = str(words.GLOSSARY[name][0])
        told = [(month, one) for month, one, done in zip(column["month"], values, over, strict=True) if done]
        last = next((one for one in reversed(told) if one[1] is not None), None)
        latest = words.figure(name, last[1]) if last else "–"
        when = date_format(last[0], "SHORT_MONTH_FORMAT") if last else ""
        label = _("%(what)s by month, %(first)s to %(last)s; %(figure)s in %(when)s. The table has every month.") % {
            "what": title, "first": ends[0], "last": ends[1], "figure": latest, "when": when or "–",
        }  # fmt: skip
        if name in {"opened", "closed", "open"}:
            top = number_filter(int(nice_top(values)))
            picture = frames.bars(values, over, label=label, top=top, ends=ends)
        elif name == "share_met":
            picture = drawing.lines([values], label=label, top=percent(1), ends=ends, most=1)
        else:
            many = [values, column["ninety_days"]] if name == "median_days" else [values]
            most = nice_top([one for each in many for one in each])
            picture = drawing.lines(many, label=label, top=number_filter(most, 0 if most >= 5 else 1), ends=ends)
        if not any(one is not None for one in values):
            picture, when = SafeString(""), ""
        why = "" if picture else words.why_empty(name, board.total)
        found.append({"key": name, "title": title, "latest": latest, "when": when, "picture": picture, "why": why})
    return found


def bar_rows(table: tables.Table) -> list[tuple[str, str, SafeString]]:
    """Return a table of two columns as rows with a bar."""
    most = max((row[1] for row in table.rows), default=0)
    return [
        (words.figure(table.columns[0], row[0]), number_filter(row[1]), frames.bar(row[1], most)) for row in table.rows
    ]


def small(board: Board, link: Callable[[str], str]) -> list[dict[str, Any]]:
    """Return the kinds that were reported most, each with its months on one scale; `link` makes a kind's address."""
    first = [line for line in board.categories if line.told.opened][:SMALL]
    most = max((count for line in first for count in line.months), default=1) or 1
    over = bool(board.months) and board.months[-1].is_over
    return [
        {
            "name": line.name,
            "count": line.told.opened,
            "query": link(line.code),
            "picture": drawing.small_bars(
                line.months, most, last_is_over=over,
                label=_("%(name)s: at most %(count)s reported in a month") % {
                    "name": line.name, "count": number_filter(max(line.months))
                },
            ),
        }
        for line in first
    ]  # fmt: skip


def map_of_areas(board: Board) -> dict[str, Any] | None:
    """Return the map: by residents where it is known how many there are, else by reports alone."""
    if not board.areas or board.sheet is None:
        return None
    rates = [tables.rate(line) for line in board.areas]
    by_residents = all(one is not None for one in rates)
    values: list[float | None] = list(rates) if by_residents else [line.told.opened for line in board.areas]
    bounds = rules.classes([one for one in values if one is not None])
    places_after = 1 if by_residents and bounds and bounds[-1] < 100 else 0
    what = _("Requests for every 1,000 residents") if by_residents else _("Requests reported")
    told = [
        f"{line.name}: {number_filter(value, places_after)}" for line, value in zip(board.areas, values, strict=True)
    ]
    strongest: Line = max(zip(values, board.areas, strict=True), key=lambda one: one[0] or 0)[1]
    low, legend = min((one for one in values if one is not None), default=0), []
    for bound in bounds:
        legend.append(
            (drawing.shade(bound, bounds), number_filter(low, places_after), number_filter(bound, places_after))
        )
        low = bound
    label = _("Map of the areas. %(what)s: most in %(name)s. The table below has every area.") % {
        "what": what, "name": strongest.name,
    }  # fmt: skip
    return {
        "what": what,
        "by_residents": by_residents,
        "legend": legend,
        "picture": drawing.choropleth(board.sheet, board.areas, values, bounds, label=label, told=told),
        "equity": _equity(board) if by_residents else [],
    }


@dataclass(frozen=True, slots=True)
class EquityRow:
    """An area's residents beside its reports: shares of the city's, as words and as bars, and how long repairs take."""

    name: str
    rate: float
    people: str
    reports: str
    people_bar: SafeString
    reports_bar: SafeString
    median: str


def _equity(board: Board) -> list[EquityRow]:
    """Return the areas by how many reports there were for each resident, most first."""
    found = [(line, line.outline.population) for line in board.areas if line.outline and line.outline.population]
    people = sum(count for _, count in found) or 1
    filed = sum(line.told.opened for line, _ in found) or 1
    shares = [(line, count / people, line.told.opened / filed) for line, count in found]
    most = max((max(one, other) for _, one, other in shares), default=1.0)
    rows = [
        EquityRow(
            name=line.name,
            rate=tables.rate(line) or 0.0,
            people=words.figure("share_met", of_people),
            reports=words.figure("share_met", of_reports),
            people_bar=frames.bar(of_people, most),
            reports_bar=frames.bar(of_reports, most),
            median=words.figure("median_days", tables.named(line.told, line.open)["median_days"]),
        )
        for line, of_people, of_reports in shares
    ]
    return sorted(rows, key=lambda row: -row.rate)


_IN_FIGURES = ' class="figure"'
_TEXTS = frozenset({"month", "age", "outcome", "code", "category", "area", "department", "is_over"})


def shown(table: tables.Table) -> dict[str, Any]:
    """Return a table as it is read: its headings and its rows, drawn.

    A page has thousands of cells; a template would take longer over them than all the rest takes together.
    """
    opened = ['<th scope="row">', *("<td>" if name in _TEXTS else '<td class="figure">' for name in table.columns[1:])]
    closed = ["</th>", *("</td>" for _name in table.columns[1:])]
    cells = list(zip(opened, table.columns, closed, strict=True))
    rows = (
        "".join(
            [
                f"{before}{value:,}{after}" if type(value) is int else f"{before}{_cell(name, value)}{after}"
                for (before, name, after), value in zip(cells, row, strict=True)
            ]
        )
        for row in table.rows
    )
    return {
        "headings": _headings(table.columns, get_language() or ""),
        "rows": SafeString("".join([f"<tr>{row}</tr>" for row in rows])),
    }


def _cell(name: str, value: Any) -> str:
    return "–" if value is None else escape(words.figure(name, value))


@lru_cache(maxsize=64)
def _headings(columns: tuple[str, ...], _language: str) -> SafeString:
    """Return the cells of a table's head, in the language that is spoken."""
    return SafeString(
        "".join(
            f'<th scope="col"{"" if name in _TEXTS else _IN_FIGURES}>{escape(str(words.COLUMNS[name]))}</th>'
            for name in columns
        )
    )


@lru_cache(maxsize=8)
def glossary(_language: str) -> SafeString:
    """Return how each figure is counted, drawn in the language that is spoken."""
    return SafeString(
        "".join(
            f'<div id="how-{key}"><dt>{escape(str(name))}</dt><dd>{escape(str(said))}</dd></div>'
            for key, (name, said) in words.GLOSSARY.items()
        )
    )


def options(found: Iterable[tuple[Any, Any]], chosen: Any) -> SafeString:
    """Return the options of a choice, drawn: there are hundreds of areas."""
    drawn = (
        f'<option value="{escape(str(value))}"{" selected" if value == chosen else ""}>{escape(str(name))}</option>'
        for value, name in found
    )
    return SafeString("".join(drawn))
