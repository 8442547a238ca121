"""The identity room's background jobs."""

from __future__ import annotations

from procrastinate.contrib.django import app

from cityhall.apps.identity import services


@app.periodic(cron="*/10 * * * *")
@app.task(name="identity.end_lapsed_sessions")
def end_lapsed_sessions(timestamp: int = 0) -> None:
    """End the sessions of people whose contract is over."""
    services.end_lapsed_sessions()
