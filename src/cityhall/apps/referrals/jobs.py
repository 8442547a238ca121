"""The room's background jobs."""

from __future__ import annotations

from procrastinate.contrib.django import app

from cityhall.apps.referrals import services


@app.periodic(cron="23 15 * * *")
@app.task(name="referrals.chase", queue="care", queueing_lock="referrals.chase")
def chase(timestamp: int = 0) -> None:
    """Remind the bodies whose answers are late."""
    services.chase_due()
