"""Ready answers, and notices between colleagues."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cityhall.apps.answers.contracts import NoticeKind, Use
from cityhall.kernel.django.base import Record


class Answer(Record):
    """A sentence ready to be sent to residents. Archived ones are kept: what was said with them stays said."""

    use = models.CharField(max_length=20, choices=[(one.value, one.value) for one in Use])
    category_code = models.SlugField(max_length=60, blank=True, help_text="Empty: of every category.")
    text = models.JSONField(help_text="Translated text with variables: language code to text.")
    order = models.PositiveSmallIntegerField(default=50)
    is_active = models.BooleanField(default=True)
    used = models.PositiveIntegerField(default=0, help_text="How often it was sent.")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField(auto_now=True)


class Notice(Record):
    """Something a colleague should know of: they were named in a note, or what they asked for came back."""

    user = models.ForeignKey("identity.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=[(one.value, one.value) for one in NoticeKind])
    request_id = models.UUIDField()
    event_id = models.UUIDField(help_text="Of the request's history; its words are read there.")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "event_id"], name="notice_once")]
        indexes = [
            models.Index(fields=["user", "-at", "-id"], name="notice_newest"),
            models.Index(fields=["user"], name="notice_unread", condition=Q(read_at__isnull=True)),
            models.Index(fields=["at"], name="notice_age"),
        ]


class NoticeChoice(models.Model):
    """Who wants notices by mail, too."""

    user = models.OneToOneField("identity.User", primary_key=True, on_delete=models.CASCADE, related_name="+")
    by_mail = models.BooleanField(default=False)
