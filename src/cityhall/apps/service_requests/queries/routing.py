"""What routing is decided and tested by: how much each team has, how much it finishes, and what was filed."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from cityhall.apps.places import public as places
from cityhall.apps.service_requests.contracts import number_text


def open_by_team(teams: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return how many open requests each of these teams has: from what is kept, and what is not added up yet."""
    found = dict.fromkeys(teams, 0)
    if not found:
        return {}
    ids = list(found)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select team, sum(count)::bigint from (
                select t.team, t.count from service_requests_opentally t
                where t.kind = 'filed' and t.day is null and t.area is null and t.category is null and not t.whole
                    and t.team = any(%s)
                union all
                select t.team, t.count from service_requests_tallychange t
                where t.filed is not null and t.closed is null and t.team = any(%s)
            ) kept group by team
            """,
            [ids, ids],
        )
        return found | dict(cursor.fetchall())


def closed_by_team(since: date, until: date) -> dict[uuid.UUID, int]:
    """Return how many requests each team closed in the months from `since` to before `until`, duplicates left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select team, sum(fixed + not_found + not_city + cannot_be_done + not_stated)::bigint
            from service_requests_tally
            where month >= %s and month < %s and area is null and category is null and not whole and team is not null
            group by team
            """,
            [since, until],
        )
        return dict(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class FiledOne:
    """A request as routing looks at it: what its category's team is, and whose it is now."""

    id: uuid.UUID
    number: str
    category: str
    areas: tuple[uuid.UUID, ...]
    layer: str
    owner: str
    at: datetime
    category_team: uuid.UUID | None
    team: uuid.UUID | None


def filed_between(since: datetime, until: datetime, *, limit: int) -> Iterator[FiledOne]:
    """Iterate over the newest requests filed in a time, `limit` at most; those taken down are left out.

    The category is the one each has now: nobody is sent a request for a mistake that was mended.
    """
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(
            """
            select r.id, r.number, c.code, r.areas, r.asset_id, r.requested_at, c.team_id, r.team_id
            from service_requests_servicerequest r join service_requests_category c on c.id = r.category_id
            where r.requested_at >= %s and r.requested_at < %s and not r.hidden
            order by r.requested_at desc, r.id desc limit %s
            """,
            [since, until, limit],
        )
        while rows := cursor.fetchmany(5_000):
            assets = places.owners_of({row[4] for row in rows if row[4]})
            for id_, number, code, areas, asset_id, at, category_team, team in rows:
                layer, owner = assets.get(asset_id, ("", ""))
                yield FiledOne(id_, number_text(number), code, tuple(areas), layer, owner, at, category_team, team)
