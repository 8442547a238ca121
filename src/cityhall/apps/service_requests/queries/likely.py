"""Open requests that may be about the same trouble, likeliest first, with the reasons a reader may know."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence

from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import Datatype, Detail, Likely, PublicRequest
from cityhall.apps.service_requests.models import Category
from cityhall.apps.service_requests.queries import rows
from cityhall.apps.service_requests.queries.catalogue import category_row
from cityhall.apps.service_requests.rules import grid, likeness
from cityhall.apps.service_requests.rules.likeness import Kind, Sighting
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, Actor

_ROUGH_REACH = 250.0
_MOST = 150
_SLACK = 1.0
"""Metres, so that nothing at the edge is lost to rounding."""


def likely_open(
    category_code: str,
    lat: float,
    lon: float,
    *,
    address: str = "",
    words: str = "",
    asset_id: uuid.UUID | None = None,
    photo_place: tuple[float, float] | None = None,
    viewer: Actor = ANONYMOUS,
    limit: int = 10,
    language: str | None = None,
) -> tuple[Likely, ...]:
    """Return open requests that may be what somebody is about to report, likeliest first.

    What the viewer may not know is neither shown nor used: places are measured to the public point, and a withheld
    text or address counts for nothing. All of the category within its own radius are among them, others only when
    they are likely.

    Args:
        photo_place: where the camera says the photo was taken; it is compared and not kept.
    """
    category = category_row(category_code)
    if category is None or category.place_policy == Detail.WITHHELD:
        return ()
    exact = category.place_policy == Detail.EXACT
    mine = Sighting(
        kind=_kind_of_category(category),
        at=clock.now(),
        lat=lat,
        lon=lon,
        address=address,
        words=words,
        asset=asset_id if exact else None,
        also=photo_place,
    )
    reach = max(likeness.REACH if exact else _ROUGH_REACH, float(category.duplicate_metres))
    found = _candidates("public_", category.id, lat, lon, reach, also=photo_place)
    own = max(float(category.duplicate_metres), 0.0 if exact else _ROUGH_REACH)
    return tuple(
        one
        for one in _ranked(mine, found, viewer, reach=reach, language=language)
        if one.probability >= likeness.LIKELY or (one.request.category_code == category_code and one.metres <= own)
    )[:limit]


def likely_same(row: rows.Row, actor: Actor, *, limit: int = 5, language: str | None = None) -> tuple[Likely, ...]:
    """Return open requests among the actor's work that may be the same trouble as one of it, likeliest first."""
    facts = row.facts
    if facts.lat is None or facts.lon is None:
        return ()
    seen = rows.publish_all([row], actor, language=language)
    found = [
        other
        for other in _candidates("", row.category_id, facts.lat, facts.lon, likeness.REACH)
        if other.facts.id != facts.id and rows.within_limits(actor, other.department_id, other.team_id)
    ]
    if not seen or not found:
        return ()
    ranked = _ranked(_sighting(seen[0], row), found, actor, reach=likeness.REACH, language=language)
    return tuple(one for one in ranked if one.probability >= likeness.LIKELY)[:limit]


def _candidates(
    prefix: str,
    category_id: uuid.UUID,
    lat: float,
    lon: float,
    reach: float,
    also: tuple[float, float] | None = None,
) -> list[rows.Row]:
    """Return what is open around a place, or in its cells around where the photo was taken: the category's own first.

    The cells hold six times the ground of the box around `reach`, and each request in it costs as much as one shown.

    Args:
        prefix: of the columns of the place that is looked at: "public_", or "" for the exact one.
    """
    points = ((lat, lon), also) if also else ((lat, lon),)
    boxes = [grid.box_around(here, there, reach + _SLACK) for here, there in points]
    west, south, east, north = zip(*boxes, strict=True)
    return rows.fetch(
        f"select {rows.COLUMNS} from {rows.TABLES}"  # noqa: S608
        f" where r.{prefix}cell = any(%s::bigint[]) and r.state <> 'closed' and not r.hidden"
        f" and r.{prefix}lat between %s::float8 and %s::float8 and r.{prefix}lon between %s::float8 and %s::float8"
        f" order by (r.category_id = %s::uuid) desc, r.requested_at desc limit {_MOST}",
        [grid.ring(lat, lon, reach), min(south), max(north), min(west), max(east), category_id],
        steady=True,
    )


def _ranked(
    mine: Sighting, found: Sequence[rows.Row], viewer: Actor, *, reach: float, language: str | None
) -> list[Likely]:
    seen = [(one, row) for row in found for one in rows.publish_all([row], viewer, language=language)]
    ranked = likeness.rank(mine, [_sighting(one, row) for one, row in seen], reach=reach)
    return [
        Likely(seen[at][0], round(match.probability, 4), match.reasons, round(match.metres or 0.0, 1))
        for at, match in ranked
    ]


def _sighting(seen: PublicRequest, row: rows.Row) -> Sighting:
    """Return what a viewer may see of a request, as the matcher wants it."""
    choices = {one.code for one in row.facts.questions if one.datatype is Datatype.SINGLE}
    return Sighting(
        kind=_kind(seen.category_code, row.facts.group_name, row.facts.category_name),
        at=seen.requested_at,
        lat=seen.lat,
        lon=seen.lon,
        address=seen.address,
        words=seen.description,
        asset=seen.asset_id,
        closed_at=seen.closed_at,
        roughly=seen.place_detail is Detail.GENERALISED,
        answers={code: str(answer) for code, answer in seen.answers.items() if code in choices},
    )


def _kind_of_category(category: Category) -> Kind:
    return _kind(category.code, category.group.name, category.name)


def _kind(code: str, group: Mapping[str, str], names: Mapping[str, str]) -> Kind:
    return likeness.kind_of(code, rules.pick(group, "en"), *names.values())


LIKELY_REPEAT = f"""r.state <> 'closed' and r.id in (
    select k.request_id from service_requests_likeness k join service_requests_servicerequest o on o.id = k.other_id
    where k.probability >= {likeness.LIKELY} and o.state <> 'closed' and not o.hidden)
"""  # noqa: S608
"""The request looks like one that was there before, and both are open."""


def photos_of_repeats(request_id: uuid.UUID, viewer: Actor) -> tuple[tuple[str, uuid.UUID], ...]:
    """Return the photos of a request's duplicates that the viewer may see, with the number of the report each is from.

    The public sees those of reports it may know to be about the same trouble: see `rules.may_link`. A contractor's
    people see those of their own work.
    """
    found = rows.fetch(
        f"select {rows.COLUMNS} from {rows.TABLES} where r.duplicate_of_id = %s::uuid"  # noqa: S608
        " and exists (select 1 from service_requests_requestphoto p where p.request_id = r.id)"
        " order by r.number limit 50",
        [request_id],
    )
    own = [
        row for row in found if viewer.contractor is None or rows.within_limits(viewer, row.department_id, row.team_id)
    ]
    return tuple(_photos(rows.publish_all(own, viewer)))


def _photos(seen: Iterable[PublicRequest]) -> Iterable[tuple[str, uuid.UUID]]:
    for one in seen:
        if one.duplicate_of:
            yield from ((one.number, photo) for photo in one.photos)
