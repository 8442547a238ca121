"""Registers the service_requests room with Django and with the kernel's offers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cityhall.kernel import events, offers


class ServiceRequestsConfig(AppConfig):
    """The service_requests room."""

    name = "cityhall.apps.service_requests"
    label = "service_requests"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer permissions and personal data, and listen to the room's own events."""
        from cityhall.apps.service_requests import exports, receivers
        from cityhall.apps.service_requests.queries import setup
        from cityhall.apps.service_requests.services import keeping, personal

        for code, label in (
            ("requests.view", _("See service requests at the desk")),
            ("requests.work", _("Work on requests: plan, note, close")),
            ("requests.assign", _("Assign requests")),
            ("requests.bulk", _("Change many requests at once")),
            ("requests.moderate", _("Decide what residents’ texts and photos show")),
            ("requests.contact", _("See how to reach reporters")),
            ("requests.calls", _("Take calls: file for a caller, log the call")),
            ("requests.export", _("Export requests")),
            ("requests.configure", _("Change categories")),
            ("requests.settle", _("Settle what residents contest, and approve closings")),
        ):
            offers.permissions.register(offers.Permission(code, label))
        offers.personal_data.register(
            offers.PersonalData(
                "service_requests", _("Reports"), export=personal.export, erase=personal.erase, find=personal.find
            )
        )
        for kind in keeping.kept_kinds():
            offers.retained.register(kind)
        offers.setup_checks.register(offers.SetupCheck("categories", setup.missing))
        for export in exports.long_exports():
            offers.long_exports.register(export)
        for live in (exports.live_requests, exports.live_events, exports.live_categories):
            offers.live_datasets.register(live())
        events.receivers.register(receivers.followers)
        events.receivers.register(receivers.repeats)
        _offer_pages()
        _offer_audit_words()


def _offer_audit_words() -> None:
    from cityhall.apps.service_requests.web.desk_words import CALL_KINDS, CHANNELS
    from cityhall.kernel.django.templatetags.look import OUTCOME_WORDS, STATUS_WORDS

    actions = {
        "received": _("Took the report"),
        "assigned": _("Assigned it"),
        "escalated": _("Escalated it, as its target nears"),
        "scheduled": _("Scheduled it"),
        "started": _("Began the work"),
        "referred": _("Referred it"),
        "taken_back": _("Took it back from another body"),
        "put_back": _("Sent it back to the queue"),
        "noted": _("Wrote a note or reply"),
        "category_changed": _("Changed the category"),
        "moved": _("Changed the place"),
        "photographed": _("Added a photo"),
        "moderated": _("Decided what shows"),
        "photo_covered": _("Covered parts of a photo, or uncovered them"),
        "corrected": _("Corrected the history"),
        "published_as_it_is": _("Published words that look private"),
        "closed": _("Closed it"),
        "approval_asked": _("Asked to close it"),
        "approval_sent_back": _("Sent a closing back"),
        "reopened": _("Opened it again"),
        "contested": _("Said it is not fixed"),
        "joined": _("Joined a duplicate to it"),
        "parted": _("Let a duplicate of it stand for itself again"),
        "undone": _("Took a change back"),
        "erased": _("Erased personal data"),
        "abuse_reported": _("Reported abuse"),
        "contact_read": _("Looked at the contact"),
        "exported": _("Exported requests"),
        "loaded": _("Imported requests"),
        "bulk_changed": _("Changed many requests"),
        "bulk_undone": _("Took a change of many back"),
        "queue_saved": _("Saved a queue"),
        "queue_removed": _("Removed a queue"),
        "pack_loaded": _("Loaded categories"),
        "call_logged": _("Took a call"),
        "caller_read": _("Looked up a caller"),
        "call_topics_set": _("Changed the topics of calls"),
        "category_configured": _("Changed a category’s settings"),
    }
    subjects = {
        "service_request": _("Request"),
        "import_run": _("Import"),
        "category": _("Category"),
        "bulk_change": _("Change of many"),
        "saved_filter": _("Saved queue"),
        "call": _("Call"),
        "call_topics": _("Topics of calls"),
    }
    states = {"state": STATUS_WORDS, "from": STATUS_WORDS, "to": STATUS_WORDS}
    values = {**states, "outcome": OUTCOME_WORDS, "close": OUTCOME_WORDS, "channel": CHANNELS, "kind": CALL_KINDS}
    offers.audit_words.register(
        offers.AuditWords("service_requests", actions, subjects, {"service_request": "desk-request"}, values)
    )


def _offer_pages() -> None:
    """Offer the menu entries of residents, and say what is not built yet."""
    offers.nav_items.register(offers.NavItem("report", "public", _("Report a problem"), "report", order=10))
    offers.nav_items.register(offers.NavItem("requests", "public", _("Requests"), "requests", order=20))
    offers.nav_items.register(offers.NavItem("queue", "desk", _("Queue"), "desk-queue", "requests.view", order=10))
    offers.nav_items.register(offers.NavItem("calls", "desk", _("New call"), "desk-call", "requests.calls", order=14))
    offers.nav_items.register(
        offers.NavItem("categories", "desk", _("Categories"), "desk-categories", "requests.configure", order=30)
    )
    offers.nav_items.register(offers.NavItem("my-requests", "account", _("My requests"), "my-requests", order=10))
    for key, text in (
        ("offline", _("Reporting without a connection: a report needs one when it is sent.")),
        ("text", _("Reporting by text message or by telephone keypad.")),
    ):
        offers.not_built.register(offers.NotBuilt(f"requests.{key}", _("Service requests"), text))
