"""Registers the website room with Django and offers its permission and its entrance."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cityhall.kernel.offers import NavItem, Permission, nav_items, permissions


class WebsiteConfig(AppConfig):
    """The website room."""

    name = "cityhall.apps.website"
    label = "website"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer what the room has."""
        permissions.register(Permission("website.edit", _("Edit and publish the city's public pages")))
        nav_items.register(NavItem("website", "desk", _("Website"), "wagtailadmin_home", "website.edit", order=60))
