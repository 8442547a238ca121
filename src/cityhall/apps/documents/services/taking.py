"""Taking, publishing and removing documents."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO

from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.utils import timezone

from cityhall.apps.documents.contracts import Kind, Size, Taken
from cityhall.apps.documents.models import Document
from cityhall.apps.documents.rules import pictures, sniffing
from cityhall.apps.documents.rules.camera import Sighting
from cityhall.apps.documents.rules.pictures import Encoded
from cityhall.apps.documents.services.mends import limits, refusal
from cityhall.kernel import clock, ports
from cityhall.kernel.actors import Actor, ActorKind
from cityhall.kernel.ids import new_id
from cityhall.kernel.offers import Person

PREFIX = "documents/"
_PEOPLE = frozenset({ActorKind.RESIDENT, ActorKind.STAFF})


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is kept of an upload, and what its camera said. Nothing of it is kept yet."""

    kind: Kind
    made: dict[Size, Encoded]
    seen: Sighting | None


def take(upload: BinaryIO | bytes, *, filename: str, actor: Actor, kinds: Collection[str] = (Kind.IMAGE,)) -> Taken:
    """Check an upload, make it anew without metadata, and keep it. See `public.take`."""
    return take_prepared(prepare(upload, filename=filename, kinds=kinds), actor=actor)


def prepare(upload: BinaryIO | bytes, *, filename: str, kinds: Collection[str] = (Kind.IMAGE,)) -> Prepared:
    """Check an upload and make it anew without metadata. See `public.prepare`."""
    data = _bytes_of(upload)
    try:
        found = sniffing.sniff(data)
        sniffing.check_name(filename, found)
        if found.kind not in kinds:
            raise sniffing.Unfit("not_photo")
        sniffing.check_whole(data, found)
        if found.kind is Kind.PDF:
            return Prepared(found.kind, {Size.FULL: Encoded(data, found.media_type, "pdf", 0, 0)}, None)
        picture = pictures.read(
            data,
            found,
            most_pixels=limits().pixels,
            longest=pictures.LONGEST[Size.FULL],
            zone=timezone.get_current_timezone(),
            now=clock.now(),
        )
        return Prepared(found.kind, pictures.web_sizes(picture.pixels), picture.seen)
    except sniffing.Unfit as unfit:
        raise refusal(unfit.code) from unfit


def take_prepared(prepared: Prepared, *, actor: Actor) -> Taken:
    """Keep what was prepared."""
    row = _keep(prepared.kind, prepared.made, owner=actor.id if actor.kind in _PEOPLE else None)
    seen = prepared.seen
    return Taken(
        id=row.id,
        kind=prepared.kind,
        width=row.width,
        height=row.height,
        lat=seen.lat if seen else None,
        lon=seen.lon if seen else None,
        taken_at=seen.taken_at if seen else None,
    )


def _bytes_of(upload: BinaryIO | bytes) -> bytes:
    most = limits().bytes
    data = upload if isinstance(upload, bytes) else upload.read(most + 1)
    if len(data) > most:
        raise refusal("too_big")
    return data


def kept(kind: Kind, made: dict[Size, Encoded], *, owner: uuid.UUID | None) -> uuid.UUID:
    """Keep what was made of a document that is here already, for the same owner."""
    return _keep(kind, made, owner=owner).id


def _keep(kind: Kind, made: dict[Size, Encoded], *, owner: uuid.UUID | None) -> Document:
    """Write the blobs, then the row: a row never names a blob that is not there; a blob without a row is swept."""
    document_id = new_id()
    key = f"{PREFIX}{document_id.hex[-2:]}/{document_id}"
    store = ports.blob_store.get()
    sizes = {}
    for size, encoded in made.items():
        name = f"{key}/{size}.{encoded.extension}"
        store.put(name, encoded.data)
        sizes[str(size)] = {"key": name, "media_type": encoded.media_type}
    full = made[Size.FULL]
    return Document.objects.create(
        id=document_id,
        kind=kind,
        media_type=full.media_type,
        key=key,
        sizes=sizes,
        bytes=len(full.data),
        sha256=hashlib.sha256(full.data).hexdigest(),
        width=full.width or None,
        height=full.height or None,
        owner_id=owner,
        created_at=clock.now(),
    )


