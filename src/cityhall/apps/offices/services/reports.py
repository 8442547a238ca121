"""The weekly report by mail. Who an office filed for stays on its page, behind the sign-in."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import translation

from cityhall.apps.identity import public as identity
from cityhall.apps.notify import public as notify
from cityhall.apps.offices import queries, rules
from cityhall.apps.offices.contracts import Report
from cityhall.apps.offices.models import Office
from cityhall.apps.places import public as places
from cityhall.kernel import clock
from cityhall.kernel.actors import system
from cityhall.kernel.django import audit

_log = logging.getLogger(__name__)


def send_due() -> int:
    """Send each office the report whose turn has come; return how many mails were queued.

    One that cannot be made is tried again with the next run and keeps no other from its own.
    """
    turn = rules.last_turn(places.local(clock.now()))
    sent = 0
    due = Office.objects.filter(is_active=True, told_until__lt=turn).order_by("id").values_list("id", flat=True)
    for office_id in list(due):
        try:
            sent += _send(office_id, turn)
        except Exception:
            _log.exception("The weekly report of office %s was not made.", office_id)
    return sent


def _send(office_id: uuid.UUID, turn: datetime) -> int:
    with transaction.atomic():
        row = Office.objects.select_for_update().filter(id=office_id, told_until__lt=turn).first()
        if row is None:
            return 0
        row.told_until = turn
        row.save(update_fields=["told_until"])
        of = queries.info(row)
        monday = turn.date() - rules.WEEK
        made: dict[str, Report | None] = {}
        sent = 0
        # Whose account is closed stays in the list, and hears nothing until it is opened again.
        for person in sorted((one for one in identity.people() if one.id in of.terms.members), key=lambda one: one.id):
            if not person.email:
                continue
            with translation.override(person.language):
                if person.language not in made:
                    made[person.language] = queries.report(of, monday)
                path = f"{reverse('office-report')}?week={monday.isoformat()}"
            if (told := made[person.language]) is None:
                continue
            notify.send(
                person.email,
                template="offices/weekly",
                language=person.language,
                context={"report": told, "path": path},
                user_id=person.id,
            )
            sent += 1
        audit.record(
            system("Offices"), "offices.report_sent", subject_kind="office", subject_id=row.id, data={"mails": sent}
        )
    return sent
