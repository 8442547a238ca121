"""Registers the routing room with Django and with the kernel's offers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cityhall.kernel import events, offers


class RoutingConfig(AppConfig):
    """The routing room."""

    name = "cityhall.apps.routing"
    label = "routing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say to which team requests go; offer the page and the permission. Nothing of residents is kept here."""
        from cityhall.apps.routing import queries, receivers
        from cityhall.apps.routing.contracts import MANAGE

        router = queries.Router()
        offers.request_router.fill(lambda: router)
        offers.permissions.register(offers.Permission(MANAGE, _("Say to which team requests go")))
        offers.nav_items.register(offers.NavItem("routing", "desk", _("Routing"), "desk-routing", MANAGE, order=32))
        events.receivers.register(receivers.loaded)
        offers.not_built.register(
            offers.NotBuilt(
                "routing.more",
                _("Service requests"),
                _("Sending requests to teams by what people answer, or by who owns a thing that nobody picked."),
            )
        )
        actions = {
            "draft_begun": _("Began a draft of the routing rules"),
            "draft_discarded": _("Threw a draft of the routing rules away"),
            "rule_saved": _("Changed a rule in the draft"),
            "rule_removed": _("Took a rule out of the draft"),
            "rule_moved": _("Changed the order of the rules in the draft"),
            "tried": _("Tested the draft of the rules"),
            "switched_on": _("Switched routing rules on"),
            "returned": _("Returned to earlier routing rules"),
            "plan_changed": _("Changed the steps before a target"),
        }
        subjects = {"routing_rules": _("Routing rules"), "routing_plan": _("Steps before a target")}
        offers.audit_words.register(offers.AuditWords("routing", actions, subjects))
