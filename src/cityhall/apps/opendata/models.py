"""Datasets, their snapshots, and the runs that made or refused one."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cityhall.apps.opendata.contracts import MistakeState, WishState
from cityhall.kernel.django.base import Record

AGAIN = "again"
"""The mark of a live dataset that a person asked for after a recall, until the worker has published it."""


class Dataset(Record):
    """A published dataset. `contract` is the one its last good run used; `current` the snapshot readers see."""

    code = models.CharField(max_length=9, unique=True, db_collation="C", help_text="The 4x4 of its addresses.")
    name = models.SlugField(max_length=80, unique=True)
    contract = models.JSONField()
    current = models.ForeignKey("Snapshot", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    live_mark = models.CharField(
        max_length=200, blank=True, help_text="Of a live dataset: how far its records had changed when last published."
    )
    returned_at = models.DateTimeField(null=True, help_text="When a recall last made readers see an older snapshot.")


class Snapshot(Record):
    """What was published once. Its files lie in a folder by dataset and number, and never change.

    One that was recalled stays here as the notice of it, without files. One that was not kept leaves nothing.
    """

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="snapshots")
    number = models.PositiveIntegerField()
    published_at = models.DateTimeField()
    checked_at = models.DateTimeField(help_text="When a file last held just these rows.")
    rows = models.PositiveBigIntegerField()
    quarantined = models.PositiveBigIntegerField()
    added = models.PositiveBigIntegerField()
    changed = models.PositiveBigIntegerField()
    removed = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField(help_text="Bytes of all files.")
    facts = models.JSONField(help_text="By column: how many rows have no value, how many values differ.")
    parts = models.JSONField(help_text="SHA-256 by file name.")
    contract = models.JSONField(help_text="The contract it was published with.")
    recalled_at = models.DateTimeField(null=True)
    recall_reason = models.TextField(blank=True, help_text="What the public notice says.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dataset", "number"], name="snapshot_number"),
            models.CheckConstraint(condition=Q(number__gt=0), name="snapshot_from_one"),
            models.CheckConstraint(
                condition=Q(recalled_at__isnull=True, recall_reason="")
                | (Q(recalled_at__isnull=False) & ~Q(recall_reason="")),
                name="snapshot_recalled_with_reason",
            ),
        ]


class Run(Record):
    """One try to publish. `reasons` says why it was refused, or how many rows were put aside for what."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="runs")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    snapshot = models.ForeignKey(Snapshot, null=True, on_delete=models.PROTECT, related_name="runs")
    reasons = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["dataset", "-started_at"], name="run_newest")]


class Look(Record):
    """How the fetching of a dataset's source stands. `mark` tells an unchanged one, of the snapshot it became."""

    dataset = models.OneToOneField(Dataset, on_delete=models.CASCADE, related_name="look")
    source = models.JSONField(help_text="What the contract said of the source when it was looked at.")
    looked_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, help_text="When it is due again; null for by hand alone.")
    failures = models.PositiveIntegerField(default=0, help_text="One after the other, the last try included.")
    trouble = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True, help_text="In English, as the catalogues know it.")
    values = models.JSONField(default=dict, help_text="What stands in the reason.")
    mark = models.JSONField(default=dict)
    snapshot = models.PositiveIntegerField(null=True)


class Portal(Record):
    """Another publisher's portal, whose catalogue is read and linked to."""

    name = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    address = models.URLField(max_length=1000, unique=True)
    kind = models.CharField(max_length=10, help_text="How its catalogue is written.")
    schedule = models.CharField(max_length=40, blank=True)
    looked_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    reason = models.TextField(blank=True, help_text="Why the last look failed, in English, as the catalogues know it.")
    values = models.JSONField(default=dict, help_text="What stands in the reason.")
    mark = models.JSONField(default=dict)


class Elsewhere(Record):
    """A dataset that somebody else publishes: what their catalogue says of it, and where it is."""

    portal = models.ForeignKey(Portal, on_delete=models.CASCADE, related_name="listed")
    identifier = models.CharField(max_length=500, db_collation="C", db_index=True)
    title = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    publisher = models.CharField(max_length=300, blank=True)
    licence = models.CharField(max_length=500, blank=True)
    keywords = models.JSONField(default=list)
    page = models.URLField(max_length=2000)
    files = models.JSONField(default=list, help_text="Title, format and address of each.")
    words = models.TextField(help_text="What is searched: folded, a space before each word.")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["portal", "identifier"], name="elsewhere_once")]


