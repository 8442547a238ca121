"""The subscriptions room's background job."""

from __future__ import annotations

from procrastinate.contrib.django import app

from cityhall.apps.subscriptions import services


@app.periodic(cron="3,33 * * * *")
@app.task(name="subscriptions.send_digests", queue="upkeep", queueing_lock="subscriptions.send_digests")
def send_digests(timestamp: int = 0) -> int:
    """Send the digests whose turn has come; return how many subscriptions had something to tell."""
    return services.send_due()
