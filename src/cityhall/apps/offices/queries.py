"""Reads of the room: offices, the one somebody works in, its week and its cases."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cityhall.apps.offices import rules
from cityhall.apps.offices.contracts import MANAGE, WORK, Compared, KindLine, OfficeInfo, OfficeTerms, Report
from cityhall.apps.offices.models import Member, Office
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import public as requests
from cityhall.apps.service_requests.contracts import TallyFilter
from cityhall.apps.service_requests.public import AreaSpan, KindCounts, OfficeCase
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.django.permissions import DENIED, need
from cityhall.kernel.errors import NotAllowed, NotFound
from cityhall.kernel.offers import FilingOffice

OLDEST = 8


def filing_office(actor: Actor) -> FilingOffice | None:
    """Return the office the actor files for, None for everybody else.

    Raises:
        NotAllowed: somebody who may only file for an office, and is in none: the city's calls are not theirs.
    """
    if actor.id is None or not actor.may(WORK):
        return None
    row = _of_member(actor.id)
    if row is None and not actor.may(MANAGE):
        raise NotAllowed(_("You are in no office yet. Ask your administrator to add you to one."))
    return FilingOffice(row.id, row.name) if row else None


def _of_member(user_id: uuid.UUID) -> Office | None:
    member = Member.objects.select_related("office").filter(user_id=user_id, office__is_active=True).first()
    return member.office if member else None


def offices(actor: Actor) -> list[OfficeInfo]:
    """Return all offices, the active ones first. Raises NotAllowed without "offices.manage"."""
    need(actor, MANAGE)
    found = [info(row) for row in Office.objects.prefetch_related("members")]
    return sorted(found, key=lambda one: (not one.terms.is_active, one.terms.name.get("en", "")))


def office(office_id: uuid.UUID, actor: Actor) -> OfficeInfo:
    """Return one office. Raises NotAllowed, NotFound."""
    found = next((one for one in offices(actor) if one.id == office_id), None)
    if found is None:
        raise NotFound(_("There is no such office."))
    return found


def own_office(actor: Actor) -> OfficeInfo:
    """Return the office the actor works in. Raises NotAllowed, and NotFound for somebody who works in none."""
    need(actor, WORK)
    row = _of_member(actor.id) if actor.id else None
    if row is None:
        raise NotFound(_("You are in no office yet. Ask your administrator to add you to one."))
    return info(row)


def terms_of(row: Office) -> OfficeTerms:
    """Return what is set of an office."""
    members = frozenset(one.user_id for one in row.members.all())
    return OfficeTerms(row.name, row.area_kind, row.area_code, members, row.is_active)


def info(row: Office) -> OfficeInfo:
    """Return an office with its district as it is now."""
    area = next((one for one in places.areas(row.area_kind) if one.code == row.area_code), None)
    return OfficeInfo(row.id, terms_of(row), area.id if area else None, area.name if area else {})


def report(of: OfficeInfo, monday: date) -> Report | None:
    """Return an office's week; None when its district is gone. It tells only what everybody may know of a district."""
    if of.area_id is None:
        return None
    zone = places.zone()
    spans = rules.spans_of(monday, zone)
    this, before, last_year = (requests.area_span(of.area_id, since, until) for since, until in spans)
    district = TallyFilter(area=of.area_id)
    now = clock.now()
    since, until = spans[0]
    return Report(
        office=of,
        monday=monday,
        sunday=monday + timedelta(days=6),
        opened=Compared(this.opened, before.opened, last_year.opened),
        closed=Compared(this.closed, before.closed, last_year.closed),
        contested=Compared(this.contested, before.contested, last_year.contested),
        open=sum(requests.open_ages(district, [])),
        overdue=requests.open_late(district, places.local(now).date()),
        as_of=now,
        kinds=_kinds(this, before, last_year),
        streets=rules.top_streets(requests.addresses_filed(of.area_id, since, until), places.short_words),
        oldest=tuple(requests.oldest_open(of.area_id, OLDEST)),
    )


def _kinds(this: AreaSpan, before: AreaSpan, last_year: AreaSpan) -> tuple[KindLine, ...]:
    spans = [{one.name: one for one in span.kinds} for span in (this, before, last_year)]
    names = list(dict.fromkeys(name for span in spans for name in span))
    none = KindCounts("")
    lines = [
        KindLine(
            name,
            Compared(*(span.get(name, none).opened for span in spans)),
            Compared(*(span.get(name, none).closed for span in spans)),
        )
        for name in names
    ]
    return tuple(sorted(lines, key=lambda one: (not one.name, -one.opened.now, -one.closed.now, one.name)))


def cases(of: OfficeInfo, actor: Actor) -> list[OfficeCase]:
    """Return what the actor's office filed for people; that somebody read who they are is in the audit log.

    Raises:
        NotAllowed: the actor does not work there.
    """
    if own_office(actor).id != of.id:
        raise NotAllowed(DENIED)
    found = requests.cases_of_office(of.id)
    if named := sum(one.consent_at is not None for one in found):
        with transaction.atomic():
            audit.record(
                actor, "offices.contacts_read", subject_kind="office", subject_id=of.id, data={"people": named}
            )
    return found
