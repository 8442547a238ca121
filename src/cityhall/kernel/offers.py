"""The registries rooms fill in `AppConfig.ready()`, read by whoever needs all of a kind."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cityhall.kernel.actors import Actor
from cityhall.kernel.ports import Slot
from cityhall.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of a menu.

    Args:
        key: unique name.
        menu: "public" (header), "desk" (staff) or "account".
        label: text or lazy translation.
        url_name: Django URL name.
        permission: who sees it; empty for everybody.
        order: lower comes first.
    """

    key: str
    menu: str
    label: Any
    url_name: str
    permission: str = ""
    order: int = 50


def _fit_nav(item: NavItem) -> None:
    if item.menu not in {"public", "desk", "account"}:
        raise ValueError(f"nav items: {item.key!r} names no known menu: {item.menu!r}")


nav_items: Registry[NavItem] = Registry("nav items", key=lambda item: item.key, check=_fit_nav)


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One thing that must hold before the program is ready. `check` returns "" or what is wrong and the mend."""

    key: str
    check: Callable[[], str]


health_checks: Registry[HealthCheck] = Registry("health checks", key=lambda item: item.key)


@dataclass(frozen=True, slots=True)
class PersonalData:
    """A room's personal data about one resident.

    Args:
        key: the room.
        export: returns JSON-ready rows about the user id.
        erase: blanks the personal fields about the user id and returns how many rows changed.
    """

    key: str
    export: Callable[[uuid.UUID], Iterable[Mapping[str, Any]]]
    erase: Callable[[uuid.UUID], int]


personal_data: Registry[PersonalData] = Registry("personal data", key=lambda item: item.key)


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission a room asks for, so that roles can be shown and checked in one place."""

    code: str
    label: Any


permissions: Registry[Permission] = Registry("permissions", key=lambda item: item.code)


@dataclass(frozen=True, slots=True)
class CityCard:
    """What every page says of the city: its name in the header, its time zone for dates (an IANA name)."""

    name: str
    time_zone: str = "UTC"


city_card: Slot[CityCard] = Slot("city card")
city_card.fill(lambda: CityCard(name="Cityhall"))


@dataclass(frozen=True, slots=True)
class NotBuilt:
    """Something a system does not do yet, said on the public page that lists them all.

    Args:
        key: unique name.
        system: the system as people know it: "Get It Done".
        text: one sentence.
    """

    key: str
    system: Any
    text: Any


not_built: Registry[NotBuilt] = Registry("not built yet", key=lambda item: item.key)


@dataclass(frozen=True, slots=True)
class AuditWords:
    """How a room's entries in the audit log read to people. What is not named is shown by its code.

    Args:
        key: the room; its actions are "<room>.<action>".
        actions: words for what comes after the dot, as in {"closed": "Closed it"}.
        subjects: words for the kinds of things that were acted on, as in {"service_request": "Request"}.
        pages: by kind, the URL name of its page, which takes the entry's "number".
    """

    key: str
    actions: Mapping[str, Any]
    subjects: Mapping[str, Any]
    pages: Mapping[str, str] = field(default_factory=dict)


audit_words: Registry[AuditWords] = Registry("audit words", key=lambda item: item.key)


@dataclass(frozen=True, slots=True)
class SetupCheck:
    """One thing a live city should have. `check` returns what is missing, each with its mend; nothing when all is well.

    Unlike a health check it never stops the city from serving; `cityhall doctor` reads it.
    """

    key: str
    check: Callable[[], Iterable[str]]


setup_checks: Registry[SetupCheck] = Registry("setup checks", key=lambda item: item.key)


@dataclass(frozen=True, slots=True)
class RequestPanel:
    """A part that a room adds to a service request's page at the desk.

    Args:
        key: unique name.
        template: what draws it: a section with a heading of the class "as-h3".
        context: what the template is given, by the request's id and whoever looks; None leaves the panel out.
        order: lower comes first.
    """

    key: str
    template: str
    context: Callable[[uuid.UUID, Actor], Mapping[str, Any] | None]
    order: int = 50


request_panels: Registry[RequestPanel] = Registry("request panels", key=lambda panel: panel.key)


@dataclass(frozen=True, slots=True)
class RequestFinder:
    """Finds service requests for the desk's search by words that another room keeps.

    `find` takes what was typed and returns few ids; the search shows only those among the actor's work.
    """

    key: str
    find: Callable[[str], Collection[uuid.UUID]]


request_finders: Registry[RequestFinder] = Registry("request finders", key=lambda finder: finder.key)
