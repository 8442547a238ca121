"""The demo's short way in: one press signs a newcomer in as a demo account, second factor and all."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cityhall.apps.identity.models import User
from cityhall.kernel.django import loopback
from cityhall.kernel.errors import NotFound


def enter_as_demo(request: HttpRequest, email: str) -> None:
    """Sign this session in as a demo account.

    Works only in a demo, only over loopback, only for accounts marked as demo accounts.

    Raises:
        NotFound: any of these does not hold.
    """
    user = User.objects.filter(email=email, is_demo=True, is_active=True).first()
    if user is None or not settings.CITYHALL_DEMO or not loopback.is_local():
        raise NotFound(_("There is no such demo account here."))
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    UserSession.objects.create_from_request(request)
    record_authentication(request, user, method="mfa" if user.is_staff else "code", type="demo")
