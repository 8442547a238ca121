"""What a service or a guarded read asks of its actor first."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext_lazy as _

from cityhall.kernel.actors import Actor
from cityhall.kernel.errors import NotAllowed

DENIED = _("Your account may not do this. Ask your administrator for access.")


def need(actor: Actor, permission: str) -> None:
    """Raise NotAllowed unless the actor holds the permission."""
    if not actor.may(permission):
        raise NotAllowed(DENIED)


def need_person(actor: Actor, permission: str) -> uuid.UUID:
    """Return the id of an actor who is a person and holds the permission; raise NotAllowed for others."""
    need(actor, permission)
    if actor.id is None:
        raise NotAllowed(DENIED)
    return actor.id
