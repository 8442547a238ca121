"""What a person does with their own account."""

from __future__ import annotations

import uuid

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cityhall.apps.identity.models import User
from cityhall.apps.identity.rules.phones import NO_MAIL
from cityhall.apps.identity.services import addresses, setting_up
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import Actor, ActorKind
from cityhall.kernel.django import audit, outbox
from cityhall.kernel.errors import Invalid, NotAllowed
from cityhall.kernel.ids import new_id


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


@transaction.atomic
def erase_own_account(*, actor: Actor) -> int:
    """Blank a resident's personal data in every room and close the account; return how many rows changed.

    Raises:
        NotAllowed: the account is a member of staff's, whose name belongs to the record of the work.
    """
    if actor.kind is not ActorKind.RESIDENT or actor.id is None:
        raise NotAllowed(_("A staff account is closed by an administrator, not by its owner."))
    # The account comes last: other rooms may still need its address to find what is theirs.
    rooms = sorted(offers.personal_data, key=lambda entry: entry.key == "identity")
    changed = sum(entry.erase(actor.id) for entry in rooms)
    # The entry says that it happened, not to whom: the account id alone names nobody any more.
    audit.record(actor, "identity.erased", subject_kind="account", subject_id=actor.id, data={"rows": changed})
    outbox.record("identity.erased", subject_id=actor.id)
    return changed


def erase_account(user_id: uuid.UUID) -> int:
    """Blank the account's own personal fields and sign it out everywhere; return how many rows changed."""
    user = User.objects.filter(id=user_id, is_staff=False).first()
    if user is None:
        return 0
    changed = 1
    for session in UserSession.objects.filter(user_id=user_id):
        session.end()
        changed += 1
    changed += int(EmailAddress.objects.filter(user_id=user_id).delete()[0])
    changed += int(SocialAccount.objects.filter(user_id=user_id).delete()[0])
    user.email, user.name, user.phone, user.is_active = f"erased-{new_id()}@invalid.example", "", "", False
    user.phone_confirmed_at = None
    user.set_unusable_password()
    user.save()
    return changed
