"""Reading other portals' catalogues: a document of DCAT, entry by entry, or CKAN's answers, page by page."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import ijson
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cityhall.apps.opendata.contracts import CatalogueKind, Harvested, Listed
from cityhall.apps.opendata.imports.paging import Pages, fetch
from cityhall.apps.opendata.models import Portal
from cityhall.apps.opendata.rules import harvesting, sources
from cityhall.apps.opendata.services import harvesting as keeping
from cityhall.apps.opendata.services.making import place_to_write
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django.translated import say
from cityhall.kernel.downloads import Known
from cityhall.kernel.errors import CityhallError, Invalid
from cityhall.kernel.ports import FetchRefused, FetchUnavailable
from cityhall.kernel.snapshots import UnreadableFile
from cityhall.kernel.told import Told

logger = logging.getLogger(__name__)
MOST_ENTRIES: Final = 20_000
LARGEST: Final = 64 * 1024**2
#: A graph is held in memory: its parts refer to one another.
_LARGEST_GRAPH: Final = 16 * 1024**2
_CKAN_PAGE: Final = 500
_LISTS: Final = ("dataset.item", "dcat:dataset.item", "item")
_DOCUMENTS: Final = (".json", ".jsonld")


def harvest(address: str, *, actor: Actor, name: str = "", title: str = "", schedule: str = "P1D") -> Harvested:
    """Have a portal's catalogue read, now and on a schedule, and its datasets linked to.

    Args:
        address: of the catalogue's document, or of the portal: then its /data.json is read, or CKAN's answers.
        name: of the portal; its host's when left out.
        title: what people read.

    Raises:
        NotAllowed: without "opendata.publish".
        Invalid: by field: address, catalogue, schedule, name.
    """
    if problem := sources.address_objection(address):
        raise Invalid({"address": problem})
    base = address.split("#")[0].rstrip("/")
    path = urlsplit(base).path
    if "/api/3/action" in path or "/api/action" in path:
        base = base.split("/api/")[0]
        tries = [(CatalogueKind.CKAN, base)]
    elif path.endswith(_DOCUMENTS) or urlsplit(base).query:
        tries = [(CatalogueKind.DCAT, base)]
    else:
        tries = [(CatalogueKind.DCAT, f"{base}/data.json"), (CatalogueKind.CKAN, base)]
    known = Portal.objects.filter(Q(address__in=[found for _kind, found in tries])).first()
    if known is not None:
        tries = [(CatalogueKind(known.kind), known.address)]
    for kind, found in tries[:-1]:
        if _is_there(found):
            tries = [(kind, found)]
            break
    kind, found = tries[-1]
    portal = keeping.add_portal(found, kind, actor=actor, name=name, title=title, schedule=schedule)
    with _gone_if_new(portal, actor, is_new=known is None):
        return look(portal)


def harvest_file(file: Path, *, actor: Actor, name: str = "", title: str = "") -> Harvested:
    """Read a catalogue's document from the disk, once, and link to its datasets.

    Args:
        file: DCAT-US or JSON-LD, as at a portal's address.
        name: of the portal; the file's when left out.
        title: what people read.

    Raises:
        NotAllowed: without "opendata.publish".
        Invalid: by field: catalogue, name.
    """
    address = file.resolve().as_uri()
    is_new = not Portal.objects.filter(address=address).exists()
    portal = keeping.add_portal(
        address, CatalogueKind.DCAT, actor=actor, name=name or file.stem, title=title or file.stem, schedule=""
    )
    with _gone_if_new(portal, actor, is_new=is_new), _told(portal, str(file)):
        if file.stat().st_size > LARGEST:
            raise UnreadableFile(Told(gettext_noop("it is larger than %(most)s MB"), {"most": LARGEST // 1024**2}))
        return _linked(portal, file, {})


def harvest_due() -> int:
    """Read the catalogues that are due; return how many were. One that fails stops no other."""
    due = Portal.objects.exclude(schedule="").filter(Q(next_at=None) | Q(next_at__lte=clock.now()))
    read = 0
    for portal in due.order_by("next_at", "name"):
        try:
            look(portal)
            read += 1
        except CityhallError as problem:
            logger.warning("harvest_refused", extra={"portal": portal.name, "reason": str(problem)})
        except Exception as problem:
            told = Told(
                gettext_noop("something broke here (%(what)s); the log of the worker says more"),
                {"what": type(problem).__name__},
            )
            keeping.failed(portal.id, told)
            logger.exception("harvest_failed", extra={"portal": portal.name})
    return read


def look(portal: Portal) -> Harvested:
    """Read a portal's catalogue. Raises Invalid: field "catalogue"; what it listed before stays."""
    with _told(portal, portal.address), place_to_write() as folder:
        if portal.kind == CatalogueKind.CKAN:
            skipped: Counter[str] = Counter()
            packages = _listed(_packages(portal, folder), partial(harvesting.from_ckan, base=portal.address), skipped)
            return keeping.keep(portal, packages, skipped, {})
        file = folder / "catalogue"
        known = Known(**portal.mark) if portal.mark.keys() == {"etag", "modified"} else Known()
        done = fetch(portal.address, file, known=known, largest=LARGEST)
        if done is None:
            return keeping.unchanged(portal.id)
        return _linked(portal, file, asdict(done.known) if done.known != Known() else {})


