"""Sets of rules, one after the other, and the steps before a target."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cityhall.apps.routing.contracts import SetState
from cityhall.kernel.django.base import Record


class RuleSet(Record):
    """A set of rules. One that was in force is never changed: it is what the histories of requests speak of."""

    state = models.CharField(max_length=5, choices=[(one.value, one.value) for one in SetState])
    number = models.PositiveIntegerField(null=True, unique=True, help_text="Its version; the draft has none.")
    revision = models.PositiveIntegerField(default=1, help_text="Grows with every change of the draft.")
    rules = models.JSONField(default=list, help_text="In their order: see rules.kept_rules.")
    trial = models.JSONField(null=True, help_text="Of the draft as it stands: see rules.kept_trial.")
    copied_from = models.PositiveIntegerField(null=True)
    changed_at = models.DateTimeField()
    live_from = models.DateTimeField(null=True)
    live_until = models.DateTimeField(null=True)
    live_by = models.UUIDField(null=True, help_text="Who switched it on.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", number__isnull=True) | (~Q(state="draft") & Q(number__isnull=False)),
                name="ruleset_numbered_once_in_force",
            ),
            models.UniqueConstraint(fields=["state"], condition=~Q(state="past"), name="ruleset_one_draft_one_live"),
        ]


class NearingPlan(models.Model):
    """The one plan of steps before a target."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    steps = models.JSONField(default=list, help_text="See rules.kept_steps.")
    is_paused = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="nearingplan_only_one")]
