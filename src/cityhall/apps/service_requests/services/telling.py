"""Telling a request's followers what happened, by the notify room."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from cityhall.apps.service_requests.queries.rooms import notify
from cityhall.apps.service_requests.services import writing


def tell(
    request_id: uuid.UUID, template: str, *, after: datetime | None = None, key: str | None = None, **context: Any
) -> None:
    """Queue a message to every follower of a request.

    Args:
        template: name in `service_requests/mail/`, without its ending.
        after: not before; messages of a bulk change wait here for its undo.
        key: by which `notify.cancel` takes the messages back.
    """
    notify.tell_followers(
        writing.SUBJECT,
        request_id,
        template=f"service_requests/mail/{template}",
        context=context,
        after=after,
        key=key,
    )
