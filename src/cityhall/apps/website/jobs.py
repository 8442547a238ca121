"""The website room's background job."""

from __future__ import annotations

from procrastinate.contrib.django import app

from cityhall.apps.website import services


@app.periodic(cron="*/10 * * * *")
@app.task(name="website.let_go_former_editors")
def let_go_former_editors(timestamp: int = 0) -> int:
    """Take former editors out of the content editor's group; return how many there were."""
    return services.let_go_former()
