"""Telling a body of a request, reminding it, and taking the request back."""

from __future__ import annotations

import logging
import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from cityhall.apps.notify import public as notify
from cityhall.apps.referrals import rules
from cityhall.apps.referrals.contracts import Channel, Ended, Waiting
from cityhall.apps.referrals.models import Body, Referral, ReplyLink
from cityhall.apps.referrals.queries import mail_mark, own_rows, seen_by_body
from cityhall.apps.referrals.rules.answers import CHASED_EVERY, MOST_WORDS
from cityhall.apps.referrals.services.wording import refusal
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests.contracts import State, Visibility
from cityhall.apps.work_orders import public as work_orders
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor, system
from cityhall.kernel.django import audit, batches
from cityhall.kernel.django.permissions import need
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import NotFound

LINK_DAYS = 90
_BATCH = 200
_log = logging.getLogger(__name__)


def refer(request_id: uuid.UUID, number: str, body_id: uuid.UUID, *, event_id: uuid.UUID, at: datetime) -> None:
    """Begin a referral and tell the body. The same event again changes nothing; another ends what was before."""
    with transaction.atomic():
        if Referral.objects.filter(event_id=event_id).exists():
            return
        over = service_requests.handed_over(request_id)
        newer = Referral.objects.filter(request_id=request_id, referred_at__gt=at).exists()
        if newer or over is None or over.request.state is not State.REFERRED:  # the event came late
            return
        body = Body.objects.filter(id=body_id).first()
        withdraw(request_id)
        if body is None:
            return
        connected = body.channel == Channel.CONNECTION and body.connection_id
        referral = Referral.objects.create(
            body=body,
            request_id=request_id,
            number=number,
            event_id=event_id,
            referred_at=at,
            due_at=rules.answer_due(at, body.answer_days),
        )
        if connected:
            work_orders.hand_over(connected, request_id, event_id=event_id, at=at)
        if connected or write(referral, "referred"):
            _told(referral, at)
            _record(system("Referrals"), "sent", referral)
        else:  # nobody can be told: it is for the city to find out an address
            referral.waiting = Waiting.CITY
            referral.save(update_fields=["waiting"])
            _record(system("Referrals"), "not_sent", referral)


def _told(referral: Referral, at: datetime) -> None:
    """Note that the body knows of it: its time to answer begins, unless it has begun before."""
    if referral.told_at is None:
        referral.told_at, referral.waiting = at, Waiting.BODY
        referral.due_at = rules.answer_due(at, referral.body.answer_days)
        referral.save(update_fields=["told_at", "waiting", "due_at"])


def withdraw(request_id: uuid.UUID) -> int:
    """End the open referral of a request that the city does something else with; its links stop working."""
    now = clock.now()
    with transaction.atomic():
        open_ones = list(Referral.objects.select_for_update().filter(request_id=request_id, ended_at__isnull=True))
        for one in open_ones:
            end(one, Ended.WITHDRAWN, now)
    return len(open_ones)


def resume(request_id: uuid.UUID) -> bool:
    """Open again what was withdrawn by a bulk change that was undone; say whether there was something."""
    over = service_requests.handed_over(request_id)
    if over is None or over.request.state is not State.REFERRED:
        return False
    with transaction.atomic():
        all_of_it = Referral.objects.select_for_update().filter(request_id=request_id)
        last = all_of_it.order_by("-referred_at", "-id").first()
        if last is None or last.ended != Ended.WITHDRAWN:
            return False
        last.ended_at, last.ended = None, ""
        last.save(update_fields=["ended_at", "ended"])
    return True


def end(referral: Referral, why: Ended, now: datetime) -> None:
    """End a referral that is locked. Its links go on saying that it is over, and do no more."""
    referral.ended_at, referral.ended = now, why
    referral.save()


def new_link(referral: Referral) -> tuple[ReplyLink, str]:
    """Make a link to answer by; return it and the token, which is kept nowhere."""
    token, now = secrets.token_urlsafe(32), clock.now()
    link = ReplyLink.objects.create(
        referral=referral,
        token_hash=rules.token_hash(token),
        made_at=now,
        expires_at=now + timedelta(days=LINK_DAYS),
    )
    return link, token


def write(referral: Referral, template: str, **context: Any) -> bool:
    """Queue a mail to the body with a link of its own; say whether it has an address."""
    body = referral.body
    if not body.mail:
        return False
    seen = seen_by_body(referral, language=body.language)
    if seen is None:
        return False
    link, token = new_link(referral)
    with translation.override(body.language):
        path = reverse("referral-answer", args=[token])
    notify.send(
        body.mail,
        template=f"referrals/{template}",
        language=body.language,
        context={
            "number": referral.number,
            "category": seen.category_name,
            "address": seen.address,
            "body": pick(body.name, body.language),
            "due_at": referral.due_at,
            "path": path,
            "mark": f"r-{mail_mark(link.id)}",
            **context,
        },
    )
    return True


