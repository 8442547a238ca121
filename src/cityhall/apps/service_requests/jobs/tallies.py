"""Adding up what changed in the tallies."""

from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(name="service_requests.add_up_tallies", queue="upkeep", queueing_lock="service_requests.add_up_tallies")
def add_up_tallies(timestamp: int) -> int:
    """Add the changes to what each month had; return how many there were. A new time zone counts all again."""
    with connection.cursor() as cursor:
        cursor.execute("select service_requests_add_up_tallies()")
        return int(cursor.fetchone()[0])
