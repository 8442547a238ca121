"""What the identity room tells others: departments, teams, people, roles and keys as plain values."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cityhall.kernel.actors import Actor

#: What an API key may be allowed to do: file and comment, or also change a request's state. Reading needs no key.
SCOPES = ("open311.write", "requests.write")


@dataclass(frozen=True, slots=True)
class DepartmentInfo:
    """A department. `name` is translated text: language code to text."""

    id: uuid.UUID
    code: str
    name: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TeamInfo:
    """A team of a department. `name` is translated text: language code to text."""

    id: uuid.UUID
    code: str
    name: Mapping[str, str]
    department_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class PersonInfo:
    """A person. `name` may be empty; `language` is the code they like to read."""

    id: uuid.UUID
    name: str
    email: str
    language: str = "en"
    is_staff: bool = False
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class RoleInfo:
    """A named set of permissions. `name` is translated text: language code to text."""

    id: uuid.UUID
    code: str
    name: Mapping[str, str]
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class MembershipInfo:
    """A person's role: everywhere, or in one department, or in one team. The names are translated text."""

    id: uuid.UUID
    user_id: uuid.UUID
    role_code: str
    role_name: Mapping[str, str]
    department_name: Mapping[str, str] | None
    team_name: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A line of the staff list."""

    person: PersonInfo
    is_active: bool
    has_second_factor: bool
    last_login: datetime | None
    memberships: tuple[MembershipInfo, ...]


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """An API key as people see it: never the secret."""

    id: uuid.UUID
    name: str
    prefix: str
    scopes: tuple[str, ...]
    owner: str
    per_minute: int
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeyedActor:
    """Who sent an API key.

    Args:
        actor: its permissions are the key's scopes.
        per_minute: how many calls a minute the key may make; `actor_for_key` has counted this one already.
    """

    actor: Actor
    key_id: uuid.UUID
    per_minute: int
    scopes: frozenset[str]
