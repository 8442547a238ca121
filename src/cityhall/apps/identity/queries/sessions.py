"""Reads: where an account is signed in."""

from __future__ import annotations

import uuid

from allauth.usersessions.models import UserSession

from cityhall.apps.identity import rules
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
    rows = sorted(UserSession.objects.purge_and_list(user), key=lambda row: row.created_at, reverse=True)
    return [
        SessionInfo(
            id=row.pk,
            started_at=row.created_at,
            address=row.ip,
            browser=browser,
            system=system,
            is_current=bool(current_key) and row.session_key == current_key,
        )
        for row, (browser, system) in ((row, rules.browser_of(row.user_agent)) for row in rows)
    ]
