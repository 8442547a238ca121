"""Registers the estimates room with Django and with the kernel's offers."""

from django.apps import AppConfig


class EstimatesConfig(AppConfig):
    """The estimates room."""

    name = "cityhall.apps.estimates"
    label = "estimates"
    default_auto_field = "django.db.models.BigAutoField"
