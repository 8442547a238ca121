"""What a subscription means, in words and in requests. Only what the public sees is told."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from cityhall.apps.places import public as places
from cityhall.apps.places.contracts import AreaInfo, HitKind
from cityhall.apps.service_requests import public as requests
from cityhall.apps.service_requests.contracts import PublicRequest, RequestFilter, Status
from cityhall.apps.subscriptions.contracts import MOST, MOST_COMING, Coming, Digest, Watched
from cityhall.apps.subscriptions.models import Subscription
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import NotFound
from cityhall.kernel.offers import expected_dates

SUBJECT = "subscription"
_LOOKED_AT = 400
_PAGES = 5
_EXPECTED = (Status.RECEIVED, Status.IN_PROGRESS, Status.CONTESTED)


def area_of(watched: Watched) -> AreaInfo | None:
    """Return the area as it is now, None when none is meant or it is gone."""
    if not watched.area_kind:
        return None
    return next((one for one in places.areas(watched.area_kind) if one.code == watched.area_code), None)


def street_name(name: str) -> str:
    """Return a street's name as the city writes it, however it is abbreviated here; "" when there is none."""
    words = places.short_words(name)
    streets = (hit.label.split(",")[0] for hit in places.locate(name) if hit.kind is HitKind.STREET)
    return next((label for label in streets if places.short_words(label) == words), "")


def watched_by(row: Subscription) -> Watched:
    """Return what a subscription is about."""
    return Watched(row.area_kind, row.area_code, row.street, row.category)


def subscription(subscription_id: uuid.UUID) -> Subscription:
    """Return a subscription. Raises NotFound."""
    row = Subscription.objects.filter(id=subscription_id).first()
    if row is None:
        raise NotFound(_("There is no such subscription."))
    return row


def title(watched: Watched) -> str:
    """Say in the language of the moment what is followed: "Pothole, Grand Avenue, District 3"."""
    area = area_of(watched)
    names = [
        requests.category_names().get(watched.category, "") if watched.category else "",
        watched.street,
        pick(area.name) if area else "",
    ]
    return ", ".join(one for one in names if one) or _("The whole city")


def words_of(watched: Watched) -> str:
    """Return what a street is searched by: its name without direction and kind, which people abbreviate."""
    return places.street_core(places.short_words(watched.street))


def filter_of(watched: Watched) -> RequestFilter | None:
    """Return what the requests room is asked for, None when the area is gone: nothing is in it."""
    area = area_of(watched)
    if watched.area_kind and area is None:
        return None
    return RequestFilter(
        categories=(watched.category,) if watched.category else (),
        areas=(area.id,) if area else (),
        words=words_of(watched),
    )


def digest(watched: Watched, since: datetime, until: datetime) -> Digest:
    """Return what was reported and what was closed in a time, the first moment included, the last not.

    What only repeated something else is not among what was done.
    """
    wanted = filter_of(watched)
    if wanted is None:
        return Digest((), (), is_whole=True)
    reported, all_new = _found(replace(wanted, since=since, until=until), watched)
    closed = replace(wanted, closed_since=since, closed_until=until, order="closed")
    done, all_done = _found(replace(closed, statuses=(Status.FIXED, Status.CLOSED)), watched)
    return Digest(reported[:MOST], done[:MOST], all_new and all_done and max(len(reported), len(done)) <= MOST)


def coming(watched: Watched) -> list[Coming]:
    """Return the days the city works on what is open: those it planned, and those by which it is to be expected.

    What was planned for a day more than a week ago is left out. The newest requests come, in the order of their days.
    """
    wanted = filter_of(watched)
    if wanted is None or (watched.street and not street_name(watched.street)):
        return []
    last_week = places.local(clock.now()).date() - timedelta(days=7)
    planned, _all = _found(replace(wanted, statuses=(Status.SCHEDULED,), order="updated"), watched, MOST_COMING)
    others, _all = _found(replace(wanted, statuses=_EXPECTED), watched, MOST_COMING)
    said = expected_dates.get().said_of([str(one.id) for one in others])
    found = [
        Coming(one, one.scheduled_for, is_planned=True)
        for one in planned
        if one.scheduled_for is not None and one.scheduled_for >= last_week
    ]
    found += [
        Coming(one, places.local(by).date(), is_planned=False)
        for one in others
        if (by := said.get(str(one.id))) is not None
    ]
    return sorted(found, key=lambda one: (one.day, one.request.number))


def _found(wanted: RequestFilter, watched: Watched, most: int | None = None) -> tuple[tuple[PublicRequest, ...], bool]:
    """Return the newest, one more than is told of, and whether that is all. Of a street some pages are looked at."""
    most = most or MOST
    if not watched.street:
        page = requests.published(wanted, ANONYMOUS, limit=most + 1)
        return page.items, not page.next
    # The words may stand in the text too: only the address tells the street.
    found: list[PublicRequest] = []
    after = ""
    for _page in range(_PAGES):
        page = requests.published(wanted, ANONYMOUS, after=after, limit=_LOOKED_AT)
        found += [one for one in page.items if places.is_on_street(one.address, watched.street)]
        after = page.next
        if not after or len(found) > most:
            break
    return tuple(found), not after
