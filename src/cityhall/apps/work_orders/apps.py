"""Registers the work-orders room with Django and with the kernel's offers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cityhall.kernel import events, offers


class WorkOrdersConfig(AppConfig):
    """The work-orders room."""

    name = "cityhall.apps.work_orders"
    label = "work_orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer pages, a panel and a search at the desk; listen to what happens to requests."""
        from cityhall.apps.work_orders import queries, receivers
        from cityhall.apps.work_orders.services import keeping

        offers.permissions.register(
            offers.Permission(queries.MANAGE, _("Connect work-order systems and read their delivery log"))
        )
        offers.nav_items.register(
            offers.NavItem("connections", "desk", _("Connections"), "desk-connections", queries.MANAGE, order=40)
        )
        offers.personal_data.register(
            offers.PersonalData("work_orders", _("Work-order systems"), export=keeping.export, erase=keeping.erase)
        )
        for kind in keeping.kept_kinds():
            offers.retained.register(kind)
        offers.setup_checks.register(offers.SetupCheck("work-order systems", queries.missing))
        offers.request_panels.register(
            offers.RequestPanel("work_orders", "work_orders/parts/panel.html", queries.panel)
        )
        offers.request_finders.register(offers.RequestFinder("work_orders", queries.requests_of))
        events.receivers.register(receivers.connections)
        actions = {
            "connection_made": _("Made a connection"),
            "connection_changed": _("Changed a connection"),
            "connection_paused": _("Paused a connection"),
            "connection_resumed": _("Resumed a connection"),
            "connection_tested": _("Tested a connection"),
            "secret_made": _("Made a new secret"),
            "replayed": _("Sent deliveries again"),
        }
        offers.audit_words.register(offers.AuditWords("work_orders", actions, {"connection": _("Connection")}))
