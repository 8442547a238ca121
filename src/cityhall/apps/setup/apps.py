"""Registers the set-up room with Django and says what a city still lacks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cityhall.kernel import offers


class SetupConfig(AppConfig):
    """The set-up room."""

    name = "cityhall.apps.setup"
    label = "setup"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer what a live city should still do."""
        from cityhall.apps.setup import queries

        actions = {
            "code_made": _("Made a set-up code"),
            "entered": _("Used the set-up code"),
            "departments_set": _("Set the departments"),
            "settings_kept": _("Kept settings"),
            "finished": _("Finished the set-up"),
        }
        subjects = {"setup": _("Set-up"), "department": _("Department"), "settings": _("Settings")}
        offers.audit_words.register(offers.AuditWords("setup", actions, subjects))

        offers.setup_checks.register(offers.SetupCheck("mail test", queries.untested_mail))
