"""Reads: people, departments, teams, roles, keys, and what an account holds about its person."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from cityhall.apps.identity.contracts import (
    DepartmentInfo,
    KeyInfo,
    MembershipInfo,
    PersonInfo,
    RoleInfo,
    StaffRow,
    TeamInfo,
    Workforce,
)
from cityhall.apps.identity.models import ApiKey, Department, Membership, Role, Team, User
from cityhall.apps.identity.queries.acting import PRIMARY_FACTORS
from cityhall.apps.identity.queries.sso import PROVIDER, outside_factor
from cityhall.apps.identity.queries.values import person_info, team_info
from cityhall.apps.identity.rules.phones import ERASED, mail_address, number_of
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.reading import instances
from cityhall.kernel.offers import Person


def managing_everywhere() -> QuerySet[Membership]:
    """Return the roles by which somebody manages people everywhere."""
    return Membership.objects.filter(
        role__permissions__contains=["identity.manage"], department=None, team=None,
        user__is_active=True, user__contractor__isnull=True,
    )  # fmt: skip


def administrators() -> dict[str, bool]:
    """Return the addresses of those who may manage people everywhere, demo accounts left out, and for each whether
    it has a second factor.
    """
    able = managing_everywhere().filter(user__is_demo=False)
    own = Authenticator.objects.filter(user_id=OuterRef("user_id"), type__in=PRIMARY_FACTORS)
    return dict(able.annotate(second=Exists(own)).values_list("user__email", "second"))


def missing_administrator() -> list[str]:
    """Return what a city without anybody who can manage people should do, and what a live one with demo accounts."""
    if settings.CITYHALL_DEMO:
        return []
    found = []
    able = administrators()
    demo = User.objects.filter(is_demo=True, is_active=True).exists()
    if not able:
        nobody = "Nobody but the demo's accounts may manage people." if demo else "Nobody may manage people yet."
        found.append(f"{nobody} Make the first account: cityhall people administrator EMAIL")
    elif not any(able.values()):
        found.append(
            "No administrator has a second factor, so none reaches the desk. Sign in at /account/staff/ and set it up."
        )
    if demo:
        found.append(
            "The demo's accounts are in this database, and their passwords are printed in the documentation."
            " Begin a real city in a data folder of its own."
        )
    return found


def accounts_of(email: str, phone: str) -> list[uuid.UUID]:
    """Return the residents whose e-mail address or confirmed telephone this is, however either is written."""
    number = number_of(phone, settings.CITYHALL_PHONE_COUNTRY) if phone else ""
    known = Q(email__iexact=email) if email else Q()
    if number:
        known |= Q(phone=number, phone_confirmed_at__isnull=False)
    return list(User.objects.filter(known, is_staff=False).values_list("id", flat=True)) if known else []


def departments() -> list[DepartmentInfo]:
    """Return the departments at work, by code."""
    rows = instances(Department, "is_active order by code")
    return [DepartmentInfo(id=row.id, code=row.code, name=row.name) for row in rows]


def teams(department_id: uuid.UUID | None = None) -> list[TeamInfo]:
    """Return the teams at work, of one department or of all, by code."""
    rows = instances(Team, "is_active order by code")
    return [team_info(row) for row in rows if department_id in {None, row.department_id}]


def people(department_id: uuid.UUID | None = None) -> list[PersonInfo]:
    """Return the active staff, of one department (or one of its teams) or of all, by name."""
    rows = User.objects.filter(is_staff=True, is_active=True).order_by("name", "email")
    if department_id is not None:
        inside = Membership.objects.filter(user_id=OuterRef("pk"), department_id=department_id)
        rows = rows.filter(Exists(inside))
    return [person_info(row) for row in rows]


def workforce(actor: Actor, *, with_people: bool = True) -> Workforce:
    """Return the departments, teams and people the actor may know of: all, for a contractor's only its own.

    Args:
        with_people: False leaves the people out, who may be hundreds.
    """
    found = Workforce(tuple(departments()), tuple(teams()), tuple(people()) if with_people else ())
    if actor.contractor is None:
        return found
    own = tuple(team for team in found.teams if team.id in actor.teams)
    return Workforce(
        departments=tuple(one for one in found.departments if one.id in {team.department_id for team in own}),
        teams=own,
        people=tuple(one for one in found.people if one.contractor_id == actor.contractor),
    )


def person(user_id: uuid.UUID) -> PersonInfo | None:
    """Return one person, None when there is no such account."""
    return persons([user_id]).get(user_id)


def persons(user_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, PersonInfo]:
    """Return people by their ids; those without an account are left out."""
    return {row.id: person_info(row) for row in User.objects.filter(id__in=user_ids)}


def names(user_ids: Iterable[uuid.UUID], *, to: Actor | None = None) -> Mapping[uuid.UUID, str]:
    """Return the names of many people in one query; those without a name are left out.

    Args:
        to: who reads them: a contractor's people learn the names of their own only.
    """
    rows = User.objects.filter(id__in=set(user_ids)).exclude(name="")
    if to is not None and to.contractor is not None:
        rows = rows.filter(contractor_id=to.contractor)
    return dict(rows.values_list("id", "name"))


def roles() -> list[RoleInfo]:
    """Return every role, the one with the fewest permissions first."""
    rows = [
        RoleInfo(id=row.id, code=row.code, name=row.name, permissions=frozenset(row.permissions))
        for row in Role.objects.all()
    ]
    return sorted(rows, key=lambda role: (len(role.permissions), role.code))


def staff_list() -> list[StaffRow]:
    """Return every staff account with its memberships, in two queries."""
    own = Authenticator.objects.filter(user_id=OuterRef("pk"), type__in=PRIMARY_FACTORS)
    links = SocialAccount.objects.filter(provider=PROVIDER, user_id=OuterRef("pk"))
    outside = outside_factor()
    users = list(
        User.objects.filter(is_staff=True)
        .select_related("contractor")
        .annotate(second=Exists(own), linked=Exists(links))
        .order_by("name", "email")
    )
    found: dict[uuid.UUID, list[MembershipInfo]] = defaultdict(list)
    rows = Membership.objects.filter(user__is_staff=True).select_related("role", "department", "team")
    for row in rows.order_by("role__code", "id"):
        found[row.user_id].append(
            MembershipInfo(
                id=row.id,
                user_id=row.user_id,
                role_name=row.role.name,
                department_name=row.department.name if row.department else None,
                team_name=row.team.name if row.team else None,
                by_claims=bool(row.source),
            )
        )
    return [
        StaffRow(
            person=person_info(user),
            is_active=user.is_active,
            has_second_factor=bool(user.second),
            factor_at=outside if user.linked else "",
            last_login=user.last_login,
            memberships=tuple(found[user.id]),
            contractor=user.contractor.name if user.contractor else "",
        )
        for user in users
    ]


def keys() -> list[KeyInfo]:
    """Return every API key, the newest first."""
    return [
        KeyInfo(
            id=row.id,
            name=row.name,
            prefix=row.prefix,
            scopes=tuple(row.scopes),
            owner=str(row.owner),
            per_minute=row.per_minute,
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
            last_used_at=row.last_used_at,
        )
        for row in ApiKey.objects.select_related("owner").order_by("-id")
    ]


def account_of(person: Person) -> Person:
    """Return the person with their account, and the addresses that account has. Staff accounts are nobody's own."""
    mine = Q(id=person.account) if person.account else Q(pk=None)
    if person.account is None:
        if person.email:
            mine |= Q(email__iexact=person.email)
        if number := number_of(person.phone, settings.CITYHALL_PHONE_COUNTRY):
            mine |= Q(phone=number, phone_confirmed_at__isnull=False)
    user = User.objects.filter(mine, is_staff=False).order_by("id").first()
    if user is None:
        return person
    return replace(
        person,
        account=user.id,
        email=person.email or mail_address(user.email).lower(),
        phone=person.phone or user.phone,
    )


