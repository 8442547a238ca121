"""Deciding what residents' texts and photos may show, and taking a request down."""

from __future__ import annotations

import uuid
from typing import Any

from cityhall.apps.service_requests.contracts import Changed, Fact, Showing, Visibility
from cityhall.apps.service_requests.models import AbuseReport, HistoryEvent, RequestPhoto, ServiceRequest
from cityhall.apps.service_requests.queries import catalogue
from cityhall.apps.service_requests.services import photos, writing
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, ActorKind


def moderate(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    version: int | None = None,
    command_id: uuid.UUID | None = None,
    show_text: bool | None = None,
    show_photos: bool | None = None,
    hidden: bool | None = None,
) -> Changed:
    """Show or withhold a request's texts and photos, or take all of it down. None leaves a thing as it is.

    Reports of abuse about the request count as settled. The category's policy still holds: what it withholds
    stays withheld.
    """
    decided = {"show_text": show_text, "show_photos": show_photos, "hidden": hidden}

    def run() -> Changed:
        request = writing.locked(request_id, actor=actor, permission="requests.moderate", version=version)
        _decide(request, show_text, show_photos, hidden)
        AbuseReport.objects.filter(request=request, settled_at__isnull=True).update(settled_at=clock.now())
        facts: dict[str, Any] = {key: value for key, value in decided.items() if value is not None}
        event = writing.add_event(request, actor, Fact.MODERATED, visibility=Visibility.INTERNAL, data=facts)
        return writing.finish(request, actor, "moderated", event=event, data=facts)

    return writing.command(command_id, "moderate", actor, {"id": request_id, "version": version, **decided}, run)


def _decide(request: ServiceRequest, show_text: bool | None, show_photos: bool | None, hidden: bool | None) -> None:
    if show_text is not None:
        request.showing = _showing(show_text)
        HistoryEvent.objects.filter(
            request=request, author_kind__in=[ActorKind.ANONYMOUS, ActorKind.RESIDENT, ActorKind.API_KEY]
        ).update(showing=_showing(show_text))
    if show_photos is not None:
        RequestPhoto.objects.filter(request=request, is_evidence=False).update(
            showing=_showing(show_photos), withheld_by_policy=False
        )
    if hidden is not None:
        request.hidden = hidden
    photos.settle(request, catalogue.policy_of(request.category))


def _showing(shown: bool) -> Showing:
    return Showing.SHOWN if shown else Showing.WITHHELD
