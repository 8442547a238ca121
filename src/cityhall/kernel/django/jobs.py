"""The kernel's own background jobs."""

from __future__ import annotations

from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status


@jobs.periodic(cron="* * * * *")
@jobs.task(name="kernel.retry_stalled", queueing_lock="kernel.retry_stalled")
async def retry_stalled(timestamp: int) -> None:
    """Put jobs of workers that died in mid-work back into the queue: a worker's heart beats every ten seconds.

    Of jobs that wait once at most (`queueing_lock`) another may wait by now: that one does the work.

    Args:
        timestamp: the minute this run is for, as Procrastinate hands it over.
    """
    for job in await jobs.job_manager.get_stalled_jobs():
        try:
            await jobs.job_manager.retry_job(job)
        except UniqueViolation:
            await jobs.job_manager.finish_job(job, Status.ABORTED, delete_job=False)
