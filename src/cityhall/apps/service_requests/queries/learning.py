"""What the past can teach: residents' words beside what staff found them to mean."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

_DESCRIBED = """
    select r.description, c.code, case when c.place_policy = 'exact' then r.lat end,
        case when c.place_policy = 'exact' then r.lon end, corrected.is_so
    from service_requests_servicerequest r
    join service_requests_category c on c.id = r.category_id
    cross join lateral (
        select exists (
            select 1 from service_requests_historyevent h where h.request_id = r.id and h.fact = 'category'
        ) as is_so
    ) corrected
    where not r.hidden and r.description <> '' and (r.state = 'closed' or corrected.is_so)
    order by r.requested_at desc, r.id desc limit %s
"""


@dataclass(frozen=True, slots=True)
class Described:
    """What somebody said, and the category it ended in; where, if the public may know exactly.

    `corrected` says that staff moved it there.
    """

    text: str
    category_code: str
    lat: float | None
    lon: float | None
    corrected: bool


def described(most: int) -> list[Described]:
    """Return the latest requests whose category has stood to the end or was put right, the oldest of them first."""
    with connection.cursor() as cursor:
        cursor.execute(_DESCRIBED, [most])
        return [Described(*row) for row in reversed(cursor.fetchall())]
