"""Long lists for the public, as protocols hand them out: one statement, and of each row only what they say.

It is `reading.published` for a viewer who is nobody in particular, without answers, areas and evidence. What of a row
may be told is decided by `rules.exposure` and `rules.may_link`, as there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec

from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import (
    Detail,
    Linked,
    Policy,
    RequestFilter,
    Showing,
    Status,
    number_text,
)
from cityhall.apps.service_requests.queries import rows
from cityhall.apps.service_requests.queries.filters import conditions
from cityhall.apps.service_requests.queries.pages import ORDERS, page_ids
from cityhall.apps.service_requests.queries.reading import MOST
from cityhall.apps.service_requests.rules.publication import pick
from cityhall.kernel.actors import ANONYMOUS
from cityhall.kernel.django.reading import read


class Listed(msgspec.Struct, gc=False):
    """A request as a list tells of it. Times are seconds since 1970."""

    id: str
    number: str
    category_code: str
    category_name: str
    status: Status
    outcome_sentence: str
    referred_to: str
    department: str
    duplicate_of: str
    scheduled_for: date | None
    description: str
    requested_at: int
    updated_at: int
    closed_at: int | None
    due_at: int | None
    address: str
    address_id: str
    lat: float | None
    lon: float | None
    photo: str


_COLUMNS = f"""
    r.id::text, r.number, c.id::text, c.code, c.name::text, c.place_policy, c.text_policy, c.photo_policy, c.moderation,
    r.state, r.outcome, r.outcome_sentence, r.referred_to, d.name::text, {rows.DUPLICATE_OF}::text, r.scheduled_for,
    r.description, r.showing, floor(extract(epoch from r.requested_at))::bigint,
    floor(extract(epoch from r.updated_at))::bigint, floor(extract(epoch from r.closed_at))::bigint,
    floor(extract(epoch from r.due_at))::bigint, r.public_address, r.address_id::text, r.public_lat, r.public_lon,
    (select array_agg(p.document_id::text || p.showing order by p."order", p.id)
       from service_requests_requestphoto p where p.request_id = r.id and not p.is_evidence)
"""  # noqa: S608
_AROUND = """
    join service_requests_category c on c.id = r.category_id
    left join identity_department d on d.id = r.department_id
"""
_ID = 36  # characters of an id
_SHOWN = Showing.SHOWN.value


def listed(
    filters: RequestFilter, *, limit: int, offset: int = 0, language: str | None = None
) -> tuple[tuple[Listed, ...], bool]:
    """Return a page of requests, newest first by the filter's order, and whether more follow. One SQL query.

    Args:
        limit: requests in a page, at most 1,000.
        offset: requests left out before the page. It costs what it leaves out.
    """
    limit = max(1, min(limit, MOST))
    found = read(*statement(filters, limit=limit + 1, offset=offset))
    return tuple(_told(found[:limit], language)), len(found) > limit


def one_listed(number: int, *, language: str | None = None) -> Listed | None:
    """Return one request, None where there is none or it was taken down. One SQL query."""
    return next(_told(read(*statement_of_one(number)), language), None)


def statement(filters: RequestFilter, *, limit: int, offset: int = 0) -> tuple[str, list[Any]]:
    """Return the SELECT of a page of rows and its parameters."""
    column = ORDERS.get(filters.order, "requested_at")
    ids, parameters = page_ids(filters, conditions(filters, ANONYMOUS), limit=limit, offset=offset)
    sql = f"""
        select {_COLUMNS} from ({ids}) page join service_requests_servicerequest r on r.id = page.id {_AROUND}
        order by r.{column} desc, r.id desc
    """  # noqa: S608
    return sql, parameters


def statement_of_one(number: int) -> tuple[str, list[Any]]:
    """Return the SELECT of one row and its parameters."""
    return _ONE, [number]


_ONE = f"""
    select {_COLUMNS} from service_requests_servicerequest r {_AROUND}
    where r.number = %s::bigint and not r.hidden
"""  # noqa: S608


def _told(found: Sequence[tuple[Any, ...]], language: str | None) -> Iterator[Listed]:
    language = rows.language_of(language)
    kinds: dict[str, tuple[str, Policy, rules.Exposure]] = {}
    departments: dict[str | None, str] = {None: ""}
    for (
        id_, number, category_id, code, name, place, text, photo, moderation, state, outcome, sentence, referred_to,
        department, duplicate_of, scheduled_for, description, showing, requested_at, updated_at, closed_at, due_at,
        address, address_id, lat, lon, photos,
    ) in found:  # fmt: skip
        kind = kinds.get(category_id)
        if kind is None:
            kind = kinds[category_id] = _kind(name, language, place, text, photo, moderation)
        label, policy, shown = kind
        where = departments.get(department)
        if where is None:
            where = departments[department] = _said(department, language)
        placed = shown.place is not Detail.WITHHELD
        other_number = ""
        if duplicate_of is not None:
            other = rows.linked_in(duplicate_of)
            if rules.may_link(Linked(number, policy, False, lat, lon, address), other):
                other_number = number_text(other.number)
            else:
                sentence = rules.without_number(sentence, other.number)
        yield Listed(
            id_, number_text(number), code, label, rows.STATUS[state, outcome], sentence, referred_to, where,
            other_number, scheduled_for,
            description if shown.text and showing == _SHOWN else "",
            requested_at, updated_at, closed_at, due_at,
            address if placed else "", address_id or "" if shown.place is Detail.EXACT else "",
            lat if placed else None, lon if placed else None,
            _first(photos) if photos and shown.photo else "",
        )  # fmt: skip


@lru_cache(maxsize=1024)
def _kind(
    name: str, language: str, place: str, text: str, photo: str, moderation: str
) -> tuple[str, Policy, rules.Exposure]:
    """Return a category's name in a language, its policy, and what that shows."""
    policy = rows.policy_in(place, text, photo, moderation)
    return _said(name, language), policy, rules.exposure(policy, own=False)


@lru_cache(maxsize=2048)
def _said(texts: str, language: str) -> str:
    """Return a translated text's words in a language."""
    return pick(json.loads(texts), language)


def _first(photos: Sequence[str]) -> str:
    """Return the id of the first photo that shows; each comes with its state behind its id."""
    return next((one[:_ID] for one in photos if one[_ID:] == _SHOWN), "")