def accounts_left(ids: Iterable[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Return those of the residents' accounts that are there and were not erased."""
    rows = User.objects.filter(id__in=set(ids), is_staff=False).exclude(email__endswith=f"@{ERASED}")
    return frozenset(rows.values_list("id", flat=True))


def account_data(person: Person) -> list[dict[str, Any]]:
    """Return, JSON-ready, what the account itself holds about a person."""
    user_id = person.account
    user = User.objects.filter(id=user_id).first() if user_id else None
    if user is None:
        return []
    account = {
        "kind": "account",
        "email": mail_address(user.email),
        "name": user.name,
        "phone": user.phone,
        "language": user.language,
        "joined": user.date_joined.isoformat(),
        "last_sign_in": user.last_login.isoformat() if user.last_login else None,
    }
    sessions = UserSession.objects.filter(user_id=user_id).order_by("created_at")
    links = SocialAccount.objects.filter(user_id=user_id).values_list("uid", flat=True)
    return [account, *({"kind": "single_sign_on", "subject": subject} for subject in links)] + [
        {
            "kind": "session",
            "started": row["created_at"].isoformat(),
            "last_seen": row["last_seen_at"].isoformat(),
            "ip_address": row["ip"],
            "browser": row["user_agent"],
        }
        for row in sessions.values("created_at", "last_seen_at", "ip", "user_agent")
    ]
