"""The pages of figures, for everybody and for staff, and the data of their charts."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cityhall.apps.dashboards import queries, rules
from cityhall.apps.dashboards.contracts import VIEW, Board, ByArea, Wanted
from cityhall.apps.dashboards.web import charts, tables, words
from cityhall.apps.identity import public as identity
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import public as requests
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.access import actor_of, public, staff
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import NotFound

_Made = TypeVar("_Made")
#: The tables that are read on the page; the others are their charts' own rows, or data only.
_SHOWN = ("months", "categories", "departments")
_CONTENT = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@public
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Show how the city does with its requests."""
    return render(request, "dashboards/figures.html", _shown(request, None, "figures"))


@staff(VIEW)
@require_safe
def desk_figures(request: HttpRequest) -> HttpResponse:
    """Show staff how their own work goes."""
    return render(request, "dashboards/desk.html", _shown(request, actor_of(request), "desk-figures"))


@public
@require_safe
def figures_data(request: HttpRequest, table: str, form: str) -> HttpResponse:
    """Answer one chart's numbers as CSV or JSON."""
    return _data(request, None, table, form)


@staff(VIEW)
@require_safe
def desk_figures_data(request: HttpRequest, table: str, form: str) -> HttpResponse:
    """Answer one chart's numbers of the reader's own work as CSV or JSON."""
    return _data(request, actor_of(request), table, form)


@dataclass(frozen=True, slots=True)
class _Choices:
    """What the filters offer: kinds of area, their areas, categories and departments, as ids or codes and names."""

    kinds: tuple[tuple[str, str], ...]
    areas: tuple[tuple[str, tuple[tuple[uuid.UUID, str], ...]], ...]
    categories: tuple[tuple[str, str], ...]
    departments: tuple[tuple[uuid.UUID, str], ...]


def _choices() -> _Choices:
    kinds = [(one.code, pick(one.name)) for one in places.area_kinds()]
    return _Choices(
        kinds=tuple(kinds),
        areas=tuple((name, tuple((one.id, pick(one.name)) for one in places.areas(code))) for code, name in kinds),
        categories=tuple((one.code, one.name) for one in requests.tallied_kinds()),
        departments=tuple((one.id, pick(one.name)) for one in identity.departments()),
    )


def _wanted(request: HttpRequest, there: _Choices) -> Wanted:
    """Read the filters of an address; what names nothing there is, is left out."""
    kinds = [code for code, _name in there.kinds]
    period, kind = request.GET.get("period", "12"), request.GET.get("kind", "")
    category = request.GET.get("category", "")
    area, department = _id(request, "area"), _id(request, "department")
    return Wanted(
        period=period if words.is_period(period) else "12",
        category=category if category in dict(there.categories) else "",
        area=area if area and places.areas_by_id([area]) else None,
        department=department if department in dict(there.departments) else None,
        kind=kind if kind in kinds else next(iter(kinds), ""),
    )


