"""A person's own data: handed out when they ask, blanked when they go. The facts of the city's work stay."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from cityhall.apps.documents import public as documents
from cityhall.apps.notify import public as notify
from cityhall.apps.service_requests.contracts import (
    Changed,
    Datatype,
    Detail,
    Fact,
    Showing,
    Visibility,
    number_text,
)
from cityhall.apps.service_requests.models import (
    PHONE_DIGITS,
    AbuseReport,
    HistoryEvent,
    Question,
    Reporter,
    RequestPhoto,
    ServiceRequest,
    Supporter,
)
from cityhall.apps.service_requests.queries import reading
from cityhall.apps.service_requests.services import calls, note_files, writing
from cityhall.apps.service_requests.services.saved_queues import forget_searches
from cityhall.apps.service_requests.services.shortlist import erase_shortlist, export_shortlist
from cityhall.kernel.actors import ActorKind, system
from cityhall.kernel.django import keeping
from cityhall.kernel.offers import Person, phone_digits

_BY_RESIDENTS = (ActorKind.ANONYMOUS, ActorKind.RESIDENT)
_FETCHER = "Open311"
ERASURE = "Erasure"


def reported_by(person: Person) -> QuerySet[Reporter]:
    """Return who reported as this person: by their account, or by an address they left."""
    mine = Q(request_id__in=person.requests)
    if person.account:
        mine |= Q(user_id=person.account)
    if person.email:
        mine |= Q(email__iexact=person.email)
    rows = Reporter.objects.all()
    if digits := phone_digits(person.phone):
        rows, mine = rows.annotate(digits=PHONE_DIGITS), mine | Q(digits=digits)
    return rows.filter(mine)


def find(person: Person) -> Person:
    """Return the person with the requests they reported. Only one known by requests alone gets an address from them.

    Anybody else's addresses are proven or asked for: a telephone a household shares makes nobody's reports theirs.
    """
    rows = list(reported_by(person).order_by("request_id").values_list("request_id", "user_id", "email", "phone"))
    person = replace(person, requests=person.requests | {row[0] for row in rows})
    if person.account or person.email or person.phone:
        return person
    _id, account, email, phone = next((row for row in rows if any(row[1:])), (None, None, "", ""))
    return replace(person, account=account, email=email.lower(), phone=phone)


def export(person: Person) -> Iterable[Mapping[str, Any]]:
    """Return what is kept of a person: their requests with contact and texts, and what they wrote on others."""
    rows = reported_by(person).select_related("request", "request__category").order_by("request__number")
    mine = set()
    for row in rows:
        request = row.request
        mine.add(request.id)
        pictures = request.photos.filter(is_evidence=False).values_list("document_id", flat=True)
        yield {
            "kind": "service_request",
            "number": number_text(request.number),
            "category": request.category.code,
            "requested_at": request.requested_at.isoformat(),
            "description": request.description,
            "answers": request.answers,
            "address": request.address,
            "lat": request.lat,
            "lon": request.lon,
            "first_name": row.first_name,
            "last_name": row.last_name,
            "email": row.email,
            "phone": row.phone,
            "photos": [str(one) for one in pictures],
        }
    for event in HistoryEvent.objects.filter(request_id__in=mine, data__has_key="left_out").select_related("request"):
        yield _history(event)
    yield from calls.export_calls(person.email, person.phone)
    yield from note_files.export(person, mine)
    if person.account is None:
        return
    yield from export_shortlist(person)
    for event in HistoryEvent.objects.filter(author_id=person.account, author_kind=ActorKind.RESIDENT).select_related(
        "request"
    ):
        yield _history(event)


def _history(event: HistoryEvent) -> Mapping[str, Any]:
    return {
        "kind": "history",
        "number": number_text(event.request.number),
        "fact": event.fact,
        "at": event.at.isoformat(),
        "text": event.text,
    }


def erase(person: Person) -> int:
    """Blank everything that says who a person is or is in their words; return how many rows changed."""
    actor = system(ERASURE)
    with transaction.atomic():
        # What was imported names no reporter, and has words all the same.
        named = ServiceRequest.objects.filter(id__in=person.requests).values_list("id", flat=True)
        ids = sorted({*named, *reported_by(person).values_list("request_id", flat=True)})
        called = calls.calls_about(person.email, person.phone, ids)  # nobody finds them once they are blank
        for request_id in ids:
            _erase(writing.locked(request_id, actor=actor, permission="requests.moderate"))
        changed = len(ids) + _forget_quarantined(person) + calls.erase_calls(person.email, person.phone)
        changed += erase_shortlist(person) + forget_searches(person)
        if person.account:
            changed += HistoryEvent.objects.filter(author_id=person.account, author_kind=ActorKind.RESIDENT).update(
                text="", author_id=None, author_label=""
            )
            # One name for all of theirs, so that what a duplicate brought is still known by it when that goes again.
            supports = Supporter.objects.filter(who=reading.token_hash(f"me-too:{person.account}"))
            changed += supports.update(who=secrets.token_hex(32))
        keeping.forget_fingerprints([*ids, *called])
    return changed


def _erase(request: ServiceRequest) -> Changed:
    actor = system(ERASURE)
    discard_photos([request.id])
    note_files.discard([request.id])  # nobody can tell what a letter or a plan says of whom
    blank_texts(request)
    forget_contacts([request.id])
    request.refresh_from_db(fields=PLACE)
    event = writing.add_event(request, actor, Fact.ERASED)
    return writing.finish(request, actor, "erased", event=event)


def blank_texts(request: ServiceRequest) -> None:
    """Blank what residents wrote on a request: the report, free answers, "it is not fixed". Does not save the request.

    Another account's words stay: that person is asked on their own. Words without an account go, whoever wrote them.
    """
    free = set(
        Question.objects.filter(
            category_id=request.category_id, datatype__in=[Datatype.STRING, Datatype.TEXT]
        ).values_list("code", flat=True)
    )
    request.description, request.showing = "", Showing.WITHHELD
    request.answers = {code: value for code, value in request.answers.items() if code not in free}
    reporter = Reporter.objects.filter(request=request).values_list("user_id", flat=True).first()
    events = HistoryEvent.objects.filter(request=request)
    own = Q(author_id=None) | Q(author_id=reporter) if reporter else Q(author_id=None)
    events.filter(own, author_kind__in=_BY_RESIDENTS).update(text="", author_label="")
    # A link the reporter gave that led to no picture was written down for staff.
    events.filter(author_kind=ActorKind.SYSTEM, author_label=_FETCHER, fact=Fact.NOTE).update(text="")
    # What a program said was published without what looked private; the whole of it is here.
    events.filter(data__has_key="left_out").update(text="")
    for event in events.filter(data__has_key="answers_before"):
        event.data = {key: value for key, value in event.data.items() if key != "answers_before"}
        event.save(update_fields=["data"])
    AbuseReport.objects.filter(request=request).exclude(reason="").update(reason="")


def discard_photos(request_ids: Collection[uuid.UUID]) -> int:
    """Remove residents' photos of requests, bytes and what was covered on them included; return how many.

    A picture that other photos show as well stays with those.
    """
    pictures = RequestPhoto.objects.filter(request_id__in=request_ids, is_evidence=False)
    ids = _documents_of(pictures)
    pictures.delete()
    elsewhere = _documents_of(RequestPhoto.objects.filter(Q(document_id__in=ids) | Q(original_id__in=ids)))
    documents.discard(ids - elsewhere)
    return len(ids)


def _documents_of(photos: QuerySet[RequestPhoto]) -> set[uuid.UUID]:
    return {one for pair in photos.values_list("document_id", "original_id") for one in pair if one}


#: The fields that say where a request is, and those of its public form that take their place.
_COARSE = {"lat": "public_lat", "lon": "public_lon", "address": "public_address", "areas": "public_areas",
           "cell": "public_cell"}  # fmt: skip
PLACE = [*_COARSE, "address_id"]


def forget_contacts(request_ids: Collection[uuid.UUID]) -> None:
    """Blank who reported, the link to their private page, and all but the public form of a place that may be a home."""
    for row in Reporter.objects.filter(request_id__in=request_ids).select_related("request"):
        notify.forget(
            writing.SUBJECT,
            row.request_id,
            email=row.email,
            user_id=row.user_id,
            text=number_text(row.request.number),
        )
    calls.erase_calls_of(request_ids)
    reporters = Reporter.objects.filter(request_id__in=request_ids)
    users = [user_id for user_id in reporters.values_list("user_id", flat=True) if user_id]
    HistoryEvent.objects.filter(request_id__in=request_ids, author_kind=ActorKind.RESIDENT, author_id__in=users).update(
        author_id=None, author_label=""
    )
    reporters.update(user_id=None, first_name="", last_name="", email="", phone="", private_token_hash="")
    homes = ServiceRequest.objects.filter(id__in=request_ids).exclude(category__place_policy=Detail.EXACT)
    for event in HistoryEvent.objects.filter(request__in=homes, data__has_key="place_before"):
        event.data = {key: value for key, value in event.data.items() if key != "place_before"}
        event.save(update_fields=["data"])
    ServiceRequest.objects.filter(id__in=list(homes.values_list("id", flat=True))).update(
        address_id=None, **{field: F(public) for field, public in _COARSE.items()}
    )


def note_removal(request_ids: Collection[uuid.UUID], *, what: str) -> None:
    """Write into requests' histories, for staff, that the schedule removed something. An import puts it not back."""
    by = system("Retention schedule")
    for request in ServiceRequest.objects.filter(id__in=request_ids):
        writing.add_event(request, by, Fact.ERASED, visibility=Visibility.INTERNAL, data={"removed": what})


