"""How long what people told us about requests is kept after these were closed, and rows an import put aside."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from cityhall.apps.documents import public as documents
from cityhall.apps.service_requests.contracts import State
from cityhall.apps.service_requests.models import (
    PHONE_DIGITS,
    HistoryEvent,
    NoteFile,
    QuarantinedRow,
    Reporter,
    RequestPhoto,
    ServiceRequest,
)
from cityhall.apps.service_requests.services import calls, finding, note_files, personal
from cityhall.kernel.actors import ActorKind
from cityhall.kernel.offers import Held, Period, Retained, Step

_RESIDENTS = [ActorKind.ANONYMOUS, ActorKind.RESIDENT]


def kept_kinds() -> Iterator[Retained]:
    """Iterate over the kinds of records the room keeps for a while."""
    yield Retained(
        "contacts",
        _("Who reported: name, e-mail, phone"),
        _(
            "From the day the request was closed. The exact place goes too where the category shows it only roughly or"
            " not at all; its rough form stays."
        ),
        Period(2, "years"),
        lambda before, held: _contacts(before, held).count(),
        step=_walk(_purge_contacts),
        order=10,
    )
    yield Retained(
        "texts",
        _("What residents wrote: report, free answers, “it is not fixed”"),
        _("From the day the request was closed. Category, place, dates, choices and the city’s own words stay."),
        None,
        lambda before, held: _texts(before, held).count(),
        step=_walk(_purge_texts),
        order=11,
    )
    yield Retained(
        "photos",
        _("Residents’ photos, in every size they are kept in"),
        _("From the day the request was closed. Photos of the city’s work stay."),
        None,
        lambda before, held: _photographed(before, held).count(),
        step=_walk(_purge_photos),
        order=12,
    )
    yield Retained(
        "note files",
        _("Files with internal notes"),
        _("From the day the request was closed. The notes themselves stay."),
        None,
        lambda before, held: _with_files(before, held).count(),
        step=_walk(_purge_note_files),
        order=12,
    )
    yield Retained(
        "originals",
        _("Photos as they were before faces or plates were covered"),
        _("From the day they were covered. The covered photo stays."),
        Period(30, "days"),
        lambda before, held: _originals(before, held).count(),
        _purge_originals,
        order=12,
    )
    yield Retained(
        "calls",
        _("The log of calls: who called, and what was noted"),
        _("From the call. When, through what and about which topic people called stays, so that it can be counted."),
        Period(1, "years"),
        lambda before, held: calls.told_before(before, held).count(),
        calls.purge_calls,
        order=13,
    )
    yield Retained(
        "quarantine",
        _("Rows of imported files that could not be used"),
        _("From the import. Hand them back and mend them before."),
        Period(90, "days"),
        lambda before, held: _quarantined(before).count(),
        _purge_quarantined,
        order=40,
    )


def _closed(before: datetime, held: Held) -> QuerySet[ServiceRequest]:
    """Return the requests closed before a moment, without those a hold keeps, itself or through its reporter."""
    rows = ServiceRequest.objects.filter(state=State.CLOSED, closed_at__lt=before)
    if not held:
        return rows
    return rows.exclude(id__in=held.requests).exclude(Exists(_held_reporters(held, "pk")))


def _held_reporters(held: Held, request: str) -> QuerySet[Reporter]:
    """Return reporters whom a hold names, of the request of an outer row."""
    return Reporter.objects.annotate(
        folded=Lower("email"),
        digits=PHONE_DIGITS,
    ).filter(
        Q(folded__in=held.emails) | Q(digits__in=held.phones) | Q(user_id__in=held.accounts), request=OuterRef(request)
    )


def _contacts(before: datetime, held: Held) -> QuerySet[ServiceRequest]:
    known = Reporter.objects.filter(request=OuterRef("pk")).exclude(
        user_id=None, first_name="", last_name="", email="", phone="", private_token_hash=""
    )
    return _closed(before, held).filter(Exists(known))


def _texts(before: datetime, held: Held) -> QuerySet[ServiceRequest]:
    said = HistoryEvent.objects.filter(request=OuterRef("pk"), author_kind__in=_RESIDENTS).exclude(text="")
    return _closed(before, held).exclude(Q(description="") & ~Exists(said))


def _photographed(before: datetime, held: Held) -> QuerySet[ServiceRequest]:
    pictures = RequestPhoto.objects.filter(request=OuterRef("pk"), is_evidence=False)
    return _closed(before, held).filter(Exists(pictures))


def _with_files(before: datetime, held: Held) -> QuerySet[ServiceRequest]:
    return _closed(before, held).filter(Exists(NoteFile.objects.filter(event__request=OuterRef("pk"))))


def _originals(before: datetime, held: Held) -> QuerySet[RequestPhoto]:
    rows = RequestPhoto.objects.filter(covered_at__lt=before, original__isnull=False)
    if not held:
        return rows
    return rows.exclude(request_id__in=held.requests).exclude(Exists(_held_reporters(held, "request_id")))


def _quarantined(before: datetime) -> QuerySet[QuarantinedRow]:
    return QuarantinedRow.objects.filter(run__started_at__lt=before)


def _walk(
    purge: Callable[[datetime, Held, list[uuid.UUID]], int],
) -> Callable[[datetime, Held, int, str], Step]:
    """Return the steps through what is closed, in the order of its closing: what is closed later comes later."""

    def step(before: datetime, held: Held, limit: int, after: str) -> Step:
        page = list(passed(before, after)[:limit])
        with transaction.atomic():
            removed = purge(before, held, [request_id for _at, request_id in page])
        is_end = len(page) < limit
        return Step(removed, _reached(before, after) if is_end else _place(*page[-1]), is_end)

    return step


def passed(before: datetime, after: str) -> QuerySet[ServiceRequest, tuple[Any, uuid.UUID]]:
    """Return when requests were closed and their ids, from a place of the walk on."""
    rows = ServiceRequest.objects.filter(state=State.CLOSED, closed_at__lt=before)
    if after:
        moment, last = _read(after)
        # The first bound is what the index is entered by.
        rows = rows.filter(closed_at__gte=moment).exclude(closed_at=moment, id__lte=last)
    return rows.order_by("closed_at", "id").values_list("closed_at", "id")


def _place(moment: datetime, last: uuid.UUID) -> str:
    return f"{moment.isoformat()} {last}"


def _read(place: str) -> tuple[datetime, uuid.UUID]:
    moment, last = place.split(" ")
    return datetime.fromisoformat(moment), uuid.UUID(last)


def _reached(before: datetime, after: str) -> str:
    """Return the place at the end: all that was old enough was looked at. A longer period does not lead back."""
    return after if after and _read(after)[0] >= before else _place(before, uuid.UUID(int=0))


def _purge_contacts(before: datetime, held: Held, among: list[uuid.UUID]) -> int:
    ids = list(_contacts(before, held).filter(id__in=among).values_list("id", flat=True))
    personal.forget_contacts(ids)
    personal.note_removal(ids, what="contacts")
    return len(ids)


def _purge_texts(before: datetime, held: Held, among: list[uuid.UUID]) -> int:
    rows = _texts(before, held).filter(id__in=among).select_related("category", "duplicate_of").order_by("id")
    found = list(rows.select_for_update(of=("self",)))
    for request in found:
        personal.blank_texts(request)
        finding.index(request)
        request.save(update_fields=["description", "showing", "answers", "words"])
    _blank_others(found)
    personal.note_removal([request.id for request in found], what="texts")
    return len(found)


def _blank_others(requests: list[ServiceRequest]) -> None:
    """The schedule ends for everybody's words, not only for the reporter's."""
    HistoryEvent.objects.filter(request__in=requests, author_kind__in=_RESIDENTS).exclude(text="").update(text="")


def _purge_photos(before: datetime, held: Held, among: list[uuid.UUID]) -> int:
    ids = list(_photographed(before, held).filter(id__in=among).values_list("id", flat=True))
    personal.discard_photos(ids)
    personal.note_removal(ids, what="photos")
    return len(ids)


def _purge_note_files(before: datetime, held: Held, among: list[uuid.UUID]) -> int:
    ids = list(_with_files(before, held).filter(id__in=among).values_list("id", flat=True))
    note_files.discard(ids)
    personal.note_removal(ids, what="note files")
    return len(ids)


def _purge_originals(before: datetime, held: Held, limit: int) -> int:
    with transaction.atomic():
        rows = list(_originals(before, held).order_by("id")[:limit])
        gone = [row.original_id for row in rows if row.original_id]
        RequestPhoto.objects.filter(id__in=[row.id for row in rows]).update(original=None)
        documents.discard(gone)
    return len(rows)


def _purge_quarantined(before: datetime, held: Held, limit: int) -> int:
    ids = list(_quarantined(before).values_list("id", flat=True)[:limit])
    return QuarantinedRow.objects.filter(id__in=ids).delete()[0]
