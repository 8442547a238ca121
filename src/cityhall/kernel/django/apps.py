"""Registers the kernel with Django."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """The kernel as a Django app."""

    name = "cityhall.kernel.django"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name the kinds of records the kernel keeps."""
        from cityhall.kernel.django import keeping

        keeping.offer()
