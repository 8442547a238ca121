"""POST requests: from a form to a filed request."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import BinaryIO, cast

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as jobs

from cityhall.apps.documents import public as documents
from cityhall.apps.service_requests import queries, services
from cityhall.apps.service_requests.contracts import Contact, Definition, NewRequest, Place, Source
from cityhall.apps.service_requests.open311 import parameters, records
from cityhall.apps.service_requests.open311.context import check_jurisdiction, key_of, sent, spend, zone
from cityhall.apps.service_requests.open311.views import unknown_service
from cityhall.kernel.actors import ANONYMOUS, Actor
from cityhall.kernel.errors import CityhallError, Invalid, NotAllowed, NotFound
from cityhall.kernel.georeport import render
from cityhall.kernel.georeport.contracts import Receipt
from cityhall.kernel.georeport.render import Document

MEDIA_JOB = "service_requests.fetch_media"
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
    posted = parameters.posted(given, zone=zone())
    definition = _definition(posted.service_code)
    category = definition.category
    if keyed is None:
        if not category.open311_without_key:
            raise NotAllowed(_("api_key: this service can be reported only with a key."))
        spend(request, category.code, per_minute=category.open311_per_minute)
    actor = keyed.actor if keyed else ANONYMOUS
    # Whoever holds a key answers for the addresses they send; anybody else could subscribe strangers.
    new = replace(_new_request(posted, definition), follow=bool(keyed and posted.email))
    pictures = _pictures(request, posted)
    # Taken before the transaction: what is refused after all is thrown away with its bytes.
    taken: list[uuid.UUID] = []
    try:
        if not trial:
            _take(pictures, actor, taken)
        filing = partial(services.file_request, actor=actor, new=replace(new, photos=tuple(taken)))
        if not trial and not posted.links:
            filed = filing()
        else:
            with transaction.atomic():
                filed = filing()
                _fetch_later(posted.links, filed.id)
                transaction.set_rollback(trial)
    except Invalid as refused:
        documents.discard(taken)
        raise in_their_words(refused) from refused
    except CityhallError:
        documents.discard(taken)
        raise
    return render.receipt(Receipt(service_request_id=filed.number, service_notice=filed.notice))


def _definition(code: str) -> Definition:
    try:
        found = queries.definition(code)
    except NotFound as missing:
        raise unknown_service(code) from missing
    if found.category.is_emergency:
        raise Invalid({"service_code": _("call 911 now. Emergencies cannot be reported here.")}, code="emergency")
    return found


def _new_request(posted: parameters.Posted, definition: Definition) -> NewRequest:
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
        language=(get_language() or "en").split("-")[0],
    )


def _place(posted: parameters.Posted) -> Place:
    address_id = None
    if posted.address_id:
        try:
            address_id = uuid.UUID(posted.address_id)
        except ValueError:
            if posted.lat is None and not posted.address:
                raise Invalid({"address_id": _("there is no such address")}) from None
    return Place(lat=posted.lat, lon=posted.long, address=posted.address, address_id=address_id)


def _pictures(request: HttpRequest, posted: parameters.Posted) -> list[tuple[bytes | BinaryIO, str]]:
    """Return the pictures that came with the form, with their names."""
    files = [file for name in request.FILES for file in request.FILES.getlist(name)]
    found: list[tuple[bytes | BinaryIO, str]] = [(content, "") for content in posted.pictures]
    found += [(cast(BinaryIO, file), file.name or "") for file in files]
    if len(found) + len(posted.links) > parameters.MOST_MEDIA:
        raise Invalid({"media": _("at most %(limit)d pictures can be sent") % {"limit": parameters.MOST_MEDIA}})
    return found


def _take(pictures: Sequence[tuple[bytes | BinaryIO, str]], actor: Actor, taken: list[uuid.UUID]) -> None:
    """Take the pictures one by one into `taken`, which then also has those before one that is refused."""
    for content, name in pictures:
        taken.append(documents.take(content, filename=name, actor=actor).id)


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
