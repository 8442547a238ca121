"""The pages of figures, for everybody and for staff, and the data of their charts."""

from __future__ import annotations

import uuid
from collections.abc import Callable
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
from cityhall.apps.dashboards.contracts import VIEW, Board, Wanted
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
_SHOWN = ("months", "categories", "areas", "departments")
_CONTENT = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@public
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Show how the city does with its requests."""
    return render(request, "dashboards/figures.html", {"board": _content(request, None, "figures")})


@staff(VIEW)
@require_safe
def desk_figures(request: HttpRequest) -> HttpResponse:
    """Show staff how their own work goes."""
    return render(request, "dashboards/desk.html", {"board": _content(request, actor_of(request), "desk-figures")})


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


def wanted_of(request: HttpRequest) -> Wanted:
    """Read the filters of an address; what names nothing there is, is left out."""
    kinds = [kind.code for kind in places.area_kinds()]
    period, kind = request.GET.get("period", "12"), request.GET.get("kind", "")
    category = request.GET.get("category", "")
    area, department = _id(request, "area"), _id(request, "department")
    return Wanted(
        period=period if words.is_period(period) else "12",
        category=category if category in {one.code for one in requests.tallied_kinds()} else "",
        area=area if area and places.area(area) else None,
        department=department if department in {one.id for one in identity.departments()} else None,
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
    wanted = wanted_of(request)
    board = _board(wanted, actor)
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


def _content(request: HttpRequest, actor: Actor | None, page: str) -> SafeString:
    """Return the page's content."""
    wanted = wanted_of(request)
    return _once((page, wanted, _reach(actor)), lambda: _rendered(wanted, actor, page))


def _board(wanted: Wanted, actor: Actor | None) -> Board:
    """Return the figures, for the page and for each of its charts' numbers."""
    return _once(("board", wanted, _reach(actor)), lambda: queries.board(wanted, actor=actor))


def _reach(actor: Actor | None) -> Any:
    return (actor.departments, actor.teams) if actor else None


def _once(key: tuple[Any, ...], make: Callable[[], _Made]) -> _Made:
    """Make a thing once for each question and language, until the counts are added up again or places change."""
    at = requests.tallied_at()
    if at is None:
        return make()
    full = (*key, get_language(), at, places.local(clock.now()).date(), places.city().revision)
    found = _kept.get(full)
    if found is None:
        while len(_kept) >= _MOST_KEPT:
            _kept.pop(next(iter(_kept)), None)
        found = _kept[full] = make()
    return cast("_Made", found)


_kept: dict[tuple[Any, ...], Any] = {}
_MOST_KEPT = 100


def _rendered(wanted: Wanted, actor: Actor | None, page: str) -> SafeString:
    board = _board(wanted, actor)
    today = places.local(clock.now()).date()
    kinds = places.area_kinds()
    departments = identity.workforce(actor).departments if actor else identity.departments()
    context = {
        "page": page,
        "data": f"{page}-data",
        "wanted": wanted,
        "query": _query(wanted),
        "is_filtered": bool(_query(wanted, kind="")),
        "is_staff": actor is not None,
        "board": board,
        "periods": words.periods(today),
        "categories": [(one.code, one.name) for one in requests.tallied_kinds()],
        "area_options": [
            (pick(kind.name), [(one.id, pick(one.name)) for one in places.areas(kind.code)]) for kind in kinds
        ],
        "departments": sorted((pick(one.name), one.id) for one in departments),
        "kinds": [(one.code, pick(one.name), _query(wanted, kind=one.code)) for one in kinds],
        "glossary": words.GLOSSARY,
        "strip": charts.strip(board),
        "panels": charts.panels(board),
        "ages": charts.bar_rows(tables.ages(board)),
        "outcomes": charts.bar_rows(tables.outcomes(board)),
        "small": charts.small(board, lambda code: _query(wanted, category=code)),
        "map": charts.map_of_areas(board),
        "tables": {name: charts.shown(tables.TABLES[name](board)) for name in _SHOWN},
        "enough": rules.ENOUGH,
    }
    return SafeString(render_to_string("dashboards/board.html", context))
