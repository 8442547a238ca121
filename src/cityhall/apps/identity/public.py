"""What other rooms may call: who acts, who there is, and how to set them up."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.http import HttpRequest

from cityhall.apps.identity import queries, services
from cityhall.apps.identity.contracts import KeyedActor
from cityhall.apps.identity.queries import (
    accounts_left,
    accounts_of,
    administrators,
    departments,
    leads,
    names,
    people,
    person,
    persons,
    roles,
    sms_number,
    teams,
    workforce,
    working_teams,
)
from cityhall.apps.identity.rules.phones import mail_address, number_of
from cityhall.apps.identity.services import (
    ensure_contractor,
    ensure_default_roles,
    ensure_department,
    ensure_role,
    ensure_team,
    ensure_user,
    make_administrator,
    resident_account,
)
from cityhall.apps.identity.services.demo_entry import enter_as_demo
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import loopback

__all__ = [
    "accounts_left",
    "accounts_of",
    "actor_for_key",
    "actor_for_request",
    "administrators",
    "colleague",
    "departments",
    "ensure_contractor",
    "ensure_default_roles",
    "ensure_department",
    "ensure_role",
    "ensure_team",
    "ensure_user",
    "enter_as_demo",
    "leads",
    "mail_address",
    "make_administrator",
    "names",
    "people",
    "person",
    "persons",
    "phone_number",
    "resident_account",
    "roles",
    "sms_number",
    "teams",
    "workforce",
    "working_teams",
]


def actor_for_request(request: HttpRequest) -> Actor:
    """Return who acts in this request's session: nobody, a resident, or staff who passed the second factor.

    Views use `kernel.django.access.actor_of(request)` instead, which asks only once.
    """
    return queries.actor_of_session(request, getattr(request, "user", None))


def colleague(user_id: uuid.UUID) -> Actor | None:
    """Return what a member of staff may do, taken as having passed the second factor; None for anybody else."""
    return queries.actor_of_colleague(user_id)


def phone_number(text: str) -> str:
    """Return a telephone number as it was written in the form +15550100123, "" when it is none."""
    return number_of(text, settings.CITYHALL_PHONE_COUNTRY)


def actor_for_key(raw: str) -> KeyedActor:
    """Return who an API key (`ch_<prefix>_<secret>`) acts for, and count the call against the key's limit.

    The actor's permissions are the key's scopes.

    Raises:
        NotAllowed: no such key, or one that is revoked, expired, or a demo account's used from elsewhere.
        TooMany: the key's calls of this minute are used up.
    """
    return services.use_key(raw, local=loopback.is_local())
