"""What an area had in a span of days, and what a council office filed: for its weekly report."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from cityhall.apps.service_requests.contracts import CallKind, Detail, PublicRequest
from cityhall.apps.service_requests.models import Call
from cityhall.apps.service_requests.queries import rows
from cityhall.apps.service_requests.rules.publication import pick
from cityhall.kernel.actors import ANONYMOUS

MOST_CASES = 300


@dataclass(frozen=True, slots=True)
class KindCounts:
    """What one category had. `name` is "" for all those together whose places are not public."""

    name: str
    opened: int = 0
    closed: int = 0
    contested: int = 0


@dataclass(frozen=True, slots=True)
class AreaSpan:
    """What an area had from one moment to another: filed then; closed then, and closed still; contested then."""

    kinds: tuple[KindCounts, ...]

    @property
    def opened(self) -> int:
        """All that was filed."""
        return sum(one.opened for one in self.kinds)

    @property
    def closed(self) -> int:
        """All that was closed."""
        return sum(one.closed for one in self.kinds)

    @property
    def contested(self) -> int:
        """How often somebody said that something is not fixed."""
        return sum(one.contested for one in self.kinds)


@dataclass(frozen=True, slots=True)
class OfficeCase:
    """A request that a council office filed or joined for somebody. Who that was is there only where they agreed."""

    at: datetime
    name: str
    email: str
    phone: str
    consent_at: datetime | None
    request: PublicRequest


_IN_AREA = "not r.hidden and r.public_areas && %s::uuid[]"
_COUNTS: Mapping[str, str] = {
    "opened": """
        select r.category_id, count(*) from service_requests_servicerequest r
        where not r.hidden and r.public_areas && %s::uuid[] and r.requested_at >= %s and r.requested_at < %s group by 1
    """,
    "closed": """
        select r.category_id, count(*) from service_requests_servicerequest r
        where not r.hidden and r.public_areas && %s::uuid[] and r.state = 'closed'
            and r.closed_at >= %s and r.closed_at < %s group by 1
    """,
    "contested": """
        select r.category_id, count(*) from service_requests_contest t
        join service_requests_servicerequest r on r.id = t.request_id
        where not r.hidden and r.public_areas && %s::uuid[] and t.at >= %s and t.at < %s group by 1
    """,
}


def area_span(area_id: uuid.UUID, since: datetime, until: datetime, *, language: str | None = None) -> AreaSpan:
    """Return what an area had, by category: the first moment included, the last not.

    Areas are those of the place the public sees. Where a category's exact places are not public, what it had here is
    told only together with the others like it.
    """
    tongue = rows.language_of(language)
    counted: dict[str, dict[uuid.UUID, int]] = {}
    with connection.cursor() as cursor:
        for what, sql in _COUNTS.items():
            cursor.execute(sql, [[area_id], since, until])
            counted[what] = dict(cursor.fetchall())
        cursor.execute("select id, name::text, place_policy from service_requests_category")
        names = {id_: pick(json.loads(name), tongue) if place == Detail.EXACT else "" for id_, name, place in cursor}
    sums: dict[str, Counter[str]] = {}
    for what, found in counted.items():
        for id_, count in found.items():
            sums.setdefault(names[id_], Counter())[what] += count
    kinds = [KindCounts(name, one["opened"], one["closed"], one["contested"]) for name, one in sums.items()]
    return AreaSpan(tuple(sorted(kinds, key=lambda one: (not one.name, -one.opened, -one.closed, one.name))))


def oldest_open(area_id: uuid.UUID, limit: int, *, language: str | None = None) -> list[PublicRequest]:
    """Return the open requests of an area that wait longest, as everybody sees them."""
    found = rows.fetch(
        f"select {rows.COLUMNS} from {rows.TABLES} where {_IN_AREA} and r.state <> 'closed'"  # noqa: S608
        " and c.place_policy = 'exact' order by r.requested_at, r.id limit %s",
        [[area_id], limit],
    )
    return list(rows.publish_all(found, ANONYMOUS, language=language))


def addresses_filed(area_id: uuid.UUID, since: datetime, until: datetime) -> Iterator[str]:
    """Iterate over the public addresses of what was filed in an area, where exact places are public."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select r.public_address from service_requests_servicerequest r"  # noqa: S608
            " join service_requests_category c on c.id = r.category_id and c.place_policy = 'exact'"
            f" where {_IN_AREA} and r.requested_at >= %s and r.requested_at < %s and r.public_address <> ''",
            [[area_id], since, until],
        )
        yield from (row[0] for row in cursor.fetchall())


def cases_of_office(office_id: uuid.UUID, *, language: str | None = None) -> list[OfficeCase]:
    """Return what an office filed or joined for people, the newest first, at most `MOST_CASES`."""
    calls = Call.objects.filter(
        office_id=office_id, kind__in=[CallKind.FILED, CallKind.JOINED], request__isnull=False
    ).order_by("-at", "-id")[:MOST_CASES]
    found = rows.fetch(
        f"select {rows.COLUMNS} from {rows.TABLES} where r.id = any(%s::uuid[])",  # noqa: S608
        [[call.request_id for call in calls]],
    )
    seen = {one.id: one for one in rows.publish_all(found, ANONYMOUS, language=language)}
    return [
        OfficeCase(call.at, call.name, call.email, call.phone, call.consent_at, seen[call.request_id])
        if call.consent_at
        else OfficeCase(call.at, "", "", "", None, seen[call.request_id])
        for call in calls
        if call.request_id and call.request_id in seen
    ]
