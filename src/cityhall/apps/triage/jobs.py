"""The room's background jobs."""

from __future__ import annotations

from procrastinate.contrib.django import app

from cityhall.apps.triage import services
from cityhall.kernel import clock


@app.periodic(cron="*/10 * * * *")
@app.task(name="triage.learn", queue="upkeep", queueing_lock="triage.learn", lock="triage.learn")
def learn(timestamp: int = 0) -> None:
    """Learn what words mean, where something has changed."""
    services.learn_if_due(clock.now())
