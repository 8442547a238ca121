"""The schedule where it was changed, what was removed, legal holds, erasures, and files made for people."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cityhall.kernel.django.base import Record


class Schedule(models.Model):
    """The one schedule of this installation. Before it is started, the nights only say what they would remove."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    started_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="schedule_only_one")]


class ChosenPeriod(models.Model):
    """How long a kind of record is kept, where somebody decided otherwise than its room proposes."""

    kind = models.CharField(max_length=60, primary_key=True)
    number = models.PositiveIntegerField(null=True, help_text="None keeps it for good.")
    unit = models.CharField(max_length=10, blank=True)


class PurgeRun(Record):
    """What one night did about one kind of record."""

    at = models.DateTimeField()
    kind = models.CharField(max_length=60)
    before = models.DateTimeField(help_text="What is older was removed.")
    removed = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0, help_text="Old enough, and kept by a legal hold.")
    is_rehearsal = models.BooleanField(default=False, help_text="Nothing was removed: the schedule is not started.")
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="purgerun_newest")]


class Walk(models.Model):
    """How far the nights came with a kind of record that is gone through in steps."""

    kind = models.CharField(max_length=60, primary_key=True)
    after = models.CharField(max_length=120, blank=True, help_text="Where the next step goes on, in the room's words.")
    ended_at = models.DateTimeField(null=True, help_text="When the end was first reached, since the beginning.")
    holds = models.CharField(max_length=80, help_text="Which holds were in force; after a change it begins again.")
    held = models.PositiveIntegerField(default=0, help_text="What the holds kept when it began.")


class Hold(Record):
    """Something nobody may remove until somebody lifts it. A lifted hold forgets which person it was about."""

    name = models.CharField(max_length=120)
    reason = models.TextField()
    requests = ArrayField(models.UUIDField(), default=list)
    area_id = models.UUIDField(null=True)
    address = models.CharField(max_length=300, blank=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=32, blank=True)
    account_id = models.UUIDField(null=True)
    is_of_person = models.BooleanField(default=False)
    placed_at = models.DateTimeField()
    placed_by = models.UUIDField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.UUIDField(null=True)


class Erasure(Record):
    """That somebody was erased, by ids alone; while a hold is in the way, also by what they are found by."""

    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    is_whole = models.BooleanField(help_text="The whole person, not one report of theirs.")
    account_id = models.UUIDField(null=True)
    requests = ArrayField(models.UUIDField(), default=list)
    follows = ArrayField(models.UUIDField(), default=list)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=32, blank=True)
    rows = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["asked_at"], name="erasure_waiting", condition=Q(done_at__isnull=True))]


class PersonFile(Record):
    """A person's data, made into a file by staff after the person proved who they are."""

    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    proof = models.CharField(max_length=300, help_text="How the person proved who they are.")
    account_id = models.UUIDField(null=True)
    requests = ArrayField(models.UUIDField(), default=list)
    follows = ArrayField(models.UUIDField(), default=list)
    key = models.CharField(max_length=200)
    bytes = models.PositiveBigIntegerField()
