"""Sending work back that a crew went to and could not do."""

from __future__ import annotations

import uuid
from typing import Any

from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import Action, Changed, State, Visibility
from cityhall.apps.service_requests.models import ServiceRequest
from cityhall.apps.service_requests.rules.submissions import MAX_SENTENCE
from cityhall.apps.service_requests.services import writing
from cityhall.apps.service_requests.services.life import WORK, move_locked
from cityhall.apps.service_requests.services.wording import refuse
from cityhall.apps.service_requests.services.work import note_locked, release_locked
from cityhall.kernel.actors import Actor


def put_back(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    reason: str,
    leave_team: bool = False,
    version: int | None = None,
    command_id: uuid.UUID | None = None,
) -> Changed:
    """Put begun or planned work back into the queue: it is received again and nobody's, and an internal note says why.

    Args:
        leave_team: it is not for this team, so the team is taken away, too.

    Raises:
        Invalid: field "state": it is closed, contested, or with another body.
    """
    refuse(rules.check_text("reason", reason, MAX_SENTENCE, at_least=1))

    def run() -> Changed:
        request = writing.locked(request_id, actor=actor, permission=WORK, version=version)
        if request.state != State.RECEIVED:
            move_locked(request, Action.PUT_BACK, "put_back", _unplanned, actor=actor)
        release_locked(request, actor, leave_team=leave_team)
        return note_locked(request, actor, reason, Visibility.INTERNAL)

    arguments = {"id": request_id, "reason": reason, "leave_team": leave_team, "version": version}
    return writing.command(command_id, "put_back", actor, arguments, run)


def _unplanned(request: ServiceRequest) -> dict[str, Any]:
    request.scheduled_for = None
    return {}
