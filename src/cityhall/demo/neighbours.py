"""A resident of Harborview who follows a neighborhood, so that the outbox has a digest to look at."""

from __future__ import annotations

from datetime import datetime, timedelta

from cityhall.apps.identity import public as identity
from cityhall.apps.subscriptions import public as subscriptions
from cityhall.apps.subscriptions.contracts import Every, Watched
from cityhall.demo.accounts import ACCOUNTS
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, ActorKind

KIND, CODE = "neighbourhood", "downtown"


def load(now: datetime) -> None:
    """Let the demo's resident follow a neighborhood, and hear this morning what two days brought."""
    account = next(one for one in ACCOUNTS if one.role == "resident")
    resident = Actor(ActorKind.RESIDENT, identity.resident_account(account.email), account.name)
    with clock.held_at(now - timedelta(days=2)):
        subscriptions.subscribe(Watched(KIND, CODE), Every.DAY, actor=resident, language=account.language)
    with clock.held_at(now):
        subscriptions.send_due()
