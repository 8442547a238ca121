"""Rows the kernel keeps: events on their way, the audit chain, and the results of commands."""

from __future__ import annotations

from django.db import models

from cityhall.kernel.django.base import Record


class OutboxEvent(Record):
    """An event recorded in its writer's transaction, waiting for the relay."""

    kind = models.CharField(max_length=80)
    subject_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    relayed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="outbox_waiting", condition=models.Q(relayed_at__isnull=True)),
            models.Index(fields=["subject_id", "id"], name="outbox_subject"),
        ]


class Delivery(models.Model):
    """Proof that a receiver handled an event; written in the receiver's own transaction."""

    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="deliveries")
    receiver = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "receiver"], name="delivery_once")]


class AuditEntry(Record):
    """Who did what to what. Never changed after it is written (a trigger holds that); sealing adds a row beside it."""

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=20)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=80)
    subject_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    waiting = models.BooleanField(
        default=True, db_default=True, help_text="For the sealer; the one field that changes."
    )

    class Meta:
        indexes = [
            models.Index(fields=["subject_id", "id"], name="audit_subject"),
            models.Index(fields=["id"], name="audit_waiting", condition=models.Q(waiting=True)),
        ]


class AuditSeal(models.Model):
    """An entry's place in the hash chain, given by the one sealer. `position` has no gaps."""

    position = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, related_name="seal")
    hash = models.CharField(max_length=64)


class CommandResult(models.Model):
    """What a command answered, so that the same command sent again gets the same answer."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=80)
    actor_id = models.UUIDField(null=True)
    fingerprint = models.CharField(max_length=64)
    result = models.JSONField()
    at = models.DateTimeField()


class RateCount(models.Model):
    """How often a key passed a limited door in one window."""

    key = models.CharField(max_length=160)
    window = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "window"], name="rate_key_window")]