def _linked(portal: Portal, file: Path, mark: Mapping[str, Any]) -> Harvested:
    skipped: Counter[str] = Counter()
    return keeping.keep(portal, _listed(_document(file), harvesting.from_dcat, skipped), skipped, mark)


@contextmanager
def _gone_if_new(portal: Portal, actor: Actor, *, is_new: bool) -> Iterator[None]:
    """Leave nothing of a portal whose first look fails."""
    try:
        yield
    except Invalid:
        if is_new and portal.looked_at is None:
            keeping.remove_portal(portal.name, actor=actor)
        raise


@contextmanager
def _told(portal: Portal, where: str) -> Iterator[None]:
    """Keep why a look failed, and say it. Raises Invalid: field "catalogue"."""
    try:
        yield
    except (FetchRefused, FetchUnavailable, UnreadableFile) as problem:
        keeping.failed(portal.id, Told.by(problem), getattr(problem, "retry_after", None))
        said = _("%(address)s: %(why)s. What it listed before stays.")
        raise Invalid({"catalogue": said % {"address": where, "why": say(Told.by(problem))}}) from problem


def _is_there(address: str) -> bool:
    """Say whether a document is to be had at an address. A server that does not answer now is asked later."""
    with place_to_write() as folder:
        try:
            fetch(address, folder / "tried", largest=LARGEST)
        except FetchRefused:
            return False
        except FetchUnavailable:
            return True
    return True


def _listed(entries: Iterator[Any], read: Callable[[Any], Listed], skipped: Counter[str]) -> list[Listed]:
    found = []
    for count, entry in enumerate(entries):
        if count >= MOST_ENTRIES:
            skipped[f"there are more than {MOST_ENTRIES:,}"] += 1
            break
        try:
            found.append(read(entry))
        except harvesting.Unlisted as problem:
            skipped[str(problem)] += 1
    return found


def _document(file: Path) -> Iterator[Any]:
    """Give the entries of a document, wherever in it they are listed."""
    for prefix in _LISTS:
        found = _items(file, prefix)
        first = next(found, None)
        if first is not None:
            yield first
            yield from found
            return
    yield from harvesting.graph(_whole(file))


def _items(file: Path, prefix: str) -> Iterator[Any]:
    with file.open("rb") as opened:
        try:
            yield from ijson.items(opened, prefix, use_float=True)
        except (ijson.JSONError, UnicodeError, ValueError) as problem:
            raise UnreadableFile(Told(gettext_noop("it is no JSON that can be read to its end"))) from problem


def _whole(file: Path) -> list[Any]:
    """Return the nodes of a graph, or the one dataset a document is about."""
    if file.stat().st_size > _LARGEST_GRAPH:
        raise UnreadableFile(Told(gettext_noop("it is larger than 16 MB, and lists its datasets as a graph")))
    try:
        found = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as problem:
        raise UnreadableFile(Told(gettext_noop("it is no JSON"))) from problem
    nodes = found.get("@graph", [found]) if isinstance(found, dict) else []
    return nodes if isinstance(nodes, list) else []


def _packages(portal: Portal, folder: Path) -> Iterator[Any]:
    pages, start = Pages(folder), 0
    while True:
        asked = urlencode({"rows": _CKAN_PAGE, "start": start, "sort": "id asc"})
        pages.get(f"{portal.address}/api/3/action/package_search?{asked}", largest=LARGEST)
        found = list(_items(pages.file, "result.results.item"))
        if not found and not start and not list(_items(pages.file, "result.count")):
            raise UnreadableFile(Told(gettext_noop("it does not answer as CKAN does")))
        if not found:
            return
        pages.goes_on()
        yield from found
        start += len(found)
