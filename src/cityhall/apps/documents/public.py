"""What other rooms may ask of the documents room."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import BinaryIO

from cityhall.apps.documents import queries
from cityhall.apps.documents.contracts import Box, DocumentInfo, Kind, Size, Taken
from cityhall.apps.documents.services import covering, taking
from cityhall.apps.documents.services.storage import CleanStorage, cleaned_file
from cityhall.apps.documents.services.taking import Prepared
from cityhall.kernel.actors import Actor

__all__ = [
    "CleanStorage",
    "Prepared",
    "cleaned_file",
    "content",
    "cover",
    "discard",
    "info",
    "keep",
    "look_through",
    "prepare",
    "preview",
    "publish",
    "take",
    "take_prepared",
    "unpublish",
    "url",
    "withdraw",
]


def take(upload: BinaryIO | bytes, *, filename: str, actor: Actor, kinds: Collection[str] = (Kind.IMAGE,)) -> Taken:
    """Check an upload by its content, make it anew without any metadata, and keep it in its web sizes.

    The document is not public and counts as unused: `publish` or `keep` it within a week, or it is swept.
    What the camera said of place and time is in the answer only; a time without an offset is read in Django's
    current time zone. How many files one request may carry is for the caller to limit.

    Args:
        upload: the file; no more than the limit is read from it.
        filename: as the uploader named it; an extension that contradicts the content is refused.
        kinds: "image", "pdf" or both. A PDF is kept as it is, metadata included: take one from staff only.

    Raises:
        Invalid: field "photo": empty, too large, of no known format, moving, damaged, misnamed or a polyglot.
    """
    return taking.take(upload, filename=filename, actor=actor, kinds=kinds)


def prepare(upload: BinaryIO | bytes, *, filename: str, kinds: Collection[str] = (Kind.IMAGE,)) -> Prepared:
    """Do of `take` what needs no database: check an upload and make its web sizes. For many, in a thread of its own.

    Raises:
        Invalid: as `take`.
    """
    return taking.prepare(upload, filename=filename, kinds=kinds)


def take_prepared(prepared: Prepared, *, actor: Actor) -> Taken:
    """Keep what `prepare` made, as `take` does."""
    return taking.take_prepared(prepared, actor=actor)


def url(document_id: uuid.UUID, size: str = Size.WEB, *, signed: bool = False, withdrawn: bool = False) -> str:
    """Return the path of a size ("thumb" 320 px, "web" 1280 px, "full" at most 2560 px). No query.

    Args:
        signed: add a key that opens a document which is not public, for between two and three hours. Give it only
            to somebody who may see the document.
        withdrawn: the key opens a withdrawn document, too. Give it only to somebody who may see what is covered.
    """
    return queries.url(document_id, size, signed=signed, withdrawn=withdrawn)


def info(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, DocumentInfo]:
    """Return what is known of documents, by id; ids of nothing are left out. One query."""
    return queries.info(ids)


def content(document_id: uuid.UUID) -> tuple[bytes, str] | None:
    """Return a document's full size and the ending of a file's name for it ("jpg"); None when it is not there."""
    return queries.content(document_id)


def cover(document_id: uuid.UUID, boxes: Sequence[Box]) -> uuid.UUID:
    """Make a picture anew, in every size, with boxes covered beyond recovery; return the new document's id.

    It is neither public nor in use yet, and belongs to whom the first one belongs to. That one stays as it is.

    Raises:
        NotFound: there is no such picture.
    """
    return covering.cover(document_id, boxes)


def preview(document_id: uuid.UUID, boxes: Sequence[Box]) -> bytes:
    """Return the web size of what `cover` would make, as a JPEG. Nothing is kept.

    Raises:
        NotFound: there is no such picture.
    """
    return covering.preview(document_id, boxes)


def look_through() -> tuple[int, list[str]]:
    """Read every document's bytes; return how many files there were, and what is missing or differs, in words."""
    return queries.look_through()


def publish(ids: Collection[uuid.UUID]) -> int:
    """Let everybody see the documents; they count as used. Return how many there were."""
    return taking.publish(ids)


def unpublish(ids: Collection[uuid.UUID]) -> int:
    """Take the documents out of public sight; they stay kept. Return how many there were."""
    return taking.unpublish(ids)


def withdraw(ids: Collection[uuid.UUID]) -> int:
    """Put others in the place of the documents: no address given out before opens them. Return how many there were.

    They stay kept, and open with a key made with `withdrawn`, until they are published or kept again.
    """
    return taking.withdraw(ids)


def keep(ids: Collection[uuid.UUID]) -> int:
    """Count the documents as used without publishing them. Return how many there were."""
    return taking.keep(ids)


def discard(ids: Collection[uuid.UUID]) -> int:
    """Remove documents for good, bytes included once the transaction commits. Return how many there were.

    Raises:
        django.db.models.ProtectedError: a row of another room still points at one.
    """
    return taking.discard(ids)
