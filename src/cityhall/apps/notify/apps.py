"""Registers the notify room with Django."""

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    """The notify room."""

    name = "cityhall.apps.notify"
    label = "notify"
    default_auto_field = "django.db.models.BigAutoField"
