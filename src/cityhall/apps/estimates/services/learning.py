"""Learning dates anew from the city's own requests."""

from __future__ import annotations

import uuid
from array import array
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial

import numpy as np
from django.db import transaction
from django.db.models import Max

from cityhall.apps.estimates.contracts import CategoryModel, Checked
from cityhall.apps.estimates.models import Model
from cityhall.apps.estimates.rules import judging
from cityhall.apps.estimates.rules.choosing import Foreteller
from cityhall.apps.estimates.rules.curves import quantiles
from cityhall.apps.estimates.rules.learning import ENOUGH, FASTEST, SLOWEST, Learner, Past, walk
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import public as requests
from cityhall.kernel import aside, clock

#: Ranges are of what is done within a year.
HORIZON = 365.0
#: Learnt from what was filed in three years.
YEARS = timedelta(days=3 * 365)
#: With so many closings plain quantiles are shown where there is no curve.
PLAIN = 20
STEP = 7.0
#: What was filed in so many days is foretold week by week, for curves to be bent by and to be checked.
ASKED_DAYS = 280.0
CHECKED_DAYS = (90.0, 30.0)
#: With fewer of them closed a category's check is not shown.
LEAST_CHECKED = 50
MOST_AREAS = 60
#: Readings of a queue that are kept: older requests take the last one.
QUEUE_NIGHTS = 365
KEPT = 30
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class _City:
    past: Past
    codes: tuple[str, ...]
    areas: tuple[str, ...]
    departments: tuple[str, ...]


def learn(*, beside: Callable[[], object] = lambda: None) -> int | None:
    """Make the next version of the dates; return its number, None in a city without requests.

    Args:
        beside: done once the requests are read, while the dates are worked out: for whoever has the database do
            something meanwhile. It is not done in a city without requests.
    """
    now = clock.now()
    since = now - YEARS
    city = _read(since, now)
    if not len(city.past.requested):
        return None
    [learnt] = aside.begin(partial(_learnt, city, now.timestamp() / _DAY))
    beside()
    categories = learnt.result()
    with transaction.atomic():
        version = (Model.objects.aggregate(last=Max("version"))["last"] or 0) + 1
        Model.objects.create(
            version=version,
            made_at=now,
            learnt_since=since,
            requests=len(city.past.requested),
            closings=int(np.isfinite(city.past.closed).sum()),
            horizon=HORIZON,
            categories={code: asdict(known) for code, known in categories.items()},
        )
        Model.objects.filter(version__lte=version - KEPT).delete()
    return version


def _read(since: datetime, now: datetime) -> _City:
    area_of = _areas()
    codes: dict[str, int] = {}
    groups: dict[str, int] = {}
    group_of: list[int] = []
    areas: dict[str, int] = {}
    departments: dict[str, int] = {}
    # Columns of plain numbers: a city's rows as objects would be ten times as large.
    requested, closed = array("d"), array("d")
    category, area_at, department_at = array("i"), array("i"), array("i")
    for one in requests.past_requests(since, until=now):
        if one.category_code not in codes:
            codes[one.category_code] = len(codes)
            group_of.append(groups.setdefault(one.group_code, len(groups)))
        area = next((str(area) for area in one.areas if area in area_of), "")
        department = str(one.department_id or "")
        requested.append(one.requested / _DAY)
        closed.append(np.inf if one.closed is None else one.closed / _DAY)
        category.append(codes[one.category_code])
        area_at.append(areas.setdefault(area, len(areas)) if area else -1)
        department_at.append(departments.setdefault(department, len(departments)) if department else -1)
    filed = np.frombuffer(requested, dtype=np.float64) if requested else np.zeros(0)
    past = Past(
        filed,
        np.maximum(np.array(closed, dtype=np.float64), filed),
        np.array(category, dtype=np.int64),
        np.array(group_of, dtype=np.int64),
        {"area": np.array(area_at, dtype=np.int64), "department": np.array(department_at, dtype=np.int64)},
    )
    return _City(past, tuple(codes), tuple(areas), tuple(departments))


