"""Making and changing bodies."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cityhall.apps.referrals import queries, rules
from cityhall.apps.referrals.contracts import MANAGE, BodyTerms, Channel
from cityhall.apps.referrals.models import Body, BodyAlias
from cityhall.apps.referrals.services.wording import refuse
from cityhall.apps.work_orders import public as work_orders
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.django.permissions import need
from cityhall.kernel.django.seen import need_unchanged
from cityhall.kernel.errors import NotFound
from cityhall.kernel.text import fold


def save_body(terms: BodyTerms, *, actor: Actor, body_id: uuid.UUID | None = None, seen: str = "") -> uuid.UUID:
    """Make a body, or change one; return its id. Referrals that are under way keep the day their answer is due.

    Args:
        seen: the mark of what the actor read, see `kernel.django.seen`.

    Raises:
        NotAllowed: without "referrals.manage".
        NotFound: no such body.
        Stale: somebody else saved since the actor read it.
        Invalid: fields "name_en", "mail", "connection", "answer_days".
    """
    need(actor, MANAGE)
    problems = rules.body_problems(terms)
    if terms.channel is Channel.CONNECTION and terms.connection_id not in {
        one.id for one in work_orders.connections(actor)
    }:
        problems["connection"] = "connection"
    refuse(problems)
    with transaction.atomic():
        row = Body.objects.select_for_update().filter(id=body_id).first() if body_id else Body(created_at=clock.now())
        if row is None:
            raise NotFound(_("There is no such body."))
        if body_id:
            need_unchanged(seen, queries.terms_of(row))
        row.name = {language: text.strip() for language, text in terms.name.items() if text.strip()}
        row.kind, row.mail, row.channel = terms.kind, terms.mail.lower(), terms.channel
        row.connection_id = terms.connection_id if terms.channel is Channel.CONNECTION else None
        row.answer_days, row.language, row.is_active = terms.answer_days, terms.language, terms.is_active
        row.save()
        facts = {"name": row.name["en"], "channel": row.channel, "answer_days": row.answer_days}
        audit.record(actor, "referrals.body_saved", subject_kind="body", subject_id=row.id, data=facts)
    return row.id


def name_body(name: str, body_id: uuid.UUID | None, *, actor: Actor) -> None:
    """Say which body a name in records from elsewhere means; with None, that it means none of them any more.

    Raises:
        NotAllowed: without "referrals.manage".
        Invalid: field "name".
        NotFound: no such body.
    """
    need(actor, MANAGE)
    name = " ".join(name.split())[:200]
    folded = fold(name)[:200]
    refuse({} if folded else {"name": "name_empty"})
    with transaction.atomic():
        if body_id is None:
            BodyAlias.objects.filter(folded=folded).delete()
        elif not Body.objects.filter(id=body_id).exists():
            raise NotFound(_("There is no such body."))
        else:
            BodyAlias.objects.update_or_create(folded=folded, defaults={"body_id": body_id, "name": name})
        audit.record(
            actor,
            "referrals.body_named" if body_id else "referrals.body_unnamed",
            subject_kind="body",
            subject_id=body_id,
            data={"name": name},
        )
