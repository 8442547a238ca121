"""The desk's queues: the menu with its counts, the list, saved queues, the export."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cityhall.apps.identity import public as identity
from cityhall.apps.identity.contracts import DepartmentInfo, TeamInfo
from cityhall.apps.places import public as places
from cityhall.apps.places.contracts import AreaInfo
from cityhall.apps.service_requests import exports, queries
from cityhall.apps.service_requests.contracts import SavedQueue, number_value
from cityhall.apps.service_requests.services import saved_queues as saved
from cityhall.apps.service_requests.web import desk_drawn, desk_filters, desk_keys, desk_words
from cityhall.apps.service_requests.web.desk_drawn import Entry, Group
from cityhall.apps.service_requests.web.desk_filters import Asked
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.access import actor_of, staff
from cityhall.kernel.django.acts import sent_from
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import Invalid

PAGE = 50
_KEPT = frozenset({"all", "late", "week"})
"""Queues counted to their end, as their counts are kept."""


@dataclass(frozen=True, slots=True)
class City:
    """What one can choose a queue by: departments, teams, areas by the name of their kind, and the saved queues."""

    departments: tuple[DepartmentInfo, ...]
    teams: tuple[TeamInfo, ...]
    areas: list[tuple[str, list[AreaInfo]]]
    saved: tuple[SavedQueue, ...]


@staff("requests.view")
@never_cache
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show a queue: the menu beside the list. On a phone the menu is a page of its own."""
    wanted = desk_filters.asked(request.GET)
    return render(request, "service_requests/desk/queue.html", context(request, wanted))


@staff("requests.view")
@never_cache
@require_safe
def queues(request: HttpRequest) -> HttpResponse:
    """Show the menu of queues alone, for narrow screens."""
    wanted = desk_filters.asked(request.GET)
    shown = {"menu": menu(actor_of(request), wanted, whole_city(actor_of(request))), "wanted": wanted}
    return render(request, "service_requests/desk/queues.html", shown)


