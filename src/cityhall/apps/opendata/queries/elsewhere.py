"""What other publishers list, as our catalogue links to it."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.db.models import Count, QuerySet

from cityhall.apps.opendata.contracts import PUBLISH, CatalogueInfo, ElsewhereInfo, Link, Listed
from cityhall.apps.opendata.models import Elsewhere, Portal
from cityhall.apps.opendata.rules import harvesting
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.permissions import need
from cityhall.kernel.text import folded_words
from cityhall.kernel.told import Told

_MOST_WORDS = 10


def elsewhere(words: str = "", portal: str = "") -> QuerySet[Elsewhere]:
    """Return other publishers' datasets in which each of these words begins a word, by title."""
    found = Elsewhere.objects.select_related("portal").order_by("title", "id")
    for word in folded_words(words)[:_MOST_WORDS]:
        found = found.filter(words__contains=f" {word}")
    return found.filter(portal__name=portal) if portal else found


def elsewhere_info(row: Elsewhere) -> ElsewhereInfo:
    """Return what is told of another publisher's dataset."""
    listed = Listed(
        identifier=row.identifier, title=row.title, description=row.description, publisher=row.publisher,
        licence=row.licence, keywords=tuple(row.keywords), page=row.page,
        files=tuple(Link(**one) for one in row.files),
    )  # fmt: skip
    host = urlsplit(row.page).hostname or ""
    return ElsewhereInfo(listed, row.portal.title, host, harvesting.address(row.licence), row.seen_at)


def portals() -> list[tuple[str, str]]:
    """Return the names and titles of portals that list something."""
    return list(Portal.objects.filter(listed__isnull=False).distinct().order_by("title").values_list("name", "title"))


def catalogues(actor: Actor) -> list[CatalogueInfo]:
    """Return the catalogues that are read, those that could not be read last time first. Raises NotAllowed."""
    need(actor, PUBLISH)
    return [
        CatalogueInfo(
            title=row.title, where=urlsplit(row.address).hostname or "", schedule=row.schedule, listed=row.count,
            looked_at=row.looked_at, next_at=row.next_at, reason=Told(row.reason, row.values) if row.reason else None,
        )
        for row in Portal.objects.annotate(count=Count("listed")).order_by("-failures", "title")
    ]  # fmt: skip
