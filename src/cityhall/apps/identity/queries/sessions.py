"""Reads: where an account is signed in."""

from __future__ import annotations

import uuid

from allauth.usersessions.models import UserSession

from cityhall.apps.identity.contracts import SessionInfo
from cityhall.apps.identity.models import User


def sessions_of(user_id: uuid.UUID, *, current_key: str = "") -> list[SessionInfo]:
    """Return the sessions of an account that still work, the newest first.

    Args:
        current_key: the key of the session that asks.
    """
    user = User.objects.filter(id=user_id).first()
    if user is None:
        return []
    return [
        SessionInfo(
            id=row.pk,
            started_at=row.created_at,
            address=row.ip,
            browser=row.user_agent,
            is_current=bool(current_key) and row.session_key == current_key,
        )
        for row in sorted(UserSession.objects.purge_and_list(user), key=lambda row: row.created_at, reverse=True)
    ]
