"""The kernel's own background jobs."""

from __future__ import annotations

from procrastinate.contrib.django import app as jobs


@jobs.periodic(cron="* * * * *")
@jobs.task(name="kernel.retry_stalled", queueing_lock="kernel.retry_stalled")
async def retry_stalled(timestamp: int) -> None:
    """Put jobs of workers that died in mid-work back into the queue: a worker's heart beats every ten seconds.

    Args:
        timestamp: the minute this run is for, as Procrastinate hands it over.
    """
    for job in await jobs.job_manager.get_stalled_jobs():
        await jobs.job_manager.retry_job(job)
