"""What is followed. Who follows it, and with which address, is kept by the notify room."""

from __future__ import annotations

from django.db import models

from cityhall.apps.subscriptions.contracts import Every
from cityhall.kernel.django.base import Record


class Subscription(Record):
    """Something to hear about, shared by all who asked for the same."""

    area_kind = models.SlugField(max_length=60, blank=True)
    area_code = models.CharField(max_length=120, blank=True, help_text="Areas are loaded anew; their codes stay.")
    street = models.CharField(max_length=200, blank=True, help_text="As the first who asked wrote it.")
    street_words = models.CharField(max_length=200, blank=True, help_text="Folded, in short forms.")
    category = models.SlugField(max_length=60, blank=True)
    every = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Every])
    told_until = models.DateTimeField(help_text="The next digest begins here.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area_kind", "area_code", "street_words", "category", "every"], name="subscription_once"
            )
        ]