def not_erased(request_ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Return those of the requests that are there and whose reporter was not erased."""
    done = HistoryEvent.objects.filter(request_id__in=request_ids, fact=Fact.ERASED, author_label=ERASURE)
    there = ServiceRequest.objects.filter(id__in=request_ids).values_list("id", flat=True)
    return frozenset(there) - set(done.values_list("request_id", flat=True))


def was_erased(request_id: uuid.UUID) -> bool:
    """Say whether something of a request was erased, so that loading its row again must not bring it back."""
    return HistoryEvent.objects.filter(request_id=request_id, fact=Fact.ERASED).exists()


_QUARANTINED = """
    delete from service_requests_quarantinedrow where jsonb_typeof("row") = 'object' and exists (
        select 1 from jsonb_each_text("row") as field (name, value)
        where (%s <> '' and lower(value) like %s)
        or (%s <> '' and right(regexp_replace(value, '\\D', '', 'g'), 10) = %s and value !~ '[A-Za-z]'))
"""


def _forget_quarantined(person: Person) -> int:
    """Remove rows of imported files that were put aside and hold an address of the person's."""
    digits = phone_digits(person.phone)
    pattern = "%" + person.email.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
    with connection.cursor() as cursor:
        cursor.execute(_QUARANTINED, [person.email, pattern, digits, digits])
        return int(cursor.rowcount)
