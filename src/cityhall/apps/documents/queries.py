"""Reading documents, and the addresses they are read at."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from cityhall.apps.documents.contracts import DocumentInfo, Kind, Size
from cityhall.apps.documents.models import Document
from cityhall.kernel import clock, ports
from cityhall.kernel.offers import Person

SIGNED_FOR = timedelta(hours=2)
_SALT = "cityhall.documents"


@dataclass(frozen=True, slots=True)
class Stored:
    """Where one size of a document is."""

    key: str
    media_type: str
    kind: Kind
    is_public: bool
    is_withdrawn: bool


def url(document_id: uuid.UUID, size: str = Size.WEB, *, signed: bool = False, withdrawn: bool = False) -> str:
    """Return the address of a size of a document. See `public.url`."""
    path = reverse("document", args=[document_id, Size(size).value])
    if not (signed or withdrawn):
        return path
    # Rounded up to the hour, so that a page shown again asks for the same address and the browser's copy serves.
    hour = 3600
    until = -int(-(clock.now() + SIGNED_FOR).timestamp() // hour) * hour
    return f"{path}?key={until}.{_signature(document_id, until, withdrawn=withdrawn)}"


def key_opens(key: str, document_id: uuid.UUID, *, is_withdrawn: bool = False) -> bool:
    """Say whether `key`, from a signed address, opens the document now; a withdrawn one has keys of its own."""
    until, _, signature = key.partition(".")
    if not (until.isascii() and until.isdecimal() and len(until) < 12):
        return False
    keys = (None, *settings.SECRET_KEY_FALLBACKS)
    sorts = (True,) if is_withdrawn else (True, False)
    made = (_signature(document_id, int(until), key, withdrawn=sort) for key in keys for sort in sorts)
    fits = any(constant_time_compare(signature, one) for one in made)
    return fits and int(until) > clock.now().timestamp()


def _signature(document_id: uuid.UUID, until: int, key: str | None = None, *, withdrawn: bool = False) -> str:
    salt = f"{_SALT}.withdrawn" if withdrawn else _SALT
    return signing.Signer(salt=salt).signature(f"{document_id}:{until}", key)


def stored(document_id: uuid.UUID, size: str) -> Stored | None:
    """Return where a size of a document is, None when there is no such thing."""
    row = Document.objects.filter(id=document_id).values("sizes", "kind", "is_public", "is_withdrawn").first()
    found = row["sizes"].get(size) if row else None
    if row is None or found is None:
        return None
    return Stored(found["key"], found["media_type"], Kind(row["kind"]), row["is_public"], row["is_withdrawn"])


def look_through() -> tuple[int, list[str]]:
    """Read every document's bytes. See `public.look_through`."""
    store, looked_at, damaged = ports.blob_store.get(), 0, []
    for row in Document.objects.order_by("id").iterator(chunk_size=1000):
        for size, found in row.sizes.items():
            looked_at += 1
            try:
                with store.open(found["key"]) as body:
                    digest = hashlib.file_digest(body, "sha256").hexdigest()  # type: ignore[arg-type]
            except FileNotFoundError:
                damaged.append(f"the {size} size of document {row.id} is not there")
            else:
                if size == Size.FULL and digest != row.sha256:
                    damaged.append(f"document {row.id} has other bytes than it was stored with")
    return looked_at, damaged


def info(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, DocumentInfo]:
    """Return what is known of documents, by id; ids of nothing are left out. One query."""
    return {
        row.id: DocumentInfo(
            id=row.id,
            kind=Kind(row.kind),
            media_type=row.media_type,
            bytes=row.bytes,
            width=row.width,
            height=row.height,
            title=row.title,
            is_public=row.is_public,
            created_at=row.created_at,
        )
        for row in Document.objects.filter(id__in=ids)
    }


def content(document_id: uuid.UUID) -> tuple[bytes, str] | None:
    """Return a document's full size and its blob's ending. See `public.content`."""
    found = stored(document_id, Size.FULL)
    if found is None:
        return None
    try:
        with ports.blob_store.get().open(found.key) as body:
            return body.read(), found.key.rpartition(".")[2]
    except FileNotFoundError:
        return None


def export(person: Person) -> Iterable[Mapping[str, Any]]:
    """Return what the room keeps about a person: the documents they uploaded."""
    if person.account is None:
        return
    for row in Document.objects.filter(owner_id=person.account).order_by("id"):
        yield {
            "photos": [str(row.id)],
            "kind": row.kind,
            "title": row.title,
            "bytes": row.bytes,
            "is_public": row.is_public,
            "uploaded_at": row.created_at.isoformat(),
        }
