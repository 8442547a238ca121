"""Covering parts of a picture: a new document, with addresses of its own, beside the one it was made of."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.utils.translation import gettext as _
from PIL import Image

from cityhall.apps.documents import queries
from cityhall.apps.documents.contracts import Box, Kind, Size
from cityhall.apps.documents.models import Document
from cityhall.apps.documents.rules import pictures
from cityhall.apps.documents.services import taking
from cityhall.kernel.errors import NotFound


def cover(document_id: uuid.UUID, boxes: Sequence[Box]) -> uuid.UUID:
    """Make a picture anew with boxes covered. See `public.cover`."""
    made = pictures.web_sizes(pictures.covered(_pixels(document_id), boxes))
    owner = Document.objects.filter(id=document_id).values_list("owner_id", flat=True).first()
    return taking.kept(Kind.IMAGE, made, owner=owner)


def preview(document_id: uuid.UUID, boxes: Sequence[Box]) -> bytes:
    """Return a picture with boxes covered, as a JPEG that is kept nowhere. See `public.preview`."""
    done = pictures.covered(_pixels(document_id), boxes)
    return pictures.encode(done, longest=pictures.LONGEST[Size.WEB], form="JPEG", quality=80).data


def _pixels(document_id: uuid.UUID) -> Image.Image:
    found = queries.content(document_id)
    if found is None or found[1] != "jpg":
        raise NotFound(_("There is no such photo."))
    return pictures.opened(found[0])
