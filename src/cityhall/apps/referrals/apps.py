"""Registers the referrals room with Django and with the kernel's offers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cityhall.kernel import events, offers


class ReferralsConfig(AppConfig):
    """The referrals room."""

    name = "cityhall.apps.referrals"
    label = "referrals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer bodies to refer to, panels on a request's pages, the queue; listen to what happens to requests."""
        from cityhall.apps.referrals import queries, receivers
        from cityhall.apps.referrals.contracts import MANAGE
        from cityhall.apps.referrals.services import keeping

        offers.referral_bodies.fill(queries.choices)
        offers.outside_days.fill(queries.Days)
        offers.permissions.register(offers.Permission(MANAGE, _("Say to whom outside the city requests are referred")))
        offers.nav_items.register(
            offers.NavItem("referrals", "desk", _("Referrals"), "desk-referrals", "requests.view", order=20)
        )
        offers.nav_items.register(
            offers.NavItem("referred", "public", _("Referred to others"), "referred-to-others", order=34)
        )
        offers.request_panels.register(
            offers.RequestPanel("referrals", "referrals/parts/desk_panel.html", queries.desk_panel, order=40)
        )
        offers.public_request_panels.register(
            offers.RequestPanel("referrals", "referrals/parts/public_panel.html", queries.public_panel)
        )
        offers.personal_data.register(
            offers.PersonalData("referrals", _("Referrals"), export=keeping.export, erase=keeping.erase)
        )
        for kind in keeping.kept_kinds():
            offers.retained.register(kind)
        events.receivers.register(receivers.referred)
        offers.not_built.register(
            offers.NotBuilt(
                "referrals.mailbox",
                _("Service requests"),
                _("Fetching other bodies’ answers from a mailbox: the city’s mail server hands them to a command."),
            )
        )
        actions = {
            "body_saved": _("Changed a body requests are referred to"),
            "body_named": _("Said which body a name in records means"),
            "body_unnamed": _("Said that a name in records means no body"),
            "sent": _("Told a body of a request"),
            "not_sent": _("Could not tell a body: it has no address"),
            "sent_again": _("Told a body once more"),
            "shared": _("Let a body see all that the reporter gave"),
            "unshared": _("Let a body see only what everybody sees"),
            "links_revoked": _("Made reply links useless"),
            "replied": _("Answered what a body asked"),
            "answered": _("Took a body’s answer"),
            "loaded": _("Loaded referrals"),
        }
        subjects = {"body": _("Body"), "referral": _("Referral")}
        offers.audit_words.register(offers.AuditWords("referrals", actions, subjects))
