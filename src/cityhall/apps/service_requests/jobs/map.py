"""Adding up what changed on the map."""

from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(name="service_requests.add_up_map", queue="upkeep", queueing_lock="service_requests.add_up_map")
def add_up_map(timestamp: int) -> int:
    """Add the changes to the counts by hexagon, so that a map reads few of them; return how many there were."""
    with connection.cursor() as cursor:
        cursor.execute("select service_requests_add_up_map()")
        return int(cursor.fetchone()[0])
