"""Ending sessions: one or all, by the person or by an administrator."""

from __future__ import annotations

import uuid

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cityhall.apps.identity.models import User
from cityhall.apps.identity.services import records, staff
from cityhall.kernel.actors import Actor
from cityhall.kernel.errors import NotAllowed, NotFound


def end_sessions(*, actor: Actor, user_id: uuid.UUID, session_id: int | None = None, but_not_key: str = "") -> int:
    """Sign an account out of one session or of all; return how many ended.

    Args:
        session_id: the one to end; None for all.
        but_not_key: the key of a session that stays: the one that asks.

    Raises:
        NotAllowed: somebody else's account, and the actor may not manage people or may do less than the person.
        NotFound: no such account, or no such session of it.
    """
    with transaction.atomic():
        if actor.id is None:
            raise NotAllowed(_("Sign in first."))
        if user_id != actor.id:
            staff.other_account(actor, user_id)
        elif not User.objects.filter(id=user_id).exists():
            raise NotFound(_("There is no such account."))
        rows = UserSession.objects.filter(user_id=user_id).exclude(session_key=but_not_key)
        if session_id is not None:
            rows = rows.filter(pk=session_id)
        found = list(rows)
        if session_id is not None and not found:
            raise NotFound(_("That session has ended already. Load the page again."))
        for session in found:
            session.end()
        if found:
            records.record(actor, "identity.sessions_ended", "account", user_id, {"n": len(found)})
    return len(found)
