"""Categories with their questions, requests with their history, and what surrounds them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, Right

from cityhall.apps.service_requests.contracts import (
    ALL_CHANNELS,
    CallKind,
    Contester,
    Datatype,
    Detail,
    Fact,
    Moderation,
    Outcome,
    Showing,
    Source,
    State,
    Visibility,
)
from cityhall.kernel.django.base import Record


def _choices(kind: type) -> list[tuple[str, str]]:
    return [(member.value, member.value) for member in kind]  # type: ignore[attr-defined]  # an enum class


#: States in which nobody has begun: what is in one can be escalated.
_WAITS = Q(state="received") | Q(state="scheduled")

#: What a telephone number is compared by, as `offers.phone_digits` has it.
PHONE_DIGITS = Right(Func(F("phone"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace"), 10)

#: The last digits of a telephone number however it is written, as `rules.phone_tail` has them.
PHONE_TAIL = Right(
    Func(
        Func(Lower("phone"), Value("[x#].*$"), Value(""), function="regexp_replace"),
        Value("[^0-9]"),
        Value(""),
        Value("g"),
        function="regexp_replace",
        output_field=models.TextField(),
    ),
    7,
)


def _reached_by(name: str) -> list[models.Index]:
    """Return the indexes people are found by: the last digits of their telephone, their e-mail in small letters."""
    return [
        models.Index(PHONE_TAIL, name=f"{name}_phone", condition=~Q(phone="")),
        models.Index(Lower("email"), name=f"{name}_email", condition=~Q(email="")),
    ]


class CategoryGroup(Record):
    """A heading categories stand under."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.JSONField(help_text="Translated text: language code to text.")
    order = models.PositiveSmallIntegerField(default=50)
    icon = models.CharField(max_length=40, blank=True)


class Category(Record):
    """A kind of trouble a resident can report (Open311: service)."""

    code = models.SlugField(max_length=60, unique=True)
    group = models.ForeignKey(CategoryGroup, on_delete=models.PROTECT, related_name="categories")
    name = models.JSONField(help_text="Translated text: language code to text.")
    description = models.JSONField(default=dict, help_text="Translated text: language code to text.")
    keywords = models.JSONField(default=dict, help_text="Language code to a list of words.")
    notice = models.JSONField(default=dict, help_text="Said after filing (Open311: service_notice).")
    order = models.PositiveSmallIntegerField(default=50)
    is_active = models.BooleanField(default=True)
    is_emergency = models.BooleanField(default=False, help_text="Says to call 911; cannot be filed at any door.")
    asset_layer = models.SlugField(max_length=60, blank=True, help_text="Layer of assets to pick from.")
    department = models.ForeignKey("identity.Department", on_delete=models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey("identity.Team", on_delete=models.SET_NULL, null=True, related_name="+")
    priority = models.PositiveSmallIntegerField(default=3, help_text="1 is most urgent, 5 least.")
    target_days = models.PositiveSmallIntegerField(null=True, help_text="Business days, the city's holidays left out.")
    place_policy = models.CharField(max_length=16, choices=_choices(Detail), default=Detail.EXACT)
    text_policy = models.CharField(max_length=16, choices=_choices(Detail), default=Detail.EXACT)
    photo_policy = models.CharField(max_length=16, choices=_choices(Detail), default=Detail.EXACT)
    moderation = models.CharField(max_length=16, choices=_choices(Moderation), default=Moderation.AT_ONCE)
    duplicate_metres = models.PositiveSmallIntegerField(default=60)
    open311_without_key = models.BooleanField(default=True)
    open311_per_minute = models.PositiveSmallIntegerField(default=30)
    proof_photo = models.BooleanField(default=False, help_text="Closing as fixed needs a photo of the work.")
    approve_outcomes = ArrayField(
        models.CharField(max_length=16), default=list, help_text="Closing with these waits for a supervisor."
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "categories"


class Question(Record):
    """Something a category asks (Open311: attribute). `variable=False` is a notice without an answer."""

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="questions")
    code = models.SlugField(max_length=60)
    text = models.JSONField(help_text="Translated text: language code to text.")
    hint = models.JSONField(default=dict, help_text="Translated text: language code to text.")
    datatype = models.CharField(max_length=20, choices=_choices(Datatype), default=Datatype.STRING)
    variable = models.BooleanField(default=True)
    required = models.BooleanField(default=False)
    order = models.PositiveSmallIntegerField(default=1)
    values = models.JSONField(default=list, help_text='[{"key": "deep", "name": {"en": "Deep"}}]')
    when_code = models.SlugField(max_length=60, blank=True, help_text="Asked only when this earlier question…")
    when_values = ArrayField(models.CharField(max_length=120), default=list, help_text="…has one of these answers.")
    is_public = models.BooleanField(default=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["category", "code"], name="question_code_once")]


