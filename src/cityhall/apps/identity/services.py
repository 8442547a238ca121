"""Writes: accounts, departments, teams, roles, memberships and API keys."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cityhall.apps.identity import queries, rules
from cityhall.apps.identity.contracts import SCOPES, KeyedActor
from cityhall.apps.identity.models import ApiKey, Department, Membership, Role, Team, User
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import Actor, ActorKind
from cityhall.kernel.django import audit, commands, limits, outbox
from cityhall.kernel.errors import Invalid, NotAllowed, NotFound
from cityhall.kernel.ids import new_id

MANAGE = "identity.manage"
_USED_EVERY = timedelta(minutes=1)


# Setting up: departments, teams, roles, accounts. Called by the command line, the demo and importers.


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
) -> uuid.UUID:
    """Make an account, or bring it up to date; return its id.

    Args:
        roles: role codes; with any the account is staff. "resident" is the absence of a role and is passed over.
        department: code of the department the roles are limited to.
        team: code of the team the roles are limited to; its department is taken from it.
        is_demo: the account works on loopback addresses only.
        totp_secret: a base32 secret, so that the account has a second factor already (the demo's).
    """
    codes = [code for code in roles if code != "resident"]
    user = User.objects.filter(email=_address(email)).first() or User(email=_address(email))
    user.name, user.language, user.is_demo, user.is_staff = name, language, is_demo, bool(codes)
    if password is None:
        if not user.password:
            user.set_unusable_password()
    elif not user.password or not user.check_password(password):
        user.set_password(password)
    user.save()
    _confirm_address(user)
    within = Department.objects.get(code=department) if department else None
    crew = Team.objects.select_related("department").get(code=team) if team else None
    for role in Role.objects.filter(code__in=codes):
        Membership.objects.get_or_create(
            user=user, role=role, department=within or (crew.department if crew else None), team=crew
        )
    if totp_secret and not queries.has_second_factor(user.id):
        TOTP.activate(user, totp_secret)
    return user.id


def resident_account(email: str, *, language: str = "en") -> uuid.UUID:
    """Find the account of an address, or make a resident's one that signs in by e-mail code; return its id.

    Raises:
        Invalid: it is not an e-mail address.
    """
    address = _address(email)
    with transaction.atomic():
        user, made = User.objects.get_or_create(email=address, defaults={"language": language, "password": "!"})
        if made:
            user.set_unusable_password()
            user.save(update_fields=["password"])
    return user.id


def signed_in_by_code(email: str, *, language: str) -> User:
    """Return the account of somebody who proved to read the mail of `email`, made the first time."""
    user = User.objects.get(id=resident_account(email, language=language))
    _confirm_address(user)
    return user


# What a person does with their own account.


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
    changed = sum(entry.erase(actor.id) for entry in offers.personal_data)
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
    user.email, user.name, user.phone, user.is_active = f"erased-{new_id()}@invalid.example", "", "", False
    user.set_unusable_password()
    user.save()
    return changed


# What administrators do.


def add_membership(
    *,
    actor: Actor,
    user_id: uuid.UUID,
    role: str,
    department_id: uuid.UUID | None = None,
    team_id: uuid.UUID | None = None,
    command_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Give a person a role (its code) everywhere, in a department or in a team; return the membership's id.

    The account becomes staff's: its next visit to the desk asks for a second factor.

    Raises:
        NotAllowed: the actor may not manage people, or the role holds permissions the actor lacks.
        NotFound: no such person, department or team.
        Invalid: no such role, or the team is not of the department.
    """
    _may_manage(actor)
    found = Role.objects.filter(code=role).first()
    if found is None:
        raise Invalid({"role": _("Choose one of the roles in the list.")})
    _may_give(actor, found.permissions)
    team = Team.objects.filter(id=team_id).first() if team_id else None
    if (team_id and team is None) or (department_id and not Department.objects.filter(id=department_id).exists()):
        raise NotFound(_("That department or team does not exist any more. Load the page again."))
    if team and department_id and team.department_id != department_id:
        raise Invalid({"team": _("Choose a team of that department.")})
    within = team.department_id if team else department_id

    def run() -> dict[str, str]:
        user = User.objects.select_for_update().filter(id=user_id, is_active=True).first()
        if user is None:
            raise NotFound(_("There is no such account."))
        if not user.is_staff:
            user.is_staff = True
            user.save(update_fields=["is_staff"])
        row, made = Membership.objects.get_or_create(user=user, role=found, department_id=within, team=team)
        if made:
            _record(actor, "identity.membership_added", "account", user.id, _membership_data(row))
        return {"id": str(row.id)}

    arguments = {"user": user_id, "role": role, "department": within, "team": team_id}
    return uuid.UUID(commands.once(command_id, "identity.add_membership", actor, arguments, run)["id"])


def remove_membership(*, actor: Actor, membership_id: uuid.UUID, command_id: uuid.UUID | None = None) -> None:
    """Take a role from a person. Without any role left the account is a resident's again.

    Raises:
        NotAllowed: the actor may not manage people, or would take away their own right to.
        NotFound: no such membership.
    """
    _may_manage(actor)

    def run() -> dict[str, str]:
        row = Membership.objects.select_for_update(of=("self",)).select_related("role").filter(id=membership_id).first()
        if row is None:
            raise NotFound(_("That role was taken away already. Load the page again."))
        _may_give(actor, row.role.permissions)
        if row.user_id == actor.id and MANAGE in row.role.permissions:
            raise NotAllowed(_("You cannot take this role from yourself. Ask another administrator."))
        user_id, data = row.user_id, _membership_data(row)
        row.delete()
        if not Membership.objects.filter(user_id=user_id).exists():
            User.objects.filter(id=user_id).update(is_staff=False)
        _record(actor, "identity.membership_removed", "account", user_id, data)
        return {}

    commands.once(command_id, "identity.remove_membership", actor, {"id": membership_id}, run)


def invite(*, actor: Actor, email: str, name: str) -> uuid.UUID:
    """Make an account for a colleague, who sets a password through "Forgot your password?"; return its id.

    Raises:
        NotAllowed: the actor may not manage people.
        Invalid: not an address, or no name.
    """
    _may_manage(actor)
    if not name.strip():
        raise Invalid({"name": _("Give a name: it is shown beside the person's work.")})
    with transaction.atomic():
        user = User.objects.select_for_update().get(id=resident_account(email))
        user.name, user.is_staff = name.strip(), True
        user.save(update_fields=["name", "is_staff"])
        _record(actor, "identity.invited", "account", user.id, {})
    return user.id


def make_key(
    *,
    actor: Actor,
    name: str,
    scopes: Iterable[str],
    per_minute: int = 60,
    expires_at: datetime | None = None,
    owner_id: uuid.UUID | None = None,
) -> tuple[uuid.UUID, str]:
    """Make an API key; return its id and the key itself, which is never shown again.

    Args:
        per_minute: calls a minute, 1 to 100,000.
        owner_id: whose key it is; the actor's own when None.

    Raises:
        NotAllowed: the actor may not manage people.
        Invalid: no name, an unknown scope, a limit out of range, an end in the past.
    """
    _may_manage(actor)
    owner = owner_id or actor.id
    if owner is None:
        raise Invalid({"owner": _("Say whose key it is.")})
    chosen = sorted(set(scopes))
    wrong: dict[str, object] = {}
    if not name.strip():
        wrong["name"] = _("Say what the key is for.")
    if not chosen or not set(chosen) <= set(SCOPES):
        wrong["scopes"] = _("Choose at least one thing the key may do.")
    if not 1 <= per_minute <= 100_000:
        wrong["per_minute"] = _("Give a number from 1 to 100,000.")
    if expires_at is not None and expires_at <= clock.now():
        wrong["expires_at"] = _("Give a day in the future.")
    if wrong:
        raise Invalid(wrong)
    made = rules.make_key()
    with transaction.atomic():
        row = ApiKey.objects.create(
            name=name.strip()[:120],
            prefix=made.prefix,
            hash=made.hash,
            scopes=chosen,
            owner_id=owner,
            per_minute=per_minute,
            created_at=clock.now(),
            expires_at=expires_at,
        )
        _record(actor, "identity.key_made", "api_key", row.id, {"prefix": made.prefix, "scopes": chosen})
    return row.id, made.raw


def revoke_key(*, actor: Actor, key_id: uuid.UUID) -> None:
    """Make a key worthless at once. Raises NotAllowed, NotFound."""
    _may_manage(actor)
    with transaction.atomic():
        row = ApiKey.objects.select_for_update().filter(id=key_id).first()
        if row is None:
            raise NotFound(_("There is no such key."))
        if row.revoked_at is None:
            row.revoked_at = clock.now()
            row.save(update_fields=["revoked_at"])
            _record(actor, "identity.key_revoked", "api_key", row.id, {"prefix": row.prefix})


def use_key(raw: str, *, local: bool) -> KeyedActor:
    """Return who a key acts for, and count this call against its limit.

    Args:
        local: whether the call came from this machine; the keys of demo accounts work for no other.

    Raises:
        NotAllowed: unknown, revoked or expired, or its owner's account is closed.
        TooMany: the key's calls of this minute are used up.
    """
    row = ApiKey.objects.select_related("owner").filter(prefix=rules.key_prefix(raw)).first()
    now = clock.now()
    if (
        row is None
        or not rules.same_hash(row.hash, raw.strip())
        or row.revoked_at is not None
        or (row.expires_at is not None and row.expires_at <= now)
        or not row.owner.is_active
        or (row.owner.is_demo and not local)
    ):
        raise NotAllowed(_("This API key is not valid."), code="bad_key")
    limits.spend(f"identity.key:{row.id}", limit=row.per_minute, per=timedelta(minutes=1))
    # Once a minute is exact enough to see which keys are alive, and spares a write for each call.
    ApiKey.objects.filter(id=row.id).filter(
        Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - _USED_EVERY)
    ).update(last_used_at=now)
    scopes = frozenset(row.scopes)
    actor = Actor(kind=ActorKind.API_KEY, id=row.id, label=row.name, permissions=scopes)
    return KeyedActor(actor=actor, key_id=row.id, per_minute=row.per_minute, scopes=scopes)


def _may_manage(actor: Actor) -> None:
    if not actor.may(MANAGE):
        raise NotAllowed(_("Only an administrator may do this."))


def _may_give(actor: Actor, permissions: Iterable[str]) -> None:
    """Nobody hands out, or takes away, more than they hold themselves."""
    if actor.kind is not ActorKind.SYSTEM and not set(permissions) <= actor.permissions:
        raise NotAllowed(_("This role may do more than you may, so you cannot give or take it."))


def _record(actor: Actor, action: str, kind: str, subject: uuid.UUID, data: Mapping[str, object]) -> None:
    audit.record(actor, action, subject_kind=kind, subject_id=subject, data=data)
    outbox.record(action, subject_id=subject, data=data)


def _membership_data(row: Membership) -> dict[str, str]:
    limits_of = {"department": row.department_id, "team": row.team_id}
    return {"role": row.role.code} | {name: str(value) for name, value in limits_of.items() if value}


def _address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as problem:
        raise Invalid({"email": _("Give an e-mail address, for example name@example.org.")}) from problem
    return address


def _confirm_address(user: User) -> None:
    """Tell allauth that the account's address is proven, so that it asks for no confirmation."""
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
