"""Registers the service_requests room with Django."""

from django.apps import AppConfig


class ServiceRequestsConfig(AppConfig):
    """The service_requests room."""

    name = "cityhall.apps.service_requests"
    label = "service_requests"
    default_auto_field = "django.db.models.BigAutoField"
