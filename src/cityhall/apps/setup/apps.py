"""Registers the set-up room with Django and says what a city still lacks."""

from django.apps import AppConfig

from cityhall.kernel import offers


class SetupConfig(AppConfig):
    """The set-up room."""

    name = "cityhall.apps.setup"
    label = "setup"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer what a live city should still do."""
        from cityhall.apps.setup import queries

        offers.setup_checks.register(offers.SetupCheck("mail test", queries.untested_mail))
