"""People for tests: `sign_in(client, role="dispatcher", department="streets")` gives the client a real session."""

from __future__ import annotations

import io
import itertools
import json
import time
import zipfile
from typing import Any, cast

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY
from allauth.account.internal.userkit import user_id_to_str
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.test import Client

from cityhall.apps.identity import public
from cityhall.apps.identity.models import User

ROLES = ("resident", "crew", "dispatcher", "supervisor", "editor", "records", "data-steward", "administrator")
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_numbers = itertools.count(1)


def make_person(
    role: str = "resident",
    *,
    email: str = "",
    name: str = "",
    department: str | None = None,
    team: str | None = None,
    password: str | None = None,
    second_factor: bool = True,
    is_demo: bool = False,
) -> User:
    """Make an account of a role. Staff get a TOTP app with TOTP_SECRET unless `second_factor` is False.

    `department` and `team` are codes; they are made if they do not exist.
    """
    public.ensure_default_roles()
    if department and department not in {row.code for row in public.departments()}:
        public.ensure_department(department, {"en": department.title()})
    if team and team not in {row.code for row in public.teams()}:
        parent = department or f"{team}-department"
        public.ensure_department(parent, {"en": parent.title()})
        public.ensure_team(team, {"en": team.title()}, department=parent)
    user_id = public.ensure_user(
        email or f"{role}-{next(_numbers)}@city.example",
        password,
        name or role.title(),
        roles=[] if role == "resident" else [role],
        department=None if team else department,
        team=team,
        is_demo=is_demo,
        totp_secret=TOTP_SECRET if role != "resident" and second_factor else None,
    )
    return cast(User, get_user_model().objects.get(id=user_id))


def sign_in(
    client: Client,
    role: str = "resident",
    *,
    department: str | None = None,
    team: str | None = None,
    second_factor: bool = True,
    user: User | None = None,
) -> User:
    """Make a user of a role (or take `user`) and sign `client` in as them; return the user.

    Staff sessions have passed the second factor, recorded as the sign-in library does, unless `second_factor`
    is False: then the account has none and the session is half signed in.
    """
    user = user or make_person(role, department=department, team=team, second_factor=second_factor)
    client.force_login(user)
    session = client.session
    records = [{"method": "password" if user.is_staff else "code", "at": time.time(), "email": user.email}]
    if user.is_staff and second_factor:
        factor = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
        records.append({"method": "mfa", "at": time.time(), "id": factor.pk, "type": "totp"})
    session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = user_id_to_str(user)
    session.save()
    return user


def taken_away(content: bytes) -> Any:
    """What the file of a person's own data says to programs."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert "index.html" in file.namelist()
        return json.loads(file.read("data.json"))
