"""The room's background jobs: a plan takes seconds, and no page waits for it."""

from __future__ import annotations

import uuid

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from cityhall.apps.day_plans.services import making


@app.task(name=making.MAKE, queue=making.QUEUE)
def make(plan_id: str) -> None:
    """Make a plan somebody asked for."""
    making.make(uuid.UUID(plan_id))


@app.task(name=making.REPLAN, queue=making.QUEUE, retry=RetryStrategy(max_attempts=3, wait=2))
def replan(plan_id: str, request_id: str) -> None:
    """Plan the rest of a day anew, with something urgent."""
    making.plan_urgent(uuid.UUID(plan_id), uuid.UUID(request_id))
