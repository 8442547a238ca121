"""Looking for requests that repeat an earlier one."""

from __future__ import annotations

from procrastinate.contrib.django import app

from cityhall.apps.service_requests.services import likeness


@app.periodic(cron="* * * * *")
@app.task(name="service_requests.look_for_repeats", queue="upkeep", queueing_lock="service_requests.look_for_repeats")
def look_for_repeats(timestamp: int) -> int:
    """Look at open requests that wait for it: loaded ones, and those whose original closed."""
    return likeness.look_on()


@app.periodic(cron="17 9 * * *")
@app.task(name="service_requests.find_missed", queue="upkeep", queueing_lock="service_requests.find_missed")
def find_missed(timestamp: int) -> int:
    """Let wait for a look what nobody has looked at, whatever the reason."""
    return likeness.find_missed()
