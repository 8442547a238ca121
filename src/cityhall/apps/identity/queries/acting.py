"""Reads: who acts in a session, and what an account may do."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cityhall.apps.identity import rules
from cityhall.apps.identity.models import Membership, User
from cityhall.apps.identity.queries.contractors import is_shut_out, today
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind

#: The authenticators that can stand alone; recovery codes only back them up.
PRIMARY_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_half_signed_in(request: HttpRequest, user: Any) -> bool:
    """Say whether `user` is staff who showed no second factor (or a passkey, which is two) in this session."""
    if not isinstance(user, User) or not user.is_staff:
        return False
    return all(record.get("method") != "mfa" for record in get_authentication_records(request, user))


def has_second_factor(user_id: uuid.UUID) -> bool:
    """Say whether the account has a TOTP app or a passkey."""
    return bool(Authenticator.objects.filter(user_id=user_id, type__in=PRIMARY_FACTORS).exists())


def grant_of(row: Membership) -> rules.Grant:
    """Return what a membership gives; its role and team must be loaded."""
    return rules.Grant(
        frozenset(row.role.permissions),
        row.department_id,
        row.team_id,
        row.team.contractor_id if row.team else None,
    )


def reach_of(user: User, memberships: Iterable[Membership], day: date) -> rules.Reach:
    """Return what these memberships of the account add up to on a day: the one answer for actors and for the tables."""
    if not user.is_active or is_shut_out(user, day):
        return rules.reach(())
    return rules.reach(rules.in_force((grant_of(row) for row in memberships), user.contractor_id))


def actor_of_account(user: User) -> Actor:
    """Return what the account may do: in one query, a contractor's people in three.

    Staff are taken as having passed the second factor.
    """
    language = get_language() or user.language
    if not user.is_staff:
        return Actor(kind=ActorKind.RESIDENT, id=user.id, label="Resident", language=language)
    day = today() if user.contractor_id else date.min
    if is_shut_out(user, day):
        return _nobody(language)
    reach = reach_of(user, Membership.objects.filter(user_id=user.id).select_related("role", "team"), day)
    return Actor(
        kind=ActorKind.STAFF,
        id=user.id,
        label=user.name or _("Staff"),
        permissions=reach.permissions,
        departments=reach.departments,
        teams=reach.teams,
        language=language,
        contractor=user.contractor_id,
        reads_notes=user.contractor is None or user.contractor.reads_notes,
    )


def actor_of_colleague(user_id: uuid.UUID) -> Actor | None:
    """Return what an active member of staff may do; None for anybody else."""
    user = User.objects.select_related("contractor").filter(id=user_id, is_staff=True, is_active=True).first()
    return actor_of_account(user) if user else None


def actor_of_session(request: HttpRequest, user: Any) -> Actor:
    """Return who acts in this session. Staff who have not shown their second factor act as nobody."""
    language = get_language() or "en"
    if not isinstance(user, User) or not user.is_active or is_half_signed_in(request, user):
        return _nobody(language)
    return actor_of_account(user)


def _nobody(language: str) -> Actor:
    return Actor(kind=ANONYMOUS.kind, label=ANONYMOUS.label, language=language)
