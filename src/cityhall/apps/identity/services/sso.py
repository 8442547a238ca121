"""Single sign-on: whose account a person of the provider's is, and the roles their claims give and take."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cityhall.apps.identity.models import Contractor, Department, Membership, Role, Team, User
from cityhall.apps.identity.queries.sso import PROVIDER
from cityhall.apps.identity.rules import sso
from cityhall.apps.identity.services import addresses, records, setting_up
from cityhall.kernel.actors import system
from cityhall.kernel.errors import Invalid, NotAllowed

SOURCE = "sso"
_ACTOR = system("Single sign-on")


def sign_in_by_claims(subject: str, claims: Mapping[str, Any], config: sso.SingleSignOn) -> User:
    """Return the account of the provider's `subject`, with exactly the roles that the claims give besides its own.

    The first time, the account of the same address is tied to the subject, if the provider vouches for the address;
    without one a new account is made. From then on the subject alone counts: a changed address ties nothing.

    Raises:
        NotAllowed: the claims give no role and the account has none ("sso_no_role"), the address is not vouched for
            ("sso_address"), or it is one nobody may take over ("sso_taken").
    """
    with transaction.atomic():
        user = _account(subject, claims, config)
        refused = _sync(user, sso.places_of(config, claims))
    if refused is not None:
        # Outside: the roles that went must stay gone.
        for session in UserSession.objects.filter(user=user):
            session.end()
        raise refused
    return user


def _account(subject: str, claims: Mapping[str, Any], config: sso.SingleSignOn) -> User:
    link = SocialAccount.objects.filter(provider=PROVIDER, uid=subject).first()
    if link is not None:
        return User.objects.select_for_update(of=("self",)).select_related("contractor").get(id=link.user_id)
    if not sso.places_of(config, claims):
        raise _no_role()
    try:
        address = addresses.folded(sso.proven_address(config, claims))
    except Invalid as problem:
        raise NotAllowed(
            _("The sign-in does not vouch for your e-mail address. Ask whoever runs it to confirm the address."),
            code="sso_address",
        ) from problem
    user = User.objects.select_for_update(of=("self",)).filter(email=address).first()
    if user is not None and (user.is_demo or SocialAccount.objects.filter(provider=PROVIDER, user=user).exists()):
        raise NotAllowed(
            _("Another person signs in with this e-mail address here. Ask your administrator."), code="sso_taken"
        )
    if user is None:
        user = User(email=address)
    user.name = user.name or str(claims.get("name") or "").strip()[:150]
    # From now on the provider alone lets this person in; a password of before would outlive their employment.
    user.set_unusable_password()
    user.save()
    addresses.confirm(user)
    SocialAccount.objects.create(user=user, provider=PROVIDER, uid=subject, extra_data={})
    records.record(_ACTOR, "identity.sso_linked", "account", user.id, {})
    return user


def _no_role() -> NotAllowed:
    return NotAllowed(
        _("Your account at the sign-in has no role at this desk. Ask your administrator to give you one."),
        code="sso_no_role",
    )


def _sync(user: User, places: frozenset[sso.Place]) -> NotAllowed | None:
    """Give and take the roles that come from claims; those given by hand stay. Return the refusal when none is left."""
    wanted = {key: place for place in places if (key := _ids(place)) is not None}
    employers = {_employer(key[2]) for key in wanted}
    own = set(Membership.objects.filter(user=user, source="").values_list("role_id", "department_id", "team_id"))
    if len(employers) == 1 and not own:
        user.contractor_id = employers.pop()
    kept = {key: place for key, place in wanted.items() if _employer(key[2]) == user.contractor_id}
    for row in Membership.objects.filter(user=user, source=SOURCE).select_related("role"):
        if (row.role_id, row.department_id, row.team_id) not in kept:
            data = {"role": row.role.code, "source": SOURCE}
            row.delete()
            records.record(_ACTOR, "identity.membership_removed", "account", user.id, data)
    have = set(Membership.objects.filter(user=user).values_list("role_id", "department_id", "team_id"))
    for key in kept.keys() - have:
        role_id, department_id, team_id = key
        Membership.objects.create(
            user=user, role_id=role_id, department_id=department_id, team_id=team_id, source=SOURCE
        )
        data = {"role": kept[key].role, "source": SOURCE}
        records.record(_ACTOR, "identity.membership_added", "account", user.id, data)
    if Membership.objects.filter(user=user).exists():
        setting_up.make_staff(user)
    else:
        user.is_staff, user.contractor_id = False, None
    user.save(update_fields=["is_staff", "contractor"])
    user.contractor = Contractor.objects.filter(id=user.contractor_id).first() if user.contractor_id else None
    return None if user.is_staff else _no_role()


def _ids(place: sso.Place) -> tuple[uuid.UUID, uuid.UUID | None, uuid.UUID | None] | None:
    """Return the ids of a role's place; None when the city lacks one of them."""
    role = Role.objects.filter(code=place.role).first()
    team = Team.objects.filter(code=place.team, is_active=True).first() if place.team else None
    department = Department.objects.filter(code=place.department, is_active=True).first() if place.department else None
    if role is None or (place.team and team is None) or (place.department and department is None):
        return None
    within = team.department_id if team else department.id if department else None
    return role.id, within, team.id if team else None


def _employer(team_id: uuid.UUID | None) -> uuid.UUID | None:
    """Return the contractor whose people work in the team; None for the city's own."""
    if team_id is None:
        return None
    return Team.objects.filter(id=team_id).values_list("contractor_id", flat=True).first()
