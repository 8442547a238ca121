"""What people at the desk keep: shortlists, queues, changes to take back, calls."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cityhall.apps.service_requests.contracts import ALL_CHANNELS, CallKind
from cityhall.apps.service_requests.models.choices import choices
from cityhall.apps.service_requests.models.reaching import reached_by
from cityhall.apps.service_requests.models.requests import ServiceRequest
from cityhall.kernel.django.base import Record


class Star(Record):
    """A request on somebody's own shortlist."""

    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("identity.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "request"], name="star_once")]


class Call(Record):
    """One exchange with somebody who telephoned, came or wrote, as it was taken at the desk.

    Who they were and the note are personal data; the rest is what call reasons are counted by.
    """

    at = models.DateTimeField()
    kind = models.CharField(max_length=16, choices=choices(CallKind))
    channel = models.CharField(max_length=16, choices=[(one.value, one.value) for one in ALL_CHANNELS])
    topic = models.CharField(max_length=80, blank=True)
    note = models.TextField(blank=True)
    name = models.CharField(max_length=201, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=32, blank=True)
    language = models.CharField(max_length=8, default="en")
    request = models.ForeignKey(ServiceRequest, on_delete=models.SET_NULL, null=True, related_name="calls")
    taken_by = models.UUIDField(null=True)
    told = models.CharField(max_length=8, blank=True, help_text="How the caller was sent the number: mail, sms.")
    office_id = models.UUIDField(null=True, help_text="Of the council office that took it.")
    consent = models.TextField(blank=True, help_text="The words the caller agreed to, where an office keeps contact.")
    consent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-at", "-id"], name="call_newest"),
            models.Index(fields=["office_id", "-at"], name="call_office", condition=Q(office_id__isnull=False)),
            *reached_by("call"),
        ]


class CallTopic(Record):
    """A word the city counts its calls by."""

    name = models.CharField(max_length=80, unique=True)
    order = models.PositiveSmallIntegerField(default=0)


class BulkChange(Record):
    """One change to many requests, with what they were before, so that it can be taken back for a short while."""

    actor_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    until = models.DateTimeField(help_text="Undo is offered, and notifications wait, until then.")
    change = models.JSONField()
    before = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True)


class SavedFilter(Record):
    """A desk queue somebody saved, for themselves or a department."""

    owner = models.ForeignKey("identity.User", on_delete=models.CASCADE, related_name="+")
    department = models.ForeignKey("identity.Department", on_delete=models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=1000)
