"""Parts of the desk's queues that are drawn once for as long as they say the same: most of them did a minute ago."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from cityhall.apps.identity.contracts import DepartmentInfo, TeamInfo
from cityhall.apps.places.contracts import AreaInfo
from cityhall.apps.service_requests.web import desk_filters, desk_keys
from cityhall.apps.service_requests.web.desk_keys import Keys
from cityhall.apps.service_requests.web.desk_words import Card
from cityhall.kernel.django.templatetags.look import STATUS_WORDS
from cityhall.kernel.django.translated import pick

_ROWS, _FILTERS, _GROUPS, _KEYS = 4096, 128, 512, 32
"""How many are kept: some 2 kB a row, 20 kB a form, at most 20 kB a group of the menu, 6 kB the keys."""

Options = tuple[tuple[str, str], ...]
Groups = tuple[tuple[str, Options], ...]


def row(card: Card, *, picks: bool, query: str, is_open: bool = False, swap: bool = False) -> SafeString:
    """Return a row of the queue.

    Args:
        picks: it can be selected for a change of many.
        query: the filters of the list it stands in, which its link keeps.
        is_open: the request is shown beside the list.
        swap: it takes the place of the row that is on the page.
    """
    return _row(card, picks, query, is_open, swap, get_language() or "", timezone.get_current_timezone_name())


@lru_cache(maxsize=_ROWS)
def _row(
    card: Card, picks: bool, query: str, is_open: bool, swap: bool, _language: str, _zone: str
) -> SafeString:  # the last two are the words and times it is drawn in
    shown = {"card": card, "picks": picks, "query": query, "is_open": is_open, "swap": swap}
    return render_to_string("service_requests/desk/parts/row.html", shown)


@dataclass(frozen=True, slots=True)
class Choices:
    """What one can filter a queue by: values and what they are called."""

    departments: Options
    teams: Options
    areas: Groups
    categories: Groups


def choices(
    departments: Iterable[DepartmentInfo],
    teams: Iterable[TeamInfo],
    areas: Iterable[tuple[str, Iterable[AreaInfo]]],
    categories: Groups,
) -> Choices:
    """Return what there is to choose from, in the visitor's language."""
    return Choices(
        _options(departments), _options(teams), tuple((kind, _options(some)) for kind, some in areas), categories
    )


def _options(some: Iterable[DepartmentInfo | TeamInfo | AreaInfo]) -> Options:
    return tuple((str(one.id), pick(one.name)) for one in some)


def filters(wanted: desk_filters.Asked, offered: Choices) -> SafeString:
    """Return the form that filters a queue."""
    return _filters(tuple(wanted.values.items()), wanted.sort, bool(wanted.narrowed), offered, get_language() or "")


@lru_cache(maxsize=_FILTERS)
def _filters(
    wanted: tuple[tuple[str, str], ...], sort: str, narrowed: bool, offered: Choices, _language: str
) -> SafeString:
    shown = {
        "wanted": dict(wanted),
        "sort": sort,
        "narrowed": narrowed,
        "choices": offered,
        "sorts": desk_filters.SORTS,
        "ages": desk_filters.AGES,
        "targets": desk_filters.TARGETS,
        "statuses": STATUS_WORDS,
    }
    return render_to_string("service_requests/desk/parts/filters.html", shown)


@dataclass(frozen=True, slots=True)
class Entry:
    """One queue of the menu. `is_more` says that there is more in it than was counted."""

    label: str
    url: str
    count: int | None
    is_current: bool
    is_more: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the menu with its queues. `folded` ones open on demand."""

    label: str
    entries: tuple[Entry, ...]
    folded: bool = False


@lru_cache(maxsize=_GROUPS)
def group(shown: Group, place: int) -> SafeString:
    """Return a group of the menu, which says its own words in no other language; `place` is where it stands."""
    return render_to_string("service_requests/desk/parts/menu_group.html", {"group": shown, "place": place})


def keys(shown: Keys) -> SafeString:
    """Return what the page's script needs for the keys, and the help that tells of them."""
    return _keys(shown.on, tuple((key.act, key.key) for key in shown.keys), get_language() or "")


@lru_cache(maxsize=_KEYS)
def _keys(on: bool, chosen: tuple[tuple[str, str], ...], _language: str) -> SafeString:
    return render_to_string("service_requests/desk/parts/keys.html", {"keys": desk_keys.keys_with(dict(chosen), on=on)})