def chase_due() -> int:
    """Remind the bodies whose answers are late, each at most once a week; return how many mails were queued.

    A reminder that cannot be written is logged, tried again with the next run and keeps no other from its own.
    """
    now = clock.now()
    late = Q(chased_at__isnull=True) | Q(chased_at__lte=now - CHASED_EVERY)
    due = Referral.objects.filter(late, ended_at__isnull=True, waiting=Waiting.BODY, due_at__lt=now)
    sent = 0
    for referral_id in due.order_by("due_at", "id").values_list("id", flat=True)[:_BATCH]:
        with batches.spared(_log, "The body of referral %s was not reminded.", referral_id):
            sent += _chase(referral_id, now)
    return sent


def _chase(referral_id: uuid.UUID, now: datetime) -> int:
    referral = (
        Referral.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("body")
        .filter(id=referral_id, ended_at__isnull=True)
        .first()
    )
    if referral is None or not rules.should_chase(now, referral.due_at, referral.chased_at):
        return 0
    written = write(referral, "chased", days=rules.days_late(referral.due_at, now))
    # Where nobody could be written to, too: else it would be first in line every day.
    referral.chased_at, referral.chases = now, referral.chases + written
    referral.save(update_fields=["chased_at", "chases"])
    return written


def send_again(referral_id: uuid.UUID, *, actor: Actor) -> None:
    """Write to the body again, with a new link.

    Raises:
        NotAllowed: without "requests.work".
        NotFound: no such referral among the actor's work.
        Invalid: field "mail": the body has no address; field "state": it is over.
    """
    with transaction.atomic():
        referral = locked(referral_id, actor)
        if not write(referral, "referred"):
            raise refusal("mail", "no_mail")
        _told(referral, clock.now())
        _record(actor, "sent_again", referral)


def revoke_links(referral_id: uuid.UUID, *, actor: Actor) -> int:
    """Make all links of a referral useless, those in mails' subjects too; return how many there were."""
    with transaction.atomic():
        referral = locked(referral_id, actor)
        count = ReplyLink.objects.filter(referral=referral, revoked_at__isnull=True).update(revoked_at=clock.now())
        _record(actor, "links_revoked", referral, {"links": count})
    return count


def reply(referral_id: uuid.UUID, *, actor: Actor, text: str) -> None:
    """Answer what a body asked; its time to answer begins anew. The words are kept as an internal note.

    Raises:
        NotAllowed, NotFound: see `send_again`.
        Invalid: fields "text", "mail", "state".
    """
    with transaction.atomic():
        referral = locked(referral_id, actor)
        if referral.waiting != Waiting.CITY or referral.told_at is None or referral.done_at is not None:
            raise refusal("state", "nothing_asked")
        if not 0 < len(text.strip()) <= MOST_WORDS:
            raise refusal("text", "words_missing" if not text.strip() else "words_long")
        service_requests.add_note(referral.request_id, actor=actor, text=text, visibility=Visibility.INTERNAL)
        referral.waiting = Waiting.BODY
        referral.due_at = rules.answer_due(clock.now(), referral.body.answer_days)
        referral.chased_at, referral.to_read = None, False
        referral.save()
        if not write(referral, "replied", words=text.strip()):
            raise refusal("mail", "no_mail")
        _record(actor, "replied", referral)


def mark_read(referral_id: uuid.UUID, *, actor: Actor) -> None:
    """Note that somebody has read what was written about it. Raises as `send_again`."""
    with transaction.atomic():
        referral = locked(referral_id, actor)
        referral.to_read = False
        referral.save(update_fields=["to_read"])


def share(referral_id: uuid.UUID, *, actor: Actor, all_of_it: bool) -> None:
    """Let the body see all that the reporter gave, or only what everybody sees.

    Through a connection it is told at once, and knows the exact place in any case. Showing it all asks for
    "requests.contact": who it was is never among it, but their home, their photos and their own words often say so.

    Raises:
        NotAllowed: without "requests.work", or without "requests.contact" where all of it is to be shown.
        NotFound, Invalid: see `send_again`.
    """
    if all_of_it:
        need(actor, "requests.contact")
    with transaction.atomic():
        referral = locked(referral_id, actor)
        referral.shares_all = all_of_it
        referral.save(update_fields=["shares_all"])
        if referral.body.channel == Channel.CONNECTION and referral.body.connection_id:
            work_orders.share(referral.body.connection_id, referral.request_id, all_of_it=all_of_it)
        _record(actor, "shared" if all_of_it else "unshared", referral)


def locked(referral_id: uuid.UUID, actor: Actor) -> Referral:
    """Return an open referral among the actor's work, locked. Raises NotAllowed, NotFound, Invalid."""
    need(actor, "requests.work")
    found = Referral.objects.select_for_update(of=("self",)).select_related("body").filter(id=referral_id).first()
    if found is None or not own_rows([found.request_id], actor):
        raise NotFound(_("There is no such referral."))
    if found.ended_at is not None:
        raise refusal("state", "over")
    return found


def _record(actor: Actor, action: str, referral: Referral, data: Mapping[str, Any] | None = None) -> None:
    facts = {"number": referral.number, "body": referral.body.name.get("en", ""), **(data or {})}
    audit.record(actor, f"referrals.{action}", subject_kind="referral", subject_id=referral.id, data=facts)
