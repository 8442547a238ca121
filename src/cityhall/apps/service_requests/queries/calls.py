"""Reading calls: what is known of a caller, the log and what it counts, one call after it was taken."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower, TruncDate
from django.utils.translation import gettext as _

from cityhall.apps.identity import public as identity
from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import (
    CallCounts,
    CallFilter,
    CallKind,
    CallRow,
    Page,
    Past,
    PublicRequest,
    Source,
    number_text,
)
from cityhall.apps.service_requests.models import PHONE_TAIL, Call, CallTopic, Reporter
from cityhall.apps.service_requests.queries import rows
from cityhall.apps.service_requests.queries.filters import cursor_text, cursor_value
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit, limits
from cityhall.kernel.django.permissions import need
from cityhall.kernel.errors import NotFound
from cityhall.kernel.offers import filing_office

TAKE = "requests.calls"
_SHOWN = 10
_LOOKED_AT = 200
_PER_HOUR = 600
_ABOUT = 15


def key_of(phone: str) -> str:
    """Return a telephone number as it is compared; see `rules.phone_key`."""
    return rules.phone_key(phone, settings.CITYHALL_PHONE_COUNTRY)


def caller_past(phone: str, email: str, *, actor: Actor, language: str | None = None) -> Past:
    """Return the requests and calls of whoever has this telephone or e-mail address, as far as the actor may see them.

    It says who reported what, so it is contact: every call is written to the audit log.

    Raises:
        NotAllowed: without "requests.calls" and "requests.contact".
        TooMany: the actor looked up more callers than anybody can speak to in an hour.
    """
    need(actor, TAKE)
    need(actor, "requests.contact")
    email = email.strip()
    if not key_of(phone) and not email:
        return Past()
    limits.spend(f"callers:{actor.id}", limit=_PER_HOUR, per=timedelta(hours=1))
    found = rows.fetch(
        f"select {rows.COLUMNS} from {rows.TABLES} where r.id = any(%s::uuid[])"  # noqa: S608
        f" order by r.requested_at desc, r.id desc limit {_LOOKED_AT}",
        [_requests_of(phone, email)],
    )
    own = [row for row in found if rows.within_limits(actor, row.department_id, row.team_id)][:_SHOWN]
    calls = [call for call in calls_of(phone, email, most=_LOOKED_AT) if _may_see(call, actor)][:_SHOWN]
    past = Past(tuple(rows.publish_all(own, actor, language=language)), tuple(_rows(calls, actor, language)))
    with transaction.atomic():
        audit.record(
            actor,
            "service_requests.caller_read",
            subject_kind="call",
            subject_id=None,
            data={"requests": [one.number for one in past.requests], "calls": len(past.calls)},
        )
    return past


def _requests_of(phone: str, email: str) -> list[uuid.UUID]:
    """Return the requests somebody reported: by the contact they left, or signed in to an account that is theirs."""
    found = set(
        Reporter.objects.filter(user_id__in=identity.accounts_of(email, phone))
        .order_by("-request__requested_at")
        .values_list("request_id", flat=True)[:_LOOKED_AT]
    )
    newest = _reached(Reporter.objects.order_by("-request__requested_at"), phone, email, _LOOKED_AT)
    return list(found | {one.request_id for one in newest})


def calls_of(phone: str, email: str, *, most: int | None = None) -> list[Call]:
    """Return somebody's calls, newest first: all of them, or about so many."""
    found = _reached(Call.objects.select_related("request", "request__category"), phone, email, most)
    return sorted(found, key=lambda call: (call.at, call.id), reverse=True)


def _reached(among: QuerySet[Any], phone: str, email: str, most: int | None) -> Iterator[Any]:
    """Iterate over the rows with this telephone, however it is written, or this e-mail address; each once.

    Args:
        most: how many are looked at by e-mail, and five times as many by telephone; None for all.
    """
    seen: set[Any] = set()
    key, email = key_of(phone), email.strip().lower()
    matches: list[Any] = []
    if key:
        alike = among.alias(tail=PHONE_TAIL).filter(tail=rules.phone_tail(phone)).exclude(phone="")
        matches += [row for row in alike[: most and most * 5] if key_of(row.phone) == key]
    if email:
        matches += among.alias(small=Lower("email")).filter(small=email).exclude(email="")[:most]
    for row in matches:
        if row.pk not in seen:
            seen.add(row.pk)
            yield row


def _limits(actor: Actor) -> Q:
    """Return which calls an actor sees: somebody limited to departments or teams sees those they took themselves, and
    those that belong to their work; somebody of an office those of the office.
    """
    office = filing_office.get()(actor)
    if office is not None:
        return Q(office_id=office.id)
    if not actor.departments and not actor.teams:
        return Q()
    own = Q(taken_by=actor.id) if actor.id else Q()
    return own | Q(request__department_id__in=list(actor.departments)) | Q(request__team_id__in=list(actor.teams))


def _may_see(call: Call, actor: Actor) -> bool:
    office = filing_office.get()(actor)
    if office is not None:
        return call.office_id == office.id
    if not actor.departments and not actor.teams:
        return True
    request = call.request
    return call.taken_by == actor.id or (
        request is not None and rows.within_limits(actor, request.department_id, request.team_id)
    )


