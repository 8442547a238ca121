"""What the program is called where it acts itself, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from cityhall.kernel.actors import ActorKind

#: By the label that the history and the audit log keep. Whoever is not named here is called by the label.
_PROGRAM: Mapping[str, Any] = {
    "Category pack": _("Category pack"),
    "Command line": _("Command line"),
    "Contracts": _("Contracts"),
    "Day plan": _("Day plan"),
    "Duplicates": _("Duplicates"),
    "Erasure": _("Erasure"),
    "Import": _("Import"),
    "Live open data": _("Live open data"),
    "Offices": _("Offices"),
    "Referrals": _("Referrals"),
    "Retention schedule": _("Retention schedule"),
    "Routing": _("Routing"),
    "Scheduled source": _("Scheduled source"),
    "Set-up": _("Set-up"),
    "Single sign-on": _("Single sign-on"),
}
_KINDS: Mapping[str, Any] = {
    ActorKind.ANONYMOUS: _("Resident"),
    ActorKind.RESIDENT: _("Resident"),
    ActorKind.STAFF: _("City staff"),
    ActorKind.API_KEY: _("API key"),
    ActorKind.SYSTEM: _("The program"),
}


def author_name(kind: str, label: str) -> str:
    """Return how whoever did something is called: their label, and what they are if they have none.

    Args:
        kind: an `ActorKind`.
        label: as the actor had it.
    """
    if kind == ActorKind.SYSTEM and label:
        # Entries of before began some labels with a small letter, and no entry is ever changed.
        return str(_PROGRAM.get(label[0].upper() + label[1:], label))
    if not label or kind in {ActorKind.ANONYMOUS, ActorKind.RESIDENT}:
        return str(_KINDS.get(kind, kind))
    return label
