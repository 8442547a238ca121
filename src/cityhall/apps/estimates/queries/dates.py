"""The date of a request, as every page and message says it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

from cityhall.apps.estimates.contracts import DateModel, Foretold
from cityhall.apps.estimates.models import Said
from cityhall.apps.estimates.queries import models
from cityhall.apps.estimates.rules import dates as rules
from cityhall.apps.estimates.rules import judging
from cityhall.apps.service_requests import public as requests
from cityhall.apps.service_requests.contracts import Waiting
from cityhall.kernel import clock
from cityhall.kernel.django.reading import read
from cityhall.kernel.offers import ExpectedDate

PAGE = "dates"
_SAID = """
    select request_id::text, floor(extract(epoch from nine_at))::bigint from estimates_said
    where request_id = any(%s::text[]::uuid[]) and stands
"""


class Dates:
    """Fills the kernel's slot for expected dates."""

    def of(self, request_id: uuid.UUID) -> ExpectedDate | None:
        """Return the date of an open request; None when nobody can say."""
        model = models.current()
        found = requests.waiting([request_id]) if model else []
        if model is None or not found:
            return None
        (waiting,) = found
        said = foretell(model, waiting, clock.now())
        if said is None:
            return None
        first = Said.objects.filter(request_id=request_id).order_by("at").first()
        return ExpectedDate(
            half=moment(waiting, said.half),
            nine=moment(waiting, said.nine),
            share=said.share,
            horizon_days=round(model.horizon),
            ahead=requests.filed_before(request_id),
            waited=said.waited,
            learnt_from=said.learnt_from,
            page=PAGE,
            missed=judging.missed(model.categories[waiting.category_code].checked),
            first_said=(first.at, first.half_at, first.nine_at) if first else None,
        )

    def said_of(self, ids: Collection[str]) -> Mapping[str, datetime]:
        """Return by when nine in ten are done, as it was last said of these requests."""
        found = read(_SAID, [list(ids)]) if ids else []
        return {id_: datetime.fromtimestamp(at, UTC) for id_, at in found}


def foretell(model: DateModel, waiting: Waiting, now: datetime) -> Foretold | None:
    """Say what a model has for an open request; nothing while it is referred: another body's work is not ours."""
    known = model.categories.get(waiting.category_code)
    if known is None or waiting.is_referred:
        return None
    return rules.foretell(
        known,
        waited=(now - waiting.requested_at) / timedelta(days=1),
        areas=[str(area) for area in waiting.areas],
        department=str(waiting.department_id or ""),
        horizon=model.horizon,
        filed_before=(model.made_at - waiting.requested_at) / timedelta(days=1),
    )


def moment(waiting: Waiting, days: float) -> datetime:
    """Return when a request is so many days old."""
    return waiting.requested_at + timedelta(days=days)
