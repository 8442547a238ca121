"""What the fields of a person's file are called in it, for people. Programs read data.json, which has their codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

_FIELDS: Final[Mapping[str, Any]] = {
    "kind": _("Kind"),
    "email": _("E-mail address"),
    "name": _("Name"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "phone": _("Telephone"),
    "language": _("Language"),
    "joined": _("Joined"),
    "last_sign_in": _("Last sign-in"),
    "started": _("Began"),
    "last_seen": _("Last seen"),
    "ip_address": _("Network address"),
    "browser": _("Browser"),
    "follows": _("Follows"),
    "since": _("Since"),
    "every": _("How often"),
    "message_to": _("Message to"),
    "subject": _("Subject"),
    "text": _("Text"),
    "sent_at": _("Sent"),
    "number": _("Number"),
    "category": _("Category"),
    "requested_at": _("Reported"),
    "description": _("Description"),
    "answers": _("Answers"),
    "address": _("Address"),
    "lat": _("Latitude"),
    "lon": _("Longitude"),
    "photos": _("Photos"),
    "fact": _("What happened"),
    "at": _("When"),
}


def of(field: str) -> str:
    """Return what a field is called; its code in words where it has no name."""
    return str(_FIELDS[field]) if field in _FIELDS else field.replace("_", " ")
