"""Registers the offices room with Django and with the kernel's offers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cityhall.kernel import offers


class OfficesConfig(AppConfig):
    """The offices room."""

    name = "cityhall.apps.offices"
    label = "offices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer the office somebody files for, the pages, and what is kept about members."""
        from cityhall.apps.offices import queries
        from cityhall.apps.offices.contracts import MANAGE, WORK
        from cityhall.apps.offices.services import keeping

        offers.filing_office.fill(lambda: queries.filing_office)
        offers.permissions.register(offers.Permission(WORK, _("Work in a council office: its report and its cases")))
        offers.permissions.register(
            offers.Permission(MANAGE, _("Say which council offices there are and who is in them"))
        )
        offers.nav_items.register(offers.NavItem("office", "desk", _("My office"), "office-report", WORK, order=22))
        offers.nav_items.register(offers.NavItem("offices", "desk", _("Offices"), "offices", MANAGE, order=72))
        offers.personal_data.register(
            offers.PersonalData("offices", _("Council offices"), export=keeping.export, erase=keeping.erase)
        )
        actions = {
            "saved": _("Changed a council office"),
            "contacts_read": _("Read whom an office filed for"),
            "report_sent": _("Sent an office its weekly report"),
        }
        offers.audit_words.register(offers.AuditWords("offices", actions, {"office": _("Council office")}))
