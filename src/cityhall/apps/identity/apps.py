"""Registers the identity room with Django."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """The identity room."""

    name = "cityhall.apps.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"
