"""Registers the day plans room with Django and with the kernel's offers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cityhall.kernel import events, offers


class DayPlansConfig(AppConfig):
    """The day plans room."""

    name = "cityhall.apps.day_plans"
    label = "day_plans"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer the published day to whoever shows it to crews; listen to what happens to requests."""
        from cityhall.apps.day_plans import queries, receivers
        from cityhall.apps.day_plans.contracts import VIEW
        from cityhall.apps.day_plans.services import keeping

        offers.planned_day.fill(lambda: queries.planned_day)
        offers.nav_items.register(offers.NavItem("day-plan", "desk", _("Day plan"), "desk-day-plan", VIEW, order=18))
        offers.personal_data.register(
            offers.PersonalData("day_plans", _("Day plans"), export=keeping.export, erase=keeping.erase)
        )
        for kind in keeping.kept_kinds():
            offers.retained.register(kind)
        events.receivers.register(receivers.progress)
        events.receivers.register(receivers.urgent)
        offers.not_built.register(
            offers.NotBuilt(
                "day_plans.streets",
                _("Service requests"),
                _("Crews’ routes along real streets: ways are reckoned as the crow flies, with a detour."),
            )
        )
        actions = {
            "made": _("Made a day plan"),
            "changed": _("Changed a day plan"),
            "published": _("Gave a day plan to the crews"),
            "returned": _("Went to another version of a day plan"),
            "proposed": _("Proposed a new day plan for something urgent"),
            "replanned": _("Gave the crews a new day plan for something urgent"),
            "accepted": _("Accepted a new day plan"),
            "refused": _("Kept the day plan as it was"),
            "team_saved": _("Changed a team’s depot and hours"),
            "crew_saved": _("Changed a crew"),
            "crew_ended": _("Ended a crew"),
            "kinds_saved": _("Changed what kinds of jobs take"),
            "promised": _("Changed when a crew was promised"),
        }
        subjects = {"day_plan": _("Day plan"), "crew": _("Crew"), "team_day": _("Team’s day")}
        offers.audit_words.register(offers.AuditWords("day_plans", actions, subjects))
