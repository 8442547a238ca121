"""Registers the crews room with Django and with the kernel's offers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cityhall.kernel import events, offers


class CrewsConfig(AppConfig):
    """The crews room."""

    name = "cityhall.apps.crews"
    label = "crews"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer the pages, the panel on a request's page, what is kept of whom; listen to work that is over."""
        from cityhall.apps.crews import queries, receivers
        from cityhall.apps.crews.contracts import VIEW, WORK
        from cityhall.apps.crews.services import keeping

        offers.nav_items.register(
            # Who hands out work to others begins with the queue.
            offers.NavItem("crew", "desk", _("My day"), "crew-day", WORK, order=16, begins_without="requests.assign")
        )
        offers.nav_items.register(offers.NavItem("visits", "desk", _("Field work"), "desk-visits", VIEW, order=26))
        offers.work_times.fill(lambda: queries.work_times)
        offers.request_panels.register(
            offers.RequestPanel("crews", "crews/parts/desk_panel.html", queries.desk_panel, order=30)
        )
        offers.personal_data.register(
            offers.PersonalData("crews", _("Work in the field"), export=keeping.export, erase=keeping.erase)
        )
        for kind in keeping.kept_kinds():
            offers.retained.register(kind)
        events.receivers.register(receivers.over)
        offers.not_built.register(
            offers.NotBuilt(
                "crews.offline",
                _("Service requests"),
                _("A crew’s pages without any signal: what is sent is made to wait, but nothing keeps it yet."),
            )
        )
        actions = {
            "started": _("Began a visit"),
            "finished": _("Ended a visit"),
            "sent_back": _("Could not do the work"),
            "material_saved": _("Changed a material"),
            "loaded": _("Loaded visits"),
        }
        subjects = {"visit": _("Visit"), "material": _("Material")}
        offers.audit_words.register(offers.AuditWords("crews", actions, subjects))
