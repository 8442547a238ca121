"""The e-mail somebody gets when an account was made for them: the link with which they set their password."""

from __future__ import annotations

import uuid

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from cityhall.apps.identity import queries
from cityhall.apps.identity.models import User
from cityhall.kernel import offers, ports


def invite(request: HttpRequest, user_id: uuid.UUID) -> None:
    """Mail the owner of a new account, and say on the next page whether that went and what is left to do.

    Somebody who has a password already, or comes by the city's provider, needs no link and gets no message.
    """
    user = User.objects.get(id=user_id)
    if user.has_usable_password() or queries.comes_by_sso(user.id):
        messages.success(request, _("The account is made. Its owner signs in as before."))
    elif _sent(user):
        messages.success(
            request,
            _("The account is made. A link to set a password was sent to %(email)s.") % {"email": user.email},
        )
    else:
        messages.warning(
            request,
            _(
                "The account is made, but no e-mail could be sent. Once it can, tell its owner to choose “Forgot your"
                " password?” at %(address)s."
            )
            % {"address": settings.PUBLIC_URL + reverse("staff-sign-in")},
        )


def _sent(user: User) -> bool:
    """Send the link; say whether it left for its reader. In the demo the page of the outbox is where it is read."""
    engine = ports.mail_engine.get()
    with override(user.language):
        city = offers.city_card.get().name
        key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
        link = settings.PUBLIC_URL + reverse("account_reset_password_from_key", kwargs=key)
        entrance = settings.PUBLIC_URL + reverse("staff-sign-in")
        days = settings.PASSWORD_RESET_TIMEOUT // 86400
        text = render_to_string(
            "identity/email/invitation.txt", {"city": city, "link": link, "entrance": entrance, "days": days}
        )
        mail = ports.Mail(to=user.email, subject=_("%(city)s: your staff account") % {"city": city}, text=text)
    try:
        engine.send(mail)
    except (ports.MailRefused, ports.MailUnavailable):
        return False
    return engine.capabilities.delivers or settings.CITYHALL_DEMO