def _id(request: HttpRequest, name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def _query(wanted: Wanted, **changes: Any) -> str:
    given = {
        "period": wanted.period, "category": wanted.category, "area": wanted.area, "department": wanted.department,
        "kind": wanted.kind, **changes,
    }  # fmt: skip
    return urlencode({name: str(value) for name, value in given.items() if value and (name, value) != ("period", "12")})


def _data(request: HttpRequest, actor: Actor | None, table: str, form: str) -> HttpResponse:
    if table not in tables.TABLES or form not in _CONTENT:
        raise NotFound(_("There is no such table. The page of figures links to all there are."))
    kept = _Kept()
    wanted = _wanted(request, kept.choices())
    board = kept.board(wanted, actor)
    found = tables.TABLES[table](board)
    area = None if board.is_kept_back else wanted.area  # the figures are the whole city's then
    filters = {
        "period": wanted.period, "category": wanted.category, "area": str(area or ""),
        "department": str(wanted.department or ""), "kind": wanted.kind,
    }  # fmt: skip
    content = tables.as_csv(found) if form == "csv" else tables.as_json(found, board, filters)
    answer = HttpResponse(content, content_type=_CONTENT[form])
    answer["Content-Disposition"] = f'attachment; filename="{table}.{form}"'
    return answer


def _shown(request: HttpRequest, actor: Actor | None, page: str) -> dict[str, Any]:
    """Return the page's content, and whether it is behind what came in."""
    kept = _Kept()
    wanted = _wanted(request, kept.choices())
    content = kept.once((page, wanted, _reach(actor)), lambda: _rendered(wanted, actor, page, kept))
    return {"board": content, "is_behind": requests.tallies_are_behind()}


def _reach(actor: Actor | None) -> Any:
    return (actor.departments, actor.teams, actor.contractor) if actor else None


class _Kept:
    """What this process made already, for each question and language, since counts were added up or places changed."""

    def __init__(self) -> None:
        at = requests.tallied_at()
        self.version = (
            (get_language(), at, places.local(clock.now()).date(), places.city().revision) if at is not None else None
        )

    def once(self, key: tuple[Any, ...], make: Callable[[], _Made]) -> _Made:
        """Return the thing of this key; it is made where it is not there."""
        if self.version is None:
            return make()
        full = (*key, *self.version)
        found = _kept.get(full)
        if found is None:
            while len(_kept) >= _MOST_KEPT:
                _kept.pop(next(iter(_kept)), None)
            found = _kept[full] = make()
        return cast("_Made", found)

    def choices(self) -> _Choices:
        """Return what the filters offer."""
        return self.once(("choices",), _choices)

    def board(self, wanted: Wanted, actor: Actor | None) -> Board:
        """Return the figures, for the page and for each of its charts' numbers."""
        return self.once(
            ("board", wanted, _reach(actor)),
            lambda: queries.board(wanted, actor=actor, by_area=self.by_area(wanted, actor)),
        )

    def by_area(self, wanted: Wanted, actor: Actor | None) -> ByArea:
        """Return what is told area by area, which is the same whichever of them is asked for."""
        anywhere = replace(wanted, area=None)
        return self.once(("areas", anywhere, _reach(actor)), lambda: queries.told_by_area(anywhere, actor=actor))

    def areas_drawn(self, board: Board, wanted: Wanted, actor: Actor | None) -> tuple[Any, Any]:
        """Return the map of the areas and their table, drawn."""
        return self.once(
            ("areas drawn", replace(wanted, area=None), _reach(actor)),
            lambda: (charts.map_of_areas(board), charts.shown(tables.areas(board))),
        )


_kept: dict[tuple[Any, ...], Any] = {}
_MOST_KEPT = 150


def _rendered(wanted: Wanted, actor: Actor | None, page: str, kept: _Kept) -> SafeString:
    board, there = kept.board(wanted, actor), kept.choices()
    areas_map, areas_table = kept.areas_drawn(board, wanted, actor)
    own = {one.id for one in identity.workforce(actor).departments} if actor else None
    departments = [(id_, name) for id_, name in there.departments if own is None or id_ in own]
    newest = requests.tallied_until()
    context = {
        "page": page,
        "data": f"{page}-data",
        "wanted": wanted,
        "query": _query(wanted),
        "older": (newest.year, _query(wanted, period=newest.year)) if newest and newest < board.span.since else None,
        "is_filtered": bool(_query(wanted, kind="")),
        "is_staff": actor is not None,
        "board": board,
        "periods": charts.options(words.periods(places.local(clock.now()).date(), newest).items(), wanted.period),
        "categories": charts.options(there.categories, wanted.category),
        "area_options": [(name, charts.options(found, wanted.area)) for name, found in there.areas],
        "departments": charts.options(sorted(departments, key=lambda one: one[1]), wanted.department),
        "kinds": [(code, name, _query(wanted, kind=code)) for code, name in there.kinds],
        "glossary": charts.glossary(get_language() or ""),
        "strip": charts.strip(board),
        "panels": charts.panels(board),
        "ages": charts.bar_rows(tables.ages(board)),
        "outcomes": charts.bar_rows(tables.outcomes(board)),
        "small": charts.small(board, lambda code: _query(wanted, category=code)),
        "map": areas_map,
        "tables": {"areas": areas_table, **{name: charts.shown(tables.TABLES[name](board)) for name in _SHOWN}},
        "enough": rules.ENOUGH,
    }
    return SafeString(render_to_string("dashboards/board.html", context))
