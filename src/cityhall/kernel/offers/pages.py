"""What rooms add to the menus and pages everybody sees."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cityhall.kernel.actors import Actor
from cityhall.kernel.registry import Registry
from cityhall.kernel.slots import Slot


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
        count: how much that is new waits there, for whoever looks; shown beside the label.
        begins_without: whoever sees it and lacks this permission begins there when they sign in; empty for nobody.
    """

    key: str
    menu: str
    label: Any
    url_name: str
    permission: str = ""
    order: int = 50
    count: Callable[[Actor], int] | None = None
    begins_without: str = ""


def _fit_nav(item: NavItem) -> None:
    if item.menu not in {"public", "desk", "account"}:
        raise ValueError(f"nav items: {item.key!r} names no known menu: {item.menu!r}")


nav_items: Registry[NavItem] = Registry("nav items", key=lambda item: item.key, check=_fit_nav)


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
        system: the system as people know it: "Service requests".
        text: one sentence.
    """

    key: str
    system: Any
    text: Any


not_built: Registry[NotBuilt] = Registry("not built yet", key=lambda item: item.key)


@dataclass(frozen=True, slots=True)
class Follows:
    """Something an account follows, as its page of them shows it.

    Args:
        title: translated.
        url: where it is.
        says: when they hear of it, in a few words.
        token: by which they leave.
    """

    title: str
    url: str
    says: Any
    token: str


@dataclass(frozen=True, slots=True)
class Followed:
    """A kind of thing that accounts follow. `found` returns what one of them does."""

    key: str
    found: Callable[[uuid.UUID], Sequence[Follows]]
    order: int = 50


followed: Registry[Followed] = Registry("followed", key=lambda item: item.key)
