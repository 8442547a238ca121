"""How far the set-up is, and the map files a browser has brought."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cityhall.kernel.django.base import Record


class Progress(models.Model):
    """The one set-up of this installation.

    A code opens the pages at /setup/ once; whoever used it goes on by the key in their session. Only hashes are kept.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    code_hash = models.CharField(max_length=64, blank=True)
    code_made_at = models.DateTimeField(null=True)
    key_hash = models.CharField(max_length=64, blank=True)
    finished_at = models.DateTimeField(null=True)
    mail_tested_at = models.DateTimeField(null=True)
    mail_tested_hash = models.CharField(max_length=64, blank=True, help_text="Of the mail server that was tested.")
    loaded = models.JSONField(default=dict, help_text="Kind of file to the SHA-256 of the one loaded last.")

    class Meta:
        verbose_name_plural = "progress"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="setup_only_one")]


class Upload(Record):
    """A map file on its way from the browser to the places room. The file is gone once it was loaded."""

    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default="waiting")
    report = models.JSONField(default=dict)
    problem = models.TextField(blank=True)
    at = models.DateTimeField()
