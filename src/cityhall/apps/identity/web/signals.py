"""What we do when the sign-in library says that something happened."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import password_reset, user_logged_in
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_used
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest

from cityhall.apps.identity import queries
from cityhall.apps.identity.models import User
from cityhall.apps.identity.services import addresses
from cityhall.apps.identity.web import sso
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, ActorKind
from cityhall.kernel.django import audit

log = logging.getLogger(__name__)

STAFF_SESSION = timedelta(hours=12)


def connect() -> None:
    """Start listening."""
    user_logged_in.connect(signed_in, dispatch_uid="identity.signed_in")
    password_reset.connect(password_set_by_link, dispatch_uid="identity.password_set_by_link")
    authentication_failed.connect(code_failed, dispatch_uid="identity.code_failed")
    authenticator_used.connect(code_used, dispatch_uid="identity.code_used")
    authenticator_added.connect(code_used, dispatch_uid="identity.code_used")
    authenticator_added.connect(factor_added, dispatch_uid="identity.factor_added")


def signed_in(sender: Any, request: HttpRequest, user: User, sociallogin: Any = None, **_: Any) -> None:
    """Write staff sign-ins to the audit log; let their sessions end after a day's work or as the provider says."""
    if sociallogin is not None:
        sso.limit_session(request)
    elif user.is_staff:
        request.session.set_expiry(clock.now() + STAFF_SESSION)
    if user.is_staff:
        actor = Actor(kind=ActorKind.STAFF, id=user.id, label=user.name)
        with transaction.atomic():
            audit.record(actor, "identity.signed_in", subject_kind="account", subject_id=user.id)


def code_used(sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Keep the mark of a used code of the authenticator app for as long as the code is good.

    The library drops it after one step, though the steps before and after count too, and marks no code that was typed
    to set the app up.
    """
    if authenticator.type == Authenticator.Type.TOTP:
        good_for = mfa_settings.TOTP_PERIOD * (2 * mfa_settings.TOTP_TOLERANCE + 1)
        cache.set(TOTP(authenticator)._get_used_cache_key(request.POST.get("code", "")), "y", timeout=good_for)


def code_failed(sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Say in the log when a right code of the authenticator app came again: somebody may have looked on.

    The library refuses it; until its time is over it knows the code as used.
    """
    code = normalize_user_code(request.POST.get("code", ""))
    if authenticator.type != Authenticator.Type.TOTP or not code.isdecimal() or len(code) > 8:
        return
    if cache.has_key(TOTP(authenticator)._get_used_cache_key(code)):
        log.warning("a code of an authenticator app was tried again", extra={"account": str(user.id)})


def password_set_by_link(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    """Count the address as proven: the link came to it. Without that the library lets nobody set up a second factor."""
    addresses.confirm(user)


def factor_added(sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """Let the first factor set up in a session count as shown there, and end the account's other sessions.

    Those never showed a factor; leaving them would let one of them add a factor of its own.
    """
    if authenticator.type not in queries.PRIMARY_FACTORS:
        return
    if Authenticator.objects.filter(user_id=user.id, type__in=queries.PRIMARY_FACTORS).count() > 1:
        return
    record_authentication(request, user, method="mfa", id=authenticator.pk, type=authenticator.type, first=True)
    for session in UserSession.objects.filter(user_id=user.id).exclude(session_key=request.session.session_key):
        session.end()
