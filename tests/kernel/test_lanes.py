"""Background work in lanes: what waits for servers outside, and what must not wait for it."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import Iterator

import pytest
from django.db import connection
from procrastinate.contrib.django import app as jobs

from cityhall.kernel import ports
from cityhall.kernel.django import lanes
from cityhall.kernel.ports import FetchCapabilities, Fetched, FetchRefused


def test_every_queue_is_in_one_lane() -> None:
    jobs.perform_import_paths()
    queues = {task.queue for task in jobs.tasks.values()}
    named = [queue for lane, _at_once in lanes.lanes(queues) for queue in lane]
    assert sorted(named) == sorted(queues), "a job in a queue of no lane would wait for ever"
    apart = {name for name, task in jobs.tasks.items() if task.queue in lanes.APART}
    assert apart >= {"service_requests.fetch_media", "opendata.fetch", "opendata.harvest", "work_orders.deliver"}


class HeldUp:
    """The web, where nothing answers before the test says so."""

    capabilities = FetchCapabilities(guards_private_networks=True)

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.over = threading.Event()

    def fetch(self, url: str) -> Fetched:
        self.asked.release()
        self.over.wait(30)
        raise FetchRefused("it was held up")


@pytest.fixture
def web() -> Iterator[HeldUp]:
    kept, held_up = ports.web_fetcher.get(), HeldUp()
    ports.web_fetcher.fill(lambda: held_up)
    yield held_up
    held_up.over.set()
    ports.web_fetcher.fill(lambda: kept)


@pytest.mark.django_db(transaction=True)
def test_links_of_strangers_that_do_not_answer_hold_up_no_other_work(web: HeldUp) -> None:
    for number in range(6):
        link = f"https://pictures.example/{number}.jpg"
        jobs.tasks["service_requests.fetch_media"].defer(request_id=str(uuid.uuid4()), link=link)
    jobs.tasks["kernel.retry_stalled"].defer(timestamp=7)
    began, loops = threading.Event(), []

    async def work() -> None:
        loops.append((asyncio.get_running_loop(), asyncio.current_task()))
        began.set()
        with jobs.replace_connector(jobs.connector.get_worker_connector()) as working:
            await lanes.work(working)

    def run() -> None:
        try:
            asyncio.run(work())
        except asyncio.CancelledError:
            pass  # how this test ends it
        finally:
            connection.close()

    worker = threading.Thread(target=run)
    worker.start()
    try:
        assert began.wait(30)
        for _ in range(lanes.APART["media"]):
            assert web.asked.acquire(timeout=30)
        assert _is_done("kernel.retry_stalled"), "it waits for the links"
        assert not web.asked.acquire(blocking=False), "only so many links at once"
    finally:
        web.over.set()
        loop, task = loops[0]
        loop.call_soon_threadsafe(task.cancel)
        worker.join(30)
    assert not worker.is_alive()


def _is_done(name: str) -> bool:
    """Wait until no job of the name is left: one that is done is deleted."""
    looked = threading.Event()
    for _ in range(300):
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from procrastinate_jobs where task_name = %s and args->>'timestamp' = '7'", [name]
            )
            if cursor.fetchone() == (0,):
                return True
        looked.wait(0.1)
    return False
