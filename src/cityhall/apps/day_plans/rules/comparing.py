"""How one version of a plan differs from another, said request by request."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from cityhall.apps.day_plans.contracts import Change, Content, Difference, Route, Stop

#: A shift smaller than this is nothing to tell.
_WORTH_TELLING = timedelta(minutes=10)
_ORDER = list(Change)


def differences(before: Content, after: Content) -> tuple[Difference, ...]:
    """Return what changes: new requests first, then those left out, with another crew, at another time."""
    old, new = _by_request(before), _by_request(after)
    found = []
    for request_id in [*new, *(one for one in old if one not in new)]:
        was, now = old.get(request_id), new.get(request_id)
        crew_before, crew = was[0].name if was else "", now[0].name if now else ""
        moments = (was[1].arrive if was else None, now[1].arrive if now else None)
        if was is None:
            found.append(Difference(request_id, Change.NEW, crew_before, crew, *moments))
        elif now is None:
            found.append(Difference(request_id, Change.OUT, crew_before, crew, *moments))
        elif was[0].crew_id != now[0].crew_id:
            found.append(Difference(request_id, Change.CREW, crew_before, crew, *moments))
        elif not now[1].fixed and abs(now[1].arrive - was[1].arrive) >= _WORTH_TELLING:
            found.append(Difference(request_id, Change.TIME, crew_before, crew, *moments))
    return tuple(sorted(found, key=lambda one: _ORDER.index(one.change)))


def _by_request(content: Content) -> dict[UUID, tuple[Route, Stop]]:
    return {job.request_id: (route, stop) for route in content.routes for stop in route.stops for job in stop.jobs}
