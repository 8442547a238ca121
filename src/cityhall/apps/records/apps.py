"""Registers the records room with Django and opens its office to the other rooms."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cityhall.kernel import offers


class RecordsConfig(AppConfig):
    """The records room."""

    name = "cityhall.apps.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer the office, the room's permission, its pages and how its entries in the audit log read."""
        from cityhall.apps.records import queries
        from cityhall.apps.records.services import files
        from cityhall.apps.records.services.office import Office

        offers.records_office.fill(Office)
        offers.permissions.register(
            offers.Permission("records.manage", _("Decide how long records are kept; erase and export people’s data"))
        )
        offers.nav_items.register(
            offers.NavItem("records", "desk", _("Records"), "desk-records", "records.manage", order=85)
        )
        for kind in files.kept_kinds():
            offers.retained.register(kind)
        offers.setup_checks.register(offers.SetupCheck("records", queries.not_started))
        actions = {
            "period_changed": _("Changed how long records are kept"),
            "schedule_started": _("Started the retention schedule"),
            "purged": _("Removed old records"),
            "hold_placed": _("Placed a legal hold"),
            "hold_lifted": _("Lifted a legal hold"),
            "erased": _("Erased a person"),
            "erasure_waits": _("Noted an erasure that a legal hold is in the way of"),
            "looked_for": _("Looked for a person"),
            "exported": _("Took their data away"),
            "file_made": _("Made a file of a person’s data"),
            "file_fetched": _("Fetched a file of a person’s data"),
        }
        subjects = {
            "schedule": _("Retention schedule"),
            "hold": _("Legal hold"),
            "erasure": _("Erasure"),
            "person_file": _("A person’s data"),
        }
        offers.audit_words.register(offers.AuditWords("records", actions, subjects))
