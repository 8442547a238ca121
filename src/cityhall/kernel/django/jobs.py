"""The kernel's own background jobs."""

from __future__ import annotations

from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

_AHEAD = "update procrastinate_workers set last_heartbeat = now() where last_heartbeat > now()"


@jobs.periodic(cron="* * * * *")
@jobs.task(name="kernel.retry_stalled", queueing_lock="kernel.retry_stalled")
async def retry_stalled(timestamp: int) -> None:
    """Put jobs of workers that died in mid-work back into the queue: a worker's heart beats every ten seconds.

    A heartbeat in the future is one of before the clock was set back. Its worker, if it lives, beats again at once; if
    it does not, its jobs would have waited for as long as the clock had been ahead.

    Of jobs that wait once at most (`queueing_lock`) another may wait by now: that one does the work.

    Args:
        timestamp: the minute this run is for, as Procrastinate hands it over.
    """
    await jobs.job_manager.connector.execute_query_async(_AHEAD)
    for job in await jobs.job_manager.get_stalled_jobs():
        try:
            await jobs.job_manager.retry_job(job)
        except UniqueViolation:
            await jobs.job_manager.finish_job(job, Status.ABORTED, delete_job=False)
