"""Registers the places room with Django."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """The places room."""

    name = "cityhall.apps.places"
    label = "places"
    default_auto_field = "django.db.models.BigAutoField"
