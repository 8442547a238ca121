"""Loading referrals whose history comes from elsewhere: nobody is told of them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from cityhall.apps.referrals import rules
from cityhall.apps.referrals.contracts import AnswerKind, LoadedReferral, Via, Waiting
from cityhall.apps.referrals.models import Answer, Body, Referral
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit


def load_referrals(given: Iterable[LoadedReferral], *, actor: Actor) -> int:
    """Write referrals with what was answered; return how many. A body's time to answer is what it is now."""
    days = dict(Body.objects.values_list("id", "answer_days"))
    referrals, answers = [], []
    for one in given:
        first = min((at for at, _kind in one.answers), default=None)
        asked = bool(one.answers) and one.ended_at is None and one.answers[-1][1] in {AnswerKind.MORE, AnswerKind.WROTE}
        row = Referral(
            body_id=one.body_id,
            request_id=one.request_id,
            number=one.number,
            referred_at=one.referred_at,
            due_at=rules.answer_due(one.referred_at, days[one.body_id]),
            waiting=Waiting.CITY if asked else Waiting.BODY,
            told_at=one.referred_at,
            answered_at=first,
            ended_at=one.ended_at,
            ended=one.ended or "",
        )
        referrals.append(row)
        answers += [Answer(referral=row, at=at, kind=kind, via=Via.LINK) for at, kind in one.answers]
    with transaction.atomic():
        Referral.objects.bulk_create(referrals, batch_size=500)
        Answer.objects.bulk_create(answers, batch_size=500)
        audit.record(
            actor, "referrals.loaded", subject_kind="referral", subject_id=None, data={"referrals": len(referrals)}
        )
    return len(referrals)
