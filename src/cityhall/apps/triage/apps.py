"""Registers the triage room with Django and with the kernel's offers."""

from django.apps import AppConfig

from cityhall.kernel import events, offers


class TriageConfig(AppConfig):
    """The triage room."""

    name = "cityhall.apps.triage"
    label = "triage"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Advise on categories; learn when they change."""
        from cityhall.apps.triage import queries, receivers

        offers.category_advisor.fill(lambda: queries.advise)
        events.receivers.register(receivers.catalogue)