class ServiceRequest(Record):
    """One reported trouble. What the public sees of it is decided by `rules.publish` and nowhere else.

    `public_lat`, `public_lon` and the cells are already generalised, so that no filter can learn more than the page.
    """

    number = models.BigIntegerField(unique=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="requests", db_index=False)
    state = models.CharField(max_length=16, choices=_choices(State), default=State.RECEIVED)
    outcome = models.CharField(max_length=16, choices=_choices(Outcome), blank=True)
    outcome_sentence = models.TextField(blank=True)
    outcome_also = models.JSONField(null=True, help_text="The sentence in other languages: language code to text.")
    referred_to = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    description = models.TextField(blank=True)
    showing = models.CharField(max_length=10, choices=_choices(Showing), default=Showing.SHOWN)
    answers = models.JSONField(default=dict)
    language = models.CharField(max_length=8, default="en")
    source = models.CharField(max_length=16, choices=_choices(Source), default=Source.WEB)

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
        indexes = _reached_by("reporter")


class HistoryEvent(Record):
    """A fact of a request's history. Never changed; a correction is another event.

    Two things narrow what is shown of it: erasing a person blanks `text`, undoing a bulk change makes it internal.
    """

    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="history", db_index=False)
    fact = models.CharField(max_length=16, choices=_choices(Fact))
    at = models.DateTimeField()
    visibility = models.CharField(max_length=10, choices=_choices(Visibility), default=Visibility.PUBLIC)
    author_kind = models.CharField(max_length=20)
    author_id = models.UUIDField(null=True)
    author_label = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    showing = models.CharField(max_length=10, choices=_choices(Showing), default=Showing.SHOWN)
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
    showing = models.CharField(max_length=10, choices=_choices(Showing), default=Showing.SHOWN)
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

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "who"], name="supporter_once")]


class Contest(Record):
    """Somebody said of a closed request that it is not fixed; later, what a supervisor decided.

    What they wrote is in the history. The closing is kept, so that it can stand again.
    """

    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="contests")
    at = models.DateTimeField()
    by = models.CharField(max_length=12, choices=_choices(Contester))
    closed_at = models.DateTimeField(help_text="Of the closing that is contested.")
    closed_by_id = models.UUIDField(null=True, help_text="Who closed it, and so may not settle this.")
    outcome = models.CharField(max_length=16, choices=_choices(Outcome))
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
    outcome = models.CharField(max_length=16, choices=_choices(Outcome))
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


class Star(Record):
    """A request on somebody's own shortlist."""

    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("identity.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "request"], name="star_once")]


class NoteFile(Record):
    """A file with an internal note. The document is never public, and nothing but the desk names it."""

    event = models.ForeignKey(HistoryEvent, on_delete=models.CASCADE, related_name="files")
    document = models.OneToOneField("documents.Document", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120, help_text="As it was called when it was uploaded.")


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


class Call(Record):
    """One exchange with somebody who telephoned, came or wrote, as it was taken at the desk.

    Who they were and the note are personal data; the rest is what call reasons are counted by.
    """

    at = models.DateTimeField()
    kind = models.CharField(max_length=16, choices=_choices(CallKind))
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
            *_reached_by("call"),
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


class ImportRun(Record):
    """One load of a file."""

    profile = models.CharField(max_length=60)
    filename = models.CharField(max_length=255)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    rows = models.PositiveBigIntegerField(default=0)
    imported = models.PositiveBigIntegerField(default=0)
    updated = models.PositiveBigIntegerField(default=0)
    unchanged = models.PositiveBigIntegerField(default=0)
    quarantined = models.PositiveBigIntegerField(default=0)


class ImportedRecord(models.Model):
    """Which request a row of another system became, and what the row looked like, so that loading again is safe."""

    source_system = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120)
    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="imported_from")
    row_hash = models.CharField(max_length=64)
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="records")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source_system", "external_id"], name="imported_once")]


class QuarantinedRow(Record):
    """A row that could not be used, with the reason, kept to be handed back."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="quarantine")
    row_number = models.PositiveBigIntegerField()
    reason_code = models.CharField(max_length=40)
    reason = models.CharField(max_length=500)
    row = models.JSONField()
