"""Registers the notify room with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cityhall.kernel import offers


class NotifyConfig(AppConfig):
    """The notify room."""

    name = "cityhall.apps.notify"
    label = "notify"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer what the room keeps about people, and what a live city still needs."""
        from cityhall.apps.notify import queries
        from cityhall.apps.notify.services import following, keeping

        offers.setup_checks.register(offers.SetupCheck("mail", queries.missing))
        offers.personal_data.register(
            offers.PersonalData(
                "notify",
                _("What is followed, and messages"),
                export=queries.export,
                erase=following.erase,
                find=queries.find,
            )
        )
        for kind in keeping.kept_kinds():
            offers.retained.register(kind)
