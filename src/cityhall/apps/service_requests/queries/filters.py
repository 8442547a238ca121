"""From a RequestFilter to SQL conditions. Every condition on a place reads the public columns only."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from cityhall.apps.identity import public as identity
from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import Outcome, RequestFilter, State, Status, number_value
from cityhall.apps.service_requests.rules import grid
from cityhall.kernel.actors import Actor
from cityhall.kernel.errors import Invalid
from cityhall.kernel.offers import request_finders

_UNCLOSED = frozenset(Status(state.value) for state in State if state is not State.CLOSED)
_CLOSED_OTHERWISE = (Outcome.NOT_FOUND, Outcome.NOT_CITY, Outcome.CANNOT, Outcome.NOT_STATED)


@dataclass(slots=True)
class Conditions:
    """SQL conditions joined by "and", with their parameters in order."""

    parts: list[str] = field(default_factory=list)
    parameters: list[Any] = field(default_factory=list)

    def add(self, sql: str, *parameters: Any) -> None:
        """Add one condition."""
        self.parts.append(sql)
        self.parameters.extend(parameters)

    @property
    def sql(self) -> str:
        """The conditions as SQL, "true" when there are none."""
        return " and ".join(f"({part})" for part in self.parts) or "true"


def conditions(wanted: RequestFilter, actor: Actor, *, staff: bool = False) -> Conditions:
    """Return the conditions for requests `r` (with category `c`, group `g` joined) that fit `wanted`.

    Args:
        staff: for the desk: look at exact places and all texts, and show what was taken down. The caller limits
            the rows to the actor's own work.
    """
    found = Conditions()
    if not staff:
        found.add("not r.hidden")
    if wanted.numbers:
        found.add("r.number = any(%s)", [value for one in wanted.numbers if (value := number_value(one)) is not None])
        return found
    if wanted.ids is not None:
        found.add("r.id = any(%s)", list(wanted.ids))
    if wanted.categories:
        # A scalar subquery keeps the index on category usable.
        found.add(
            "r.category_id = any(array(select id from service_requests_category where code = any(%s)))",
            list(wanted.categories),
        )
    if wanted.groups:
        found.add("g.code = any(%s)", list(wanted.groups))
    if wanted.statuses:
        _statuses(found, wanted.statuses)
    if wanted.areas:
        found.add(f"r.{'' if staff else 'public_'}areas && %s::uuid[]", list(wanted.areas))
    if wanted.departments:
        found.add("r.department_id = any(%s)", list(wanted.departments))
    if wanted.words.strip():
        _words(found, wanted.words, staff=staff)
    if wanted.mine:
        _mine(found, actor)
    _times(found, wanted)
    _spots(found, wanted, prefix="" if staff else "public_")
    return found


def _statuses(found: Conditions, statuses: tuple[Status, ...]) -> None:
    states = [status.value for status in statuses if status in _UNCLOSED]
    outcomes: list[str] = []
    if Status.FIXED in statuses:
        outcomes.append(Outcome.FIXED)
    if Status.DUPLICATE in statuses:
        outcomes.append(Outcome.DUPLICATE)
    if Status.CLOSED in statuses:
        outcomes.extend(_CLOSED_OTHERWISE)
    if states and outcomes:
        found.add("r.state = any(%s) or r.outcome = any(%s)", states, outcomes)
    elif states:
        found.add("r.state = any(%s)", states)
    else:
        found.add("r.state = 'closed' and r.outcome = any(%s)", outcomes)


def _words(found: Conditions, words: str, *, staff: bool) -> None:
    """The public finds by the words that `rules.public_words` chose; staff search what is only theirs to read too."""
    if not staff:
        query = rules.prefixes(words)
        if query:
            found.add("r.words @@ %s::tsquery", query)
        else:
            found.add("false")
        return
    elsewhere = {one for finder in request_finders for one in finder.find(words)}
    said, patterns = [], []
    for word in words.split()[:6]:
        pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        said.append("(r.description ilike %s or r.address ilike %s or c.name::text ilike %s)")
        patterns += [pattern] * 3
    found.add(f"r.id = any(%s::uuid[]) or ({' and '.join(said)})", list(elsewhere), *patterns)


def _mine(found: Conditions, actor: Actor) -> None:
    """What somebody reported: while signed in, or with the address they sign in with, which they have proven."""
    person = identity.person(actor.id) if actor.id else None
    if person is None:
        found.add("false")
        return
    found.add(
        "r.id = any(array(select request_id from service_requests_reporter where user_id = %s union all"
        " select request_id from service_requests_reporter where email <> '' and lower(email) = %s))",
        person.id,
        person.email.lower(),
    )


def _times(found: Conditions, wanted: RequestFilter) -> None:
    bounds = (
        ("r.requested_at >= %s", wanted.since),
        ("r.requested_at < %s", wanted.until),
        ("r.updated_at >= %s", wanted.updated_since),
        ("r.updated_at < %s", wanted.updated_until),
        ("r.closed_at >= %s", wanted.closed_since),
        ("r.closed_at < %s", wanted.closed_until),
    )
    if wanted.order == "closed" or wanted.closed_since or wanted.closed_until:
        found.add("r.state = 'closed'")  # as the index of closings has it
    for sql, moment in bounds:
        if moment is not None:
            found.add(sql, moment)


def _spots(found: Conditions, wanted: RequestFilter, *, prefix: str) -> None:
    if wanted.bbox is not None:
        box(found, *wanted.bbox, prefix=prefix)
    if wanted.near is not None:
        lat, lon, metres = wanted.near
        box(found, *grid.box_around(lat, lon, metres), prefix=prefix)
        found.add(
            f"6371008.8 * 2 * asin(least(1, sqrt(power(sin(radians(r.{prefix}lat - %s) / 2), 2) + cos(radians(%s))"
            f" * cos(radians(r.{prefix}lat)) * power(sin(radians(r.{prefix}lon - %s) / 2), 2)))) <= %s",
            lat,
            lat,
            lon,
            metres,
        )


def box(found: Conditions, west: float, south: float, east: float, north: float, *, prefix: str = "public_") -> None:
    """Add: the point is in the box (degrees, its edges included). `prefix` chooses the public or the exact point."""
    found.add(f"r.{prefix}lat between %s and %s and r.{prefix}lon between %s and %s", south, north, west, east)


def cursor_text(moment: datetime, row_id: uuid.UUID) -> str:
    """Return the cursor that stands after a row."""
    return base64.urlsafe_b64encode(f"{moment.isoformat()}|{row_id}".encode()).decode().rstrip("=")


def cursor_value(text: str) -> tuple[datetime, uuid.UUID]:
    """Return what a cursor stands for. Raises Invalid for a text that is none."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        moment, _, row_id = raw.partition("|")
        return datetime.fromisoformat(moment), uuid.UUID(row_id)
    except ValueError:
        raise Invalid({"after": gettext("Start again from the first page.")}, code="bad_cursor") from None
