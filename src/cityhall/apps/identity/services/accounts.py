"""What a person does with their own account."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cityhall.apps.identity.models import User
from cityhall.apps.identity.rules.phones import ERASED, NO_MAIL
from cityhall.apps.identity.services import addresses, setting_up
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import Actor, ActorKind, system
from cityhall.kernel.django import audit, outbox
from cityhall.kernel.errors import Invalid, NotAllowed
from cityhall.kernel.ids import new_id
from cityhall.kernel.offers import Person


def signed_in_by_code(email: str, *, language: str) -> User:
    """Return the account of somebody who proved to read the mail of `email`, made the first time."""
    user = User.objects.get(id=setting_up.resident_account(email, language=language))
    addresses.confirm(user)
    return user


def signed_in_by_phone(number: str, *, language: str) -> User:
    """Return the account of somebody who proved to read messages sent to `number`, made the first time."""
    with transaction.atomic():
        user = User.objects.filter(phone=number, phone_confirmed_at__isnull=False).first()
        if user is None:
            user = User(email=f"{new_id().hex}@{NO_MAIL}", phone=number, language=language)
            user.phone_confirmed_at = clock.now()
            user.set_unusable_password()
            user.save()
    return user


def set_language(*, actor: Actor, language: str) -> None:
    """Keep the language a person likes to read. Raises Invalid for one we do not have."""
    if language not in dict(settings.LANGUAGES):
        raise Invalid({"language": _("Choose one of the languages in the list.")})
    if actor.id is not None:
        User.objects.filter(id=actor.id).update(language=language)


def erase_own_account(*, actor: Actor) -> bool:
    """Ask for everything about a resident to be erased, in every room. False: a legal hold is in the way for now.

    Raises:
        NotAllowed: the account is a member of staff's, whose name belongs to the record of the work.
    """
    if actor.kind is not ActorKind.RESIDENT or actor.id is None:
        raise NotAllowed(_("A staff account is closed by an administrator, not by its owner."))
    return offers.records_office.get().erase(Person(account=actor.id), actor=actor)


def erase_person(person: Person) -> int:
    """Blank the account of a person, sign it out everywhere, and end sessions that name them; return how many rows."""
    changed = _end_sessions_naming(person)
    if person.account:
        for user in User.objects.filter(id=person.account, is_staff=False).exclude(email__endswith=f"@{ERASED}"):
            changed += erase_account(user)
    return changed


def erase_account(user: User) -> int:
    """Blank an account's own personal fields and sign it out everywhere; return how many rows changed."""
    changed = 1
    for session in UserSession.objects.filter(user=user):
        session.end()
        changed += 1
    changed += int(EmailAddress.objects.filter(user=user).delete()[0])
    changed += int(SocialAccount.objects.filter(user=user).delete()[0])
    changed += int(Authenticator.objects.filter(user=user).delete()[0])
    user.email, user.name, user.phone, user.is_active = f"erased-{new_id()}@{ERASED}", "", "", False
    user.phone_confirmed_at = None
    user.set_unusable_password()
    user.save()
    audit.record(system("Erasure"), "identity.erased", subject_kind="account", subject_id=user.id)
    outbox.record("identity.erased", subject_id=user.id)
    return changed


def _end_sessions_naming(person: Person) -> int:
    """End the sessions, of anybody, in which an address was typed: a report not sent, a code that was waited for."""
    digits = offers.phone_digits(person.phone)
    if not (person.email or digits):
        return 0
    named = [
        session.session_key
        for session in Session.objects.iterator(chunk_size=1000)
        if _names(session.get_decoded(), person.email, digits)
    ]
    return Session.objects.filter(session_key__in=named).delete()[0]


def _names(value: Any, email: str, digits: str) -> bool:
    if isinstance(value, dict):
        return any(_names(one, email, digits) for one in value.values())
    if isinstance(value, list):
        return any(_names(one, email, digits) for one in value)
    if not isinstance(value, str):
        return False
    return bool((email and value.strip().lower() == email) or (digits and offers.phone_digits(value) == digits))
