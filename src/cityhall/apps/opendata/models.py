"""Datasets, their snapshots, and the runs that made or refused one."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cityhall.kernel.django.base import Record


class Dataset(Record):
    """A published dataset. `contract` is the one its last good run used; `current` the snapshot readers see."""

    code = models.CharField(max_length=9, unique=True, db_collation="C", help_text="The 4x4 of its addresses.")
    name = models.SlugField(max_length=80, unique=True)
    contract = models.JSONField()
    current = models.ForeignKey("Snapshot", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()


class Snapshot(Record):
    """What was published once. Its files lie in a folder by dataset and number, and never change."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="snapshots")
    number = models.PositiveIntegerField()
    published_at = models.DateTimeField()
    checked_at = models.DateTimeField(help_text="When a file last held just these rows.")
    rows = models.PositiveBigIntegerField()
    quarantined = models.PositiveBigIntegerField()
    added = models.PositiveBigIntegerField()
    changed = models.PositiveBigIntegerField()
    removed = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField(help_text="Bytes of all files.")
    facts = models.JSONField(help_text="By column: how many rows have no value, how many values differ.")
    parts = models.JSONField(help_text="SHA-256 by file name.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "number"], name="snapshot_number"),
            models.CheckConstraint(condition=Q(number__gt=0), name="snapshot_from_one"),
        ]


class Run(Record):
    """One try to publish. `reasons` says why it was refused, or how many rows were put aside for what."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="runs")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    snapshot = models.ForeignKey(Snapshot, null=True, on_delete=models.PROTECT, related_name="runs")
    reasons = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["dataset", "-started_at"], name="run_newest")]
