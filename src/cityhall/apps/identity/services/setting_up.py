"""Setting up: departments, teams, roles, accounts. Called by the command line, the demo and importers."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cityhall.apps.identity import queries, rules
from cityhall.apps.identity.models import Department, Membership, Role, Team, User
from cityhall.apps.identity.services import addresses, records
from cityhall.kernel import offers
from cityhall.kernel.actors import system
from cityhall.kernel.errors import Invalid


def ensure_department(code: str, name: Mapping[str, str], *, email: str = "") -> uuid.UUID:
    """Make the department `code`, or bring its name (translated text) up to date; return its id."""
    row, _made = Department.objects.update_or_create(code=code, defaults={"name": dict(name), "email": email})
    return row.id


def ensure_team(code: str, name: Mapping[str, str], *, department: str) -> uuid.UUID:
    """Make the team `code` of the department with code `department`, or bring it up to date; return its id."""
    parent = Department.objects.get(code=department)
    row, _made = Team.objects.update_or_create(code=code, defaults={"name": dict(name), "department": parent})
    return row.id


def ensure_role(code: str, name: Mapping[str, str], permissions: Iterable[str]) -> uuid.UUID:
    """Make the role `code` with exactly these permission codes, or bring it up to date; return its id."""
    codes = sorted(set(permissions))
    row, _made = Role.objects.update_or_create(code=code, defaults={"name": dict(name), "permissions": codes})
    return row.id


def ensure_default_roles() -> None:
    """Make the roles every installation starts with. The administrator gets what rooms registered besides."""
    registered = {permission.code for permission in offers.permissions}
    for role in rules.DEFAULT_ROLES:
        more = registered if role.code == "administrator" else set()
        ensure_role(role.code, role.name, role.permissions | more)


@transaction.atomic
def ensure_user(
    email: str,
    password: str | None = None,
    name: str = "",
    *,
    roles: Sequence[str] = (),
    department: str | None = None,
    team: str | None = None,
    is_demo: bool = False,
    language: str = "en",
    totp_secret: str | None = None,
    password_hash: str = "",
) -> uuid.UUID:
    """Make an account, or bring it up to date; return its id.

    Args:
        roles: role codes to add; with any the account is staff. "resident" is no role and is passed over.
        department: code of the department the roles are limited to.
        team: code of the team the roles are limited to; its department and its contractor are taken from it.
        is_demo: the account works on loopback addresses only.
        totp_secret: a base32 secret, so that the account has a second factor already (the demo's).
        password_hash: instead of a password, what Django's `make_password` made of it: hashing is slow by design, and
            accounts that share one password (the demo's) need it once.

    Raises:
        Invalid: not an address, or no such role.
    """
    codes = {code for code in roles if code != "resident"}
    found = list(Role.objects.filter(code__in=codes))
    if len(found) < len(codes):
        raise Invalid({"roles": _("There is no such role.")})
    user = User.objects.filter(email=addresses.folded(email)).first() or User(email=addresses.folded(email))
    if codes and not user.is_staff and not user._state.adding:
        make_staff(user)
    user.name, user.language, user.is_demo, user.is_staff = name, language, is_demo, bool(codes)
    if password_hash:
        user.password = password_hash
    elif password is None:
        if not user.password:
            user.set_unusable_password()
    elif not user.password or not user.check_password(password):
        user.set_password(password)
    within = Department.objects.get(code=department) if department else None
    crew = Team.objects.select_related("department").get(code=team) if team else None
    user.contractor_id = crew.contractor_id if crew else user.contractor_id
    user.save()
    addresses.confirm(user)
    for role in found:
        Membership.objects.get_or_create(
            user=user, role=role, department=within or (crew.department if crew else None), team=crew
        )
    if totp_secret and not queries.has_second_factor(user.id):
        TOTP.activate(user, totp_secret)
    return user.id


def make_administrator(email: str, name: str, password: str) -> uuid.UUID:
    """Make an account that may do everything, or give it that role and a new password; return its id.

    For whoever holds the machine: it asks for no actor. The account still sets up its second factor when it signs in.

    Raises:
        Invalid: not an address, no name, or a password that is too easy.
    """
    if not name.strip():
        raise Invalid({"name": _("Give a name: it is shown beside the person's work.")})
    try:
        validate_password(password, User(email=addresses.folded(email), name=name))
    except ValidationError as problem:
        raise Invalid({"password": " ".join(problem.messages)}) from problem
    ensure_default_roles()
    with transaction.atomic():
        user_id = ensure_user(email, password, name.strip(), roles=["administrator"])
        records.record(system("Command line"), "identity.administrator_made", "account", user_id, {})
    return user_id


def make_staff(user: User) -> None:
    """Make a resident's account staff's; the caller saves it. Without effect on one that is staff's already.

    What a resident had is not enough for the desk: whoever reads their mail, or sits at a browser of theirs, could have
    begun it. So sessions end and second factors go; both begin anew from a password, an invitation or the provider.
    """
    if user.is_staff:
        return
    user.is_staff = True
    for session in UserSession.objects.filter(user=user):
        session.end()
    Authenticator.objects.filter(user=user).delete()


def resident_account(email: str, *, language: str = "en") -> uuid.UUID:
    """Find the account of an address, or make a resident's one that signs in by e-mail code; return its id.

    Raises:
        Invalid: it is not an e-mail address.
    """
    address = addresses.folded(email)
    with transaction.atomic():
        user, made = User.objects.get_or_create(email=address, defaults={"language": language, "password": "!"})
        if made:
            user.set_unusable_password()
            user.save(update_fields=["password"])
    return user.id
