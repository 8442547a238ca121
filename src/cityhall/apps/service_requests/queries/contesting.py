"""Who may contest a closed request and what they must show; how often closings are contested."""

from __future__ import annotations

import hmac
import uuid
from datetime import datetime

from cityhall.apps.identity import public as identity
from cityhall.apps.notify import public as notify
from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import Contester, Fact
from cityhall.apps.service_requests.models import Contest, HistoryEvent, Reporter, ServiceRequest
from cityhall.apps.service_requests.queries import reading, rows
from cityhall.kernel.actors import Actor, ActorKind


def contester(request_id: uuid.UUID, actor: Actor, token: str = "") -> Contester:
    """Return who somebody is to a request: its reporter, a follower, the city itself, or a passer-by.

    Args:
        token: of the reporter's private page, or a follower's.
    """
    if actor.kind in {ActorKind.STAFF, ActorKind.SYSTEM}:
        return Contester.CITY
    reporter = Reporter.objects.filter(request_id=request_id).first()
    account = actor.id if actor.kind is ActorKind.RESIDENT else None
    if reporter is not None:
        proven = bool(token and reporter.private_token_hash) and any(
            hmac.compare_digest(kept, reporter.private_token_hash) for kept in reading.token_hashes(token)
        )
        if proven or (account is not None and _is_theirs(reporter, account)):
            return Contester.REPORTER
    follows = notify.follows(
        "service_request", request_id, also=rows.stood_for(request_id), user_id=account, token=token
    )
    return Contester.FOLLOWER if follows else Contester.PASSER_BY


def _is_theirs(reporter: Reporter, account: uuid.UUID) -> bool:
    """Say whether somebody reported it while signed in, or left the address they sign in with, which is proven."""
    if reporter.user_id == account:
        return True
    person = identity.person(account)
    return bool(person and person.email and reporter.email.lower() == person.email.lower())


def refused_before(request_id: uuid.UUID, closed_at: datetime | None) -> int:
    """Return how often a supervisor kept this closing as it is."""
    return Contest.objects.filter(request_id=request_id, closed_at=closed_at, upheld=False).count() if closed_at else 0


def settled_for_good(request_id: uuid.UUID, closed_at: datetime | None) -> bool:
    """Say whether a closing was contested and kept so often that nobody may contest it any more."""
    return "state" in rules.may_contest(Contester.CITY, photos=1, refused_before=refused_before(request_id, closed_at))


def photo_needed(request_id: uuid.UUID, actor: Actor, token: str = "") -> bool | None:
    """Say whether contesting needs a photo of this person; None when the closing was settled for good."""
    closed_at = ServiceRequest.objects.filter(id=request_id).values_list("closed_at", flat=True).first()
    if settled_for_good(request_id, closed_at):
        return None
    by, before = contester(request_id, actor, token), refused_before(request_id, closed_at)
    return bool(rules.may_contest(by, photos=0, refused_before=before))


def had_a_hand(request_id: uuid.UUID, user_id: uuid.UUID | None) -> bool:
    """Say whether somebody made, or approved, the closing that is contested now: they may not settle it."""
    if user_id is None:
        return False
    found = Contest.objects.filter(request_id=request_id, upheld__isnull=True).order_by("-at", "-id").first()
    if found is not None and found.closed_by_id == user_id:
        return True
    closing = HistoryEvent.objects.filter(request_id=request_id, fact=Fact.CLOSED).order_by("-at", "-id").first()
    return closing is not None and closing.data.get("approved_by") == str(user_id)
