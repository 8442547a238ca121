"""Registers the service_requests room with Django, and what it offers to others."""

from django.apps import AppConfig


class ServiceRequestsConfig(AppConfig):
    """The service_requests room."""

    name = "cityhall.apps.service_requests"
    label = "service_requests"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer the room's menu entries, and say what it does not do yet."""
        from django.utils.translation import gettext_lazy as _

        from cityhall.kernel.offers import NavItem, NotBuilt, nav_items, not_built

        nav_items.register(NavItem("report", "public", _("Report a problem"), "report", order=10))
        nav_items.register(NavItem("requests", "public", _("Requests"), "requests", order=20))
        nav_items.register(NavItem("my-requests", "account", _("My requests"), "my-requests", order=10))
        for key, text in (
            ("offline", _("Reporting without a connection: the report is lost if you have none when you send it.")),
            ("text", _("Reporting by text message or telephone keypad.")),
            ("feeds", _("Following an area by e-mail. There are RSS and JSON feeds.")),
        ):
            not_built.register(NotBuilt(f"requests.{key}", _("Get It Done: service requests"), text))
