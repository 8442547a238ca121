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
        from cityhall.apps.opendata.queries import own, people
        from cityhall.apps.opendata.services import draft_keeping, keeping, newcomers, telling

        offers.permissions.register(offers.Permission(PUBLISH, _("Publish open data")))
        actions = {
            "published": _("Published a dataset"),
            "recalled": _("Recalled published data"),
            "portal_added": _("Added another publisher’s catalog"),
            "portal_removed": _("Removed another publisher’s catalog"),
            "wish_answered": _("Answered a request for data"),
            "wish_removed": _("Removed a request for data"),
            "mistake_settled": _("Settled a mistake in published data"),
            "mistake_removed": _("Removed a report of a mistake in published data"),
            "terms_stated": _("Stated how the city’s own open data may be used"),
            "reworded": _("Changed the words of a dataset"),
            "brought": _("Brought a file to publish"),
            "removed": _("Removed a dataset that was never published"),
            "published_again": _("Asked for a dataset to be published again"),
            "discarded": _("Discarded a file to publish"),
        }
        subjects = {
            "dataset": _("Dataset"), "draft": _("File to publish"), "wish": _("Request for data"),
            "portal": _("Another publisher’s catalog"),
        }  # fmt: skip
        offers.audit_words.register(offers.AuditWords("opendata", actions, subjects))
        offers.nav_items.register(offers.NavItem("opendata", "public", _("Open data"), "opendata", order=36))
        offers.nav_items.register(
            offers.NavItem("data-wishes", "desk", _("Data requests"), "desk-data-wishes", PUBLISH, 43, people.waiting)
        )
        offers.nav_items.register(offers.NavItem("data", "desk", _("Data"), "desk-data", PUBLISH, order=42))
        offers.setup_checks.register(offers.SetupCheck("open data terms", own.missing))
        offers.followed.register(offers.Followed("opendata", telling.followed))
        offers.followed.register(offers.Followed("opendata catalogue", newcomers.followed, order=40))
        # Whoever is erased must leave what is published already, too.
        offers.personal_data.register(
            offers.PersonalData(
                "opendata", _("Requests for data, and mistakes reported"), export=keeping.export, erase=keeping.erase
            )
        )
        offers.personal_data.register(
            offers.PersonalData(
                "opendata drafts", _("Files brought to publish"), export=draft_keeping.export, erase=draft_keeping.erase
            )
        )
        offers.retained.register(draft_keeping.drafts_kind())
        for kind in keeping.kept_kinds():
            offers.retained.register(kind)
        for key, text in _NOT_BUILT.items():
            offers.not_built.register(offers.NotBuilt(f"opendata.{key}", _("Open data"), text))


_NOT_BUILT = {
    "joins": _("Queries over two datasets at once."),
}
