"""Registers the website room with Django."""

from django.apps import AppConfig


class WebsiteConfig(AppConfig):
    """The website room."""

    name = "cityhall.apps.website"
    label = "website"
    default_auto_field = "django.db.models.BigAutoField"
