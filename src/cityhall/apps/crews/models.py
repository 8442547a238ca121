"""Visits to requests, what was used on them, and the list of materials."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cityhall.apps.crews.contracts import Reason, Result
from cityhall.kernel.django.base import Record


def _choices(kind: type) -> list[tuple[str, str]]:
    return [(member.value, member.value) for member in kind]  # type: ignore[attr-defined]  # an enum class


class Material(Record):
    """Something crews use up."""

    name = models.JSONField(help_text="Translated text: language code to text.")
    unit = models.JSONField(help_text="Translated text: language code to text.")
    step = models.DecimalField(max_digits=6, decimal_places=2, default=1)
    order = models.PositiveSmallIntegerField(default=50)
    is_active = models.BooleanField(default=True)


class Visit(Record):
    """Somebody was at a request's place. Times are the phone's, as far as they can be; beside them those of arrival."""

    request_id = models.UUIDField()
    number = models.CharField(max_length=20)
    category = models.CharField(max_length=60, help_text="Code of the category the request had then.")
    department_id = models.UUIDField(null=True)
    team_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True, help_text="Empty once it was forgotten who it was.")
    started_at = models.DateTimeField()
    start_arrived_at = models.DateTimeField(help_text="When we heard of it.")
    finished_at = models.DateTimeField(null=True)
    finish_arrived_at = models.DateTimeField(null=True)
    minutes = models.PositiveSmallIntegerField(null=True)
    result = models.CharField(max_length=16, choices=_choices(Result), blank=True)
    reason = models.CharField(max_length=16, choices=_choices(Reason), blank=True)
    read_version = models.PositiveIntegerField(null=True, help_text="Of the request, before it was begun.")
    left_version = models.PositiveIntegerField(null=True, help_text="Of the request, after it was begun.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True, result="") | (Q(finished_at__isnull=False) & ~Q(result="")),
                name="visit_ended_with_result",
            ),
            models.CheckConstraint(condition=Q(reason="") | Q(result="sent_back"), name="visit_reason_sent_back"),
            models.UniqueConstraint(
                fields=["request_id", "person_id"], condition=Q(finished_at__isnull=True), name="visit_open_once"
            ),
        ]
        indexes = [
            models.Index(fields=["request_id", "started_at"], name="visit_request"),
            models.Index(fields=["finished_at"], name="visit_finished"),
            models.Index(fields=["person_id"], name="visit_person", condition=Q(person_id__isnull=False)),
        ]


class MaterialUsed(Record):
    """How much of a material a visit took."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="used")
    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=9, decimal_places=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "material"], name="material_used_once")]
