"""What can be reported: groups, categories, their questions."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cityhall.apps.service_requests.contracts import Datatype, Detail, Moderation
from cityhall.apps.service_requests.models.choices import choices
from cityhall.kernel.django.base import Record


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
    place_policy = models.CharField(max_length=16, choices=choices(Detail), default=Detail.EXACT)
    text_policy = models.CharField(max_length=16, choices=choices(Detail), default=Detail.EXACT)
    photo_policy = models.CharField(max_length=16, choices=choices(Detail), default=Detail.EXACT)
    moderation = models.CharField(max_length=16, choices=choices(Moderation), default=Moderation.AT_ONCE)
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
    datatype = models.CharField(max_length=20, choices=choices(Datatype), default=Datatype.STRING)
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
