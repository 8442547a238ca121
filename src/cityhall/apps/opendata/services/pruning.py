"""Pruning: snapshots that the policy does not keep leave the list, then the disk.

One transaction takes a dataset's old snapshots and runs away; the files follow. What a kill leaves on the disk goes
with the next `tidy`.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from cityhall.apps.opendata.models import Dataset, Run
from cityhall.apps.opendata.rules.keeping import Kept, to_prune
from cityhall.apps.opendata.services.recalling import tidy
from cityhall.apps.places import public as places
from cityhall.kernel import clock, offers


def prune_all() -> int:
    """Prune every dataset; return how many snapshots went. Notices of recalls stay."""
    return sum(prune(dataset_id) for dataset_id in Dataset.objects.values_list("id", flat=True))


def prune(dataset_id: uuid.UUID) -> int:
    """Take away what the policy does not keep of a dataset; return how many snapshots went."""
    now, days = clock.now(), settings.CITYHALL_SNAPSHOT_DAYS
    with transaction.atomic():
        dataset = Dataset.objects.select_for_update(of=("self",)).select_related("current").get(id=dataset_id)
        there = dataset.snapshots.filter(recalled_at=None)
        numbers = to_prune(
            [Kept(number, places.local(at)) for number, at in there.values_list("number", "published_at")],
            dataset.current.number if dataset.current else None,
            places.local(now),
            days=days,
            is_live=dataset.name in {one.name for one in offers.live_datasets},
        )
        old = there.filter(number__in=numbers)
        Run.objects.filter(snapshot__in=old).delete()
        Run.objects.filter(dataset=dataset, ended_at__lt=now - timedelta(days=days)).delete()
        old.delete()
    if numbers:
        tidy(dataset.id)
    return len(numbers)
