"""Which rows a page of a list has: the newest that fit, found without reading what is not on the page."""

from __future__ import annotations

from typing import Any

from cityhall.apps.service_requests.contracts import RequestFilter
from cityhall.apps.service_requests.queries.filters import Conditions
from cityhall.apps.service_requests.rules import grid

_JOINS = """
    join service_requests_category c on c.id = r.category_id
    join service_requests_categorygroup g on g.id = c.group_id
"""


ORDERS = {"updated": "updated_at", "closed": "closed_at"}


def page_ids(filters: RequestFilter, found: Conditions, *, limit: int, offset: int = 0) -> tuple[str, list[Any]]:
    """Return a SELECT of `id` for one page, newest first by the filter's order, and its parameters.

    A box of few cells asks each cell for its newest: seven times faster than one scan over the box, and answered from
    the index alone as long as only times, the point and `hidden` are asked about.
    """
    column = ORDERS.get(filters.order, "requested_at")
    bounds = filters.bbox or (grid.box_around(*filters.near) if filters.near else None)
    covered = grid.cover(*bounds) if bounds and column == "requested_at" and not filters.numbers else None
    table = f"service_requests_servicerequest r {_JOINS if filters.groups else ''}"
    order = f"order by r.{column} desc, r.id desc limit"
    if covered is None:
        return (
            f"select r.id from {table} where {found.sql} {order} {limit} offset {offset}",  # noqa: S608
            found.parameters,
        )
    resolution, cells = covered
    cell = "public_cell" if resolution == grid.FINE else "public_cell7"
    sql = f"""
        select r.id from unnest(%s::bigint[]) as cell(value), lateral (
            select r.id, r.requested_at from {table} where r.{cell} = cell.value and {found.sql}
            {order} {limit + offset}
        ) r {order} {limit} offset {offset}
    """  # noqa: S608
    return sql, [cells, *found.parameters]