def publish(ids: Collection[uuid.UUID]) -> int:
    """Make documents public, and kept. Return how many there were."""
    return Document.objects.filter(id__in=ids).update(is_public=True, is_kept=True, is_withdrawn=False)


def unpublish(ids: Collection[uuid.UUID]) -> int:
    """Take documents out of public sight. Return how many there were."""
    return Document.objects.filter(id__in=ids).update(is_public=False)


def withdraw(ids: Collection[uuid.UUID]) -> int:
    """Take documents out of sight, whoever has an address of theirs. Return how many there were."""
    return Document.objects.filter(id__in=ids).update(is_public=False, is_withdrawn=True)


def keep(ids: Collection[uuid.UUID]) -> int:
    """Mark documents as in use, so that they are not swept. Return how many there were."""
    return Document.objects.filter(id__in=ids).update(is_kept=True, is_withdrawn=False)


def discard(ids: Collection[uuid.UUID]) -> int:
    """Remove documents: rows now, bytes when the transaction commits. Return how many there were.

    Raises:
        django.db.models.ProtectedError: another room's row still points at one.
    """
    with transaction.atomic():
        rows = list(Document.objects.filter(id__in=ids).select_for_update())
        keys = [size["key"] for row in rows for size in row.sizes.values()]
        Document.objects.filter(id__in=[row.id for row in rows]).delete()
        transaction.on_commit(lambda: _delete_blobs(keys))
    return len(rows)


def _delete_blobs(keys: Collection[str]) -> None:
    store = ports.blob_store.get()
    for key in keys:
        store.delete(key)


def unused(before: datetime) -> QuerySet[Document]:
    """Return the uploads from before a moment that nobody used."""
    return Document.objects.filter(is_kept=False, created_at__lt=before)


def sweep_unused(before: datetime, *, limit: int = 1000) -> int:
    """Remove uploads from before a moment that nobody used; return how many. One another room points at is kept."""
    swept = 0
    for document_id in list(unused(before).values_list("id", flat=True)[:limit]):
        try:
            swept += discard([document_id])
        except ProtectedError:
            keep([document_id])
    return swept


def sweep_orphans(*, older_than: timedelta = timedelta(days=1)) -> int:
    """Remove blobs without a row, left by a write that was rolled back or broken off; return how many.

    A UUIDv7 begins with its time, so a blob's age is read from its key; a young one may be in a write still under way.
    """
    store = ports.blob_store.get()
    before = int((clock.now() - older_than).timestamp() * 1000)
    by_id: dict[uuid.UUID, list[str]] = {}
    for key in store.keys(PREFIX):
        document_id = uuid.UUID(key.split("/")[2])
        if document_id.int >> 80 < before:
            by_id.setdefault(document_id, []).append(key)
    known = set(Document.objects.filter(id__in=by_id).values_list("id", flat=True))
    orphans = [key for document_id, keys in by_id.items() if document_id not in known for key in keys]
    _delete_blobs(orphans)
    return len(orphans) + store.sweep_broken_off(older_than=older_than)


def erase(person: Person) -> int:
    """Forget who uploaded a person's documents, and remove those nobody used; return how many rows changed.

    Photos in use stay: they are part of the record they were given to, which decides about them.
    """
    if person.account is None:
        return 0
    mine = Document.objects.filter(owner_id=person.account)
    with transaction.atomic():
        changed = mine.count()
        unused = list(mine.filter(is_kept=False).values_list("id", flat=True))
        mine.update(owner_id=None, title="")
        for document_id in unused:
            try:
                discard([document_id])
            except ProtectedError:
                keep([document_id])
    return changed
