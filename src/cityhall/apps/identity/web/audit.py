"""The audit log as a page: newest first, page by page, with the state of its chain."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cityhall.apps.identity import queries
from cityhall.apps.identity.web.audit_facts import name_of
from cityhall.kernel import offers
from cityhall.kernel.django import audit, dates
from cityhall.kernel.django.access import staff
from cityhall.kernel.django.acting import author_name
from cityhall.kernel.django.models import AuditEntry
from cityhall.kernel.django.templatetags.look import number_filter
from cityhall.kernel.django.translated import pick

PAGE = 50
_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ].+)?")
_ASIDE = frozenset({"number", "version"})
#: By the name of a fact, words for its codes.
_Words = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as people read it: what was done, to what, with which facts. `entry` has all of it."""

    entry: AuditEntry
    action: str
    did: str
    subject: str
    name: str
    page: str
    who: str
    facts: tuple[tuple[str, str], ...]


def _line(entry: AuditEntry, names: Mapping[uuid.UUID, str], known: _Words) -> Line:
    room, __, what = entry.action.partition(".")
    words = next((one for one in offers.audit_words if one.key == room), None)
    number = str(entry.data.get("number", ""))
    page = words.pages.get(entry.subject_kind, "") if words and number else ""
    said = {**known, **(words.values if words else {})}
    facts = tuple(
        (name_of(name), _plain(value, said.get(name, {}), said))
        for name, value in entry.data.items()
        if name not in _ASIDE and not name.endswith("_id") and value not in ("", None, [], {}) and not _is_id(value)
    )
    return Line(
        entry,
        entry.action,
        str(words.actions.get(what, "")) if words else "",
        _subject(entry.subject_kind, words),
        number or (names.get(entry.subject_id, "") if entry.subject_id else ""),
        reverse(page, args=[number]) if page else "",
        author_name(entry.actor_kind, entry.actor_label),
        facts,
    )


def _subject(kind: str, words: offers.AuditWords | None) -> str:
    """Return the word for what was acted on, of the room that acted or of the one whose thing it is."""
    return next((str(one.subjects[kind]) for one in (words, *offers.audit_words) if one and kind in one.subjects), kind)


def _is_id(value: Any) -> bool:
    """Say whether a fact is an id, of a team or a contractor: nobody reads those. They stand in the whole entry."""
    try:
        return isinstance(value, str) and bool(uuid.UUID(value))
    except ValueError:
        return False


def _time(value: Any) -> date | None:
    """Return the day or the moment that a fact is; None when it is neither."""
    if not isinstance(value, str) or not _ISO.fullmatch(value):
        return None
    try:
        return parse_date(value) or parse_datetime(value)
    except ValueError:  # it only looks like one: 2026-02-30
        return None


def _plain(value: Any, words: Mapping[str, Any], said: _Words) -> str:
    """Return a fact's value in words: those for its codes, by name of the fact those of facts within it."""
    if isinstance(value, Mapping):
        return ", ".join(
            f"{name_of(name)} {_plain(one, said.get(name, {}), said)}"
            for name, one in sorted(value.items())
            if not _is_id(one)
        )
    if isinstance(value, list):
        return ", ".join(_plain(one, words, said) for one in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return number_filter(value)
    if at := _time(value):
        return dates.moment(at) if isinstance(at, datetime) else dates.day(at)
    return str(words.get(str(value)) or str(value).replace("_", " "))


def _names_by_code() -> _Words:
    return {
        "role": {row.code: pick(row.name) for row in queries.roles()},
        "department": {row.code: pick(row.name) for row in queries.departments()},
        "team": {row.code: pick(row.name) for row in queries.teams()},
        "kind": {one.key: one.label for one in offers.retained},
    }


@staff("audit.view")
@never_cache
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """Show one page of entries; `?before=` an entry's id goes on, `?verify=1` recomputes the whole chain."""
    rows = AuditEntry.objects.select_related("seal").order_by("-id")
    try:
        if before := request.GET.get("before"):
            rows = rows.filter(id__lt=uuid.UUID(before))
        if subject := request.GET.get("subject"):
            rows = rows.filter(subject_id=uuid.UUID(subject))
    except ValueError:
        rows = rows.none()
    found = list(rows[: PAGE + 1])
    names = queries.names({row.subject_id for row in found if row.subject_kind == "account" and row.subject_id})
    known = _names_by_code()
    context = {
        "rows": [_line(row, names, known) for row in found[:PAGE]],
        "older": found[PAGE - 1].id if len(found) > PAGE else None,
        "subject": request.GET.get("subject", ""),
        # Recomputing reads the whole log, so it is done when asked for and not on every look.
        "verdict": audit.verify() if request.GET.get("verify") else None,
    }
    return render(request, "identity/audit.html", context)
