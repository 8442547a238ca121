"""Connections, what is delivered to them, each try, and what came back."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cityhall.apps.work_orders.contracts import IncomingState, Kind, Sees, WorkStatus
from cityhall.kernel.django.base import Record


class Connection(Record):
    """A work-order system. Its secrets are sealed: see kernel.django.sealing."""

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in Kind])
    url = models.CharField(max_length=500)
    categories = ArrayField(models.CharField(max_length=60), default=list)
    departments = ArrayField(models.UUIDField(), default=list)
    teams = ArrayField(models.UUIDField(), default=list)
    notes = models.BooleanField(default=False, help_text="Internal notes are told as well.")
    contact = models.BooleanField(default=False, help_text="The reporter's contact goes along.")
    secret = models.CharField(max_length=500, blank=True, help_text="Sealed: signs what goes out and what comes in.")
    former_secret = models.CharField(max_length=500, blank=True, help_text="Sealed: counts until former_until.")
    former_until = models.DateTimeField(null=True)
    api_key = models.CharField(max_length=1000, blank=True, help_text="Sealed: of the other GeoReport server.")
    jurisdiction_id = models.CharField(max_length=200, blank=True)
    service_codes = models.JSONField(default=dict, help_text="Our category's code to theirs, where they differ.")
    sends_updates = models.BooleanField(default=False, help_text="They take changes, not only new requests.")
    closed_means = models.CharField(max_length=16, blank=True, help_text="An outcome; empty: the desk decides.")
    offers_updates = models.BooleanField(null=True, help_text="Whether they publish changes; null: not asked yet.")
    read_until = models.DateTimeField(null=True, help_text="Their changes were read up to here.")
    created_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0, help_text="Tries in a row that failed.")
    failing_since = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)


class Order(Record):
    """A request as one connected system has it."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="orders", db_index=False)
    request_id = models.UUIDField()
    number = models.CharField(max_length=20)
    external_number = models.CharField(max_length=120, blank=True)
    token = models.CharField(max_length=120, blank=True, help_text="GeoReport: to ask for the number with.")
    status = models.CharField(
        max_length=16, blank=True, choices=[(status.value, status.value) for status in WorkStatus]
    )
    told_at = models.DateTimeField(null=True, help_text="When what was applied last happened over there.")
    asked_at = models.DateTimeField(null=True, help_text="GeoReport: when its state was asked for last.")
    closed_there = models.BooleanField(default=False)
    sees = models.CharField(max_length=10, choices=[(sees.value, sees.value) for sees in Sees], default=Sees.WORK)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "request_id"], name="order_once")]
        indexes = [
            models.Index(fields=["request_id"], name="order_request"),
            models.Index(fields=["external_number"], name="order_external", condition=~Q(external_number="")),
        ]


class Delivery(Record):
    """One thing to tell a connection. Its id stays the same at every try, so that the receiver can drop what it has.

    What is told is put together at each try: no copy of a resident's words waits here.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    request_id = models.UUIDField(null=True, help_text="None for a test.")
    number = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=40, help_text='What happened: "started", "closed", "test"…')
    event_id = models.UUIDField(null=True, help_text="The event of the request's history.")
    at = models.DateTimeField(help_text="When it happened.")
    version = models.PositiveIntegerField(default=0, help_text="The request's, so that its deliveries go in order.")
    external_id = models.CharField(max_length=120, blank=True, help_text="GeoReport: their id of our update.")
    created_at = models.DateTimeField()
    send_after = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True, help_text="Why the last try did not work.")
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["send_after"], name="delivery_due", condition=Q(sent_at__isnull=True, failed_at__isnull=True)
            ),
            models.Index(
                fields=["connection", "request_id", "version"],
                name="delivery_waiting",
                condition=Q(sent_at__isnull=True, failed_at__isnull=True),
            ),
            models.Index(fields=["connection", "-id"], name="delivery_log"),
            models.Index(fields=["request_id"], name="delivery_request"),
            models.Index(fields=["external_id"], name="delivery_external", condition=~Q(external_id="")),
        ]


class Try(Record):
    """One try of a delivery, and the beginning of what was answered."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True)
    answer = models.CharField(max_length=500, blank=True)


class Incoming(Record):
    """A message that came in. Its text is in the request's history, or nowhere."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="incoming", db_index=False)
    message_id = models.CharField(max_length=120)
    fingerprint = models.CharField(max_length=64)
    request_id = models.UUIDField(null=True)
    number = models.CharField(max_length=20, blank=True)
    status = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=10, choices=[(state.value, state.value) for state in IncomingState])
    problem = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "message_id"], name="incoming_once")]
        indexes = [
            models.Index(fields=["connection", "-at"], name="incoming_log"),
            models.Index(fields=["request_id"], name="incoming_request", condition=Q(request_id__isnull=False)),
        ]
