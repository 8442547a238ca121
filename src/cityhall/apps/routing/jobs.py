"""The room's background jobs."""

from __future__ import annotations

from procrastinate.contrib.django import app

from cityhall.apps.routing import services


@app.periodic(cron="* * * * *")
@app.task(name="routing.escalate", queue="upkeep", queueing_lock="routing.escalate", lock="routing.escalate")
def escalate(timestamp: int = 0) -> int:
    """Take the steps before targets that are due; return how many requests were escalated."""
    done = 0
    while count := services.escalate_due():
        done += count
    return done


@app.task(name="routing.look_again", queue="upkeep", queueing_lock="routing.look_again", lock="routing.look_again")
def look_again() -> None:
    """Set anew when open requests are escalated."""
    services.look_again()
