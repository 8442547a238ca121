"""Calls taken at the desk: a request filed or joined for the caller, or a line in the log that needs none."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import translation

from cityhall.apps.identity import public as identity
from cityhall.apps.notify import public as notify
from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import (
    CHANNELS,
    CallKind,
    Contact,
    Filed,
    NewCall,
    NewRequest,
    Source,
    number_text,
    number_value,
)
from cityhall.apps.service_requests.models import PHONE_DIGITS, Call, CallTopic, ServiceRequest
from cityhall.apps.service_requests.queries import calls as reading
from cityhall.apps.service_requests.queries import ranges
from cityhall.apps.service_requests.queries.rows import within_limits
from cityhall.apps.service_requests.rules.calls import MAX_TOPIC, MAX_TOPICS
from cityhall.apps.service_requests.services import filing, residents
from cityhall.apps.service_requests.services.wording import refusal, refuse
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit, commands, limits, outbox
from cityhall.kernel.django.permissions import need
from cityhall.kernel.offers import FilingOffice, Held, filing_office

TAKE = "requests.calls"
SUBJECT = "call"
_PER_HOUR = 240
_BLANK: Mapping[str, Any] = {"name": "", "email": "", "phone": "", "note": "", "consent": "", "consent_at": None}


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking a call answers. `number` is that of its request, "" for none."""

    id: uuid.UUID
    number: str = ""


def file_for_caller(
    new: NewRequest, *, actor: Actor, tell: bool = False, consent: str = "", command_id: uuid.UUID | None = None
) -> Taken:
    """File a request for somebody at the telephone or the counter, and log the call.

    Whoever files for a council office (`offers.filing_office`) files by that channel alone.

    Args:
        new: `source` is how the caller reached us, `contact` and `language` are theirs; `follow` is not looked at.
        tell: the caller wants to be sent the number with a private link, and to hear what becomes of it.
        consent: the words the caller agreed to; an office keeps no contact without them.

    Raises:
        NotAllowed: without "requests.calls".
        Invalid: as `file_request` does, or by field "channel" or "consent".
        TooMany: the actor filed more in an hour than anybody can.
    """
    office = _office(actor, new.contact, consent)
    if office is not None:
        new = replace(new, source=Source.COUNCIL)
    elif new.source not in CHANNELS:
        raise refusal("channel", "call_channel")
    told = _told(new.contact) if tell else ""
    new = replace(new, follow=told == "mail")

    def run() -> dict[str, Any]:
        filed = filing.file_request(new, actor=actor)
        call = _keep(
            actor,
            CallKind.FILED,
            new.source,
            new.contact,
            new.language,
            request_id=filed.id,
            told=told,
            office=office,
            consent=consent,
        )
        _send(filed, new, told)
        return _logged(call, actor, filed.number)

    return _once(command_id, "file_for_caller", actor, {**asdict(new), "tell": tell, "consent": consent}, run)


def join_for_caller(
    request_id: uuid.UUID,
    *,
    actor: Actor,
    caller: Contact,
    channel: Source = Source.PHONE,
    language: str = "en",
    tell: bool = False,
    consent: str = "",
    command_id: uuid.UUID | None = None,
) -> Taken:
    """Let a caller support a request that is open already, and log the call. A caller counts once per request.

    Args:
        tell: the caller wants to hear what becomes of it; their address is first asked, as for any "me too".
        consent: as for `file_for_caller`.
    """
    office = _office(actor, caller, consent)
    channel = Source.COUNCIL if office is not None else channel
    if office is None and channel not in CHANNELS:
        raise refusal("channel", "call_channel")
    refuse(rules.check_contact(caller))
    who = reading.key_of(caller.phone) or caller.email.strip().lower() or str(command_id or uuid.uuid4())
    told = "mail" if tell and caller.email else ""

    def run() -> dict[str, Any]:
        joined = residents.me_too(
            request_id,
            actor=actor,
            who=f"caller:{who}",
            follow_email=caller.email.strip() if told else "",
            language=language,
        )
        call = _keep(
            actor,
            CallKind.JOINED,
            channel,
            caller,
            language,
            request_id=joined.id,
            told=told,
            office=office,
            consent=consent,
        )
        return _logged(call, actor, joined.number)

    arguments = {
        "id": request_id,
        "caller": asdict(caller),
        "channel": channel,
        "language": language,
        "tell": tell,
        "consent": consent,
    }
    return _once(command_id, "join_for_caller", actor, arguments, run)


