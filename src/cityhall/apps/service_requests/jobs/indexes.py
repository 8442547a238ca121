"""Putting back the indexes that a load had set aside when it was killed."""

from __future__ import annotations

from procrastinate.contrib.django import app

from cityhall.apps.service_requests.services.indexes import put_back


@app.periodic(cron="* * * * *")
@app.task(name="service_requests.put_back_indexes", queue="upkeep", queueing_lock="service_requests.put_back_indexes")
def put_back_indexes(timestamp: int) -> None:
    """Make the indexes that are not there, unless a load is under way."""
    put_back()
