"""Documents and the sizes they are shown in."""

from __future__ import annotations

from django.db import models

from cityhall.kernel.django.base import Record


class Document(Record):
    """An upload after its metadata was stripped. Its bytes are in the blob store under `key` and a size's ending."""

    kind = models.CharField(max_length=20, choices=[("image", "image"), ("pdf", "pdf")])
    media_type = models.CharField(max_length=60, help_text="Of the full size.")
    key = models.CharField(max_length=200, unique=True)
    sizes = models.JSONField(help_text="Size to blob key and media type.")
    bytes = models.PositiveBigIntegerField(help_text="Of the full size.")
    sha256 = models.CharField(max_length=64, db_index=True, help_text="Of the full size, hex.")
    width = models.PositiveIntegerField(null=True, help_text="Pixels, full size.")
    height = models.PositiveIntegerField(null=True, help_text="Pixels, full size.")
    owner_id = models.UUIDField(null=True, help_text="The user who uploaded it, when known.")
    title = models.CharField(max_length=200, blank=True)
    is_public = models.BooleanField(default=False, help_text="Set by the room that publishes it, never by the upload.")
    is_kept = models.BooleanField(default=False, help_text="In use; an upload nobody used is swept after some days.")
    is_withdrawn = models.BooleanField(
        default=False, help_text="Another stands in its place: no address given out before opens it."
    )
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["owner_id"], name="document_owner"),
            models.Index(fields=["created_at"], name="document_unused", condition=models.Q(is_kept=False)),
        ]
