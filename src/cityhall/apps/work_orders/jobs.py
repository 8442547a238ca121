"""The room's background jobs. In a copy that is only looked at they do nothing: what waits is the city's to send."""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from cityhall.apps.work_orders.services import polling, sending


@app.periodic(cron="* * * * *")
@app.task(name=sending.DELIVER, queue=sending.QUEUE)
def deliver(timestamp: int = 0) -> None:
    """Send what is due."""
    if not settings.CITYHALL_COPY:
        sending.deliver_due()


@app.periodic(cron="*/5 * * * *")
@app.task(name="work_orders.poll", queue=sending.QUEUE, queueing_lock="work_orders.poll", lock="work_orders.poll")
def poll(timestamp: int = 0) -> None:
    """Ask GeoReport servers what became of requests."""
    if not settings.CITYHALL_COPY:
        polling.poll()
