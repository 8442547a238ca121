"""Reads: the city's single sign-on as its file says, and whether the file fits the city."""

from __future__ import annotations

import logging
import uuid

from allauth.socialaccount.models import SocialAccount
from django.conf import settings

from cityhall.apps.identity.models import Department, Role, Team
from cityhall.apps.identity.rules import sso

log = logging.getLogger(__name__)
#: The sign-in library's name for the one provider there is.
PROVIDER = "staff"


def single_sign_on() -> sso.SingleSignOn | None:
    """Return how staff sign in at the city's own provider; None when there is none or its file cannot be used."""
    if not settings.CITYHALL_SSO:
        return None
    try:
        return sso.read(settings.CITYHALL_SSO)
    except sso.BadFile as problem:
        log.error("sso.toml cannot be used: %s", problem)
        return None


def sso_problems() -> list[str]:
    """Return what is wrong with the file: words it does not know, roles, departments or teams that do not exist."""
    if not settings.CITYHALL_SSO:
        return []
    try:
        config = sso.read(settings.CITYHALL_SSO)
    except sso.BadFile as problem:
        return list(problem.problems)
    problems = []
    for kind, model, codes in (
        ("role", Role, {one.place.role for one in config.roles}),
        ("department", Department, {one.place.department for one in config.roles} - {""}),
        ("team", Team, {one.place.team for one in config.roles} - {""}),
    ):
        known = sorted(model.objects.values_list("code", flat=True))
        problems += [
            f"sso.toml: there is no {kind} {code!r}; nobody gets it. There are: {', '.join(known) or 'none'}."
            for code in sorted(codes - set(known))
        ]
    if not settings.CITYHALL_SSO_CLIENT_SECRET:
        problems.append(
            "sso.toml: no client secret: put it into secrets/sso_client_secret in the data folder (mode 0600)"
        )
    return problems


def comes_by_sso(user_id: uuid.UUID) -> bool:
    """Say whether the account signs in at the city's provider, and so by no other way."""
    return single_sign_on() is not None and is_linked(user_id)


def outside_factor() -> str:
    """Return the name of the provider whose second factor the city takes; "" when it asks for one of its own."""
    config = single_sign_on()
    return config.name if config is not None and config.second_factor != "local" else ""


def is_linked(user_id: uuid.UUID) -> bool:
    """Say whether the account is tied to somebody at the provider."""
    return bool(SocialAccount.objects.filter(provider=PROVIDER, user_id=user_id).exists())
