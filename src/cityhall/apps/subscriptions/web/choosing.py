"""What an address asks about: an area, a street, a kind of trouble."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from cityhall.apps.places import public as places
from cityhall.apps.subscriptions import queries
from cityhall.apps.subscriptions.contracts import Watched
from cityhall.kernel.django.translated import pick


def watched_of(given: Mapping[str, str]) -> Watched:
    """Read what is watched from a form or an address: `area` is "kind:code"; a street is called as the city does."""

    def text(name: str, most: int) -> str:
        return given.get(name, "").replace("\x00", "").strip()[:most]

    kind, _, code = text("area", 181).partition(":")
    street = text("street", 200)
    return Watched(kind, code, (queries.street_name(street) if street else "") or street, text("category", 60))


def query_of(watched: Watched) -> str:
    """Return the address's query for what is watched."""
    area = f"{watched.area_kind}:{watched.area_code}" if watched.area_kind else ""
    named = {"area": area, "street": watched.street, "category": watched.category}
    return urlencode({name: value for name, value in named.items() if value})


def areas() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the areas to choose from, under the name of their kind."""
    return [
        (pick(kind.name), [(f"{one.kind}:{one.code}", pick(one.name)) for one in places.areas(kind.code)])
        for kind in places.area_kinds()
        if kind.code != "boundary"
    ]
