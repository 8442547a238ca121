"""How long messages and followers are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cityhall.apps.notify.models import Follower, Message
from cityhall.apps.notify.ports import KeepsMail
from cityhall.kernel import ports
from cityhall.kernel.offers import Held, Period, Retained, phone_digits


def kept_kinds() -> Iterator[Retained]:
    """Iterate over the kinds of records the room keeps for a while."""
    yield Retained(
        "messages",
        _("Messages that were sent or given up"),
        _("From the moment they left. Those that still wait are not touched."),
        Period(30, "days"),
        lambda before, held: _messages(before, held).count(),
        lambda before, held, limit: _delete(_messages(before, held), limit),
        at_once=True,
        order=21,
    )
    yield Retained(
        "outbox files",
        _("Messages kept as files where no mail server or text messages are set up"),
        _("From the moment they were written."),
        Period(30, "days"),
        _files_due,
        _purge_files,
        order=22,
    )
    yield Retained(
        "followers",
        _("Followers’ addresses"),
        _("From the day they began to follow. They hear nothing more of that request."),
        Period(3, "years"),
        lambda before, held: _followers(before, held).count(),
        lambda before, held, limit: _delete(_followers(before, held), limit),
        order=20,
    )


def forget_kept(unwanted: Callable[[Mapping[str, Any]], bool]) -> int:
    """Remove messages the engines kept as files; return how many. Engines that deliver keep none."""
    engines = (ports.mail_engine.get(), ports.sms_engine.get())
    return sum(engine.forget(unwanted) for engine in engines if _keeps(engine) and isinstance(engine, KeepsMail))


def _keeps(engine: Any) -> bool:
    return bool(engine.capabilities.keeps)


def _messages(before: datetime, held: Held) -> QuerySet[Message]:
    rows = Message.objects.filter(Q(sent_at__lt=before) | Q(failed_at__lt=before))
    if held:
        of_held = Follower.objects.filter(subject_id__in=held.requests).values("id")
        rows = rows.exclude(user_id__isnull=False, user_id__in=held.accounts).exclude(to__in=_addresses(rows, held))
        rows = rows.exclude(follower_id__isnull=False, follower_id__in=of_held)
    return rows


def _addresses(rows: QuerySet[Message], held: Held) -> set[str]:
    """Return the held addresses; of telephone numbers, those that messages were sent to."""
    found = set(held.emails)
    if held.phones:
        numbers = rows.filter(channel="sms").values_list("to", flat=True).distinct()
        found |= {number for number in numbers if phone_digits(number) in held.phones}
    return found


def _followers(before: datetime, held: Held) -> QuerySet[Follower]:
    rows = Follower.objects.filter(created_at__lt=before)
    if held:
        rows = rows.exclude(subject_id__in=held.requests).exclude(email__in=held.emails)
        rows = rows.exclude(user_id__isnull=False, user_id__in=held.accounts)
    return rows


def _delete(rows: QuerySet[Any], limit: int) -> int:
    ids = list(rows.values_list("id", flat=True)[:limit])
    return int(rows.model._default_manager.filter(id__in=ids).delete()[0])


def _is_old(message: Mapping[str, Any], before: datetime, held: Held) -> bool:
    to = str(message.get("to", "")).lower()
    return (
        datetime.fromisoformat(str(message["at"])) < before
        and to not in held.emails
        and phone_digits(to) not in held.phones
    )


def _files_due(before: datetime, held: Held) -> int:
    engines = (ports.mail_engine.get(), ports.sms_engine.get())
    kept = (engine.kept(1_000_000) for engine in engines if _keeps(engine) and isinstance(engine, KeepsMail))
    return sum(_is_old(message, before, held) for messages in kept for message in messages)


def _purge_files(before: datetime, held: Held, limit: int) -> int:
    return forget_kept(lambda message: _is_old(message, before, held))
