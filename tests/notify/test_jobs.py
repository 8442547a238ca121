"""The background job sends what is due; several at once send each message once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django import app as jobs

from cityhall.apps.notify import public
from cityhall.apps.notify.models import Follower, Message
from cityhall.apps.notify.services import delivering
from cityhall.kernel import clock, ports
from cityhall.kernel.ids import new_id
from cityhall.kernel.ports import Mail, MailCapabilities


class SlowMail:
    """Hands over each worker's first message only once every worker holds one, so that they really meet."""

    capabilities = MailCapabilities(delivers=True, keeps=False)

    def __init__(self, workers: int) -> None:
        self.sent: list[str] = []
        self._together = threading.Barrier(workers)
        self._begun: set[int] = set()

    def send(self, mail: Mail) -> None:
        if threading.get_ident() not in self._begun:
            self._begun.add(threading.get_ident())
            self._together.wait(timeout=20)
        self.sent.append(mail.to)


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let writes commit, and take back exactly these: a flush would take what migrations put there as well."""
    before = ports.mail_engine._make
    assert before is not None
    with django_db_blocker.unblock():
        yield
        Message.objects.all().delete()
        Follower.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("delete from procrastinate_jobs where task_name = 'notify.deliver'")
        connection.close()
    ports.mail_engine.fill(before)


def follow_and_tell(many: int) -> None:
    subject = new_id()
    with clock.held_at(clock.now() - timedelta(hours=1)):
        for number in range(many):
            public.follow("service_request", subject, email=f"{number}@example.org", vouched=True)
        public.tell_followers("service_request", subject, template="notify/confirm", context={"confirm_url": "x"})


def test_the_worker_sends_what_a_committed_write_queued(committed: None) -> None:
    engine = SlowMail(workers=1)
    ports.mail_engine.fill(lambda: engine)
    follow_and_tell(3)
    with connection.cursor() as cursor:
        cursor.execute("select task_name, args from procrastinate_jobs where scheduled_at <= now() and status = 'todo'")
        ((name, _arguments),) = cursor.fetchall()
    jobs.tasks[name]()
    assert sorted(engine.sent) == ["0@example.org", "1@example.org", "2@example.org"]
    assert not Message.objects.filter(sent_at__isnull=True).exists()


def test_two_workers_send_each_message_once(committed: None) -> None:
    engine = SlowMail(workers=2)
    ports.mail_engine.fill(lambda: engine)
    follow_and_tell(6)

    def work() -> None:
        try:
            delivering.deliver_due()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=30)
    assert sorted(engine.sent) == [f"{number}@example.org" for number in range(6)]
