"""Looking for requests that repeat an earlier one."""

from __future__ import annotations

from procrastinate.contrib.django import app

from cityhall.apps.service_requests.services import likeness


@app.periodic(cron="* * * * *")
@app.task(name="service_requests.look_for_repeats", queue="upkeep", queueing_lock="service_requests.look_for_repeats")
def look_for_repeats(timestamp: int) -> int:
    """Look at open requests nobody has looked at yet: imported ones, and those whose original closed."""
    return likeness.look_on()
