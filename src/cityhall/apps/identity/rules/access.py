"""Pure decisions: what memberships add up to, what a key looks like."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from cityhall.apps.identity.contracts import ContractState

#: Every permission the product knows. Rooms also register theirs in `kernel.offers.permissions`, with a label.
PERMISSIONS = (
    "requests.view",
    "requests.work",
    "requests.assign",
    "requests.bulk",
    "requests.moderate",
    "requests.contact",
    "requests.calls",
    "requests.export",
    "requests.configure",
    "requests.settle",
    "places.configure",
    "work_orders.manage",
    "identity.manage",
    "audit.view",
    "website.edit",
    "records.manage",
    "referrals.manage",
    "answers.manage",
    "routing.manage",
    "offices.work",
    "offices.manage",
    "opendata.publish",
)

#: What a contractor's people may be given, of their teams' work alone; the rest is for the city's own people.
CONTRACTOR_MAY = frozenset(
    {
        "requests.view",
        "requests.work",
        "requests.assign",
        "requests.bulk",
        "requests.contact",
        "requests.export",
    }
)
#: What departments and teams limit; all other permissions hold everywhere.
WORK_PERMISSIONS = CONTRACTOR_MAY | {"requests.moderate", "requests.calls", "requests.settle"}

_CREW = frozenset({"requests.view", "requests.work"})
_CALL_TAKER = frozenset({"requests.view", "requests.contact", "requests.calls"})
_DISPATCHER = (
    _CREW
    | _CALL_TAKER
    | {
        "requests.assign",
        "requests.bulk",
        "requests.moderate",
        "requests.export",
    }
)


@dataclass(frozen=True, slots=True)
class DefaultRole:
    """A role every installation starts with."""

    code: str
    name: dict[str, str]
    permissions: frozenset[str]


DEFAULT_ROLES = (
    DefaultRole("crew", {"en": "Crew", "es": "Cuadrilla"}, _CREW),
    DefaultRole("call-taker", {"en": "Call taker", "es": "Atención telefónica"}, _CALL_TAKER),
    DefaultRole("dispatcher", {"en": "Dispatcher", "es": "Despacho"}, _DISPATCHER),
    DefaultRole(
        "supervisor",
        {"en": "Supervisor", "es": "Supervisión"},
        _DISPATCHER
        | {
            "requests.configure",
            "requests.settle",
            "places.configure",
            "work_orders.manage",
            "referrals.manage",
            "answers.manage",
            "routing.manage",
        },
    ),
    DefaultRole("editor", {"en": "Editor", "es": "Redacción"}, frozenset({"website.edit"})),
    DefaultRole(
        "council-office",
        {"en": "Council office", "es": "Oficina del concejo"},
        frozenset({"requests.calls", "offices.work"}),
    ),
    DefaultRole("records", {"en": "Records officer", "es": "Archivo"}, frozenset({"records.manage"})),
    DefaultRole("data-steward", {"en": "Data steward", "es": "Gestión de datos"}, frozenset({"opendata.publish"})),
    DefaultRole("administrator", {"en": "Administrator", "es": "Administración"}, frozenset(PERMISSIONS)),
)


@dataclass(frozen=True, slots=True)
class Grant:
    """What one membership gives: permissions everywhere, in one department or in one team (perhaps a contractor's)."""

    permissions: frozenset[str]
    department_id: uuid.UUID | None = None
    team_id: uuid.UUID | None = None
    contractor_id: uuid.UUID | None = None

    @property
    def everywhere(self) -> bool:
        """Whether no department or team limits it."""
        return self.department_id is None and self.team_id is None


@dataclass(frozen=True, slots=True)
class Reach:
    """What a person's memberships add up to; see `kernel.actors.Actor` for the meaning of the limits."""

    permissions: frozenset[str]
    departments: frozenset[uuid.UUID]
    teams: frozenset[uuid.UUID]


def reach(grants: Iterable[Grant]) -> Reach:
    """Add up memberships: the union of their permissions, limited to their departments and teams.

    A membership everywhere lifts the limits only when it gives all that the limited ones give. So an editor of
    the website (everywhere) who dispatches for one department still sees that department alone.
    """
    grants = list(grants)
    permissions = frozenset[str]().union(*(grant.permissions for grant in grants))
    limited = [grant for grant in grants if not grant.everywhere]
    below = frozenset[str]().union(*(grant.permissions for grant in limited))
    if any(grant.everywhere and grant.permissions >= below for grant in grants):
        limited = []
    return Reach(
        permissions=permissions,
        # A team membership is the narrower of the two, so its department is not seen as a whole.
        departments=frozenset(grant.department_id for grant in limited if grant.department_id and not grant.team_id),
        teams=frozenset(grant.team_id for grant in limited if grant.team_id),
    )


def in_force(grants: Iterable[Grant], contractor_id: uuid.UUID | None) -> list[Grant]:
    """Return the grants that count for one of this contractor's people (None: for one of the city's own).

    A contractor's people work in its teams only, with nothing that is the city's to decide; the city's own people
    have no part in a contractor's team.
    """
    own = [grant for grant in grants if grant.contractor_id == contractor_id]
    if contractor_id is None:
        return own
    return [replace(grant, permissions=grant.permissions & CONTRACTOR_MAY) for grant in own]


def contract_state(starts_on: date, ends_on: date, ended_at: datetime | None, *, today: date) -> ContractState:
    """Say where a contract stands: access is from its first day to its last, unless somebody ended it earlier."""
    if ended_at is not None or today > ends_on:
        return ContractState.OVER
    return ContractState.COMING if today < starts_on else ContractState.RUNNING


#: What a browser calls itself, the most particular first: most also name those they descend from.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_of(user_agent: str) -> tuple[str, str]:
    """Return a browser and its system in words people know; what it calls itself, cut short, when we do not."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), user_agent[:60])
    return browser, next((name for mark, name in _SYSTEMS if mark in user_agent), "")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made. `raw` is shown once and kept nowhere; `hash` and `prefix` are stored."""

    raw: str
    prefix: str
    hash: str


_PREFIX_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def make_key() -> NewKey:
    """Make an API key `ch_<prefix>_<secret>` whose secret has 256 random bits."""
    prefix = "".join(secrets.choice(_PREFIX_LETTERS) for _ in range(8))
    raw = f"ch_{prefix}_{secrets.token_urlsafe(32)}"
    return NewKey(raw=raw, prefix=prefix, hash=key_hash(raw))


def key_hash(raw: str) -> str:
    """Return the SHA-256 (hex) of a key. A slow hash adds nothing: 256 random bits cannot be guessed."""
    return hashlib.sha256(raw.encode()).hexdigest()


def key_prefix(raw: str) -> str:
    """Return the prefix of a key, "" when it has not the form of one."""
    parts = raw.strip().split("_", 2)
    return parts[1] if len(parts) == 3 and parts[0] == "ch" and len(parts[1]) <= 12 and parts[2] else ""


def same_hash(stored: str, raw: str) -> bool:
    """Compare a stored hash with a key, in constant time."""
    return hmac.compare_digest(stored, key_hash(raw))
