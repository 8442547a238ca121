"""How the sign-in library behaves here: no sign-up form, demo accounts on loopback, a kept second factor."""

from __future__ import annotations

import io
import logging
import time
from typing import Any

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage

from cityhall.apps.identity import queries
from cityhall.apps.identity.models import User
from cityhall.apps.identity.rules.phones import mail_address
from cityhall.kernel import offers
from cityhall.kernel.django import loopback
from cityhall.kernel.errors import CityhallError
from cityhall.kernel.ports import MailUnavailable

logger = logging.getLogger(__name__)
#: Seconds after showing a password or a second factor in which it is not asked for again.
FRESH = 300
_WAYS = {
    "reauthenticate": _("Use your password"),
    "mfa_reauthenticate": _("Use your authenticator app or a recovery code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey or security key"),
}


class MailDown(CityhallError):
    """The mail engine takes nothing now."""

    code = "mail_down"
    http_status = 503


class SmsDown(CityhallError):
    """The SMS engine takes nothing now."""

    code = "sms_down"
    http_status = 503


def start_page(request: HttpRequest, user: User) -> str:
    """Return where somebody who signed in goes: the second factor if it is missing, the page of the desk their work
    begins with, or their account.
    """
    if queries.is_half_signed_in(request, user):
        return second_factor_page(user)
    if not user.is_staff:
        return reverse("account")
    actor = queries.actor_of_session(request, user)
    theirs = [
        one for one in offers.nav_items if one.menu == "desk" and (not one.permission or actor.may(one.permission))
    ]
    first = min(
        theirs, key=lambda one: (not one.begins_without or actor.may(one.begins_without), one.order), default=None
    )
    return reverse(first.url_name if first else "account")


def second_factor_page(user: User) -> str:
    """Return where a member of staff shows their second factor or, having none, sets one up."""
    methods = AccountAdapter().get_reauthentication_methods(user)
    return next((str(m["url"]) for m in methods if m["id"].startswith("mfa_")), reverse("mfa_index"))


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library has no types
    """The account rules of this program."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """There is no sign-up form: an account is made when somebody proves to read an address."""
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Refuse demo accounts from afar, people whose contract does not run, the provider's people by other ways."""
        if user.is_demo and not loopback.from_this_machine(request):
            return render(request, "identity/demo_only_here.html", status=403)
        if queries.is_shut_out(user):
            return render(request, "identity/contract_over.html", status=403)
        login = (kwargs.get("signal_kwargs") or {}).get("sociallogin")
        if login is None and user.is_staff and queries.comes_by_sso(user.id):
            messages.error(request, _("You sign in at the city’s own sign-in. Use its button."))
            return redirect("staff-sign-in")
        if getattr(login, "second_factor_shown", False):
            # Before the sign-in: where it leads depends on it.
            record_authentication(request, user, method="mfa", type="sso")
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def get_login_stages(self) -> list[str]:
        """Ask for the second factor, except of those who have just shown two at the city's provider."""
        ours = {"allauth.mfa.stages.AuthenticateStage": "cityhall.apps.identity.web.sso.FactorStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Say what was done, but not that somebody is signed in who still has to set up a second factor."""
        is_welcome = message_template == "account/messages/logged_in.txt"
        if not (is_welcome and queries.is_half_signed_in(request, request.user)):
            super().add_message(request, level, message_template, *args, **kwargs)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Send people on after they signed in."""
        assert isinstance(request.user, User)
        return start_page(request, request.user)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask again before a sensitive change, unless the session showed a password or factor just now."""
        request = context.request
        records = get_authentication_records(request, request.user)
        if any(
            record.get("method") in {"password", "mfa"} and time.time() - record.get("at", 0) < FRESH
            for record in records
        ):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Name the ways to confirm that it is you in our words."""
        found: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [{**one, "description": _WAYS.get(one["id"], one["description"])} for one in found]

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link of a forgotten password at the public address, whatever host the request was sent to."""
        uid, _dash, rest = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": rest})
        return f"{settings.PUBLIC_URL}{path}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a message. Raises MailDown when the mail engine takes nothing now."""
        if not mail_address(email):
            return  # an account that is known by its telephone has no mailbox
        try:
            super().send_mail(template_prefix, email, context)
        except MailUnavailable as problem:
            raise MailDown(_("Mail cannot be sent right now. Try again in a few minutes.")) from problem

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Tell somebody about a change to their account; the change stands even when mail is down."""
        try:
            super().send_notification_mail(*args, **kwargs)
        except MailDown:
            logger.warning("a notice could not be sent", extra={"template": str(args[0]) if args else ""})


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the library has no types
    """The second-factor rules of this program."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _("Staff keep at least one second factor. Add another one first."),
        "cannot_generate_recovery_codes": _("Set up an authenticator app or a passkey first."),
        "incorrect_code": _("This code or passkey does not open the account. Try again, or use another way."),
    }

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """Return a name for a new passkey, to be changed: "Passkey", "Passkey 2"."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey %(number)d") % {"number": number} if number > 1 else gettext("Passkey")

    def get_totp_issuer(self) -> str:
        """Name the city in the authenticator app."""
        return offers.city_card.get().name

    def build_totp_svg(self, url: str) -> str:
        """Draw the picture to scan on white, so that it can be read on a dark page too."""
        picture = io.BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(picture)
        return picture.getvalue().decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Staff keep at least one factor that stands alone."""
        if not authenticator.user.is_staff or authenticator.type not in queries.PRIMARY_FACTORS:
            return True
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=queries.PRIMARY_FACTORS)
        return bool(others.exclude(pk=authenticator.pk).exists())
