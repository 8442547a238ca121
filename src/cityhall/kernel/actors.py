"""Who acts. Every write and every guarded read is given an Actor; doors make it, services trust it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from enum import StrEnum


class ActorKind(StrEnum):
    """The kinds of author an event can have."""

    ANONYMOUS = "anonymous"
    RESIDENT = "resident"
    STAFF = "staff"
    API_KEY = "api_key"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """The author of a command.

    Args:
        kind: what sort of author.
        id: the user or API key, None for anonymous and system actors.
        label: what the history shows: "Resident", a staff member's name, the importer's name.
        permissions: codes such as "requests.assign", already limited to what this session may use.
        departments, teams: the actor's limits. The actor sees and touches work in ANY of these departments OR of ANY
            of these teams; a team member has only `teams`. When both are empty there is no limit but `permissions`.
        language: the actor's language code.
        contractor: whose person acts, when it is no one of the city's own; they have `teams` and nothing wider.
        reads_notes: reads the internal notes of others; False for the people of most contractors.
    """

    kind: ActorKind
    id: uuid.UUID | None = None
    label: str = ""
    permissions: frozenset[str] = field(default_factory=frozenset)
    departments: frozenset[uuid.UUID] = field(default_factory=frozenset)
    teams: frozenset[uuid.UUID] = field(default_factory=frozenset)
    language: str = "en"
    contractor: uuid.UUID | None = None
    reads_notes: bool = True

    def may(self, permission: str) -> bool:
        """Say whether the actor holds `permission`. The system may do everything."""
        return self.kind is ActorKind.SYSTEM or permission in self.permissions


ANONYMOUS = Actor(kind=ActorKind.ANONYMOUS, label="Resident")


def system(label: str) -> Actor:
    """Return the actor for work the program does itself, shown as `label`."""
    return Actor(kind=ActorKind.SYSTEM, label=label)
