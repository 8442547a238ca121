"""Who follows what, the messages on their way, and the addresses that want none."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cityhall.kernel.django.base import Record


class Follower(Record):
    """Somebody who wants to hear about a subject: a user, or an address. Tokens in links are made from its id."""

    kind = models.CharField(max_length=40, help_text='What is followed, such as "service_request".')
    subject_id = models.UUIDField()
    user_id = models.UUIDField(null=True)
    email = models.EmailField(blank=True, help_text="Empty for a user: theirs is looked up when it is needed.")
    language = models.CharField(max_length=8, default="en")
    confirmed_at = models.DateTimeField(null=True, help_text="Nothing but the question is sent before this.")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id", "user_id"], name="follower_user_once", condition=Q(user_id__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["kind", "subject_id", "email"], name="follower_email_once", condition=~Q(email="")
            ),
            models.CheckConstraint(
                name="follower_is_somebody",
                condition=Q(user_id__isnull=False, email="") | Q(user_id=None) & ~Q(email=""),
            ),
        ]
        indexes = [
            models.Index(fields=["user_id"], name="follower_user"),
            models.Index(fields=["email"], name="follower_email"),
        ]


class Message(Record):
    """One e-mail or text message, written in its reader's language when it was queued. Its id is its Message-ID."""

    channel = models.CharField(max_length=8, default="mail", help_text="mail or sms.")
    to = models.CharField(max_length=254, help_text="An e-mail address, or a telephone number.")
    user_id = models.UUIDField(null=True)
    follower_id = models.UUIDField(null=True, help_text="Whom it was written for; leaving cancels it.")
    template = models.CharField(max_length=80)
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    unsubscribe_url = models.CharField(max_length=500, blank=True)
    key = models.CharField(max_length=120, blank=True, help_text="Messages of one act, to be cancelled together.")
    created_at = models.DateTimeField()
    send_after = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True, help_text="Why the last attempt did not work.")
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["send_after"], name="message_due", condition=Q(sent_at__isnull=True, failed_at__isnull=True)
            ),
            models.Index(fields=["key"], name="message_key", condition=~Q(key="")),
            models.Index(fields=["follower_id"], name="message_follower", condition=Q(follower_id__isnull=False)),
            models.Index(fields=["to"], name="message_to"),
            models.Index(fields=["user_id"], name="message_user"),
        ]


class Suppression(Record):
    """An address or telephone number that wants nothing: it is only written to about its own account."""

    address = models.CharField(max_length=254, unique=True)
    created_at = models.DateTimeField()
