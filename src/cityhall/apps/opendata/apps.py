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
        offers.nav_items.register(offers.NavItem("opendata", "public", _("Open data"), "opendata", order=36))
        for key, text in _NOT_BUILT.items():
            offers.not_built.register(offers.NotBuilt(f"opendata.{key}", _("Open data"), text))


_NOT_BUILT = {
    "ckan": _("CKAN’s API and the OGC’s, and the catalogues other portals read (DCAT)."),
    "joins": _("Queries over two datasets at once."),
    "schedules": _("Fetching files on a schedule: a dataset is published by a command."),
    "editors": _("Pages for the people who publish: contracts are files."),
    "live": _("The city’s own requests as a dataset that is always current."),
}
