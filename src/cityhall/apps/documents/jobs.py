"""The documents room's background jobs."""

from __future__ import annotations

from procrastinate.contrib.django import app

from cityhall.apps.documents.services import taking


@app.periodic(cron="17 3 * * *")
@app.task(name="documents.sweep", queue="care")
def sweep(timestamp: int = 0) -> None:
    """Remove blobs whose row was never committed."""
    taking.sweep_orphans()