def _wanted(filters: CallFilter, actor: Actor) -> QuerySet[Call]:
    need(actor, TAKE)
    found = Call.objects.filter(_limits(actor))
    if filters.since is not None:
        found = found.filter(at__gte=filters.since)
    if filters.until is not None:
        found = found.filter(at__lt=filters.until)
    if filters.kind is not None:
        found = found.filter(kind=filters.kind)
    if filters.channel is not None:
        found = found.filter(channel=filters.channel)
    for word in filters.words.split()[:6]:
        found = found.filter(Q(topic__icontains=word) | Q(note__icontains=word))
    return found


def call_log(
    filters: CallFilter, actor: Actor, *, after: str = "", limit: int = 50, language: str | None = None
) -> Page[CallRow]:
    """Return a page of the log, newest first. Who called is not in it.

    Raises:
        NotAllowed: without "requests.calls".
    """
    found = _wanted(filters, actor).select_related("request", "request__category").order_by("-at", "-id")
    if after:
        moment, row_id = cursor_value(after)
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        found = found.filter(Q(at__lt=moment) | Q(at=moment, id__lt=row_id))
    page = list(found[: limit + 1])
    items = tuple(_rows(page[:limit], actor, language))
    return Page(items, cursor_text(page[limit - 1].at, page[limit - 1].id) if len(page) > limit else "")


def _rows(calls: Iterable[Call], actor: Actor, language: str | None) -> list[CallRow]:
    calls = list(calls)
    tongue = rows.language_of(language)
    people = identity.names({call.taken_by for call in calls if call.taken_by})
    return [
        CallRow(
            id=call.id,
            at=call.at,
            kind=CallKind(call.kind),
            channel=Source(call.channel),
            about=call.topic or (rules.pick(call.request.category.name, tongue) if call.request is not None else ""),
            note=call.note,
            language=call.language,
            number=_number(call, actor),
            taken_by=people.get(call.taken_by, "") if call.taken_by else "",
            told=call.told,
        )
        for call in calls
    ]


def _number(call: Call, actor: Actor) -> str:
    request = call.request
    if request is None or not rows.within_limits(actor, request.department_id, request.team_id):
        return ""
    return number_text(request.number)


def call_counts(filters: CallFilter, actor: Actor, *, language: str | None = None) -> CallCounts:
    """Return how many calls fit, by day in the city's time zone, kind, channel and what they were about.

    Raises:
        NotAllowed: without "requests.calls".
    """
    found = _wanted(filters, actor)
    days = found.values_list(TruncDate("at")).annotate(count=Count("id")).order_by("-at__date")
    about: dict[str, int] = dict(found.exclude(topic="").values_list("topic").annotate(count=Count("id")))
    tongue = rows.language_of(language)
    by_category = found.filter(topic="", request__isnull=False).values_list("request__category__name")
    for name, count in by_category.annotate(count=Count("id")):
        said = rules.pick(name, tongue)
        about[said] = about.get(said, 0) + count
    return CallCounts(
        total=found.count(),
        days=tuple(days),
        kinds=tuple((CallKind(kind), count) for kind, count in _counted(found, "kind")),
        channels=tuple((Source(channel), count) for channel, count in _counted(found, "channel")),
        about=tuple(sorted(about.items(), key=lambda one: (-one[1], one[0]))[:_ABOUT]),
    )


def _counted(found: QuerySet[Call], name: str) -> list[tuple[str, int]]:
    return list(found.values_list(name).annotate(count=Count("id")).order_by("-count", name))


def one_call(call_id: uuid.UUID, actor: Actor, *, language: str | None = None) -> CallRow:
    """Return one call. Raises NotFound for none the actor may see, NotAllowed without "requests.calls"."""
    need(actor, TAKE)
    found = Call.objects.filter(_limits(actor), id=call_id).select_related("request", "request__category").first()
    if found is None:
        raise NotFound(_("There is no such call."))
    return _rows([found], actor, language)[0]


def request_of_call(call_id: uuid.UUID, actor: Actor, *, language: str | None = None) -> PublicRequest | None:
    """Return the request a call belongs to as the actor may see it, None for none."""
    need(actor, TAKE)
    found = rows.fetch(
        f"select {rows.COLUMNS} from {rows.TABLES}"  # noqa: S608
        " where r.id = (select request_id from service_requests_call where id = %s::uuid)",
        [call_id],
    )
    return next(iter(rows.publish_all(found, actor, language=language)), None)


def topics() -> list[str]:
    """Return the words the city counts its calls by, in its order."""
    return list(CallTopic.objects.order_by("order", "name").values_list("name", flat=True))


def topics_offered() -> list[str]:
    """Return what a call may be about: the city's words, then those written most often in the past 30 days."""
    own = topics()
    lately = (
        Call.objects.filter(at__gte=clock.now() - timedelta(days=30))
        .exclude(topic="")
        .values_list("topic")
        .annotate(count=Count("id"))
        .order_by("-count", "topic")[:20]
    )
    return list(dict.fromkeys([*own, *(topic for topic, _count in lately)]))
