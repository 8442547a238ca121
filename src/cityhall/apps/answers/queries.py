"""Reads of the room: the answers there are, and what they say for one request."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityhall.apps.answers import rules
from cityhall.apps.answers.contracts import MANAGE, AnswerInfo, AnswerTerms, Filled, Use, Variable
from cityhall.apps.answers.models import Answer
from cityhall.apps.identity import public as identity
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import public as service_requests
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import ANONYMOUS, Actor
from cityhall.kernel.django import dates
from cityhall.kernel.django.translated import pick
from cityhall.kernel.errors import NotAllowed, NotFound


def need(actor: Actor, permission: str) -> None:
    """Raise NotAllowed unless the actor holds the permission."""
    if not actor.may(permission):
        raise NotAllowed(gettext_lazy("Your account may not do this. Ask your administrator for access."))


def languages() -> tuple[str, ...]:
    """Return the languages the city answers in."""
    return tuple(places.city().languages)


def answers(actor: Actor) -> list[AnswerInfo]:
    """Return all answers by what they are for, the most used first, archived ones last. Raises NotAllowed."""
    need(actor, MANAGE)
    tongues = languages()
    place = {use.value: number for number, use in enumerate(Use)}
    rows = Answer.objects.order_by("-is_active", "-used", "order", "id")
    return sorted((_info(row, tongues) for row in rows), key=lambda one: place[one.terms.use])


def answer(answer_id: uuid.UUID, actor: Actor) -> AnswerInfo:
    """Return one answer. Raises NotAllowed, NotFound."""
    need(actor, MANAGE)
    row = Answer.objects.filter(id=answer_id).first()
    if row is None:
        raise NotFound(gettext_lazy("There is no such answer."))
    return _info(row, languages())


def _info(row: Answer, tongues: Sequence[str]) -> AnswerInfo:
    terms = AnswerTerms(Use(row.use), row.text, row.category_code, row.order, row.is_active)
    return AnswerInfo(row.id, terms, row.used, tuple(one for one in tongues if not row.text.get(one)))


def active(category_code: str) -> Iterable[Answer]:
    """Return the answers for a category, the most used first."""
    return Answer.objects.filter(Q(category_code="") | Q(category_code=category_code), is_active=True).order_by(
        "-used", "order", "id"
    )


def preview(terms: AnswerTerms, number: str) -> dict[str, Filled]:
    """Return what an answer would say for a request, by language. Raises NotFound for a number that is none."""
    seen = service_requests.one(number.strip(), ANONYMOUS)
    return {
        language: rules.fill(text, values_of(seen.id, language))
        for language, text in terms.text.items()
        if text.strip()
    }


def values_of(request_id: uuid.UUID, language: str) -> dict[str, str]:
    """Return what variables stand for, of what the public may know of a request."""
    try:
        seen = service_requests.one(request_id, ANONYMOUS, language=language)
    except NotFound:
        return {}
    handed = service_requests.handed_over(request_id, language=language)
    team_id = handed.team_id if handed else None
    team = next((one.name for one in identity.teams() if one.id == team_id), {}) if team_id else {}
    with translation.override(language):
        expected = offers.expected_dates.get().of(request_id)
        found = {
            Variable.NUMBER: seen.number,
            Variable.CATEGORY: seen.category_name,
            Variable.PLACE: seen.address,
            Variable.DEPARTMENT: seen.department,
            Variable.TEAM: pick(team, language),
            Variable.TODAY: dates.day(clock.now()),
            Variable.REPORTED: dates.day(seen.requested_at),
            Variable.DUE: dates.day(seen.due_at) if seen.due_at else "",
            Variable.PLANNED: dates.day(seen.scheduled_for) if seen.scheduled_for else "",
            Variable.EXPECTED: _("between %(half)s and %(nine)s")
            % {"half": dates.day(expected.half), "nine": dates.day(expected.nine)}
            if expected
            else "",
            Variable.REFERRED_TO: seen.referred_to,
        }
    return {variable.value: str(value) for variable, value in found.items()}
