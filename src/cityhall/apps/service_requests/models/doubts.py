"""What somebody has to decide about a request: it is not fixed, it may be closed, it repeats another, it is abuse."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cityhall.apps.service_requests.contracts import Contester, Outcome
from cityhall.apps.service_requests.models.choices import choices
from cityhall.apps.service_requests.models.requests import ServiceRequest
from cityhall.kernel.django.base import Record


class Contest(Record):
    """Somebody said of a closed request that it is not fixed; later, what a supervisor decided.

    What they wrote is in the history. The closing is kept, so that it can stand again.
    """

    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="contests")
    at = models.DateTimeField()
    by = models.CharField(max_length=12, choices=choices(Contester))
    closed_at = models.DateTimeField(help_text="Of the closing that is contested.")
    closed_by_id = models.UUIDField(null=True, help_text="Who closed it, and so may not settle this.")
    outcome = models.CharField(max_length=16, choices=choices(Outcome))
    outcome_sentence = models.TextField(blank=True)
    outcome_also = models.JSONField(null=True)
    duplicate_of_id = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by_id = models.UUIDField(null=True)
    upheld = models.BooleanField(null=True, help_text="Null until it is settled.")

    class Meta:
        indexes = [models.Index(fields=["closed_at"], name="contest_closed")]


class Approval(Record):
    """A closing somebody asked for that a supervisor has to approve. The request stays what it was until then.

    It is kept as it was given, so that nothing is lost when the category's setting changes meanwhile.
    """

    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="approvals")
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=20)
    by_id = models.UUIDField(null=True, help_text="Who asked, and so may not approve it.")
    by_label = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=16, choices=choices(Outcome))
    sentence = models.TextField()
    also = models.JSONField(null=True, help_text="The sentence in other languages: language code to text.")
    evidence = ArrayField(models.UUIDField(), default=list, help_text="Photos of the work, shown once approved.")
    no_proof = models.BooleanField(default=False)
    settled_at = models.DateTimeField(null=True)
    settled_by_id = models.UUIDField(null=True)
    settled = models.CharField(
        max_length=10,
        choices=[(one, one) for one in ("approved", "sent_back", "overtaken")],
        blank=True,
        help_text="Empty while it waits.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request"], condition=Q(settled=""), name="approval_waits_once"),
        ]


class Likeness(models.Model):
    """Which earlier request an open one looks like, as a job found it: the desk's queue of duplicates is read from it.

    One that waits to be looked at has no time: it was loaded, or what it looked like has changed.
    """

    request = models.OneToOneField(ServiceRequest, primary_key=True, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(ServiceRequest, null=True, on_delete=models.CASCADE, related_name="+")
    probability = models.FloatField(default=0.0)
    at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["request"], name="likeness_likely", condition=Q(probability__gte=0.5)),
            models.Index(fields=["-request"], name="likeness_waits", condition=Q(at__isnull=True)),
        ]


class AbuseReport(Record):
    """Somebody says a public text or photo should not be there."""

    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="abuse_reports")
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["request"], name="abuse_open", condition=Q(settled_at__isnull=True))]
