"""The catalogue: what is published, searched and narrowed down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cityhall.apps.opendata import queries
from cityhall.apps.opendata.contracts import DatasetInfo, Freshness
from cityhall.apps.opendata.formats import table as formats
from cityhall.apps.opendata.queries import elsewhere as others
from cityhall.apps.opendata.rules import finding, topics
from cityhall.apps.opendata.rules.finding import Wanted
from cityhall.apps.opendata.web import words
from cityhall.apps.opendata.web.pages import shown
from cityhall.kernel.django.access import public
from cityhall.kernel.django.translated import pick

_PAGE: Final = 25
_LONGEST: Final = 200
_ORDERS: Final[dict[str, Any]] = {
    "new": _("Newest first"), "title": _("Title"), "rows": _("Most rows first"),
}  # fmt: skip
#: By facet: its label, and what chooses none of its values.
_FACETS: Final[dict[str, tuple[Any, Any]]] = {
    "topic": (_("Topic"), _("Every topic")),
    "owner": (_("Owner"), _("Every owner")),
    "format": (_("Format"), _("Every format")),
    "licence": (_("License"), _("Every license")),
    "freshness": (_("Freshness"), _("Every freshness")),
}


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter of the catalogue: each of its values with what it is called and how many datasets it leaves."""

    name: str
    label: Any
    every: Any
    values: Sequence[tuple[str, str, int]]
    chosen: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is in force.

    Args:
        query: the address without it.
        count: how many datasets there are then.
    """

    label: Any
    value: str
    query: str
    count: int


@public
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Show what is published: all of it, or what fits the words and filters of the address."""
    everything, wanted = queries.datasets(), wanted_of(request.GET)
    found = finding.found(everything, wanted, _title, formats.offered)
    text = request.GET.get("page", "")
    page = int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 6 else 1
    page = max(1, min(page, -(-len(found) // _PAGE)))
    query = request.GET.copy()
    query.pop("page", None)
    called = _called(everything)
    context = {
        "datasets": [shown(info) for info in found[(page - 1) * _PAGE : page * _PAGE]],
        "is_any": bool(everything),
        "count": len(found),
        "wanted": wanted,
        "orders": _ORDERS,
        "facets": _facets(everything, wanted, called),
        "chips": _chips(everything, wanted, called, query),
        "has_owners": any(one.owner for one in everything),
        "has_places": any(finding.has_place(one) for one in everything),
        "elsewhere": others.elsewhere(wanted.words).count(),
        "query": query.urlencode(),
        "before": page - 1,
        "after": page + 1 if len(found) > page * _PAGE else 0,
    }
    return render(request, "opendata/catalogue.html", context)


def wanted_of(given: Mapping[str, Any]) -> Wanted:
    """Return what an address looks for."""
    told = {name: str(value).strip()[:_LONGEST] for name, value in given.items()}
    order = told.get("order", "")
    return Wanted(
        words=told.get("q", ""),
        has_place=told.get("place") == "yes",
        order=order if order in finding.ORDERS else "new",
        **{facet: told.get(facet, "") for facet in finding.FACETS},
    )


def _called(everything: Sequence[DatasetInfo]) -> Mapping[str, Mapping[str, str]]:
    """Return by facet what its values are called; what is not named is called by itself."""
    return {
        "topic": {code: pick(topic) for code, topic in topics.of_all(everything).items()},
        "format": words.FORMATS,
        "freshness": {one.value: str(words.FRESHNESS[one] or _("Nothing promised")).capitalize() for one in Freshness},
    }


def _facets(everything: Sequence[DatasetInfo], wanted: Wanted, called: Mapping[str, Mapping[str, str]]) -> list[Facet]:
    """Return the filters that there is something to choose in."""
    counted = finding.counts(everything, wanted, formats.offered)
    found = []
    for name, (label, every) in _FACETS.items():
        chosen = getattr(wanted, name)
        names = called.get(name, {})
        told = counted[name] if not chosen else {chosen: 0, **counted[name]}
        values = [(value, names.get(value, value), count) for value, count in told.items()]
        if values:
            found.append(Facet(name, label, every, sorted(values, key=lambda one: one[1].casefold()), chosen))
    return found


def _chips(
    everything: Sequence[DatasetInfo], wanted: Wanted, called: Mapping[str, Mapping[str, str]], query: QueryDict
) -> list[Chip]:
    """Return what is in force, each with the way to take it away."""
    found = [("words", "q", _("Words"), wanted.words)]
    for name in finding.FACETS:
        value = getattr(wanted, name)
        found.append((name, name, _FACETS[name][0], called.get(name, {}).get(value, value)))
    if wanted.has_place:
        found.append(("has_place", "place", _("Only with places, for a map"), ""))
    chips = []
    for name, parameter, label, value in found:
        if value or name == "has_place":
            rest = query.copy()
            rest.pop(parameter, None)
            left = finding.found(everything, finding.without(wanted, name), _title, formats.offered)
            chips.append(Chip(label, value, rest.urlencode(), len(left)))
    return chips


def _title(info: DatasetInfo) -> str:
    return pick(info.title)
