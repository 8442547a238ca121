"""The offices room's background job."""

from __future__ import annotations

from procrastinate.contrib.django import app

from cityhall.apps.offices import services


@app.periodic(cron="11,41 * * * *")
@app.task(name="offices.send_reports", queue="upkeep", queueing_lock="offices.send_reports")
def send_reports(timestamp: int = 0) -> int:
    """Send the weekly reports whose turn has come; return how many mails were queued."""
    return services.send_due()