def log_call(new: NewCall, *, actor: Actor, consent: str = "", command_id: uuid.UUID | None = None) -> Taken:
    """Log a call that needs no request of its own: a question answered, a complaint, a call about a request.

    Raises:
        NotAllowed: without "requests.calls".
        Invalid: by field ("kind", "channel", "topic", "note", "number", "contact.email"…). A number that is not among
            the actor's work is as unknown as one that does not exist.
    """
    office = _office(actor, new.caller, consent)
    if office is not None and new.channel is Source.COUNCIL:
        new = replace(new, channel=Source.PHONE)  # the rules know how callers reach the city, and no office
    refuse(rules.check_call(new))

    def run() -> dict[str, Any]:
        request = _request_of(new.number, actor)
        call = _keep(
            actor,
            new.kind,
            Source.COUNCIL if office is not None else new.channel,
            new.caller,
            new.language,
            topic=new.topic.strip(),
            note=new.note.strip(),
            request_id=request.id if request else None,
            office=office,
            consent=consent,
        )
        return _logged(call, actor, number_text(request.number) if request else "")

    return _once(command_id, "log_call", actor, {**asdict(new), "consent": consent}, run)


def _once(command_id: uuid.UUID | None, verb: str, actor: Actor, arguments: Mapping[str, Any], run: Any) -> Taken:
    need(actor, TAKE)
    limits.spend(f"calls:{actor.id}", limit=_PER_HOUR, per=timedelta(hours=1))
    kept = commands.once(command_id, f"service_requests.{verb}", actor, arguments, run)
    return Taken(uuid.UUID(kept["id"]), kept["number"])


def _request_of(number: str, actor: Actor) -> ServiceRequest | None:
    if not number.strip():
        return None
    value = number_value(number)
    found = ServiceRequest.objects.filter(number=value).first() if value is not None else None
    if found is None or not within_limits(actor, found.department_id, found.team_id):
        raise refusal("number", "duplicate_unknown")
    return found


def _keep(
    actor: Actor,
    kind: CallKind,
    channel: Source,
    caller: Contact,
    language: str,
    *,
    topic: str = "",
    note: str = "",
    request_id: uuid.UUID | None = None,
    told: str = "",
    office: FilingOffice | None = None,
    consent: str = "",
) -> Call:
    now = clock.now()
    is_kept = office is not None and _says_who(caller)
    return Call.objects.create(
        at=now,
        kind=kind,
        channel=channel,
        topic=topic,
        note=note,
        name=f"{caller.first_name.strip()} {caller.last_name.strip()}".strip(),
        email=caller.email.strip(),
        phone=caller.phone.strip(),
        language=language,
        request_id=request_id,
        taken_by=actor.id,
        told=told,
        office_id=office.id if office else None,
        consent=consent.strip()[:1000] if is_kept else "",
        consent_at=now if is_kept else None,
    )


def _office(actor: Actor, caller: Contact, consent: str) -> FilingOffice | None:
    """Return the office the actor files for; it may keep who calls only where they agreed."""
    need(actor, TAKE)
    office = filing_office.get()(actor)
    if office is not None and _says_who(caller) and not consent.strip():
        raise refusal("consent", "consent_missing")
    return office


def _says_who(caller: Contact) -> bool:
    return any(part.strip() for part in (caller.first_name, caller.last_name, caller.email, caller.phone))


def _logged(call: Call, actor: Actor, number: str) -> dict[str, Any]:
    """Write the event and the audit entry, in the transaction of the call; return what the command answers."""
    facts = {"kind": str(call.kind), "channel": str(call.channel), **({"number": number} if number else {})}
    outbox.record("service_requests.call_logged", subject_id=call.id, data=facts)
    audit.record(actor, "service_requests.call_logged", subject_kind=SUBJECT, subject_id=call.id, data=facts)
    return {"id": str(call.id), "number": number}


