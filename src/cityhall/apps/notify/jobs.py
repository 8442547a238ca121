"""The notify room's background jobs."""

from __future__ import annotations

from procrastinate.contrib.django import app

from cityhall.apps.notify.services import delivering
from cityhall.apps.notify.services.writing import DELIVER


@app.periodic(cron="* * * * *")
@app.task(name=DELIVER, queue="mail")
def deliver(timestamp: int = 0) -> None:
    """Send what is due."""
    delivering.deliver_due()
