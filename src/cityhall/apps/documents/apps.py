"""Registers the documents room with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cityhall.kernel import offers


class DocumentsConfig(AppConfig):
    """The documents room."""

    name = "cityhall.apps.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer what the room keeps about people."""
        from cityhall.apps.documents import queries
        from cityhall.apps.documents.services import taking

        offers.personal_data.register(
            offers.PersonalData("documents", _("Photos and files"), export=queries.export, erase=taking.erase)
        )
        offers.retained.register(
            offers.Retained(
                "uploads",
                _("Photos uploaded and never sent with a report"),
                _("From the upload. The smaller sizes a photo is shown in go with it; no original is ever kept."),
                offers.Period(7, "days"),
                lambda before, held: taking.unused(before).count(),
                lambda before, held, limit: taking.sweep_unused(before, limit=limit),
                at_once=True,
                order=45,
            )
        )
