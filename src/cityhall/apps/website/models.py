"""Public pages and the media editors put on them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models.fields.files import FieldFile
from wagtail.admin.panels import FieldPanel
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.models import Page

from cityhall.apps.documents import public as documents


class CityImage(AbstractImage):
    """An image on a public page; its alternative text is asked for where it is used."""

    admin_form_fields = ("title", "file", "description", "collection", "tags")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Clean a new file before Wagtail measures it: turning a photo upright swaps its width and height."""
        file: FieldFile = self.file
        if self._state.adding and not getattr(file, "_committed", True):
            self.file = documents.cleaned_file(file, file.name or "")
        super().save(*args, **kwargs)


class CityRendition(AbstractRendition):
    """A size of an image."""

    image: models.ForeignKey[CityImage, CityImage] = models.ForeignKey(
        CityImage, on_delete=models.CASCADE, related_name="renditions"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="rendition_once")
        ]


class CityDocument(AbstractDocument):
    """A file residents can download from a public page."""

    admin_form_fields = ("title", "file", "collection", "tags")


class HomePage(Page):
    """The city's front page: one question, the top tasks, and how the city is doing."""

    question: models.CharField[str, str] = models.CharField(
        max_length=120, default="What do you need?", help_text="The headline."
    )
    lead: models.CharField[str, str] = models.CharField(max_length=240, blank=True, help_text="One sentence below it.")

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("question"), FieldPanel("lead")]
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    max_count_per_parent = 1
    template = "website/home.html"
