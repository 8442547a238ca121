"""Registers the places room with Django, and what it offers to others."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """The places room."""

    name = "cityhall.apps.places"
    label = "places"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer the room's permission, what keeps it from answering, and what the city has not set up yet."""
        from django.utils.translation import gettext_lazy as _

        from cityhall.apps.places import exports, public
        from cityhall.kernel import offers

        offers.permissions.register(
            offers.Permission("places.configure", _("Change the city's boundary, areas, streets and assets"))
        )
        offers.city_card.fill(public.card)
        offers.health_checks.register(offers.HealthCheck("places", public.trouble))
        offers.setup_checks.register(offers.SetupCheck("places", public.missing))
        for live in exports.live_datasets():
            offers.live_datasets.register(live)
        actions = {
            "city_changed": _("Changed the city’s settings"),
            "areas_changed": _("Changed areas"),
            "streets_changed": _("Changed streets"),
            "addresses_changed": _("Changed addresses"),
            "assets_changed": _("Changed assets"),
            "features_changed": _("Changed the map’s ground"),
        }
        offers.audit_words.register(offers.AuditWords("places", actions, {"places": _("The city’s places")}))
