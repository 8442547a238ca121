"""Making and changing ready answers, and counting how often they are sent."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cityhall.apps.answers import queries, rules
from cityhall.apps.answers.contracts import MANAGE, AnswerTerms
from cityhall.apps.answers.models import Answer
from cityhall.apps.service_requests import public as service_requests
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.django.permissions import need
from cityhall.kernel.django.seen import need_unchanged
from cityhall.kernel.errors import Invalid, NotFound

MOST = 1500
MOST_ORDER = 999


def save_answer(terms: AnswerTerms, *, actor: Actor, answer_id: uuid.UUID | None = None, seen: str = "") -> uuid.UUID:
    """Make an answer, or change one; return its id.

    Args:
        seen: the mark of what the actor read, see `kernel.django.seen`.

    Raises:
        NotAllowed: without "answers.manage".
        NotFound: no such answer.
        Stale: somebody else saved since the actor read it.
        Invalid: fields "text_en" and so on by language, "category", "order".
    """
    need(actor, MANAGE)
    texts = {language: text.strip() for language, text in terms.text.items() if text.strip()}
    if problems := _problems(terms, texts):
        raise Invalid(problems)
    with transaction.atomic():
        row = (
            Answer.objects.select_for_update().filter(id=answer_id).first()
            if answer_id
            else Answer(created_at=clock.now())
        )
        if row is None:
            raise NotFound(_("There is no such answer."))
        if answer_id:
            need_unchanged(seen, queries.terms_of(row))
        row.use, row.category_code, row.text = terms.use, terms.category_code, texts
        row.order, row.is_active = terms.order, terms.is_active
        row.save()
        facts = {"use": row.use, "category": row.category_code, "is_active": row.is_active, "languages": sorted(texts)}
        audit.record(actor, "answers.saved", subject_kind="answer", subject_id=row.id, data=facts)
    return row.id


def _problems(terms: AnswerTerms, texts: dict[str, str]) -> dict[str, Any]:
    problems: dict[str, Any] = {}
    if not texts:
        problems["text_en"] = _("Write the sentence in one language at least.")
    for language, text in texts.items():
        unknown = rules.unknown_in(text)
        if unknown:
            problems[f"text_{language}"] = _("There is no {%(name)s}. Use one of these: %(known)s.") % {
                "name": unknown[0],
                "known": ", ".join(rules.known()),
            }
        elif len(text) > MOST or "\x00" in text:
            problems[f"text_{language}"] = _("Shorten this to 1,500 characters.")
    if terms.category_code and terms.category_code not in service_requests.category_names("en"):
        problems["category"] = _("Choose one of those in the list.")
    if not 0 <= terms.order <= MOST_ORDER:
        problems["order"] = _("Give the order as a number from 0 to 999.")
    return problems


def count(answer_id: uuid.UUID, times: int = 1) -> None:
    """Count that an answer was sent."""
    Answer.objects.filter(id=answer_id).update(used=F("used") + times)
