"""A council office of Harborview: its district, its clerk, and people who turned to it about what was reported."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from cityhall.apps.identity import public as identity
from cityhall.apps.offices import public as offices
from cityhall.apps.offices.contracts import OfficeTerms
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests.contracts import Contact, RequestFilter, Status
from cityhall.demo.accounts import ACCOUNTS
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind

KIND = "council_district"
NAME = {"en": "Office of Council Member Ana Diaz", "es": "Oficina de la concejala Ana Diaz"}
CONSENT = "The caller agrees that the office keeps their name and contact, to tell them what becomes of this."
#: Who turned to the office; the last would rather not be named.
PEOPLE = (
    Contact("Walter", "Brandt", "walter.brandt@example.org", "555-0117"),
    Contact("Inés", "Robles", "", "555-0164"),
    Contact(),
)


def load(now: datetime, *, actor: Actor) -> None:
    """Make the office, and let people join open requests of its district through it in the last days."""
    account = next(one for one in ACCOUNTS if one.role == "council-office")
    person = next(one for one in identity.people() if one.email == account.email)
    district = places.areas(KIND)[0]
    manager = replace(actor, permissions=actor.permissions | {"offices.manage"})
    terms = OfficeTerms(NAME, KIND, district.code, frozenset({person.id}))
    with clock.held_at(now - timedelta(days=30)):
        offices.save_office(terms, actor=manager)
    clerk = Actor(ActorKind.STAFF, person.id, account.name, frozenset({"requests.calls", "offices.work"}))
    open_ones = RequestFilter(areas=(district.id,), statuses=(Status.RECEIVED,))
    found = service_requests.published(open_ones, ANONYMOUS, limit=len(PEOPLE)).items
    for number, (seen, caller) in enumerate(zip(found, PEOPLE, strict=False)):
        with clock.held_at(now - timedelta(hours=5 + 23 * number)):
            service_requests.join_for_caller(
                seen.id, actor=clerk, caller=caller, consent=CONSENT if caller.first_name else ""
            )
