"""What was loaded from other systems, and what could not be."""

from __future__ import annotations

from django.db import models

from cityhall.apps.service_requests.models.requests import ServiceRequest
from cityhall.kernel.django.base import Record


class ImportRun(Record):
    """One load of a file."""

    profile = models.CharField(max_length=60)
    filename = models.CharField(max_length=255)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    rows = models.PositiveBigIntegerField(default=0)
    imported = models.PositiveBigIntegerField(default=0)
    updated = models.PositiveBigIntegerField(default=0)
    unchanged = models.PositiveBigIntegerField(default=0)
    quarantined = models.PositiveBigIntegerField(default=0)


class ImportedRecord(models.Model):
    """Which request a row of another system became, and what the row looked like, so that loading again is safe."""

    source_system = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120)
    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="imported_from", db_index=False)
    row_hash = models.CharField(max_length=64)
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="records", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["request"], name="imported_request")]
        constraints = [models.UniqueConstraint(fields=["source_system", "external_id"], name="imported_once")]


class QuarantinedRow(Record):
    """A row that could not be used, with the reason, kept to be handed back."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="quarantine")
    row_number = models.PositiveBigIntegerField()
    reason_code = models.CharField(max_length=40)
    reason = models.CharField(max_length=500)
    row = models.JSONField()
