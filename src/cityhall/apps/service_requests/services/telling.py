"""Telling a request's followers what happened, by the notify room."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from cityhall.apps.notify import public as notify
from cityhall.apps.service_requests.services import writing


def tell(
    request_id: uuid.UUID, template: str, *, after: timedelta | None = None, key: str | None = None, **context: Any
) -> None:
    """Queue a message to every follower of a request.

    Args:
        template: name in `service_requests/mail/`, without its ending.
        after: how long to hold it; messages of a bulk change wait here for its undo.
        key: by which `notify.cancel` takes the messages back.
    """
    notify.tell_followers(
        writing.SUBJECT,
        request_id,
        template=f"service_requests/{template}",
        context=context,
        after=after,
        key=key,
    )