def _areas() -> frozenset[uuid.UUID]:
    """Return the areas the pace is learnt for: of the kind with the most of them that are few enough to learn."""
    kinds = [kind for kind in places.area_kinds() if 1 < kind.count <= MOST_AREAS]
    if not kinds:
        return frozenset()
    return frozenset(area.id for area in places.areas(max(kinds, key=lambda kind: kind.count).code))


def _learnt(city: _City, now: float) -> Mapping[str, CategoryModel]:
    past = city.past
    ask_from = max(past.requested[0] + (now - past.requested[0]) * judging.WARM, now - ASKED_DAYS)
    filed = past.requested[past.requested >= ask_from]
    within = next((days for days in CHECKED_DAYS if np.mean(now - filed >= days) >= judging.WATCHED), CHECKED_DAYS[-1])
    foreteller = Foreteller(past, horizon=HORIZON, checked_within=within)
    walk(foreteller, now, step=STEP, ask_from=ask_from)
    curves = {one: one.curves() for one in (foreteller.by_days, foreteller.by_queues)}
    closings = foreteller.by_days.closings()
    took = past.closed - past.requested
    models = {}
    for at, code in enumerate(city.codes):
        mine = past.category == at
        recent = took[mine & (past.closed >= now - HORIZON) & np.isfinite(took)]
        known = int(closings[at]) >= ENOUGH
        learner = foreteller.of(at)
        curve, pace = curves[learner][at], learner.pace_now(at)
        queue = _queue(foreteller, at, now) if known else ()
        typical = None
        if known:
            factor = min(max(pace, SLOWEST), FASTEST)
            unit = queue[0] if queue else 1.0
            ages, share = quantiles(curve, (0.5, 0.9), age=0.0, horizon=HORIZON / unit, factor=factor)
            typical = (_short(ages[0] * unit), _short(ages[1] * unit), _short(share))
        models[code] = CategoryModel(
            closings=int(closings[at]),
            open=int(np.isinf(took[mine]).sum()),
            curve=tuple(_short(value) for value in curve) if known else (),
            queue=queue,
            pace=_short(pace),
            areas=_levels(learner, "area", at, city.areas),
            departments=_levels(learner, "department", at, city.departments),
            plain=(_short(np.quantile(recent, 0.5)), _short(np.quantile(recent, 0.9)))
            if len(recent) >= PLAIN
            else None,
            typical=typical,
            checked=_checked(foreteller, at, now, within),
        )
    return models


def _levels(learner: Learner, name: str, category: int, ids: tuple[str, ...]) -> dict[str, float]:
    """Return the paces of a factor's levels that differ by more than a twentieth."""
    table = learner.paces.get(name)
    if table is None:
        return {}
    paces = table[category]
    return {one: _short(pace) for one, pace in zip(ids, paces.tolist(), strict=False) if abs(pace - 1) > 0.05}


def _queue(foreteller: Foreteller, category: int, now: float) -> tuple[float, ...]:
    """Return the readings of a category's queue, the last night's first; none where its dates go by days."""
    if not foreteller.by_queue[category]:
        return ()
    nights = now - np.arange(QUEUE_NIGHTS, dtype=np.float64)
    return tuple(_short(days) for days in foreteller.queues.at(category, nights))


def _checked(learner: Foreteller, category: int, now: float, within: float) -> Checked | None:
    past = learner.past
    asked = np.array([one for one in learner.checked if past.category[one] == category], dtype=np.int64)
    filed = past.requested[asked]
    took, watched = past.closed[asked] - filed, now - filed
    closed = int((took <= np.minimum(watched, within)).sum())
    if closed < LEAST_CHECKED:
        return None
    said = [learner.checked[int(one)] for one in asked]
    half, nine = np.array([one.half for one in said]), np.array([one.nine for one in said])
    found = judging.verdict(took, watched, within, half, nine)
    return Checked(closed, _short(found.cover50), _short(found.cover90)) if found else None


def _short(value: float) -> float:
    """Return four significant digits: more would only make the model large."""
    return float(f"{float(value):.4g}")
