"""Background work goes in lanes: a server outside that lets us wait holds up its own kind of work and no other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from procrastinate import App
from procrastinate.signals import on_stop

#: Queues whose jobs wait for servers outside, with how many of them are done at once.
APART = {"media": 2, "sources": 1, "work-orders": 1}
#: How many jobs of all other queues are done at once.
TOGETHER = 2


def lanes(queues: Iterable[str]) -> list[tuple[list[str], int]]:
    """Return which queues are worked on together, and how many of their jobs at once."""
    together = sorted(set(queues) - APART.keys())
    return [(together, TOGETHER), *(([queue], at_once) for queue, at_once in APART.items())]


async def work(jobs: App) -> None:
    """Do background work until SIGINT or SIGTERM comes or a lane ends by itself; jobs at hand are done first.

    Raises:
        Exception: what a lane ended of, the database gone for instance.
    """
    jobs.perform_import_paths()  # type: ignore[no-untyped-call]  # the library says no types here
    async with jobs.open_async():
        running = [
            asyncio.create_task(
                jobs.run_worker_async(
                    queues=queues,
                    concurrency=at_once,
                    fetch_job_polling_interval=1.0,
                    listen_notify=number == 0,  # it keeps a connection; the others look every second
                    delete_jobs="successful",
                    install_signal_handlers=False,
                )
            )
            for number, (queues, at_once) in enumerate(lanes(task.queue for task in jobs.tasks.values()))
        ]

        def stop() -> None:
            for lane in running:
                lane.cancel()

        try:
            with on_stop(stop):
                await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop()
            endings = await asyncio.gather(*running, return_exceptions=True)
        for ending in endings:
            if isinstance(ending, Exception):
                raise ending
