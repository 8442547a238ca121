"""Registers the subscriptions room with Django and with the kernel's offers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cityhall.kernel import offers


class SubscriptionsConfig(AppConfig):
    """The subscriptions room."""

    name = "cityhall.apps.subscriptions"
    label = "subscriptions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer the pages, what is kept about people, and how long."""
        from cityhall.apps.subscriptions.services import keeping

        offers.nav_items.register(offers.NavItem("near", "public", _("Near me"), "near", order=32))
        offers.nav_items.register(offers.NavItem("followed", "account", _("What I follow"), "near-mine", order=20))
        offers.personal_data.register(
            offers.PersonalData(
                "subscriptions", _("Places and kinds followed"), export=keeping.export, erase=keeping.erase
            )
        )
        for kind in keeping.kept_kinds():
            offers.retained.register(kind)
