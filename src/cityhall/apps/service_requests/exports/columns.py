"""A published request as the columns of our own export."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from cityhall.apps.places import public as places
from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import PublicRequest, RequestFilter
from cityhall.apps.service_requests.queries.reading import MOST, published
from cityhall.kernel.actors import Actor

COLUMNS = (
    "cityhall_id", "number", "status", "state", "outcome", "outcome_sentence", "category_code", "category", "group",
    "requested_at", "updated_at", "closed_at", "due_at", "place_detail", "lat", "lon", "address", "areas",
    "description", "text_state", "department", "supporters", "duplicate_of", "source", "policy",
)  # fmt: skip


def all_of(filters: RequestFilter, viewer: Actor) -> Iterator[PublicRequest]:
    """Iterate over what `viewer` may see, newest first, a page in memory at a time."""
    after = ""
    while True:
        page = published(filters, viewer, after=after, limit=MOST, language="en")
        yield from page.items
        if not page.next:
            return
        after = page.next


def cells(one: PublicRequest) -> tuple[str, ...]:
    """Return a request as text, in the order of `COLUMNS`. Times are ISO 8601 in UTC."""
    return (
        str(one.id), one.number, one.status, one.state, one.outcome or "", one.outcome_sentence, one.category_code,
        one.category_name, one.group, stamp(one.requested_at), stamp(one.updated_at), stamp(one.closed_at),
        stamp(one.due_at), one.place_detail, degrees(one.lat), degrees(one.lon), one.address,
        json.dumps(dict(one.areas), ensure_ascii=False) if one.areas else "", one.description, one.text_state,
        one.department, str(one.supporters), one.duplicate_of, one.source,
        policy_of(one),
    )  # fmt: skip


def policy_of(one: PublicRequest) -> str:
    """Return the policy the request was published under, so that another city can keep to it."""
    return rules.policy_words(one.policy) if one.policy is not None else ""


def stamp(moment: datetime | None) -> str:
    """Return a time as ISO 8601 with its offset, "" for none."""
    return "" if moment is None else moment.isoformat()


def wall_clock(moment: datetime | None) -> str:
    """Return a time as the city's clocks show it, "" for none: what datasets hold."""
    return "" if moment is None else places.local(moment).strftime("%Y-%m-%dT%H:%M:%S")


def degrees(value: float | None) -> str:
    """Return degrees as text that reads back to the same number, "" for none."""
    return "" if value is None else repr(value)
