"""The room's background jobs."""

from __future__ import annotations

from procrastinate.contrib.django import app

from cityhall.apps.estimates.services import learning, saying


@app.periodic(cron="23 3 * * *")
@app.task(name="estimates.learn", queue="care", queueing_lock="estimates.learn", lock="estimates.learn")
def learn(timestamp: int = 0) -> None:
    """Learn dates anew, and tell followers where what was said no longer holds."""
    if learning.learn() is not None:
        saying.look_again()
