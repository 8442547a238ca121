"""Registers the answers room with Django and with the kernel's offers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cityhall.kernel import events, offers


class AnswersConfig(AppConfig):
    """The answers room."""

    name = "cityhall.apps.answers"
    label = "answers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer ready answers to every form that takes a public sentence, and notices to who is named in a note."""
        from cityhall.apps.answers import queries, receivers, services
        from cityhall.apps.answers.contracts import MANAGE

        offers.ready_answers.fill(services.Shelf)
        offers.permissions.register(offers.Permission(MANAGE, _("Write ready answers to residents")))
        offers.nav_items.register(offers.NavItem("answers", "desk", _("Ready answers"), "desk-answers", MANAGE, 35))
        offers.nav_items.register(
            offers.NavItem("notices", "desk", _("Notices"), "desk-notices", "requests.view", 12, queries.unread)
        )
        offers.mentions.fill(lambda: services.said_to_writer)
        offers.personal_data.register(
            offers.PersonalData("answers", _("Ready answers"), export=services.export, erase=services.erase)
        )
        for kind in services.kept_kinds():
            offers.retained.register(kind)
        events.receivers.register(receivers.colleagues)
        offers.audit_words.register(
            offers.AuditWords("answers", {"saved": _("Changed a ready answer")}, {"answer": _("Ready answer")})
        )
