"""Who may manage connections, and as whom a connection acts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from cityhall.apps.work_orders.models import Connection
from cityhall.apps.work_orders.queries import MANAGE, is_managed_by
from cityhall.kernel.actors import Actor, ActorKind
from cityhall.kernel.django import audit
from cityhall.kernel.django.permissions import need
from cityhall.kernel.errors import NotFound


def locked(connection_id: uuid.UUID, actor: Actor) -> Connection:
    """Return a connection the actor manages, locked until the transaction ends. Raises NotAllowed, NotFound."""
    need(actor, MANAGE)
    found = Connection.objects.select_for_update().filter(id=connection_id).first()
    if found is None or not is_managed_by(actor, found):
        raise NotFound(_("There is no such connection."))
    return found


def record(actor: Actor, action: str, connection: Connection, data: Mapping[str, Any] | None = None) -> None:
    """Write the audit entry of a change."""
    facts = {"name": connection.name, **(data or {})}
    audit.record(actor, f"work_orders.{action}", subject_kind="connection", subject_id=connection.id, data=facts)


def acting(connection: Connection, *permissions: str) -> Actor:
    """Return the actor that a connection is: the history shows its name."""
    return Actor(ActorKind.API_KEY, connection.id, connection.name, frozenset(permissions))
