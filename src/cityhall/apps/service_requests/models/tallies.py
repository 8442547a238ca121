"""What the database counts of requests as they change: on the map, by month, of what is open."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class MapCell(models.Model):
    """How many requests a hexagon has, at the resolutions 7 to 10. Kept by the database: see migration 0003."""

    cell = models.BigIntegerField(primary_key=True, help_text="H3 cell; its resolution is part of it.")
    count = models.BigIntegerField()
    lat = models.FloatField(help_text="Sum of the public latitudes; divided by the count, where to draw.")
    lon = models.FloatField()
    number = models.DecimalField(max_digits=30, decimal_places=0, help_text="Sum of the numbers: of one, its own.")


class MapChange(models.Model):
    """What a transaction changed of the counts, at resolution 10, until a job adds it up: no writer waits for one."""

    cell = models.BigIntegerField()
    count = models.BigIntegerField()
    lat = models.FloatField()
    lon = models.FloatField()
    number = models.DecimalField(max_digits=30, decimal_places=0)


class Tally(models.Model):
    """What a month had of requests, in the whole city and by area, category, department, team: see migration 0006.

    A row without a month counts all of them, so do one without a category and one without an area: the whole city. Rows
    tell departments and teams apart; an empty one is what the requests have: none. Those that are `whole` do not.
    """

    month = models.DateField(help_text="Its first day, in the city's time zone; empty: ever.", null=True)
    area = models.UUIDField(null=True)
    category = models.UUIDField(null=True)
    whole = models.BooleanField(help_text="Of all departments and teams; only where it is of all categories.")
    department = models.UUIDField(null=True)
    team = models.UUIDField(null=True)
    opened = models.IntegerField()
    fixed = models.IntegerField()
    not_found = models.IntegerField()
    not_city = models.IntegerField()
    duplicate = models.IntegerField()
    cannot_be_done = models.IntegerField()
    not_stated = models.IntegerField()
    due = models.IntegerField(help_text="Their target was a day of this month.")
    met = models.IntegerField(help_text="Of those due, closed by their target.")
    contested = models.IntegerField(help_text="How often somebody said “it is not fixed”.")
    upheld = models.IntegerField(default=0, help_text="Of those contested, what a supervisor found right.")
    days = ArrayField(models.IntegerField(), help_text="Of those fixed, how many took how long: rules.DAY_EDGES.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area", "category", "whole", "month", "department", "team"],
                name="tally_once",
                nulls_distinct=False,
            )
        ]


class OpenTally(models.Model):
    """How many open requests were filed, or are due, on a day, and on all days together.

    Their ages are told from days, whatever today is.
    """

    kind = models.CharField(max_length=5, choices=[("filed", "filed"), ("due", "due")])
    day = models.DateField(null=True, help_text="None: of all days.")
    area = models.UUIDField(null=True)
    category = models.UUIDField(null=True)
    whole = models.BooleanField(help_text="Of all departments and teams; only where it is of all categories.")
    department = models.UUIDField(null=True)
    team = models.UUIDField(null=True)
    count = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "area", "category", "whole", "day", "department", "team"],
                name="opentally_once",
                nulls_distinct=False,
            )
        ]
        indexes = [
            # The desk's menu reads how much is late from here alone.
            models.Index(
                fields=["kind", "day"],
                include=["area", "department", "team", "count"],
                name="opentally_due",
                condition=Q(area__isnull=True, category__isnull=True, whole=False),
            )
        ]


class TallyChange(models.Model):
    """A request, or one “it is not fixed”, that came into the tallies (1) or left them (-1), until a job adds it up."""

    count = models.SmallIntegerField()
    areas = ArrayField(models.UUIDField())
    category = models.UUIDField()
    department = models.UUIDField(null=True)
    team = models.UUIDField(null=True)
    filed = models.DateField(null=True)
    due = models.DateField(null=True)
    closed = models.DateField(null=True)
    outcome = models.CharField(max_length=16, blank=True)
    days = models.SmallIntegerField(null=True)
    met = models.BooleanField(null=True)
    contested = models.DateField(null=True)
    upheld = models.DateField(null=True)


class TallyState(models.Model):
    """The time zone the tallies' days are in, and when changes were last added up. Its one row comes with a request."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    zone = models.CharField(max_length=64)
    added_at = models.DateTimeField()
