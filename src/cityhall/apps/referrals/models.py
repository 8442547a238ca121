"""Bodies, referrals, the links to answer by, and the answers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cityhall.apps.referrals.contracts import AnswerKind, BodyKind, Channel, Ended, Via, Waiting
from cityhall.kernel.django.base import Record


def _choices(kind: type) -> list[tuple[str, str]]:
    return [(member.value, member.value) for member in kind]  # type: ignore[attr-defined]  # an enum class


class Body(Record):
    """Somebody outside the city to whom requests belong."""

    name = models.JSONField(help_text="Translated text: language code to text.")
    kind = models.CharField(max_length=10, choices=_choices(BodyKind), default=BodyKind.UTILITY)
    mail = models.EmailField(blank=True)
    channel = models.CharField(max_length=10, choices=_choices(Channel), default=Channel.MAIL)
    connection_id = models.UUIDField(null=True, help_text="Of the work-orders room.")
    answer_days = models.PositiveSmallIntegerField(default=14)
    language = models.CharField(max_length=8, default="en")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "bodies"


class BodyAlias(Record):
    """Another name of a body, as records from elsewhere write it."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=200)
    folded = models.CharField(max_length=200, unique=True, help_text="Without case, accents and punctuation.")

    class Meta:
        verbose_name_plural = "body aliases"


class Referral(Record):
    """A request with a body, until that answers for good or the city takes it back."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="referrals")
    request_id = models.UUIDField()
    number = models.CharField(max_length=20)
    event_id = models.UUIDField(null=True, unique=True, help_text="Of the request's history: it is told once.")
    referred_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="By when an answer is due.")
    waiting = models.CharField(max_length=4, choices=_choices(Waiting), default=Waiting.BODY)
    told_at = models.DateTimeField(null=True, help_text="When the body was first told; its time to answer begins then.")
    to_read = models.BooleanField(default=False, help_text="Somebody else wrote about it; nobody has read it yet.")
    shares_all = models.BooleanField(default=False, help_text="Reply links show what the public does not see.")
    scheduled_for = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True, help_text="When it first answered.")
    done_at = models.DateTimeField(null=True, help_text="When it said that it is done, while a supervisor looks at it.")
    chased_at = models.DateTimeField(null=True)
    chases = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    ended = models.CharField(max_length=10, choices=_choices(Ended), blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended="") | (Q(ended_at__isnull=False) & ~Q(ended="")),
                name="referral_ended_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=["request_id"], condition=Q(ended_at__isnull=True), name="referral_open_once"
            ),
        ]
        indexes = [
            models.Index(fields=["request_id"], name="referral_request"),
            models.Index(fields=["due_at"], name="referral_due", condition=Q(ended_at__isnull=True)),
            models.Index(
                fields=["body"],
                include=["referred_at", "due_at", "waiting"],
                name="referral_open",
                condition=Q(ended_at__isnull=True),
            ),
            models.Index(
                fields=["answered_at"],
                include=["body", "referred_at"],
                name="referral_answered",
                condition=Q(answered_at__isnull=False),
            ),
        ]


class ReplyLink(Record):
    """A link to answer by. Only a hash of what is in it is kept; its id, signed, stands in the mail's subject."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True)


class Answer(Record):
    """That a body answered, and what. Its words are in the request's history."""

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="answers")
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=_choices(AnswerKind))
    on = models.DateField(null=True)
    via = models.CharField(max_length=10, choices=_choices(Via))
    message_id = models.CharField(max_length=250, null=True, unique=True, help_text="Of the mail: it is read once.")
