"""Other portals' datasets in our catalogue: kept as links, and gone when their portal lists them no more."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cityhall.apps.opendata import rules
from cityhall.apps.opendata.contracts import PUBLISH, CatalogueKind, Harvested, Listed
from cityhall.apps.opendata.models import Dataset, Elsewhere, Portal
from cityhall.apps.opendata.rules import harvesting, sources
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.django.permissions import need
from cityhall.kernel.errors import Invalid, NotFound
from cityhall.kernel.snapshots import UnreadableFile
from cityhall.kernel.told import Told

_BATCH = 500
_LONGEST_REASON = 2000
_TEXTS = ("title", "description", "publisher", "licence", "keywords", "page", "files", "words", "seen_at")


def add_portal(
    address: str, kind: CatalogueKind, *, actor: Actor, name: str = "", title: str = "", schedule: str = "P1D"
) -> Portal:
    """Have a portal's catalogue read from now on, or change how one is that is known by its name or address.

    Raises:
        NotAllowed: without "opendata.publish".
        Invalid: by field: schedule, name.
    """
    need(actor, PUBLISH)
    every = rules.duration(schedule) if schedule else None
    if schedule and (every is None or every < sources.SHORTEST):
        raise Invalid({"schedule": _("Write an ISO 8601 duration of at least five minutes, such as P1D.")})
    host = urlsplit(address).hostname or ""
    name = rules.dataset_name(name or host.replace(".", " "))
    with transaction.atomic():
        portal = Portal.objects.select_for_update().filter(Q(name=name) | Q(address=address)).order_by("name").first()
        if portal is None:
            portal = Portal.objects.create(
                name=name, title=title or host, address=address, kind=kind, schedule=schedule
            )
            audit.record(
                actor, "opendata.portal_added", subject_kind="portal", subject_id=portal.id,
                data={"name": name, "address": address},
            )  # fmt: skip
            return portal
        if portal.name != name and Portal.objects.filter(name=name).exists():
            raise Invalid({"name": _("Another portal has this name.")})
        if portal.address != address:
            portal.mark = {}
        portal.address, portal.kind, portal.schedule, portal.title = address, kind, schedule, title or portal.title
        portal.save(update_fields=["address", "kind", "schedule", "title", "mark"])
    return portal


def remove_portal(name: str, *, actor: Actor) -> int:
    """Read a portal no more and take its datasets out of the catalogue; return how many that were.

    Raises:
        NotAllowed: without "opendata.publish".
        NotFound: no such portal.
    """
    need(actor, PUBLISH)
    with transaction.atomic():
        portal = Portal.objects.filter(name=name).first()
        if portal is None:
            raise NotFound(_("There is no portal of this name."))
        count = portal.listed.count()
        audit.record(
            actor, "opendata.portal_removed", subject_kind="portal", subject_id=portal.id,
            data={"name": name, "address": portal.address},
        )  # fmt: skip
        portal.delete()
    return count


def keep(portal: Portal, found: Sequence[Listed], skipped: Counter[str], mark: Mapping[str, Any]) -> Harvested:
    """List what a catalogue has, and what it has no more not any longer: all in one transaction.

    Raises:
        UnreadableFile: it lists nothing, where it listed something before.
    """
    now = clock.now()
    ours = {f"urn:uuid:{one}" for one in Dataset.objects.values_list("id", flat=True)}
    with transaction.atomic():
        before = set(portal.listed.values_list("identifier", flat=True))
        fit: dict[str, Listed] = {}
        for one in found:
            if one.identifier in fit:
                skipped["another has the same identifier"] += 1
            elif one.identifier in ours:
                skipped["it is one of ours"] += 1
            else:
                fit[one.identifier] = one
        names, rows = set(fit), list(fit.values())
        for at in range(0, len(rows), _BATCH):
            names -= _write(portal, rows[at : at + _BATCH], now, skipped)
        if before and not names:
            raise UnreadableFile(Told(gettext_noop("it lists no dataset any more")))
        portal.listed.exclude(seen_at=now).delete()
        Portal.objects.filter(id=portal.id).update(
            looked_at=now,
            next_at=sources.next_look(portal.schedule, now),
            failures=0,
            reason="",
            values={},
            mark=dict(mark),
        )
    return Harvested(portal.name, len(names), len(names - before), len(before - names), dict(skipped))


def _write(portal: Portal, batch: Sequence[Listed], now: datetime, skipped: Counter[str]) -> set[str]:
    """Write what no other portal lists already; return the identifiers of what one does."""
    known = [one.identifier for one in batch if harvesting.is_global(one.identifier)]
    others = set(
        Elsewhere.objects.filter(identifier__in=known).exclude(portal=portal).values_list("identifier", flat=True)
    )
    skipped.update({"another portal lists it": len(others)} if others else {})
    rows = [
        Elsewhere(
            portal=portal, identifier=one.identifier, title=one.title, description=one.description,
            publisher=one.publisher, licence=one.licence, keywords=list(one.keywords), page=one.page,
            files=[asdict(link) for link in one.files], words=harvesting.search_text(one), seen_at=now,
        )
        for one in batch
        if one.identifier not in others
    ]  # fmt: skip
    Elsewhere.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["portal", "identifier"], update_fields=_TEXTS
    )
    return others


def unchanged(portal_id: uuid.UUID) -> Harvested:
    """Keep that a catalogue is as it was."""
    now = clock.now()
    portal = Portal.objects.get(id=portal_id)
    Portal.objects.filter(id=portal_id).update(
        looked_at=now, next_at=sources.next_look(portal.schedule, now), failures=0, reason="", values={}
    )
    return Harvested(portal.name, portal.listed.count(), 0, 0, {}, is_new=False)


def failed(portal_id: uuid.UUID, reason: Told, retry_after: int | None = None) -> None:
    """Keep why a catalogue could not be read. What it listed before stays."""
    now = clock.now()
    portal = Portal.objects.get(id=portal_id)
    failures = portal.failures + 1
    Portal.objects.filter(id=portal_id).update(
        looked_at=now, failures=failures, reason=reason.text[:_LONGEST_REASON], values=dict(reason.values),
        next_at=sources.next_look(portal.schedule, now, failures, retry_after),
    )  # fmt: skip
