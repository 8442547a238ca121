"""Reading requests as a viewer may see them: lists, one, its history."""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.utils.translation import gettext as _

from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import (
    Fact,
    Linked,
    Page,
    PublicEvent,
    PublicRequest,
    RequestFilter,
    Showing,
    Viewer,
    Visibility,
    number_value,
)
from cityhall.apps.service_requests.models import HistoryEvent, Supporter
from cityhall.apps.service_requests.queries import rows
from cityhall.apps.service_requests.queries.filters import conditions, cursor_text, cursor_value
from cityhall.apps.service_requests.queries.pages import ORDERS, page_ids
from cityhall.kernel.actors import Actor, ActorKind
from cityhall.kernel.django.acting import author_name
from cityhall.kernel.django.keyed_hash import keyed_hash
from cityhall.kernel.errors import NotFound

MOST = 1000
_OF_TWO = frozenset({Fact.MERGED, Fact.PARTED})
_PUBLIC_DATA = frozenset({
    "from", "to", "outcome", "on", "duplicate_of", "number", "referred_to", "photos", "corrects", "settled", "no_proof",
    "people",
})  # fmt: skip


def published(
    filters: RequestFilter,
    viewer: Actor,
    *,
    after: str = "",
    offset: int = 0,
    limit: int = 50,
    language: str | None = None,
) -> Page[PublicRequest]:
    """Return a page of requests, newest first by the filter's order; `after` is the cursor of the page before.

    Args:
        offset: requests left out before the page, for protocols that count pages. It costs what it leaves out.
        limit: requests in a page, at most 1,000.

    Raises:
        Invalid: `after` is no cursor.
    """
    limit = max(1, min(limit, MOST))
    column = ORDERS.get(filters.order, "requested_at")
    found = conditions(filters, viewer)
    if after:
        found.add(f"(r.{column}, r.id) < (%s, %s)", *cursor_value(after))
    ids, parameters = page_ids(filters, found, limit=limit + 1, offset=offset)
    page = rows.fetch(
        f"select {rows.COLUMNS} from ({ids}) page join {rows.TABLES_OF_PAGE}"  # noqa: S608
        f" order by r.{column} desc, r.id desc",
        parameters,
    )
    items = rows.publish_all(page[:limit], viewer, language=language)
    if len(page) <= limit:
        return Page(tuple(items))
    last = page[limit - 1].facts
    moments = {"updated_at": last.updated_at, "closed_at": last.closed_at or last.updated_at}
    return Page(tuple(items), cursor_text(moments.get(column, last.requested_at), last.id))


def one(ref: str | uuid.UUID, viewer: Actor, *, token: str = "", language: str | None = None) -> PublicRequest:
    """Return the request with this number ("48-220") or id, as `viewer` may see it.

    Args:
        token: the reporter's private token, when the viewer has it.

    Raises:
        NotFound: no such request, or it was taken down.
    """
    row = row_of(ref)
    seen = rules.publish(row.facts, _viewer(row, viewer, token, language))
    if seen is None:
        raise missing()
    return seen


def missing() -> NotFound:
    """Return the refusal for a request that is not there or not to be known of."""
    return NotFound(_("There is no such service request. Check the number."))


def row_of(ref: str | uuid.UUID, *, extra: str = "") -> rows.Row:
    """Return the row of a number or id, with more columns (SQL that starts with a comma). Raises NotFound."""
    if isinstance(ref, uuid.UUID):
        condition, value = "r.id = %s::uuid", ref
    else:
        number = number_value(ref)
        if number is None:
            try:
                condition, value = "r.id = %s::uuid", uuid.UUID(ref)
            except ValueError:
                raise missing() from None
        else:
            condition, value = "r.number = %s::bigint", number  # type: ignore[assignment]
    sql = f"select {rows.COLUMNS}{extra} from {rows.TABLES} where {condition}"  # noqa: S608
    found = rows.fetch(sql, [value], steady=True)
    if not found:
        raise missing()
    return found[0]


def private_token(request_id: uuid.UUID) -> str:
    """Return the token that opens the reporter's own page. Derived, so that a repeated command gets the same."""
    return keyed_hash("service_requests.reporter", str(request_id))[:40]


def token_hash(token: str) -> str:
    """Return what is kept of a private token."""
    return _hash_under(settings.SECRET_KEY, token)


