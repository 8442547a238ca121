"""What became of looks at the sources of datasets: kept, so that the next is neither too early nor for nothing."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction

from cityhall.apps.opendata.contracts import SourceTerms, Trouble
from cityhall.apps.opendata.models import Dataset, Look
from cityhall.apps.opendata.rules import sources
from cityhall.kernel import clock
from cityhall.kernel.told import Told

_LONGEST_REASON = 2000


def fetched(dataset_id: uuid.UUID, terms: SourceTerms, mark: Mapping[str, Any], snapshot: int) -> None:
    """Keep that a source was published as a snapshot."""
    now = clock.now()
    _keep(
        dataset_id, source=asdict(terms), looked_at=now, next_at=sources.next_look(terms.schedule, now), failures=0,
        trouble="", reason="", values={}, mark=dict(mark), snapshot=snapshot,
    )  # fmt: skip


def unchanged(dataset_id: uuid.UUID, terms: SourceTerms, snapshot: int) -> bool:
    """Keep that a source holds just what is published; False when something else has been published meanwhile."""
    now = clock.now()
    with transaction.atomic():
        locked = Dataset.objects.select_for_update(of=("self",)).select_related("current").get(id=dataset_id)
        if locked.current is None or locked.current.number != snapshot:
            return False
        locked.current.checked_at = now
        locked.current.save(update_fields=["checked_at"])
        Look.objects.filter(dataset=locked).update(
            looked_at=now, next_at=sources.next_look(terms.schedule, now), failures=0, trouble="", reason="", values={}
        )
    return True


def failed(
    dataset_id: uuid.UUID, terms: SourceTerms, trouble: Trouble, reason: Told, retry_after: int | None = None
) -> None:
    """Keep why a source could not be fetched or published; it is tried again sooner than on schedule."""
    now = clock.now()
    before = Look.objects.filter(dataset_id=dataset_id, source=asdict(terms)).first()
    failures = (before.failures if before else 0) + 1
    _keep(
        dataset_id, source=asdict(terms), looked_at=now, failures=failures, trouble=trouble.value,
        next_at=sources.next_look(terms.schedule, now, failures, retry_after),
        reason=reason.text[:_LONGEST_REASON], values=dict(reason.values),
    )  # fmt: skip


def _keep(dataset_id: uuid.UUID, **values: Any) -> None:
    Look.objects.update_or_create(dataset_id=dataset_id, defaults=values)
