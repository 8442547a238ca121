"""POST requests: from a form to a filed request."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, BinaryIO, cast

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as jobs

from cityhall.apps.documents import public as documents
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import queries, services
from cityhall.apps.service_requests.contracts import Contact, Definition, Detail, Filed, NewRequest, Place, Source
from cityhall.apps.service_requests.open311 import records
from cityhall.apps.service_requests.open311.context import check_jurisdiction, key_of, sent, spend
from cityhall.apps.service_requests.open311.posted import MOST_MEDIA, Posted, posted_request
from cityhall.apps.service_requests.open311.views import unknown_service
from cityhall.kernel.actors import ANONYMOUS, Actor
from cityhall.kernel.errors import CityhallError, Invalid, NotAllowed, NotFound
from cityhall.kernel.georeport import render
from cityhall.kernel.georeport.contracts import Receipt
from cityhall.kernel.georeport.render import Document

MEDIA_JOB = "service_requests.fetch_media"
ALL_PER_MINUTE = 60
"""How many reports without a key one sender may file in a minute, whatever they are of."""
_PLACE = frozenset({"lat", "long", "lon", "address_string", "address", "address_id"})
# What our services call a field, and what GeoReport calls it.
_NAMES = {
    "category_code": "service_code",
    "place": "lat",
    "photos": "media",
    "photo": "media",
    "contact.email": "email",
    "contact.phone": "phone",
    "contact.first_name": "first_name",
    "contact.last_name": "last_name",
}


def file_request(request: HttpRequest, fmt: str, *, trial: bool = False) -> Document:
    """File what was posted and answer its number.

    Args:
        trial: check everything, answer as if, and keep nothing.
    """
    given = sent(request)
    check_jurisdiction(given)
    keyed = key_of(request, given)
    posted, wrong = posted_request(given, zone=places.zone())
    if "service_code" in wrong:
        raise Invalid(wrong)
    definition = _definition(posted.service_code)
    category = definition.category
    if keyed is None:
        if not category.open311_without_key:
            raise NotAllowed(_("api_key: this service can be reported only with a key."))
        # There are many services: one sender may not use up the limit of each.
        most = max(ALL_PER_MINUTE, category.open311_per_minute)
        spend(request, {category.code: category.open311_per_minute, "all": most})
    actor = keyed.actor if keyed else ANONYMOUS
    # Whoever holds a key answers for the addresses they send; anybody else could subscribe strangers.
    new = replace(_new_request(posted, definition), follow=bool(keyed and posted.email))
    # Taken before the transaction: what is refused after all is thrown away with its bytes.
    taken: list[uuid.UUID] = []
    try:
        wrong |= _take(request, posted, actor, taken)
        filing = partial(_file, new, actor, () if trial else taken, placed=_place_name(posted))
        if not (wrong or trial or posted.links):
            filed, wrong = filing()
        else:
            with transaction.atomic():
                filed, found = filing()
                # What the parameters say wrong of a place is said once, not again of the place they make.
                wrong = {
                    name: text for name, text in found.items() if not (name in _PLACE and _PLACE & set(wrong))
                } | wrong
                if filed is not None:
                    _fetch_later(posted.links, filed.id)
                transaction.set_rollback(trial or bool(wrong))
        if wrong or filed is None:
            raise Invalid(wrong)
    except CityhallError:
        documents.discard(taken)
        raise
    if trial:
        documents.discard(taken)
    notice = _("This is a trial. Nothing was kept, and no request has this number.") if trial else ""
    notice = f"{notice} {filed.notice}".strip()
    return render.receipt(Receipt(service_request_id=filed.number, service_notice=notice))


def _definition(code: str) -> Definition:
    try:
        found = queries.definition(code)
    except NotFound as missing:
        raise unknown_service(code) from missing
    if found.category.is_emergency:
        raise Invalid({"service_code": _("call 911 now. Emergencies cannot be reported here.")}, code="emergency")
    return found


def _new_request(posted: Posted, definition: Definition) -> NewRequest:
    several = {question.code for question in definition.questions if records.is_multi(question)}
    notices = {question.code for question in definition.questions if not question.variable}
    return NewRequest(
        category_code=posted.service_code,
        place=_place(posted),
        description=posted.description,
        answers={
            code: [answer] if code in several and isinstance(answer, str) else answer
            for code, answer in posted.attributes.items()
            if code not in notices
        },
        contact=Contact(posted.first_name, posted.last_name, posted.email, posted.phone),
        source=Source.OPEN311,
        # A program cannot be asked whether all may read it; staff still do.
        hides_private=definition.category.policy.text is Detail.EXACT,
        language=(get_language() or "en").split("-")[0],
    )


def _place(posted: Posted) -> Place:
    address_id = None
    if posted.address_id:
        try:
            address_id = uuid.UUID(posted.address_id)
        except ValueError:
            # An id that is none of ours is that of no address.
            address_id = uuid.UUID(int=0) if posted.lat is None and not posted.address else None
    return Place(lat=posted.lat, lon=posted.long, address=posted.address, address_id=address_id)


def _take(request: HttpRequest, posted: Posted, actor: Actor, taken: list[uuid.UUID]) -> dict[str, Any]:
    """Take the pictures that came with the form one by one into `taken`; return what is wrong with them."""
    sent_files = request.FILES if request.content_type == "multipart/form-data" else {}
    files = [file for name in sent_files for file in request.FILES.getlist(name)]
    pictures: list[tuple[bytes | BinaryIO, str]] = [(content, "") for content in posted.pictures]
    pictures += [(cast(BinaryIO, file), file.name or "") for file in files]
    if len(pictures) + len(posted.links) > MOST_MEDIA:
        return {"media": _("at most %(limit)d pictures can be sent") % {"limit": MOST_MEDIA}}
    try:
        for content, name in pictures:
            taken.append(documents.take(content, filename=name, actor=actor).id)
    except Invalid as refused:
        return {_name(field): text for field, text in refused.fields.items()}
    return {}


def _file(
    new: NewRequest, actor: Actor, photos: Sequence[uuid.UUID], *, placed: str
) -> tuple[Filed | None, dict[str, Any]]:
    """File the request; return it, or what is wrong of it in GeoReport's words. `placed` is what says where it is."""
    try:
        return services.file_request(actor=actor, new=replace(new, photos=tuple(photos))), {}
    except Invalid as refused:
        return None, {placed if name == "place" else _name(name): text for name, text in refused.fields.items()}


def _place_name(posted: Posted) -> str:
    if posted.lat is not None or not (posted.address or posted.address_id):
        return "lat"
    return "address_id" if posted.address_id else "address_string"


def _fetch_later(links: Sequence[str], request_id: uuid.UUID) -> None:
    """Leave links to pictures to a job: asking other servers takes its time."""
    job = jobs.configure_task(MEDIA_JOB, queue="media")
    for link in links:
        job.defer(request_id=str(request_id), link=link)


def in_their_words(refused: Invalid) -> Invalid:
    """Return the refusal with GeoReport's names for the fields."""
    return Invalid({_name(field): text for field, text in refused.fields.items()}, code=refused.code)


def _name(field: str) -> str:
    if field.startswith("answers."):
        return f"attribute[{field.removeprefix('answers.')}]"
    return _NAMES.get(field, field)
