"""Digests: one message for all that happened, when there is something to tell."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime

from django.db import transaction
from django.utils import translation

from cityhall.apps.notify import public as notify
from cityhall.apps.places import public as places
from cityhall.apps.subscriptions import queries, rules
from cityhall.apps.subscriptions.contracts import Every, Told
from cityhall.apps.subscriptions.models import Subscription
from cityhall.kernel import clock

_log = logging.getLogger(__name__)


def send_due() -> int:
    """Send each digest whose turn has come; return how many subscriptions had something to tell."""
    now = clock.now()
    told = 0
    for every in Every:
        turn = rules.last_turn(every, places.local(now))
        due = Subscription.objects.filter(every=every, told_until__lt=turn).order_by("id")
        for subscription_id in list(due.values_list("id", flat=True)):
            try:
                told += _send(subscription_id, turn)
            except Exception:  # it is tried again with the next run, and keeps no other from its own
                _log.exception("The digest of subscription %s was not made.", subscription_id)
    return told


def _send(subscription_id: uuid.UUID, turn: datetime) -> bool:
    """Tell one subscription's followers in their languages. A broken-off run begins again with those left."""
    with transaction.atomic():
        row = Subscription.objects.select_for_update().filter(id=subscription_id, told_until__lt=turn).first()
        if row is None:
            return False
        if not notify.followed_still(queries.SUBJECT, [row.id]):
            return False  # nobody is left: from now on the time counts after which it is removed
        since, row.told_until = row.told_until, turn
        row.save(update_fields=["told_until"])
        if not notify.followers_count(queries.SUBJECT, row.id):
            return False
        found = _InEachLanguage(row, since, turn)
        if not found():
            return False
        notify.tell_followers(
            queries.SUBJECT,
            row.id,
            template="subscriptions/digest",
            context={"told": found, "every": row.every, "path": f"/near/{row.id}/"},
        )
        return True


class _InEachLanguage:
    """The digest in the language its message is written in; read once for each."""

    def __init__(self, row: Subscription, since: datetime, until: datetime) -> None:
        self._watched, self._time = queries.watched_by(row), (since, until)
        self._found: dict[str, Told] = {}

    def __call__(self) -> Told:
        language = translation.get_language() or "en"
        if language not in self._found:
            self._found[language] = Told(queries.title(self._watched), queries.digest(self._watched, *self._time))
        return self._found[language]
