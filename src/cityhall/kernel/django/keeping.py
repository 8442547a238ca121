"""What the kernel keeps for a while: sessions, answers to commands, delivered events, jobs that failed."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cityhall.kernel import offers
from cityhall.kernel.django.models import CommandResult, OutboxEvent
from cityhall.kernel.offers import Held, Period, Retained

_DELIVERED = """
    from kernel_outboxevent e where e.relayed_at < %s and not exists (
        select 1 from procrastinate_jobs j where j.task_name = 'kernel.deliver'
        and j.status in ('todo', 'doing') and j.args ->> 'event_id' = e.id::text)
"""
_FAILED = """
    from procrastinate_jobs j where j.status in ('failed', 'cancelled', 'aborted') and coalesce(
        (select max(at) from procrastinate_events v where v.job_id = j.id), j.scheduled_at, 'epoch') < %s
"""


def offer() -> None:
    """Name the kernel's kinds of records. None of them is anybody's file, so no legal hold keeps them."""
    for kind in (
        Retained(
            "sessions",
            _("Sessions, with reports that were begun"),
            _("From the last time the session was used. The visitor is signed out and a report not sent is gone."),
            Period(14, "days"),
            _sessions_due,
            _purge_sessions,
            at_once=True,
            order=60,
        ),
        Retained(
            "commands",
            _("Answers kept for forms and programs that send twice"),
            _("From the moment of the answer. A form sent again after that counts as a new one."),
            Period(90, "days"),
            lambda before, held: _commands(before).count(),
            lambda before, held, limit: _purge(_commands(before), limit),
            at_once=True,
            order=62,
        ),
        Retained(
            "events",
            _("Events between the parts of the program"),
            _("From their delivery. They name things by their ids, never people."),
            Period(1, "years"),
            _events_due,
            _purge_events,
            order=63,
        ),
        Retained(
            "jobs",
            _("Background jobs that failed"),
            _("From the last try. A job may hold the address of a picture a reporter gave."),
            Period(90, "days"),
            _jobs_due,
            _purge_jobs,
            order=64,
        ),
    ):
        offers.retained.register(kind)


def forget_fingerprints(subjects: Collection[uuid.UUID]) -> int:
    """Blank what says how the commands about these things read; return how many. Sent again, they are refused.

    A fingerprint is a hash of all that a form said: whoever guesses the words could prove them by it.
    """
    wanted = [str(one) for one in subjects]
    return CommandResult.objects.filter(result__id__in=wanted).exclude(fingerprint="").update(fingerprint="")


def _sessions(before: datetime) -> QuerySet[Session]:
    """Saving a session moves its end on, so that its end says when it was used last."""
    return Session.objects.filter(expire_date__lt=before + timedelta(seconds=settings.SESSION_COOKIE_AGE))


def _sessions_due(before: datetime, held: Held) -> int:
    return _sessions(before).count()


def _purge_sessions(before: datetime, held: Held, limit: int) -> int:
    keys = list(_sessions(before).values_list("session_key", flat=True)[:limit])
    return Session.objects.filter(session_key__in=keys).delete()[0]


def _commands(before: datetime) -> QuerySet[CommandResult]:
    return CommandResult.objects.filter(at__lt=before)


def _purge(rows: QuerySet[CommandResult], limit: int) -> int:
    ids = list(rows.values_list("id", flat=True)[:limit])
    return CommandResult.objects.filter(id__in=ids).delete()[0]


def _events_due(before: datetime, held: Held) -> int:
    return _count(_DELIVERED, before)


def _purge_events(before: datetime, held: Held, limit: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select e.id {_DELIVERED} limit %s", [before, limit])
        ids = [row[0] for row in cursor.fetchall()]
    OutboxEvent.objects.filter(id__in=ids).delete()
    return len(ids)


def _jobs_due(before: datetime, held: Held) -> int:
    return _count(_FAILED, before)


def _purge_jobs(before: datetime, held: Held, limit: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"delete from procrastinate_jobs where id in (select j.id {_FAILED} limit %s)",  # noqa: S608
            [before, limit],
        )
        return int(cursor.rowcount)


def _count(rows: str, before: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) {rows}", [before])
        return int(cursor.fetchone()[0])
