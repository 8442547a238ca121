"""Registers the dashboards room with Django and its pages with the menus."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cityhall.kernel import offers


class DashboardsConfig(AppConfig):
    """The dashboards room."""

    name = "cityhall.apps.dashboards"
    label = "dashboards"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer the menu entries and the figures as open data. The counts are the service requests room's."""
        from cityhall.apps.dashboards import exports

        offers.live_datasets.register(exports.live_dataset())
        offers.nav_items.register(offers.NavItem("figures", "public", _("Figures"), "figures", order=30))
        offers.nav_items.register(
            offers.NavItem("figures-desk", "desk", _("Figures"), "desk-figures", "requests.view", order=24)
        )
