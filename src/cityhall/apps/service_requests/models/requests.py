"""Requests, who reported them, their history, photos and files."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from cityhall.apps.service_requests.contracts import Fact, Outcome, Showing, Source, State, Visibility
from cityhall.apps.service_requests.models.catalogue import Category
from cityhall.apps.service_requests.models.choices import choices
from cityhall.apps.service_requests.models.reaching import reached_by
from cityhall.kernel.django.base import Record

#: States in which nobody has begun: what is in one can be escalated.
_WAITS = Q(state="received") | Q(state="scheduled")


class ServiceRequest(Record):
    """One reported trouble. What the public sees of it is decided by `rules.publish` and nowhere else.

    `public_lat`, `public_lon` and the cells are already generalised, so that no filter can learn more than the page.
    """

    number = models.BigIntegerField(unique=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="requests", db_index=False)
    state = models.CharField(max_length=16, choices=choices(State), default=State.RECEIVED)
    outcome = models.CharField(max_length=16, choices=choices(Outcome), blank=True)
    outcome_sentence = models.TextField(blank=True)
    outcome_also = models.JSONField(null=True, help_text="The sentence in other languages: language code to text.")
    referred_to = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    description = models.TextField(blank=True)
    showing = models.CharField(max_length=10, choices=choices(Showing), default=Showing.SHOWN)
    answers = models.JSONField(default=dict)
    language = models.CharField(max_length=8, default="en")
    source = models.CharField(max_length=16, choices=choices(Source), default=Source.WEB)

    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    address = models.CharField(max_length=300, blank=True)
    address_id = models.UUIDField(null=True)
    asset_id = models.UUIDField(null=True)
    cell = models.BigIntegerField(null=True, help_text="H3 cell, resolution 10, of the exact point: staff only.")
    areas = ArrayField(models.UUIDField(), default=list, help_text="Ids of the areas the exact point is in.")
    public_lat = models.FloatField(null=True)
    public_lon = models.FloatField(null=True)
    public_address = models.CharField(max_length=300, blank=True)
    public_areas = ArrayField(models.UUIDField(), default=list, help_text="Ids of the areas the public point is in.")
    public_cell = models.BigIntegerField(null=True, help_text="H3 cell, resolution 10, of the public point.")
    public_cell7 = models.BigIntegerField(null=True, help_text="H3 cell, resolution 7, of the public point.")

    words = SearchVectorField(null=True, help_text="What the public finds it by: rules.public_words.")

    department = models.ForeignKey(
        "identity.Department", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    team = models.ForeignKey("identity.Team", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    assignee = models.ForeignKey(
        "identity.User", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    priority = models.PositiveSmallIntegerField(default=3)
    duplicate_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="duplicates", db_index=False
    )
    supporters = models.PositiveIntegerField(default=0)
    hidden = models.BooleanField(default=False, help_text="Taken down as abuse: no door shows it.")

    requested_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    scheduled_for = models.DateField(null=True)
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    queue_at = models.DateTimeField(help_text="What the desk's queue is ordered by: see rules.queue_time.")
    look_at = models.DateTimeField(null=True, help_text="When it is escalated, unless work has begun.")
    escalated = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="How often it was escalated.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="closed", outcome__gt="", closed_at__isnull=False)
                | (~Q(state="closed") & Q(outcome="", closed_at__isnull=True)),
                name="request_closed_with_outcome",
            ),
            models.CheckConstraint(
                condition=Q(outcome="duplicate", duplicate_of__isnull=False)
                | (~Q(outcome="duplicate") & Q(duplicate_of__isnull=True)),
                name="request_duplicate_of_one",
            ),
        ]
        indexes = [
            models.Index(fields=["-requested_at", "-id"], name="request_newest"),
            models.Index(fields=["-updated_at", "-id"], name="request_updated"),
            models.Index(fields=["category", "-requested_at", "-id"], name="request_category"),
            models.Index(fields=["state", "-requested_at", "-id"], name="request_state"),
            models.Index(
                fields=["public_cell7", "-requested_at", "-id"],
                include=["public_lat", "public_lon", "hidden"],
                name="request_public_cell7",
            ),
            models.Index(
                fields=["public_cell", "-requested_at", "-id"],
                include=["public_lat", "public_lon", "hidden"],
                name="request_public_fine",
            ),
            models.Index(fields=["public_cell", "category"], name="request_public_cell", condition=~Q(state="closed")),
            models.Index(fields=["department", "queue_at", "id"], name="request_queue", condition=~Q(state="closed")),
            models.Index(fields=["queue_at", "id"], name="request_open", condition=~Q(state="closed")),
            models.Index(
                fields=["assignee", "queue_at", "id"],
                name="request_mine",
                condition=~Q(state="closed") & Q(assignee__isnull=False),
            ),
            models.Index(
                fields=["department", "id"],
                name="request_unassigned",
                condition=~Q(state="closed") & Q(assignee__isnull=True, team__isnull=True),
            ),
            models.Index(fields=["id"], name="request_waiting", condition=Q(showing="waiting")),
            models.Index(fields=["asset_id"], name="request_asset", condition=Q(asset_id__isnull=False)),
            models.Index(fields=["duplicate_of"], name="request_dupes", condition=Q(duplicate_of__isnull=False)),
            models.Index(fields=["cell", "category"], name="request_cell", condition=~Q(state="closed")),
            models.Index(fields=["look_at", "id"], name="request_look", condition=_WAITS & Q(look_at__isnull=False)),
            models.Index(fields=["due_at"], name="request_nears", condition=_WAITS & Q(escalated__gt=0)),
            models.Index(fields=["-closed_at", "-id"], name="request_closed", condition=Q(state="closed")),
            models.Index(
                fields=["referred_to"],
                include=["id"],
                name="request_named",
                condition=Q(state="referred", hidden=False, referred_to__gt=""),
            ),
            GinIndex(fields=["public_areas"], name="request_areas"),
            GinIndex(fields=["words"], name="request_words"),
        ]


class Reporter(models.Model):
    """Who reported: apart from the request, so that reading it is a step of its own, and so is erasing it."""

    request = models.OneToOneField(ServiceRequest, primary_key=True, on_delete=models.CASCADE, related_name="reporter")
    user_id = models.UUIDField(null=True, db_index=True)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=32, blank=True)
    private_token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    api_key_id = models.UUIDField(null=True)

    class Meta:
        indexes = reached_by("reporter")


class HistoryEvent(Record):
    """A fact of a request's history. Never changed; a correction is another event.

    Two things narrow what is shown of it: erasing a person blanks `text`, undoing a bulk change makes it internal.
    """

    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="history", db_index=False)
    fact = models.CharField(max_length=16, choices=choices(Fact))
    at = models.DateTimeField()
    visibility = models.CharField(max_length=10, choices=choices(Visibility), default=Visibility.PUBLIC)
    author_kind = models.CharField(max_length=20)
    author_id = models.UUIDField(null=True)
    author_label = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    showing = models.CharField(max_length=10, choices=choices(Showing), default=Showing.SHOWN)
    data = models.JSONField(default=dict)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrections", db_index=False
    )

    class Meta:
        indexes = [
            models.Index(fields=["request", "at", "id"], name="history_of_request"),
            models.Index(fields=["at", "id"], name="history_public", condition=Q(visibility="public")),
        ]


class RequestPhoto(Record):
    """A photo of a request: as reported, or as evidence of the work."""

    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="photos")
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")
    is_evidence = models.BooleanField(default=False)
    showing = models.CharField(max_length=10, choices=choices(Showing), default=Showing.SHOWN)
    withheld_by_policy = models.BooleanField(default=False, help_text="Another category's policy may show it.")
    order = models.PositiveSmallIntegerField(default=0)
    added_at = models.DateTimeField()
    original = models.ForeignKey(
        "documents.Document", null=True, on_delete=models.PROTECT, related_name="+", help_text="Before it was covered."
    )
    covered = models.JSONField(null=True, help_text="What is covered: left, top, width, height in hundredths.")
    covered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["request"], name="photo_waiting", condition=Q(showing="waiting"))]


class Supporter(Record):
    """One "me too". `who` is a salted hash of the account or browser, so that one person counts once."""

    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="me_toos")
    who = models.CharField(max_length=64)
    at = models.DateTimeField()
    came_with = models.ForeignKey(
        ServiceRequest,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        help_text="The duplicate that brought it, with which it goes again.",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "who"], name="supporter_once")]


class NoteFile(Record):
    """A file with an internal note. The document is never public, and nothing but the desk names it."""

    event = models.ForeignKey(HistoryEvent, on_delete=models.CASCADE, related_name="files")
    document = models.OneToOneField("documents.Document", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120, help_text="As it was called when it was uploaded.")
