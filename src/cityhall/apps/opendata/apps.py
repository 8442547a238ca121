"""Registers the opendata room with Django and with the kernel's offers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cityhall.kernel import offers


class OpenDataConfig(AppConfig):
    """The opendata room."""

    name = "cityhall.apps.opendata"
    label = "opendata"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer the permission and the words of the audit log."""
        from cityhall.apps.opendata.contracts import PUBLISH

        offers.permissions.register(offers.Permission(PUBLISH, _("Publish open data")))
        actions = {"published": _("Published a dataset")}
        offers.audit_words.register(offers.AuditWords("opendata", actions, {"dataset": _("Dataset")}))
