"""What a desk queue shows, as its address says it: every filter lives in the query string."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cityhall.apps.service_requests import queries
from cityhall.apps.service_requests.contracts import DeskFilter, RequestFilter, State, Status, number_value
from cityhall.kernel import clock

QUEUES: Mapping[str, Any] = {
    "all": _("All open"),
    "mine": _("Mine"),
    "starred": _("My shortlist"),
    "unassigned": _("Unassigned"),
    "contested": _("Contested"),
    "approval": _("Waiting for approval"),
    "late": _("Late"),
    "nears": _("Target nears"),
    "week": _("Due this week"),
    "repeats": _("Likely duplicates"),
    "waiting": _("Waiting for moderation"),
    "abuse": _("Abuse reports"),
}
SORTS: Mapping[str, Any] = {
    "due": _("Target date"),
    "age": _("Oldest first"),
    "newest": _("Newest first"),
    "updated": _("Last changed"),
}
AGES: Mapping[str, Any] = {
    "7": _("Older than a week"),
    "30": _("Older than a month"),
    "90": _("Older than 3 months"),
    "365": _("Older than a year"),
}
TARGETS: Mapping[str, Any] = {"late": _("Late"), "nears": _("Target nears"), "week": _("Due this week")}
NAMES = ("queue", "q", "department", "team", "area", "category", "status", "age", "target", "sort")


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of one address. `values` holds what was said and made sense, by name."""

    values: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Return what was said for `name`, "" for nothing.

        No `[]`: a template looks there before it looks for attributes, and would find every name empty.
        """
        return self.values.get(name, "")

    def query(self, **changes: str) -> str:
        """Return the query string with `changes`; an empty value leaves a filter out."""
        wanted = {**self.values, **changes}
        return urlencode([(name, wanted[name]) for name in (*NAMES, "after") if wanted.get(name)])

    @property
    def queue(self) -> str:
        """The queue's code; "all" when none is named."""
        return self.get("queue") or "all"

    @property
    def sort(self) -> str:
        """How it is ordered; see `queries.desk_queue`."""
        return self.get("sort") or "due"

    @property
    def narrowed(self) -> tuple[str, ...]:
        """The filters that stand besides the queue and the order."""
        return tuple(name for name in NAMES if name not in {"queue", "sort"} and self.get(name))

    @property
    def is_whole(self) -> bool:
        """Whether all open requests are looked through, for words at most."""
        return self.queue == "all" and set(self.narrowed) <= {"q"}


def asked(given: Mapping[str, str]) -> Asked:
    """Read a query string; what makes no sense is left out, so that an old bookmark still opens."""
    values = {}
    for name in NAMES:
        value = given.get(name, "").replace("\x00", "").strip()
        if value and _makes_sense(name, value):
            values[name] = value[:200]
    return Asked(values)


def _makes_sense(name: str, value: str) -> bool:
    if name in {"department", "team", "area"}:
        return as_id(value) is not None
    known: Mapping[str, Any] | None = {
        "queue": QUEUES,
        "sort": SORTS,
        "age": AGES,
        "target": TARGETS,
        "status": {status.value: status for status in Status},
    }.get(name)
    return known is None or value in known


def as_id(text: str) -> uuid.UUID | None:
    """Return the id a text is, None when it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def week_ends() -> datetime:
    """Return the end of the week that runs: the coming Sunday night, in the city's time zone."""
    today = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=7 - today.weekday())


def desk_filter(wanted: Asked) -> DeskFilter:
    """Return the filter an address asks for."""
    queue, target = wanted.queue, wanted.get("target")
    words = wanted.get("q")
    # Digits can be a house's, or another system's: they are a request's number where there is one.
    number = number_value(words) is not None and bool(queries.ids_of([words]))
    departments, teams, areas = (_ids(wanted.get(name)) for name in ("department", "team", "area"))
    age = wanted.get("age")
    base = RequestFilter(
        numbers=(words,) if number else (),
        words="" if number else words,
        categories=(wanted.get("category"),) if wanted.get("category") else (),
        statuses=(Status(wanted.get("status")),) if wanted.get("status") else (),
        areas=areas,
        departments=departments,
        until=clock.now() - timedelta(days=int(age)) if age else None,
    )
    return DeskFilter(
        base=base,
        states=(State.CONTESTED,) if queue == "contested" else (),
        late="late" in {queue, target},
        due_before=week_ends() if "week" in {queue, target} else None,
        unassigned=queue == "unassigned",
        assigned_to_me=queue == "mine",
        waiting=queue == "waiting",
        repeats=queue == "repeats",
        nears="nears" in {queue, target},
        abuse=queue == "abuse",
        approval=queue == "approval",
        starred=queue == "starred",
        teams=teams,
    )


def _ids(value: str) -> tuple[uuid.UUID, ...]:
    found = as_id(value) if value else None
    return (found,) if found else ()
