"""What was said about requests: kept when they are filed, held against the new dates of each night."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from cityhall.apps.estimates.contracts import DateModel, Foretold, Slip
from cityhall.apps.estimates.models import Said
from cityhall.apps.estimates.queries import dates, models
from cityhall.apps.estimates.rules import dates as rules
from cityhall.apps.notify import public as notify
from cityhall.apps.service_requests import public as requests
from cityhall.apps.service_requests.contracts import Waiting
from cityhall.kernel import clock
from cityhall.kernel.django import batches
from cityhall.kernel.offers import Held, Period, Retained

SUBJECT = "service_request"
_BATCH = 1000
_DAY = 86_400.0
_log = logging.getLogger(__name__)


def say(request_id: uuid.UUID) -> None:
    """Keep what is foretold of an open request of which nothing stands: when it was filed, or opened again."""
    model = models.current()
    if model is None or Said.objects.filter(request_id=request_id, stands=True).exists():
        return
    for waiting in requests.waiting([request_id]):
        said = dates.foretell(model, waiting, clock.now())
        if said is not None:
            _keep(model, waiting, said)


def look_again() -> int:
    """Hold what was said against the newest dates, and tell followers where it slipped; return how many slipped."""
    model = models.current()
    slips, after = 0, uuid.UUID(int=0)
    while model is not None:
        standing = list(Said.objects.filter(stands=True, id__gt=after).order_by("id")[:_BATCH])
        if not standing:
            break
        after = standing[-1].id
        slips += _look_at(model, standing)
    return slips


def _look_at(model: DateModel, standing: Sequence[Said]) -> int:
    open_ones = {one.id: one for one in requests.waiting([said.request_id for said in standing])}
    Said.objects.filter(id__in=[said.id for said in standing if said.request_id not in open_ones]).update(stands=False)
    slips = 0
    for before in standing:
        waiting = open_ones.get(before.request_id)
        said = dates.foretell(model, waiting, clock.now()) if waiting else None
        if waiting is None or said is None:
            continue
        slip = rules.slipped(
            half=dates.moment(waiting, said.half).timestamp() / _DAY,
            said_nine=before.nine_at.timestamp() / _DAY,
            now=clock.now().timestamp() / _DAY,
            last_told=before.at.timestamp() / _DAY if before.because else None,
        )
        if slip is not None:
            with batches.spared(_log, "The followers of request %s were not told that it slips.", waiting.id):
                _tell(model, waiting, said, before, slip)
                slips += 1
    return slips


def _tell(model: DateModel, waiting: Waiting, said: Foretold, before: Said, slip: Slip) -> None:
    with transaction.atomic():
        # Whoever takes the old word down tells of the new one: two nights at once tell once.
        if not Said.objects.filter(id=before.id, stands=True).update(stands=False):
            return
        _keep(model, waiting, said, slip)
        notify.tell_followers(
            SUBJECT,
            waiting.id,
            template="estimates/slipped",
            also=requests.stood_for(waiting.id),
            context={
                "number": waiting.number,
                "waited": slip is Slip.WAITED,
                "said_nine": before.nine_at,
                "half": dates.moment(waiting, said.half),
                "nine": dates.moment(waiting, said.nine),
                "path": _path("request-page", waiting.number),
                "page": _path(dates.PAGE),
            },
        )


def _keep(model: DateModel, waiting: Waiting, said: Foretold, slip: Slip | None = None) -> None:
    Said.objects.create(
        request_id=waiting.id,
        at=clock.now(),
        half_at=dates.moment(waiting, said.half),
        nine_at=dates.moment(waiting, said.nine),
        version=model.version,
        because=slip.value if slip else "",
    )


def _path(name: str, *values: str) -> Any:
    """Return the path of a page, found when the message is written, in each reader's language."""
    return lazy(lambda: reverse(name, args=values), str)()


def forgettable(before: datetime, held: Held) -> QuerySet[Said]:
    """Return what was said before a moment and no longer stands, but of requests on hold."""
    return Said.objects.filter(stands=False, at__lt=before).exclude(request_id__in=held.requests)


def kept_kinds() -> Iterator[Retained]:
    """Iterate over the kinds of records the room keeps for a while."""
    yield Retained(
        "said_dates",
        _("The dates we foretold for requests"),
        _("From the day they were said. Those that still stand stay."),
        Period(2, "years"),
        lambda before, held: forgettable(before, held).count(),
        lambda before, held, most: Said.objects.filter(
            id__in=list(forgettable(before, held).values_list("id", flat=True)[:most])
        ).delete()[0],
        order=14,
    )
