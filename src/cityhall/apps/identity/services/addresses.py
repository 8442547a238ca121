"""E-mail addresses: one mailbox is one person, and the sign-in library is told which ones are proven."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from cityhall.apps.identity.models import User
from cityhall.kernel.errors import Invalid


def folded(email: str) -> str:
    """Return the address in lower case, without spaces around it. Raises Invalid when it is none."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as problem:
        raise Invalid({"email": _("Give an e-mail address, for example name@example.org.")}) from problem
    return address


def confirm(user: User) -> None:
    """Tell allauth that the account's address is proven, so that it asks for no confirmation."""
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
