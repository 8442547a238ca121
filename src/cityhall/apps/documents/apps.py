"""Registers the documents room with Django."""

from django.apps import AppConfig

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

        offers.personal_data.register(offers.PersonalData(key="documents", export=queries.export, erase=taking.erase))
