"""Registers the estimates room with Django and with the kernel's offers."""

from django.apps import AppConfig

from cityhall.kernel import events, offers


class EstimatesConfig(AppConfig):
    """The estimates room."""

    name = "cityhall.apps.estimates"
    label = "estimates"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer dates, say how long they are kept, and listen to what is filed."""
        from cityhall.apps.estimates import receivers
        from cityhall.apps.estimates.queries.dates import Dates
        from cityhall.apps.estimates.services import saying

        offers.expected_dates.fill(Dates)
        for kind in saying.kept_kinds():
            offers.retained.register(kind)
        events.receivers.register(receivers.filed)