def _told(caller: Contact) -> str:
    """Return how the number can be sent to a caller: by e-mail, else by text message, else not at all."""
    if caller.email.strip():
        return "mail"
    return "sms" if identity.sms_number(caller.phone) else ""


def _send(filed: Filed, new: NewRequest, told: str) -> None:
    if not told:
        return
    with translation.override(new.language):
        when = ranges.expected(filed.id, new.category_code, clock.now()).sentence
        path = reverse("request-private", args=[filed.private_token])
    notify.send(
        new.contact.email if told == "mail" else identity.sms_number(new.contact.phone),
        template="service_requests/filed",
        context={
            "number": filed.number,
            "path": path,
            "notice": filed.notice,
            "when": when,
        },
        language=new.language,
        channel=told,
    )


def set_topics(names: Sequence[str], *, actor: Actor) -> None:
    """Set the words calls are counted by, in this order. What calls were logged under stays as it is.

    Raises:
        NotAllowed: without "requests.configure".
        Invalid: field "topics".
    """
    need(actor, "requests.configure")
    wanted = list(dict.fromkeys(clean for name in names if (clean := " ".join(name.split()))))
    if len(wanted) > MAX_TOPICS:
        raise refusal("topics", "topics_many", limit=MAX_TOPICS)
    for name in wanted:
        refuse(rules.check_text("topics", name, MAX_TOPIC))
    with transaction.atomic():
        CallTopic.objects.all().delete()
        CallTopic.objects.bulk_create([CallTopic(name=name, order=place) for place, name in enumerate(wanted)])
        audit.record(
            actor,
            "service_requests.call_topics_set",
            subject_kind="call_topics",
            subject_id=None,
            data={"topics": len(wanted)},
        )


def export_calls(email: str, phone: str) -> Iterable[Mapping[str, Any]]:
    """Return the calls of whoever has this e-mail address or telephone, with account or without."""
    for call in reading.calls_of(phone, email):
        yield {
            "kind": "call",
            "at": call.at.isoformat(),
            "what": call.kind,
            "channel": call.channel,
            "topic": call.topic,
            "note": call.note,
            "name": call.name,
            "email": call.email,
            "phone": call.phone,
            "language": call.language,
            "number": number_text(call.request.number) if call.request is not None else "",
            "consent": call.consent,
            "consent_at": call.consent_at.isoformat() if call.consent_at else "",
        }


def erase_calls(email: str, phone: str) -> int:
    """Blank who called and what was noted, of whoever has this e-mail address or telephone; return how many calls."""
    return _erase(Q(id__in=[call.id for call in reading.calls_of(phone, email)]))


def erase_calls_of(request_ids: Collection[uuid.UUID]) -> int:
    """Blank who called, where the calls filed these requests; return how many calls."""
    return _erase(_filed(request_ids))


def calls_about(email: str, phone: str, request_ids: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """Return the calls that erasing somebody blanks: by their e-mail address or telephone, and by their requests."""
    own = [call.id for call in reading.calls_of(phone, email)]
    return list(Call.objects.filter(_filed(request_ids) | Q(id__in=own)).values_list("id", flat=True))


def _filed(request_ids: Collection[uuid.UUID]) -> Q:
    return Q(kind=CallKind.FILED, request_id__in=request_ids)


def told_before(moment: datetime, held: Held) -> QuerySet[Call]:
    """Return the calls before a moment that say who called or what was noted, without those a hold keeps."""
    rows = Call.objects.filter(at__lt=moment).exclude(name="", email="", phone="", note="")
    if not held:
        return rows
    rows = rows.annotate(folded=Lower("email"), digits=PHONE_DIGITS)
    return rows.exclude(request_id__in=held.requests).exclude(folded__in=held.emails).exclude(digits__in=held.phones)


def purge_calls(before: datetime, held: Held, limit: int) -> int:
    """Blank who called and what was noted in at most so many calls; return in how many. What is counted stays."""
    return _erase(Q(id__in=list(told_before(before, held).values_list("id", flat=True)[:limit])))


def _erase(which: Q) -> int:
    return Call.objects.filter(which).exclude(**_BLANK).update(**_BLANK)
