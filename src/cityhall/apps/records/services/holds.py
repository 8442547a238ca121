"""Legal holds: placed, looked at by whoever removes something, lifted."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from cityhall.apps.records import queries
from cityhall.apps.records.contracts import MANAGE, HoldTerms
from cityhall.apps.records.models import Hold
from cityhall.apps.service_requests import public as service_requests
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.errors import Invalid, NotAllowed, NotFound
from cityhall.kernel.offers import Held, Person, city_card, phone_digits

_LOCK = 0x401D
_LONGEST_PHONE = 32


def may_manage(actor: Actor) -> None:
    """Raise NotAllowed unless the actor keeps the records."""
    if not actor.may(MANAGE):
        raise NotAllowed(_("Only a records officer may do this."))


def lock() -> None:
    """Wait until nobody else places a hold or removes anything, and keep them off until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])


@transaction.atomic
def place(*, actor: Actor, terms: HoldTerms) -> uuid.UUID:
    """Place a hold and return its id. From now on nothing it means is removed by anybody.

    Raises:
        Invalid: by field ("name", "reason", "numbers", "address", "since", "until", "email", "phone", "scope").
    """
    may_manage(actor)
    lock()
    requests = _checked(terms)
    person = queries.look_for(Person(email=terms.email.strip().lower(), phone=terms.phone.strip()))
    is_of_person = bool(terms.email.strip() or terms.phone.strip())
    row = Hold.objects.create(
        name=terms.name.strip(),
        reason=terms.reason.strip(),
        requests=requests,
        area_id=terms.area_id,
        address=terms.address.strip(),
        since=terms.since,
        until=terms.until,
        email=terms.email.strip().lower(),
        phone=terms.phone.strip(),
        account_id=person.account if is_of_person else None,
        is_of_person=is_of_person,
        placed_at=clock.now(),
        placed_by=actor.id,
    )
    _write_down(actor, "hold_placed", row)
    return row.id


def _checked(terms: HoldTerms) -> list[uuid.UUID]:
    """Return the ids of the requests that were named. Raises Invalid with all that is wrong."""
    wrong = {}
    if not 0 < len(terms.name.strip()) <= 120:
        wrong["name"] = _("Give the hold a name, such as the case’s, of at most 120 characters.")
    if not 0 < len(terms.reason.strip()) <= 2000:
        wrong["reason"] = _("Say why, in at most 2,000 characters.")
    found = service_requests.ids_of(terms.numbers)
    if len(found) < len(set(terms.numbers)):
        wrong["numbers"] = _("There is no request with one of these numbers. Write them like 48-220.")
    if terms.email.strip():
        try:
            validate_email(terms.email.strip())
        except ValidationError:
            wrong["email"] = _("Write an e-mail address such as maria@example.org.")
    if terms.phone.strip() and not (phone_digits(terms.phone) and len(terms.phone.strip()) <= _LONGEST_PHONE):
        wrong["phone"] = _("Write at least seven digits, for example 555 0100.")
    if len(terms.address) > 300:
        wrong["address"] = _("Shorten this to 300 characters.")
    for name, day in (("since", terms.since), ("until", terms.until)):
        if day and not 1900 <= day.year < 2200:
            wrong[name] = _("Give a day from 1900 to 2199. Leave it empty for a hold without a first or last day.")
    if terms.since and terms.until and terms.until < terms.since:
        wrong["until"] = _("The last day comes before the first.")
    if not (terms.numbers or terms.area_id or terms.address.strip() or terms.email.strip() or terms.phone.strip()):
        wrong["scope"] = _("Say what is held: requests, a place or a person.")
    if wrong:
        raise Invalid(wrong)
    return sorted(found.values())


@transaction.atomic
def lift(*, actor: Actor, hold_id: uuid.UUID) -> None:
    """Lift a hold. The name of the person it was about goes with it; `office.do_waiting` does what waited for it.

    Raises:
        NotFound: no such hold, or lifted already.
    """
    may_manage(actor)
    lock()
    row = Hold.objects.filter(id=hold_id, lifted_at__isnull=True).first()
    if row is None:
        raise NotFound(_("This hold is lifted already. Load the page again."))
    row.lifted_at, row.lifted_by = clock.now(), actor.id
    row.email, row.phone, row.account_id = "", "", None
    row.save()
    _write_down(actor, "hold_lifted", row)


def held() -> Held:
    """Return all that is held now."""
    return _sum(_means(row) for row in Hold.objects.filter(lifted_at__isnull=True))


def names_on(person: Person) -> list[str]:
    """Return the names of the holds that keep anything of a person's."""
    rows = Hold.objects.filter(lifted_at__isnull=True).order_by("placed_at")
    return [row.name for row in rows if _means(row, person).covers(person)]


def state() -> tuple[int, datetime | None]:
    """Return what changes whenever a hold is placed or lifted."""
    rows = Hold.objects.filter(lifted_at__isnull=True)
    return rows.count(), rows.order_by("-placed_at").values_list("placed_at", flat=True).first()


def _means(row: Hold, person: Person | None = None) -> Held:
    """Return what one hold keeps; of a place, only the requests of `person` when one is given."""
    among = person.requests if person is not None else None
    zone = ZoneInfo(city_card.get().time_zone)
    at_place = service_requests.requests_at(
        area_id=row.area_id,
        address=row.address,
        since=datetime.combine(row.since, time(), zone) if row.since else None,
        until=datetime.combine(row.until + timedelta(days=1), time(), zone) if row.until else None,
        among=among,
    )
    digits = phone_digits(row.phone)
    return Held(
        requests=at_place | frozenset(row.requests),
        accounts=frozenset([row.account_id] if row.account_id else []),
        emails=frozenset([row.email] if row.email else []),
        phones=frozenset([digits] if digits else []),
    )


def _sum(parts: Iterable[Held]) -> Held:
    total = Held()
    for part in parts:
        total = Held(
            total.requests | part.requests,
            total.accounts | part.accounts,
            total.emails | part.emails,
            total.phones | part.phones,
        )
    return total


def _write_down(actor: Actor, action: str, row: Hold) -> None:
    facts = {"requests": len(row.requests), "place": bool(row.area_id or row.address), "person": row.is_of_person}
    audit.record(actor, f"records.{action}", subject_kind="hold", subject_id=row.id, data=facts)
