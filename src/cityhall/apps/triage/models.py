"""What was learnt, one row for each time."""

from __future__ import annotations

from django.db import models

from cityhall.kernel.django.base import Record


class LearntModel(Record):
    """A model and what it was learnt from. The newest one answers; a few older ones are kept to compare."""

    made_at = models.DateTimeField()
    catalogue_at = models.DateTimeField(help_text="When the categories it knows had last changed.")
    categories = models.PositiveIntegerField()
    requests = models.PositiveIntegerField(help_text="How many requests of the past it learnt from.")
    corrected = models.PositiveIntegerField(help_text="How many of these staff had moved to their category.")
    body = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["-made_at", "-id"], name="learntmodel_newest")]
