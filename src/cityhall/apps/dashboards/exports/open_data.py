"""Departments' figures as a live dataset: what the public's page of figures tells, for every month at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cityhall.apps.dashboards.queries import MEASURES, measures, month_by_month
from cityhall.apps.identity import public as identity
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import public as requests
from cityhall.apps.service_requests.contracts import TallyBy, TallyFilter
from cityhall.kernel import clock
from cityhall.kernel.django.translated import pick
from cityhall.kernel.offers import LiveDataset
from cityhall.kernel.spreadsheets import write_rows

_CONTRACT = Path(__file__).with_name("open-data.toml")
#: How many are open is told of today, not of each month.
_TOLD = tuple(one for one in MEASURES if one != "open")
_COLUMNS = (
    "month", "is_over", "department_code", "department", "department_es", "category_code", "category", "category_es",
    *_TOLD,
)  # fmt: skip


def live_dataset() -> LiveDataset:
    """Return departments' figures as open data."""
    return LiveDataset("department-figures", _CONTRACT.read_text(encoding="utf-8"), _mark, _write)


def _mark() -> str:
    """Say what was ever counted of each category at each department; to what moves no sum, the hour sees."""
    found = requests.tallies(TallyFilter(), [TallyBy.DEPARTMENT, TallyBy.CATEGORY])
    counted = hashlib.sha256(repr(sorted(found.items(), key=str)).encode()).hexdigest()[:40]
    return f"{counted} {requests.catalogue_changed()} {clock.now().strftime('%Y-%m-%d %H')}"


def _write(file: Path) -> int:
    return write_rows(file, _COLUMNS, _rows())


def _rows() -> Iterator[tuple[Any, ...]]:
    this_month = places.local(clock.now()).date().replace(day=1)
    departments = {one.id: one for one in identity.departments()}
    english, spanish = ({one.id: one for one in requests.tallied_kinds(language)} for language in ("en", "es"))
    for month, department_id, category_id, told in month_by_month():
        department = departments.get(department_id) if department_id else None
        kind = english.get(category_id)
        if kind is None:
            continue  # a category that was made meanwhile
        figures = dict(zip(MEASURES, measures(told, 0), strict=True))
        yield (
            month, month < this_month, department.code if department else "",
            pick(department.name, "en") if department else "", pick(department.name, "es") if department else "",
            kind.code, kind.name, spanish[category_id].name, *(figures[one] for one in _TOLD),
        )  # fmt: skip
