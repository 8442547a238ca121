"""Who may manage people, and what is written down when they do."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from cityhall.apps.identity.rules import WORK_PERMISSIONS
from cityhall.kernel.actors import Actor, ActorKind
from cityhall.kernel.django import audit, outbox
from cityhall.kernel.errors import NotAllowed

MANAGE = "identity.manage"


def may_manage(actor: Actor) -> None:
    """Raise NotAllowed unless the actor manages people."""
    if not actor.may(MANAGE):
        raise NotAllowed(_("Only an administrator may do this."))


def may_give(
    actor: Actor,
    permissions: Iterable[str],
    *,
    department_id: uuid.UUID | None = None,
    team_id: uuid.UUID | None = None,
) -> None:
    """Nobody hands out, or takes away, more than they hold themselves, or what reaches further than they do.

    Args:
        department_id, team_id: what the permissions are limited to; a team comes with its department.
    """
    if actor.kind is ActorKind.SYSTEM:
        return
    codes = set(permissions)
    reaches = not (actor.departments or actor.teams) or department_id in actor.departments or team_id in actor.teams
    # What no department limits, they hold everywhere themselves.
    if not codes <= actor.permissions or (codes & WORK_PERMISSIONS and not reaches):
        raise NotAllowed(_("This role may do more than you may, so you cannot give or take it."))


def record(actor: Actor, action: str, kind: str, subject: uuid.UUID, data: Mapping[str, object]) -> None:
    """Write the audit entry and the event of a change, in its transaction."""
    audit.record(actor, action, subject_kind=kind, subject_id=subject, data=data)
    outbox.record(action, subject_id=subject, data=data)
