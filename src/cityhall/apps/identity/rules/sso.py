"""Single sign-on: what the city's file says of its provider, and what a person's claims come to. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

#: A second factor is local ("local"), or taken from the provider's word in `amr` or `acr` ("asserted"), or taken for
#: granted of everybody who comes that way ("trusted").
FACTORS = ("asserted", "trusted", "local")
#: An address counts as proven when the provider says so, or always.
EMAILS = ("verified", "trusted")
#: Names of ways to sign in (RFC 8176) that are two factors, or a key in a device that cannot be copied.
STRONG = ("mfa", "hwk", "sc", "fido")
_WELL_KNOWN = "/.well-known/openid-configuration"
_KEYS = {
    "name", "discovery_url", "client_id", "issuer", "scopes", "second_factor", "amr", "acr", "email", "hours", "role"
}  # fmt: skip
_ROLE_KEYS = {"claim", "value", "role", "department", "team"}


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A role, everywhere or in a department or in a team; all by code."""

    role: str
    department: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class RoleOf:
    """Who has `value` in `claim` holds the role. `claim` may lead into objects: `realm_access.roles`."""

    claim: str
    value: str
    place: Place


@dataclass(frozen=True, slots=True)
class SingleSignOn:
    """The provider and its rules.

    Args:
        name: what the button says.
        second_factor, email: see FACTORS and EMAILS.
        amr, acr: the values that say that two factors were shown.
        hours: how long a session lasts before the provider, and with it the claims, is asked again.
        issuer: who signs; found from the discovery address when the file does not say.
    """

    name: str
    discovery_url: str
    client_id: str
    scopes: tuple[str, ...]
    second_factor: str
    amr: frozenset[str]
    acr: frozenset[str]
    email: str
    hours: int
    issuer: str
    roles: tuple[RoleOf, ...]


class BadFile(ValueError):
    """The file cannot be used. `problems` are sentences, each with its mend."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


def read(data: Mapping[str, Any]) -> SingleSignOn:
    """Return what `sso.toml` says. Raises BadFile."""
    problems = [
        f"sso.toml: {key} is no key of it; take it out or look at its spelling" for key in sorted(data.keys() - _KEYS)
    ]
    for key in ("name", "discovery_url", "client_id"):
        if not isinstance(data.get(key), str) or not data[key].strip():
            problems.append(f'sso.toml: {key} is missing: {key} = "…"')
    url = str(data.get("discovery_url", ""))
    parts = urlsplit(url)
    if (
        url
        and parts.scheme != "https"
        and not (parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"})
    ):
        problems.append("sso.toml: discovery_url must begin with https://")
    if url and not parts.path.endswith(_WELL_KNOWN):
        problems.append(f"sso.toml: discovery_url must end with {_WELL_KNOWN}")
    for key, among in (("second_factor", FACTORS), ("email", EMAILS)):
        if data.get(key, among[0]) not in among:
            problems.append(f"sso.toml: {key} must be one of {', '.join(among)}")
    hours = data.get("hours", 12)
    if not isinstance(hours, int) or isinstance(hours, bool) or not 1 <= hours <= 168:
        problems.append("sso.toml: hours must be a whole number from 1 to 168")
    roles = tuple(_roles(data.get("role", []), problems))
    if not roles:
        problems.append("sso.toml: without a [[role]] nobody may come in; add one")
    if problems:
        raise BadFile(problems)
    return SingleSignOn(
        name=data["name"].strip(),
        discovery_url=url,
        client_id=data["client_id"].strip(),
        scopes=_texts(data.get("scopes", ["openid", "profile", "email"])),
        second_factor=data.get("second_factor", "asserted"),
        amr=frozenset(_texts(data.get("amr", STRONG))),
        acr=frozenset(_texts(data.get("acr", ()))),
        email=data.get("email", "verified"),
        hours=hours,
        issuer=str(data.get("issuer") or url.removesuffix(_WELL_KNOWN)),
        roles=roles,
    )


def _roles(given: Any, problems: list[str]) -> Iterable[RoleOf]:
    for number, entry in enumerate(given if isinstance(given, list) else [], start=1):
        here = f"sso.toml: [[role]] {number}"
        if not isinstance(entry, dict) or not all(isinstance(value, str) for value in entry.values()):
            problems.append(f"{here}: every value must be text")
            continue
        problems += [f"{here}: {key} is no key of it" for key in sorted(entry.keys() - _ROLE_KEYS)]
        missing = [key for key in ("claim", "value", "role") if not entry.get(key)]
        problems += [f"{here}: {key} is missing" for key in missing]
        if not missing:
            place = Place(entry["role"], entry.get("department", ""), entry.get("team", ""))
            yield RoleOf(entry["claim"], entry["value"], place)


def _texts(given: Any) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(str(one) for one in given)


def values_of(claims: Mapping[str, Any], path: str) -> frozenset[str]:
    """Return the texts of a claim: of a list its members, of a text itself; nothing for all else."""
    found: Any = claims.get(path)
    if found is None and "." in path:
        found = claims
        for step in path.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
    members = found if isinstance(found, list | tuple) else [found]
    return frozenset(one for one in members if isinstance(one, str))


def places_of(config: SingleSignOn, claims: Mapping[str, Any]) -> frozenset[Place]:
    """Return the roles that the claims give."""
    return frozenset(one.place for one in config.roles if one.value in values_of(claims, one.claim))


def second_factor_shown(config: SingleSignOn, claims: Mapping[str, Any]) -> bool:
    """Say whether this sign-in at the provider counts as two factors."""
    if config.second_factor != "asserted":
        return config.second_factor == "trusted"
    return bool(config.amr & values_of(claims, "amr")) or bool(config.acr & values_of(claims, "acr"))


def proven_address(config: SingleSignOn, claims: Mapping[str, Any]) -> str:
    """Return the person's address in lower case, "" unless the provider vouches for it."""
    email = claims.get("email")
    if not isinstance(email, str) or (config.email == "verified" and claims.get("email_verified") is not True):
        return ""
    return email.strip().lower()