def token_hashes(token: str) -> list[str]:
    """Return what may be kept of a private token: under the secret key and under those it replaced."""
    return [_hash_under(key, token) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def supports(request_id: uuid.UUID, account: uuid.UUID) -> bool:
    """Say whether an account has said "me too" to a request."""
    return Supporter.objects.filter(request_id=request_id, who__in=token_hashes(f"me-too:{account}")).exists()


def _hash_under(key: str, token: str) -> str:
    return keyed_hash("service_requests.token", token, key=key)


def _viewer(row: rows.Row, actor: Actor, token: str, language: str | None) -> Viewer:
    proven = bool(token and row.token_hash) and any(
        hmac.compare_digest(kept, row.token_hash) for kept in token_hashes(token)
    )
    return rows.viewer_of(row, actor, language=rows.language_of(language), is_reporter=proven)


def history(
    request_id: uuid.UUID, viewer: Actor, *, token: str = "", language: str | None = None
) -> tuple[PublicEvent, ...]:
    """Return the history `viewer` may see, oldest first. Raises NotFound."""
    row = row_of(request_id)
    looking = _viewer(row, viewer, token, language)
    if rules.publish(row.facts, looking) is None:
        raise missing()
    return events_of(row, looking)


def events_of(row: rows.Row, looking: Viewer) -> tuple[PublicEvent, ...]:
    """Return the events of a request as `looking` may see them, oldest first."""
    wanted = HistoryEvent.objects.filter(request_id=row.facts.id).order_by("at", "id")
    if not looking.sees_all:
        wanted = wanted.filter(visibility=Visibility.PUBLIC)
    events = list(wanted)
    others = linked_in(events)
    seen = (event_as_seen(row, event, looking, others) for event in events)
    return tuple(one for one in seen if one is not None)


def linked_in(events: Iterable[HistoryEvent]) -> Mapping[str, Linked]:
    """Return the other requests that events of merges name, by number. One SQL query, or none without merges."""
    numbers = (number_value(other) for event in events if (other := _other(event)))
    return rows.linked_of(number for number in numbers if number is not None)


def _other(event: HistoryEvent) -> str:
    """Return the number of the other request of a merge, "" for an event that is none."""
    return str(event.data.get("duplicate_of") or (event.data.get("number") if event.fact in _OF_TWO else "") or "")


def event_as_seen(
    row: rows.Row, event: HistoryEvent, looking: Viewer, others: Mapping[str, Linked]
) -> PublicEvent | None:
    """Return one event of `row` as `looking` may see it; None for a merge the public may not know of.

    The caller leaves out what is internal.

    Args:
        others: what `linked_in` returns of the events.
    """
    secret = set() if looking.sees_all else _secret(row, event, others)
    if secret and event.fact in _OF_TWO:
        return None
    by_city = event.author_kind in {ActorKind.STAFF, ActorKind.SYSTEM, ActorKind.API_KEY}
    readable = (
        looking.sees_all
        or (event.author_id is not None and event.author_id == row.reporter_id and looking.is_reporter)
        or (
            event.showing == Showing.SHOWN
            and (by_city or looking.is_reporter or rules.text_is_public(row.facts.policy, Showing.SHOWN))
        )
    )
    data = event.data if looking.sees_all else {key: event.data[key] for key in event.data if key in _PUBLIC_DATA}
    if secret:
        data = {key: value for key, value in data.items() if key != "duplicate_of"}
    text = rules.said_in(event.text, event.data.get("also"), looking.language) if readable else ""
    for number in secret:
        text = rules.without_number(text, number)
    if not looking.sees_all and "photos" in data:
        seen = rules.publish(row.facts, looking)
        shown = {str(one) for one in (*seen.photos, *seen.evidence)} if seen else set()
        data = {**data, "photos": [one for one in data["photos"] if one in shown]}
    return PublicEvent(
        id=event.id,
        fact=Fact(event.fact),
        at=event.at,
        author=author_of(event, sees_all=looking.sees_all),
        text=text,
        data=data,
    )


def _secret(row: rows.Row, event: HistoryEvent, others: Mapping[str, Linked]) -> set[int]:
    """Return the numbers that this event may not name to the public."""
    mine = rules.linked(row.facts)
    named = [others.get(_other(event)), row.facts.duplicate_of]
    secret = {one.number for one in named if one is not None and not rules.may_link(mine, one)}
    gone = number_value(_other(event)) if _other(event) not in others else None
    return secret | ({gone} if gone is not None else set())


def author_of(event: HistoryEvent, *, sees_all: bool) -> str:
    """Return who did it: residents are never named; a member of staff is named to staff only."""
    if event.author_kind in {ActorKind.ANONYMOUS, ActorKind.RESIDENT}:
        return _("Resident")
    if event.author_kind == ActorKind.STAFF and not sees_all:
        return _("City staff")
    return author_name(event.author_kind, event.author_label) if event.author_label else _("City staff")
