"""Writing messages: rendered in the reader's language, queued in the caller's transaction, cancelled in time."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued

from cityhall.apps.notify import queries
from cityhall.apps.notify.contracts import Recipient
from cityhall.apps.notify.models import Follower, Message, Suppression
from cityhall.apps.notify.rules import address_of, sms_text, split_message, template_file
from cityhall.kernel import clock
from cityhall.kernel.offers import city_card

DELIVER = "notify.deliver"


def compose(
    to: Recipient,
    *,
    template: str,
    context: Mapping[str, Any],
    send_after: datetime,
    key: str,
    token: str = "",
) -> Message:
    """Write one message without keeping it. A text message has the subject and the address of the page alone.

    Args:
        token: the follower it is for; its unsubscribe link is put into the context, below the text and in the header.
    """
    link = queries.page_url("unsubscribe", token, to.language) if token else ""
    values = {**context, "unsubscribe_url": link, "site_url": settings.PUBLIC_URL, "language": to.language}
    values["as_follower"] = f"?with={token}" if token else ""
    with translation.override(to.language):
        subject, text = split_message(_rendered(template_file(template, "txt"), values, escape=False))
        if to.channel == "sms":
            page = f"{settings.PUBLIC_URL}{context['path']}" if context.get("path") else settings.PUBLIC_URL
            text, link = sms_text(subject, page, _("Answer STOP to end these messages.")), ""
        elif link:
            text += "\n" + _rendered("notify/mail/footer.txt", values, escape=False).strip() + "\n"
        html = "" if to.channel == "sms" else _html(template, values)
    return Message(
        channel=to.channel,
        to=to.address,
        user_id=to.user_id,
        follower_id=next(iter(queries.followers_in(token)), None),
        template=template,
        language=to.language,
        subject=subject,
        text=text,
        html=html,
        unsubscribe_url=link,
        key=key,
        created_at=clock.now(),
        send_after=send_after,
    )


def _html(template: str, values: Mapping[str, Any]) -> str:
    try:
        return _rendered(template_file(template, "html"), values, escape=True)
    except TemplateDoesNotExist:
        return ""


def _rendered(file: str, values: Mapping[str, Any], *, escape: bool) -> str:
    # Django escapes for HTML whatever a file is called, so plain text asks not to be.
    return str(get_template(file).template.render(Context(dict(values), autoescape=escape)))  # type: ignore[attr-defined]


def queue(messages: list[Message]) -> int:
    """Keep messages in the caller's transaction and, once it commits, ask for a delivery when they are due."""
    Message.objects.bulk_create(messages)
    for due in {message.send_after for message in messages}:
        transaction.on_commit(lambda due=due: _ask_for_delivery(due), robust=True)  # type: ignore[misc]
    return len(messages)


def _ask_for_delivery(due: datetime) -> None:
    """Plan one delivery for all that is due by the same second. The job of every minute is the safety net."""
    at = due.replace(microsecond=0) + timedelta(seconds=1)
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        jobs.configure_task(
            DELIVER, queue="mail", schedule_at=at, queueing_lock=f"{DELIVER}:{at.timestamp():.0f}"
        ).defer()


def send(
    to: str,
    *,
    template: str,
    context: Mapping[str, Any],
    language: str,
    unsubscribe: str | None = None,
    after: timedelta | None = None,
    key: str | None = None,
    user_id: uuid.UUID | None = None,
    channel: str = "mail",
) -> uuid.UUID | None:
    """Queue one message to one address. See `public.send`."""
    if unsubscribe and Suppression.objects.filter(address=address_of(to)).exists():
        return None
    with _in_the_citys_days():
        message = compose(
            Recipient(address_of(to), language, user_id, channel),
            template=template,
            context=context,
            send_after=clock.now() + (after or timedelta()),
            key=key or "",
            token=unsubscribe or "",
        )
    queue([message])
    return message.id


def tell_followers(
    kind: str,
    subject_id: uuid.UUID,
    *,
    template: str,
    context: Mapping[str, Any],
    also: Collection[uuid.UUID] = (),
    after: timedelta | None = None,
    key: str | None = None,
    but_not: uuid.UUID | None = None,
) -> int:
    """Queue a message to each confirmed follower. See `public.tell_followers`."""
    followers = sorted(
        Follower.objects.filter(kind=kind, subject_id__in=[subject_id, *also], confirmed_at__isnull=False).exclude(
            user_id__isnull=False, user_id=but_not
        ),
        key=lambda one: (one.subject_id != subject_id, one.id),
    )
    send_after = clock.now() + (after or timedelta())
    # By address: somebody who follows twice, signed in and not, is told once, and leaves with one press.
    told: dict[str, tuple[Recipient, list[uuid.UUID]]] = {}
    for follower_id, recipient in queries.recipients(followers).items():
        told.setdefault(recipient.address, (recipient, []))[1].append(follower_id)
    with _in_the_citys_days():
        messages = [
            compose(
                recipient,
                template=template,
                context=context,
                send_after=send_after,
                key=key or "",
                token=queries.token_of(*ids),
            )
            for recipient, ids in told.values()
        ]
    return queue(messages)


def _in_the_citys_days() -> timezone.override:
    # A worker has no visitor, whose pages have the city's time zone.
    return timezone.override(ZoneInfo(city_card.get().time_zone))


def cancel(key: str) -> int:
    """Remove the unsent messages of `key`; return how many. One being sent this moment is not caught."""
    if not key:
        return 0
    with transaction.atomic():
        waiting = Message.objects.select_for_update(skip_locked=True).filter(
            key=key, sent_at__isnull=True, failed_at__isnull=True
        )
        return Message.objects.filter(id__in=list(waiting.values_list("id", flat=True))).delete()[0]
