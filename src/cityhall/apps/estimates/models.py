"""Versions of the model, and what was said about requests."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cityhall.apps.estimates.contracts import Slip
from cityhall.kernel.django.base import Record


class Model(Record):
    """A version of the dates. The last few are kept; the newest counts."""

    version = models.PositiveIntegerField(unique=True)
    made_at = models.DateTimeField()
    learnt_since = models.DateTimeField()
    requests = models.PositiveIntegerField()
    closings = models.PositiveIntegerField()
    horizon = models.FloatField(help_text="Ranges are of what is done within so many days.")
    categories = models.JSONField(help_text="By code: see contracts.CategoryModel.")


class Said(Record):
    """What was said about a request, and when. The first is from its filing; each later one told of a slip."""

    request_id = models.UUIDField()
    at = models.DateTimeField()
    half_at = models.DateTimeField()
    nine_at = models.DateTimeField()
    version = models.PositiveIntegerField(help_text="Of the model that said it.")
    because = models.CharField(
        max_length=10, blank=True, choices=[(one.value, one.value) for one in Slip], help_text="Empty: the first."
    )
    stands = models.BooleanField(default=True, help_text="The last word about a request that was open when looked at.")

    class Meta:
        verbose_name_plural = "said"
        indexes = [models.Index(fields=["request_id", "at"], name="said_of_request")]
        constraints = [models.UniqueConstraint(fields=["request_id"], condition=Q(stands=True), name="said_last")]
