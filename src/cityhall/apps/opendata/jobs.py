"""The opendata room's background jobs."""

from __future__ import annotations

import uuid

from procrastinate.contrib.django import app

from cityhall.apps.opendata import imports, services
from cityhall.apps.opendata.imports import brought
from cityhall.apps.opendata.services import drafts


@app.periodic(cron="*/5 * * * *")
@app.task(name="opendata.tidy", queue="upkeep", queueing_lock="opendata.tidy", lock="opendata.tidy")
def tidy(timestamp: int = 0) -> int:
    """Finish recalls that were cut short and remove what killed runs left; return how many folders went."""
    return services.tidy_all()


@app.task(name=services.MAKE_FILE, queue="opendata")
def file(code: str, fmt: str, encoding: str) -> bool:
    """Make the whole file of a dataset in one format; say whether it was made."""
    return services.make_file(code, fmt, encoding)


@app.periodic(cron="17 * * * *")
@app.task(name="opendata.prune", queue="upkeep", queueing_lock="opendata.prune", lock="opendata.prune")
def prune(timestamp: int = 0) -> int:
    """Take away the snapshots that the policy does not keep; return how many went."""
    return services.prune_all()


@app.periodic(cron="13,43 * * * *")
@app.task(name="opendata.tell", queue="upkeep", queueing_lock="opendata.tell", lock="opendata.tell")
def tell(timestamp: int = 0) -> int:
    """Tell the followers of datasets and of the catalogue what is new, in the morning; return of how many datasets."""
    return services.tell_due() + services.tell_of_new()


@app.periodic(cron="* * * * *")
@app.task(name="opendata.live", queue="upkeep", queueing_lock="opendata.live", lock="opendata.live")
def live(timestamp: int = 0) -> int:
    """Publish the city's own records where they changed; return how many datasets that were."""
    return services.publish_live()


@app.periodic(cron="* * * * *")
@app.task(name="opendata.fetch", queue="sources", queueing_lock="opendata.fetch", lock="opendata.fetch")
def fetch(timestamp: int = 0) -> int:
    """Fetch the sources that are due; return how many datasets were published anew."""
    return imports.refresh_due()


@app.periodic(cron="*/5 * * * *")
@app.task(name="opendata.harvest", queue="sources", queueing_lock="opendata.harvest", lock="opendata.harvest")
def harvest(timestamp: int = 0) -> int:
    """Read the catalogues of other portals that are due; return how many were."""
    return imports.harvest_due()


@app.task(name=drafts.WORK, queue="opendata")
def draft(draft_id: str) -> None:
    """Read a file that a clerk brought, or publish it."""
    brought.work(uuid.UUID(draft_id))
