"""The records room's background jobs."""

from __future__ import annotations

from procrastinate.contrib.django import app

from cityhall.apps.records.services import office, schedule


@app.periodic(cron="37 2 * * *")
@app.task(name="records.one_night", queue="care", queueing_lock="records.one_night")
def one_night(timestamp: int = 0) -> None:
    """Remove what the schedule says."""
    schedule.one_night()


@app.periodic(cron="7 * * * *")
@app.task(name="records.reapply", queue="care", queueing_lock="records.reapply")
def reapply(timestamp: int = 0) -> None:
    """Erase again whom an older database brought back, however it came."""
    office.reapply()
