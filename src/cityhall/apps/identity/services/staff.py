"""What administrators do with people: give and take roles, invite, close accounts, help with lost factors."""

from __future__ import annotations

import uuid

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cityhall.apps.identity import queries
from cityhall.apps.identity.models import Department, Membership, Role, Team, User
from cityhall.apps.identity.services import records, setting_up
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import commands
from cityhall.kernel.errors import Invalid, NotAllowed, NotFound


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

    A resident's account becomes staff's: it is signed out everywhere, and sets up a second factor anew.

    Raises:
        NotAllowed: the actor may not manage people, or the role holds more than the actor does, or further afield.
        NotFound: no such person, department or team.
        Invalid: no such role, the team is not of the department, or it has other people than the person's employer's.
    """
    records.may_manage(actor)
    found = Role.objects.filter(code=role).first()
    if found is None:
        raise Invalid({"role": _("Choose one of the roles in the list.")})
    team = Team.objects.filter(id=team_id).first() if team_id else None
    if (team_id and team is None) or (department_id and not Department.objects.filter(id=department_id).exists()):
        raise NotFound(_("That department or team does not exist any more. Load the page again."))
    if team and department_id and team.department_id != department_id:
        raise Invalid({"team": _("Choose a team of that department.")})
    within = team.department_id if team else department_id
    records.may_give(actor, found.permissions, department_id=within, team_id=team_id)

    def run() -> dict[str, str]:
        user = User.objects.select_for_update().filter(id=user_id, is_active=True).first()
        if user is None:
            raise NotFound(_("There is no such account."))
        if user.contractor_id is not None and team is None:
            raise Invalid({"team": _("This person works for a contractor. Choose one of its teams.")})
        if team is not None and team.contractor_id != user.contractor_id:
            raise Invalid({"team": _("A contractor's team has its own people only. Choose another team.")})
        setting_up.make_staff(user)
        user.save(update_fields=["is_staff"])
        row, made = Membership.objects.get_or_create(user=user, role=found, department_id=within, team=team)
        if row.source:
            # Given by hand now, so that it stays when the claim goes.
            row.source = ""
            row.save(update_fields=["source"])
            made = True
        if made:
            records.record(actor, "identity.membership_added", "account", user.id, _membership_data(row))
        return {"id": str(row.id)}

    arguments = {"user": user_id, "role": role, "department": within, "team": team_id}
    return uuid.UUID(commands.once(command_id, "identity.add_membership", actor, arguments, run)["id"])


def remove_membership(*, actor: Actor, membership_id: uuid.UUID, command_id: uuid.UUID | None = None) -> None:
    """Take a role from a person. Without any role left the account is a resident's again, of no contractor.

    Raises:
        NotAllowed: the actor may not manage people, holds less than the role, or would take away their own right to
            manage them, or the last one there is.
        NotFound: no such membership.
    """
    records.may_manage(actor)

    def run() -> dict[str, str]:
        _keep_an_administrator(Q(id=membership_id))
        row = Membership.objects.select_for_update(of=("self",)).select_related("role").filter(id=membership_id).first()
        if row is None:
            raise NotFound(_("That role was taken away already. Load the page again."))
        records.may_give(actor, row.role.permissions, department_id=row.department_id, team_id=row.team_id)
        if row.user_id == actor.id and records.MANAGE in row.role.permissions:
            raise NotAllowed(_("You cannot take this role from yourself. Ask another administrator."))
        user_id, data = row.user_id, _membership_data(row)
        row.delete()
        if not Membership.objects.filter(user_id=user_id).exists():
            User.objects.filter(id=user_id).update(is_staff=False, contractor=None)
        records.record(actor, "identity.membership_removed", "account", user_id, data)
        return {}

    commands.once(command_id, "identity.remove_membership", actor, {"id": membership_id}, run)


def invite(*, actor: Actor, email: str, name: str) -> uuid.UUID:
    """Make an account for a colleague, who sets a password by a link sent to the address; return its id.

    A resident's account of that address becomes staff's: it is signed out everywhere.

    Raises:
        NotAllowed: the actor may not manage people.
        Invalid: not an address, or no name.
    """
    records.may_manage(actor)
    if not name.strip():
        raise Invalid({"name": _("Give a name: it is shown beside the person's work.")})
    with transaction.atomic():
        user = User.objects.select_for_update().get(id=setting_up.resident_account(email))
        user.name = name.strip()
        setting_up.make_staff(user)
        user.save(update_fields=["name", "is_staff"])
        records.record(actor, "identity.invited", "account", user.id, {})
    return user.id


def close_account(*, actor: Actor, user_id: uuid.UUID) -> None:
    """Close an account: its owner is signed out everywhere, its API keys stop working. Raises NotAllowed, NotFound."""
    records.may_manage(actor)
    with transaction.atomic():
        _keep_an_administrator(Q(user_id=user_id))
        user = other_account(actor, user_id)
        user.is_active = False
        user.save(update_fields=["is_active"])
        records.record(actor, "identity.account_closed", "account", user.id, {})
    _end_sessions(user_id)


def reopen_account(*, actor: Actor, user_id: uuid.UUID) -> None:
    """Open a closed account again, with the roles it had. Raises NotAllowed, NotFound."""
    with transaction.atomic():
        user = other_account(actor, user_id)
        user.is_active = True
        user.save(update_fields=["is_active"])
        records.record(actor, "identity.account_reopened", "account", user.id, {})


def forget_second_factor(*, actor: Actor, user_id: uuid.UUID) -> None:
    """Take a lost second factor (and the recovery codes) off an account; the next sign-in sets up a new one.

    Raises:
        NotAllowed: the actor may not manage people, may do less than the person, or is that person.
        NotFound: no such account.
    """
    with transaction.atomic():
        user = other_account(actor, user_id)
        Authenticator.objects.filter(user_id=user.id).delete()
        records.record(actor, "identity.second_factor_forgotten", "account", user.id, {})
    _end_sessions(user_id)


def other_account(actor: Actor, user_id: uuid.UUID) -> User:
    """Lock the account of somebody who may do no more than the actor."""
    records.may_manage(actor)
    if user_id == actor.id:
        raise NotAllowed(_("Ask another administrator to do this with your own account."))
    user = User.objects.select_for_update().filter(id=user_id, is_staff=True).first()
    if user is None:
        raise NotFound(_("There is no such account."))
    for row in user.memberships.select_related("role"):
        records.may_give(actor, row.role.permissions, department_id=row.department_id, team_id=row.team_id)
    return user


def _keep_an_administrator(gone: Q) -> None:
    """Refuse to let the last role go by which somebody manages people everywhere.

    The roles are locked first: of two administrators who end each other's at once, the second waits and then counts.
    """
    able = queries.managing_everywhere()
    list(able.select_for_update(of=("self",)).order_by("id"))
    if able.filter(gone).exists() and not able.exclude(gone).exists():
        raise NotAllowed(_("Nobody else may manage people. Give another person that role first."))


def _end_sessions(user_id: uuid.UUID) -> None:
    for session in UserSession.objects.filter(user_id=user_id):
        session.end()


def _membership_data(row: Membership) -> dict[str, str]:
    limits_of = {"department": row.department_id, "team": row.team_id}
    return {"role": row.role.code} | {name: str(value) for name, value in limits_of.items() if value}
