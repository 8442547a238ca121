"""Registers the documents room with Django."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """The documents room."""

    name = "cityhall.apps.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"