@staff("requests.export")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """Hand out the queue as CSV, a piece at a time, as the process that writes it goes on."""
    wanted = desk_filters.asked(request.GET)
    written = exports.queue_csv(desk_filters.desk_filter(wanted), actor=actor_of(request))
    response = StreamingHttpResponse(written, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="requests-{clock.now():%Y-%m-%d}.csv"'
    return response


@staff("requests.view")
@sent_from("desk-queue")
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filters that stand as a queue with a name."""
    wanted = desk_filters.asked(request.POST)
    try:
        saved.save_queue(
            actor=actor_of(request),
            name=request.POST.get("name", ""),
            query=wanted.query(),
            department_id=desk_filters.as_id(request.POST.get("share", "")),
        )
        messages.success(request, _("The queue is saved. It stands in the menu."))
    except Invalid as problem:
        for text in problem.fields.values():
            messages.error(request, str(text))
    return redirect(f"{reverse('desk-queue')}?{wanted.query()}")


@staff("requests.view")
@sent_from("desk-queue")
def unsave(request: HttpRequest) -> HttpResponse:
    """Forget a saved queue."""
    queue_id = desk_filters.as_id(request.POST.get("id", ""))
    if queue_id is None:
        raise Invalid({"id": _("Choose one of those in the list.")})
    saved.remove_queue(queue_id, actor=actor_of(request))
    messages.success(request, _("The saved queue is removed."))
    return redirect("desk-queue")


def context(request: HttpRequest, wanted: Asked, *, open_number: str = "") -> dict[str, Any]:
    """Return what the menu and the list need."""
    actor = actor_of(request)
    after = request.GET.get("after", "")
    page = queries.desk_queue(desk_filters.desk_filter(wanted), actor, order=wanted.sort, after=after, limit=PAGE)
    city = whole_city(actor)
    query, keys = wanted.query(), desk_keys.keys_of(request)
    departments = _own(city.departments, actor)
    teams = [one for one in city.teams if not actor.departments or one.department_id in actor.departments]
    may = {code: actor.may(f"requests.{code}") for code in ("bulk", "export", "assign", "work", "configure")}
    return {
        "wanted": wanted,
        "menu": menu(actor, wanted, city),
        "rows": [
            desk_drawn.row(card, picks=may["bulk"], query=query, is_open=card.number == open_number)
            for card in map(desk_words.card, page.items)
        ],
        "heading": heading(wanted),
        "next": wanted.query(after=page.next) if page.next else "",
        "is_first": not after,
        "query": query,
        "filters": desk_drawn.filters(
            wanted, desk_drawn.choices(departments, teams, city.areas, queries.category_groups())
        ),
        "departments": departments,
        "own_saved": [one for one in city.saved if one.is_own],
        "narrowed": bool(wanted.narrowed),
        "looked_up": wanted.is_whole and number_value(wanted.get("q")) is not None,
        "may": may,
        "undo": undo_offer(request),
        "keys": keys,
        "drawn_keys": desk_drawn.keys(keys),
    }


def whole_city(actor: Actor) -> City:
    """Read the areas there are, and the departments, teams and saved queues the actor may know of."""
    own = identity.workforce(actor, with_people=False)
    kinds = [(pick(kind.name) or kind.code, places.areas(kind.code)) for kind in places.area_kinds()]
    return City(own.departments, own.teams, kinds, queries.saved_queues(actor))


def heading(wanted: Asked) -> str:
    """Return what the list is called."""
    return str(desk_filters.QUEUES[wanted.queue])


def undo_offer(request: HttpRequest) -> dict[str, Any] | None:
    """Return the bulk change that can still be taken back, None when there is none or its time has passed."""
    offer = request.session.get("desk_undo")
    if not offer:
        return None
    left = offer["until"] - clock.now().timestamp()
    if left <= 0:
        request.session.pop("desk_undo", None)
        return None
    return {**offer, "seconds": max(1, round(left))}


def _own(departments: Sequence[DepartmentInfo], actor: Actor) -> list[DepartmentInfo]:
    return [one for one in departments if not actor.departments or one.id in actor.departments]


def menu(actor: Actor, wanted: Asked, city: City) -> list[SafeString]:
    """Return the menu, drawn: the queues everybody has, then by department, team and area, then the saved ones."""
    groups = [group for group in _groups(actor, wanted, city) if group.entries]
    return [desk_drawn.group(group, place) for place, group in enumerate(groups, start=1)]


def _groups(actor: Actor, wanted: Asked, city: City) -> list[Group]:
    counts = queries.queue_counts(actor)
    tally = queries.queue_tally(actor, due_before=desk_filters.week_ends(), areas=_ids(city))
    numbers = {
        "all": tally.open,
        "mine": counts.mine,
        "unassigned": counts.unassigned,
        "contested": counts.contested,
        "late": tally.late,
        "nears": counts.nears,
        "week": tally.due_soon,
        "repeats": counts.repeats,
        "waiting": counts.waiting,
        "abuse": counts.abuse,
        "approval": counts.approval,
        "starred": counts.starred,
    }
    moderates, settles = actor.may("requests.moderate"), actor.may("requests.settle")
    plain = not any(wanted.get(name) for name in ("department", "team", "area"))
    first = tuple(
        _queue(code, label, numbers[code], is_current=plain and wanted.queue == code)
        for code, label in desk_filters.QUEUES.items()
        if (moderates or code not in {"waiting", "abuse"}) and (settles or code != "approval")
    )
    groups = [Group(_("Queues"), first)]
    if city.saved:
        here = wanted.query()
        entries = tuple(Entry(one.name, _address(one.query), None, one.query == here) for one in city.saved)
        groups.append(Group(_("Saved"), entries))
    if len(actor.departments) != 1:
        groups.append(_by(_("Departments"), "department", city.departments, tally.departments, wanted))
    if not actor.teams:
        groups.append(_by(_("Teams"), "team", city.teams, tally.teams, wanted, folded=True))
    return [*groups, *(_by(label, "area", areas, tally.areas, wanted, folded=True) for label, areas in city.areas)]


def _ids(city: City) -> list[uuid.UUID]:
    return [area.id for _label, areas in city.areas for area in areas]


def _queue(code: str, label: Any, count: int, *, is_current: bool) -> Entry:
    is_more = code not in _KEPT and count > queries.COUNTED_TO
    url = _address(Asked({} if code == "all" else {"queue": code}).query())
    return Entry(str(label), url, queries.COUNTED_TO if is_more else count, is_current, is_more)


def _by(
    label: str,
    name: str,
    rows: Iterable[DepartmentInfo | TeamInfo | AreaInfo],
    counts: Mapping[uuid.UUID, int],
    wanted: Asked,
    *,
    folded: bool = False,
) -> Group:
    chosen, address = wanted.get(name), _address(f"{name}=")
    entries = tuple(
        Entry(pick(row.name), f"{address}{row.id}", counts[row.id], chosen == str(row.id))
        for row in rows
        if counts.get(row.id)
    )
    return Group(label, entries, folded and not any(entry.is_current for entry in entries))


def _address(query: str) -> str:
    address = reverse("desk-queue")
    return f"{address}?{query}" if query else address
