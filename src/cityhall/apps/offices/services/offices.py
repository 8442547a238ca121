"""Making and changing offices."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cityhall.apps.identity import public as identity
from cityhall.apps.offices import queries
from cityhall.apps.offices.contracts import MANAGE, OfficeTerms
from cityhall.apps.offices.models import Member, Office
from cityhall.apps.places import public as places
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.django.permissions import need
from cityhall.kernel.django.seen import need_unchanged
from cityhall.kernel.errors import Invalid, NotFound


def save_office(terms: OfficeTerms, *, actor: Actor, office_id: uuid.UUID | None = None, seen: str = "") -> uuid.UUID:
    """Make an office, or change one; return its id. Somebody who was in another office leaves it.

    Args:
        seen: the mark of what the actor read, see `kernel.django.seen`.

    Raises:
        NotAllowed: without "offices.manage".
        NotFound: no such office.
        Stale: somebody else saved since the actor read it.
        Invalid: fields "name_en", "area", "members".
    """
    need(actor, MANAGE)
    names = {language: text.strip() for language, text in terms.name.items() if text.strip()}
    problems = {}
    if not names.get("en") or any(len(text) > 120 for text in names.values()):
        problems["name_en"] = _("Name the office in English, in at most 120 characters.")
    if terms.area_code not in {one.code for one in places.areas(terms.area_kind)}:
        problems["area"] = _("Choose an area of the list.")
    if not terms.members <= {one.id for one in identity.people() if one.contractor_id is None}:
        problems["members"] = _("Choose people of the list.")
    if problems:
        raise Invalid(problems)
    now = clock.now()
    with transaction.atomic():
        if office_id is None:
            row = Office(created_at=now, told_until=now)
        else:
            found = Office.objects.select_for_update().filter(id=office_id).first()
            if found is None:
                raise NotFound(_("There is no such office."))
            row = found
            need_unchanged(seen, queries.terms_of(row))
        row.name, row.is_active = names, terms.is_active
        row.area_kind, row.area_code = terms.area_kind, terms.area_code
        row.save()
        Member.objects.filter(office=row).exclude(user_id__in=terms.members).delete()
        Member.objects.filter(user_id__in=terms.members).exclude(office=row).delete()
        there = set(Member.objects.filter(office=row).values_list("user_id", flat=True))
        Member.objects.bulk_create([Member(office=row, user_id=one) for one in sorted(terms.members - there)])
        facts = {"name": names["en"], "area": f"{row.area_kind}:{row.area_code}", "members": len(terms.members)}
        audit.record(actor, "offices.saved", subject_kind="office", subject_id=row.id, data=facts)
    return row.id