class Told(models.Model):
    """Until when the followers of a dataset have been told, and which columns it had then."""

    dataset = models.OneToOneField(Dataset, primary_key=True, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    columns = models.JSONField(default=list)


class CatalogueTold(models.Model):
    """Until when the followers of the whole catalogue have been told, and of which datasets they know."""

    at = models.DateTimeField()
    known = models.JSONField(default=list, help_text="The ids of datasets.")


class OwnTerms(models.Model):
    """Who answers for the datasets of the city's own records, and how they may be used. There is one row at most."""

    owner = models.CharField(max_length=200, blank=True, help_text="The city's name when empty.")
    licence = models.CharField(max_length=200, blank=True, help_text="Its name or address; empty until somebody chose.")


class Wish(Record):
    """A dataset somebody asked for. The public sees it once a person of the city has read it."""

    what = models.CharField(max_length=120)
    why = models.TextField(blank=True)
    state = models.CharField(
        max_length=10, choices=[(one.value, one.value) for one in WishState], default=WishState.WAITING.value
    )
    answer = models.TextField(blank=True, help_text="Everybody reads it.")
    dataset = models.ForeignKey(Dataset, null=True, on_delete=models.SET_NULL, related_name="+")
    email = models.EmailField(blank=True, help_text="Of who asked, for the answer.")
    user_id = models.UUIDField(null=True)
    language = models.CharField(max_length=8, default="en")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "-asked_at"], name="wish_newest")]


class WishVote(models.Model):
    """Somebody who wants it too. `who` is a hash of their account or browser."""

    wish = models.ForeignKey(Wish, on_delete=models.CASCADE, related_name="votes")
    who = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wish", "who"], name="wish_vote_once")]


class Mistake(Record):
    """A mistake somebody reported in a row. The row is read from its snapshot: no copy outlives a recall."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(help_text="Of the snapshot they looked at.")
    row = models.CharField(max_length=200)
    column = models.CharField(max_length=63, blank=True)
    what = models.TextField(help_text="For the city alone.")
    state = models.CharField(
        max_length=10, choices=[(one.value, one.value) for one in MistakeState], default=MistakeState.OPEN.value
    )
    answer = models.TextField(blank=True, help_text="For who reported it.")
    email = models.EmailField(blank=True)
    user_id = models.UUIDField(null=True)
    language = models.CharField(max_length=8, default="en")
    reported_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["dataset", "row"], name="mistake_row"),
            models.Index(fields=["state", "-reported_at"], name="mistake_newest"),
        ]


class ContractVersion(Record):
    """What a dataset's contract said from a moment on. Those that came with a file are noted when one is edited."""

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="contracts")
    number = models.PositiveIntegerField()
    contract = models.JSONField()
    at = models.DateTimeField()
    by = models.UUIDField(null=True, help_text="The account that saved it; none where a file brought it.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "number"], name="contract_version_number")]


class Draft(Record):
    """A file that a clerk brought and is about to publish. It lies in the data folder until then, or for some days.

    `dataset` is the one it is a new version of. `state` is "reading", "ready", "publishing", "done" or "failed".
    """

    dataset = models.ForeignKey(Dataset, null=True, on_delete=models.CASCADE, related_name="+")
    by = models.UUIDField(help_text="The account that brought it.")
    language = models.CharField(max_length=20)
    file_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    state = models.CharField(max_length=12, default="reading")
    step = models.CharField(max_length=40, blank=True, help_text="What is being done just now.")
    contract = models.JSONField(default=dict, help_text="As it was guessed, then as it was confirmed.")
    confirmed = models.BooleanField(default=False)
    seen = models.CharField(
        max_length=20, blank=True, help_text="A mark of the dataset's contract when it was brought."
    )
    problem = models.TextField(blank=True)
    reasons = models.JSONField(default=list, help_text="Why the last try was refused.")
    outcome = models.JSONField(default=dict, help_text="What was published.")
