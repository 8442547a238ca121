"""Registers the identity room with Django and with the kernel's offers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from cityhall.kernel import offers


class IdentityConfig(AppConfig):
    """The identity room."""

    name = "cityhall.apps.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer permissions, personal data and menu items; listen to the sign-in library."""
        from cityhall.apps.identity import queries, services
        from cityhall.apps.identity.web import signals

        signals.connect()
        offers.permissions.register(offers.Permission("identity.manage", _("Manage people, roles and API keys")))
        offers.permissions.register(offers.Permission("audit.view", _("Read the audit log")))
        offers.personal_data.register(
            offers.PersonalData(
                "identity",
                _("Account"),
                export=queries.account_data,
                erase=services.erase_person,
                find=queries.account_of,
            )
        )
        for kind in services.kept_kinds():
            offers.retained.register(kind)
        offers.setup_checks.register(offers.SetupCheck("administrator", queries.missing_administrator))
        offers.setup_checks.register(offers.SetupCheck("single sign-on", queries.sso_problems))
        for item in (
            offers.NavItem("people", "desk", _("People"), "desk-people", "identity.manage", order=80),
            offers.NavItem("audit", "desk", _("Audit log"), "desk-audit", "audit.view", order=90),
            offers.NavItem("account", "account", _("Your account"), "account", order=5),
        ):
            offers.nav_items.register(item)
        actions = {
            "signed_in": _("Signed in"),
            "factor_added": _("Set up a second factor"),
            "erased": _("Erased their account"),
            "administrator_made": _("Made an administrator"),
            "membership_added": _("Gave a role"),
            "membership_removed": _("Took a role away"),
            "invited": _("Made an account"),
            "account_closed": _("Closed an account"),
            "account_reopened": _("Opened an account again"),
            "second_factor_forgotten": _("Forgot a lost second factor"),
            "contractor_made": _("Added a contractor"),
            "contractor_changed": _("Changed a contractor"),
            "contractor_team_given": _("Gave a contractor a team"),
            "contractor_team_taken": _("Took a team from a contractor"),
            "contractor_person_added": _("Added a contractor’s person"),
            "contract_extended": _("Extended a contract"),
            "contract_ended": _("Ended a contract"),
            "contract_sessions_ended": _("Ended the sessions of an ended contract"),
            "sessions_ended": _("Ended sessions"),
            "sso_linked": _("Linked the city’s sign-in"),
            "key_made": _("Made an API key"),
            "key_revoked": _("Revoked an API key"),
        }
        subjects = {"account": _("Account"), "api_key": _("API key"), "contractor": _("Contractor")}
        offers.audit_words.register(offers.AuditWords("identity", actions, subjects))
