"""Telling a request's followers what happened, by the notify room."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.functional import lazy

from cityhall.apps.notify import public as notify
from cityhall.apps.service_requests.contracts import Showing, number_text
from cityhall.apps.service_requests.models import BulkChange, HistoryEvent, ServiceRequest
from cityhall.apps.service_requests.queries import contesting, rows
from cityhall.apps.service_requests.queries.catalogue import policy_of
from cityhall.apps.service_requests.rules import pick, said_in, text_is_public
from cityhall.kernel import clock
from cityhall.kernel.actors import ActorKind

SUBJECT = "service_request"


def tell(
    request_id: uuid.UUID,
    template: str,
    *,
    after: timedelta | None = None,
    key: str | None = None,
    but_not: uuid.UUID | None = None,
    **context: Any,
) -> None:
    """Queue a message to every follower of a request, and of those it stands for.

    Args:
        template: name in `service_requests/mail/`, without its ending.
        after: how long to hold it; messages of a bulk change wait here for its undo.
        key: by which `notify.cancel` takes the messages back.
        but_not: the user who did it.
    """
    notify.tell_followers(
        SUBJECT,
        request_id,
        also=rows.stood_for(request_id),
        template=f"service_requests/{template}",
        context=context,
        after=after,
        key=key,
        but_not=but_not,
    )


def tell_of(
    request_id: uuid.UUID,
    template: str,
    *,
    event_id: uuid.UUID,
    change_id: uuid.UUID | None,
    hold_until: datetime | None,
) -> None:
    """Tell of one event of the history, unless it was undone or the request was taken down meanwhile."""
    request = ServiceRequest.objects.select_related("category").filter(id=request_id, hidden=False).first()
    event = HistoryEvent.objects.filter(id=event_id, visibility="public").first()
    if request is None or event is None:
        return
    # Locked, so that an undo finds what is written here, or we find that it was undone.
    change = BulkChange.objects.select_for_update().filter(id=change_id).first() if change_id else None
    if change is not None and change.undone_at is not None:
        return
    by_city = event.author_kind not in {ActorKind.ANONYMOUS, ActorKind.RESIDENT}
    readable = by_city or text_is_public(policy_of(request.category), Showing(event.showing))
    tell(
        request_id,
        template,
        after=max(hold_until - clock.now(), timedelta()) if hold_until else None,
        key=f"service-requests-change:{change_id}" if change_id else None,
        but_not=event.author_id,
        number=number_text(request.number),
        category=spoken(request.category.name),
        sentence=said(event.text, event.data.get("also") or {}) if readable else "",
        outcome=event.data.get("outcome", ""),
        on=date.fromisoformat(event.data["on"]) if event.data.get("on") else None,
        referred_to=event.data.get("referred_to", ""),
        path=page_of(number_text(request.number)),
        contest_path=contest_page_of(number_text(request.number)),
        is_for_good=contesting.settled_for_good(request.id, request.closed_at),
    )


def _page_of(number: str) -> str:
    return reverse("request-page", args=[number])


def page_of(number: str) -> Any:
    """Return the path of a request's page, found when it is written, in each reader's language."""
    return lazy(_page_of, str)(number)


def _contest_page_of(number: str) -> str:
    return reverse("request-not-fixed", args=[number])


def contest_page_of(number: str) -> Any:
    """Return the path of the page to contest a request on, found when it is written."""
    return lazy(_contest_page_of, str)(number)


def _said(text: str, also: dict[str, str]) -> str:
    return said_in(text, also, rows.language_of(None))


def said(text: str, also: dict[str, str]) -> Any:
    """Return a public sentence that is picked when it is written, in each reader's language."""
    return lazy(_said, str)(text, also) if text and also else text


def _spoken(names: dict[str, str]) -> str:
    return pick(names, rows.language_of(None))


def spoken(names: dict[str, str]) -> Any:
    """Return a translated text that is picked when it is written, in each reader's language."""
    return lazy(_spoken, str)(names)
