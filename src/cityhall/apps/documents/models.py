"""Documents and the sizes they are shown in."""

from __future__ import annotations

from django.db import models

from cityhall.kernel.django.base import Record


class Document(Record):
    """An upload after its metadata was stripped. Its bytes are in the blob store under `key`."""

    kind = models.CharField(max_length=20, choices=[("image", "image"), ("pdf", "pdf")])
    media_type = models.CharField(max_length=60)
    key = models.CharField(max_length=200, unique=True)
    bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    width = models.PositiveIntegerField(null=True, help_text="Pixels.")
    height = models.PositiveIntegerField(null=True, help_text="Pixels.")
    owner_id = models.UUIDField(null=True, help_text="The user who uploaded it, when known.")
    title = models.CharField(max_length=200, blank=True)
    is_public = models.BooleanField(default=False, help_text="Set by the room that publishes it, never by the upload.")
    created_at = models.DateTimeField()
