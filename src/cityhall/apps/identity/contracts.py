"""What the identity room tells others: departments, teams, people, roles and keys as plain values."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

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
    """A team of a department. `name` is translated text; `contractor_id` says whose people it has, None the city's."""

    id: uuid.UUID
    code: str
    name: Mapping[str, str]
    department_id: uuid.UUID
    contractor_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class PersonInfo:
    """A person. `name` may be empty; `language` is the code they like to read.

    `email` is empty for somebody who signs in by telephone; `phone` is a confirmed number, such as "+15550100123".
    """

    id: uuid.UUID
    name: str
    email: str
    language: str = "en"
    is_staff: bool = False
    is_demo: bool = False
    contractor_id: uuid.UUID | None = None
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a contract with a company says. `ends_on` is the last day its people have access."""

    name: str
    starts_on: date
    ends_on: date
    contract_number: str = ""
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    reads_notes: bool = False


class ContractState(StrEnum):
    """Where a contract stands today."""

    COMING = "coming"
    RUNNING = "running"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class ContractorInfo:
    """A company, its contract, its teams and people. `ended_at` is set when it was ended before its last day."""

    id: uuid.UUID
    terms: Terms
    state: ContractState
    ended_at: datetime | None
    teams: tuple[TeamInfo, ...] = ()
    people: tuple[PersonInfo, ...] = ()


class Standing(StrEnum):
    """Whether a staff account's rights can be used now, and if not, why."""

    IN_FORCE = "in_force"
    NO_SECOND_FACTOR = "no_second_factor"
    CONTRACT_OVER = "contract_over"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Held:
    """A permission somebody holds. `is_limited`: it holds where the person's departments and teams are, not everywhere.

    `roles` are the names (translated text) of the roles that give it.
    """

    code: str
    is_limited: bool
    roles: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class AccessRow:
    """What one person may do today. `where` names (translated text) the departments and teams; empty is everywhere."""

    person: PersonInfo
    standing: Standing
    contractor: str
    contract_ends_on: date | None
    held: tuple[Held, ...]
    where: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """A place where an account is signed in. `is_current`: the one that asks. `system`: "" when it is not known."""

    id: int
    started_at: datetime
    address: str
    browser: str
    system: str = ""
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Workforce:
    """The departments, teams and people somebody at the desk may know of and give work to."""

    departments: tuple[DepartmentInfo, ...]
    teams: tuple[TeamInfo, ...]
    people: tuple[PersonInfo, ...]


@dataclass(frozen=True, slots=True)
class RoleInfo:
    """A named set of permissions. `name` is translated text: language code to text."""

    id: uuid.UUID
    code: str
    name: Mapping[str, str]
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class MembershipInfo:
    """A person's role: everywhere, or in one department, or in one team. The names are translated text.

    `by_claims`: a sign-in at the city's provider gave it, and takes it away when the claim is gone.
    """

    id: uuid.UUID
    user_id: uuid.UUID
    role_name: Mapping[str, str]
    department_name: Mapping[str, str] | None
    team_name: Mapping[str, str] | None
    by_claims: bool = False


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A line of the staff list.

    Args:
        factor_at: the provider whose word for a second factor is taken, "" when the city asks for one of its own.
    """

    person: PersonInfo
    is_active: bool
    has_second_factor: bool
    factor_at: str
    last_login: datetime | None
    memberships: tuple[MembershipInfo, ...]
    contractor: str = ""


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
