"""What to tell a person whose file was refused: what is wrong, and what to do."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from cityhall.apps.documents.contracts import Limits
from cityhall.kernel.errors import Invalid

MEGA = 1_000_000


def limits() -> Limits:
    """Return the city's limits: settings CITYHALL_PHOTO_BYTES and CITYHALL_PHOTO_PIXELS."""
    return Limits(bytes=settings.CITYHALL_PHOTO_BYTES, pixels=settings.CITYHALL_PHOTO_PIXELS)


def refusal(code: str, *, field: str = "photo") -> Invalid:
    """Return the refusal for a rules code, in the reader's language."""
    bound = limits()
    texts = {
        "empty": _("This file is empty. Choose the photo again."),
        "too_big": _("This file is larger than %(size)s. Send a smaller photo.")
        % {"size": f"{bound.bytes / 2**20:.3g} MB"},
        "too_many_pixels": _("This photo has more than %(count)s megapixels. Send a smaller one.")
        % {"count": bound.pixels // MEGA},
        "unknown": _("This file is not a photo we can read. Send a JPEG, PNG, WebP or HEIC photo."),
        "not_photo": _("This file is a PDF. Send a JPEG, PNG, WebP or HEIC photo."),
        "animated": _("This picture moves. Send a still photo."),
        "damaged": _("This file is damaged or incomplete. Take or save the photo again, then send it."),
        "wrong_name": _("This file is not what its name says. Send the photo as your camera saved it."),
        "polyglot": _("This file holds more than a picture. Save the photo anew, then send it."),
    }
    return Invalid({field: texts[code]}, code=f"document_{code}")
