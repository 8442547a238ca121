"""Learning anew from the city's own past, and keeping what was learnt."""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued

from cityhall.apps.service_requests import public as requests
from cityhall.apps.triage import queries, rules
from cityhall.apps.triage.contracts import Example
from cityhall.apps.triage.models import LearntModel
from cityhall.kernel import clock

LEARN, QUEUE = "triage.learn", "upkeep"

_MOST = 12_000
_CORRECTED = 3.0
"""How much more a request teaches that staff moved to its category than one nobody looked at twice."""
_KEPT = 3
_EVERY = timedelta(hours=20)


def learn() -> LearntModel | None:
    """Learn a model from the catalogue and the past, and keep it; None when there is no category to choose."""
    catalogue_at = requests.catalogue_changed()
    kinds = rules.kinds_of(tomllib.loads(requests.export_category_pack()))
    if not kinds:
        return None
    past = requests.described(_MOST)
    examples = [
        Example(one.text, one.category_code, _CORRECTED if one.corrected else 1.0, one.lat, one.lon) for one in past
    ]
    body = rules.train(kinds, examples, search=_search()).to_bytes()
    with transaction.atomic():
        made = LearntModel.objects.create(
            made_at=clock.now(),
            catalogue_at=catalogue_at,
            categories=len(kinds),
            requests=len(past),
            corrected=sum(one.corrected for one in past),
            body=body,
        )
        newest = LearntModel.objects.order_by("-made_at", "-id").values_list("id", flat=True)[:_KEPT]
        LearntModel.objects.exclude(id__in=list(newest)).delete()
    queries.forget()
    return made


def _search() -> Callable[[str], dict[str, float]]:
    """Return the search by words over every category in the city's own language and the other."""
    by_language = [requests.categories(language) for language, _name in settings.LANGUAGES]

    def points(text: str) -> dict[str, float]:
        found: dict[str, float] = {}
        for known in by_language:
            for one, many in zip(known, requests.points_of(known, text), strict=True):
                found[one.code] = max(found.get(one.code, 0.0), many)
        return found

    return points


def ask_to_learn() -> None:
    """Ask for a look soon at whether there is something to learn; one request for it waits at a time."""
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        jobs.configure_task(LEARN, queue=QUEUE, queueing_lock=LEARN).defer()


def learn_if_due(now: datetime) -> LearntModel | None:
    """Learn when nobody has yet, when the catalogue has changed since, and once a day."""
    last = LearntModel.objects.order_by("-made_at", "-id").values("made_at", "catalogue_at").first()
    if last is not None and now - last["made_at"] < _EVERY and last["catalogue_at"] >= requests.catalogue_changed():
        return None
    return learn()
