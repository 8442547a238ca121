"""Registers the answers room with Django and with the kernel's offers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cityhall.kernel import offers


class AnswersConfig(AppConfig):
    """The answers room."""

    name = "cityhall.apps.answers"
    label = "answers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer ready answers to every form that takes a public sentence, and their page."""
        from cityhall.apps.answers import services
        from cityhall.apps.answers.contracts import MANAGE

        offers.ready_answers.fill(services.Shelf)
        offers.permissions.register(offers.Permission(MANAGE, _("Write ready answers to residents")))
        offers.nav_items.register(offers.NavItem("answers", "desk", _("Ready answers"), "desk-answers", MANAGE, 35))
        offers.audit_words.register(
            offers.AuditWords("answers", {"saved": _("Changed a ready answer")}, {"answer": _("Ready answer")})
        )
