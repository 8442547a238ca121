"""Council offices and who works in them."""

from __future__ import annotations

from django.db import models

from cityhall.kernel.django.base import Record


class Office(Record):
    """A council member's office with its district."""

    name = models.JSONField(help_text="Translated text: language code to text.")
    area_kind = models.SlugField(max_length=60)
    area_code = models.CharField(max_length=60, help_text="Areas are loaded anew; their codes stay.")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    told_until = models.DateTimeField(help_text="The report of what ended by then has gone.")


class Member(Record):
    """Somebody who works in an office. Nobody works in two."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="members")
    user_id = models.UUIDField(unique=True)
