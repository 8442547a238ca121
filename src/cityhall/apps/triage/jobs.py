"""The room's background jobs."""

from __future__ import annotations

from procrastinate.contrib.django import app

from cityhall.apps.triage import services
from cityhall.apps.triage.services.learning import LEARN, QUEUE
from cityhall.kernel import clock


@app.periodic(cron="*/10 * * * *")
@app.task(name=LEARN, queue=QUEUE, queueing_lock=LEARN, lock=LEARN)
def learn(timestamp: int = 0) -> None:
    """Learn what words mean, where something has changed."""
    services.learn_if_due(clock.now())
