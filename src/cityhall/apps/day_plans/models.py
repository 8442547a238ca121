"""Crews with their hours, what kinds of work take, plans in versions, and when crews began and ended."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cityhall.apps.day_plans.contracts import Reason, Standing
from cityhall.kernel.django.base import Record


class TeamDay(Record):
    """How a team's day is: where it starts and ends, and within which hours."""

    team = models.OneToOneField("identity.Team", on_delete=models.CASCADE, related_name="+")
    depot = models.CharField(max_length=200, blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    begins = models.TimeField()
    ends = models.TimeField()
    speed = models.PositiveSmallIntegerField(help_text="Miles an hour in town.")
    at_once = models.BooleanField(default=False, help_text="A new plan for something urgent goes out unasked.")


class Crew(Record):
    """Who goes out together with one vehicle. Members are ids of accounts; no hour means the team's."""

    team = models.ForeignKey("identity.Team", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    members = ArrayField(models.UUIDField(), default=list)
    skills = ArrayField(models.CharField(max_length=40), default=list)
    most_jobs = models.PositiveSmallIntegerField()
    begins = models.TimeField(null=True)
    ends = models.TimeField(null=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "name"], condition=models.Q(is_active=True), name="crew_name_once")
        ]


class Kind(models.Model):
    """What a category's jobs take."""

    category = models.SlugField(max_length=60, primary_key=True, help_text="The category's code.")
    minutes = models.PositiveSmallIntegerField(null=True, help_text="Null: learnt, or the usual.")
    skill = models.CharField(max_length=40, blank=True)


class Window(Record):
    """When somebody was promised that a crew is there."""

    request_id = models.UUIDField()
    day = models.DateField()
    begins = models.TimeField()
    ends = models.TimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request_id", "day"], name="window_once"),
            models.CheckConstraint(condition=models.Q(ends__gt=models.F("begins")), name="window_has_time"),
        ]


class DayPlan(Record):
    """A team's plan for a day. It names three of its versions: on the page, with the crews, waiting for a yes."""

    team = models.ForeignKey("identity.Team", on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    version = models.PositiveIntegerField(default=1, help_text="Grows with every change.")
    standing = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Standing])
    asked_at = models.DateTimeField()
    asked_by_id = models.UUIDField(null=True)
    shown = models.PositiveIntegerField(null=True)
    published = models.PositiveIntegerField(null=True)
    proposed = models.PositiveIntegerField(null=True)
    requests = ArrayField(models.UUIDField(), default=list, help_text="What the published version sends crews to.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "day"], name="dayplan_once")]


class PlanVersion(Record):
    """What a plan was at one time; never changed. `parent` is the number it was made from: undo goes there."""

    plan = models.ForeignKey(DayPlan, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    parent = models.PositiveIntegerField(null=True)
    reason = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Reason])
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    content = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="planversion_once")]


class JobProgress(Record):
    """When a crew began and ended a request of a published plan."""

    plan = models.ForeignKey(DayPlan, on_delete=models.CASCADE, related_name="progress")
    request_id = models.UUIDField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "job progress"
        constraints = [models.UniqueConstraint(fields=["plan", "request_id"], name="jobprogress_once")]
