"""Erasing people, and handing them what is kept of them. Other rooms ask by `offers.records_office`."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction

from cityhall.apps.identity import public as identity
from cityhall.apps.notify import public as notify
from cityhall.apps.records import queries
from cityhall.apps.records.contracts import Found
from cityhall.apps.records.models import Erasure
from cityhall.apps.records.services import files, holds, ledger
from cityhall.apps.service_requests import public as service_requests
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import Actor, system
from cityhall.kernel.django import audit
from cityhall.kernel.offers import Person


class Office:
    """The port `offers.RecordsOffice` says what each method does."""

    def erase(self, person: Person, *, actor: Actor) -> bool:
        """Erase a person, or one report when nothing but its id is given."""
        return erase(person, actor=actor)

    def export(self, person: Person, *, actor: Actor) -> bytes:
        """Return what is kept of a person, and write down who got it."""
        with transaction.atomic():
            audit.record(actor, "records.exported", subject_kind="account", subject_id=person.account)
            return files.packed(queries.look_for(person))

    def holds_on(self, request_id: uuid.UUID) -> Sequence[str]:
        """Return the names of the holds on a request. No hold at all is one query."""
        if holds.state()[0] == 0:
            return ()
        return holds.names_on(queries.reporter_of(Person(requests=frozenset([request_id]))))


def found(person: Person) -> Found:
    """Return what erasing a person would be about."""
    whole = _known(person)
    return Found(
        numbers=tuple(service_requests.numbers_of(whole.requests)),
        has_account=bool(whole.account and identity.accounts_left([whole.account])),
        follows=len(whole.follows),
        holds=tuple(holds.names_on(whole)),
    )


def is_one_report(person: Person) -> bool:
    """Say whether a person is only known by reports, so that these alone are meant and not all of theirs."""
    return bool(person.requests) and not (person.account or person.email or person.phone or person.follows)


def _known(person: Person) -> Person:
    """Return all that is known of a person; of one report, its reporter and none of their other reports."""
    return queries.reporter_of(person) if is_one_report(person) else queries.look_for(person)


def erase(person: Person, *, actor: Actor) -> bool:
    """Erase a person in every room; False when a hold is in the way and the wish is kept until it is lifted."""
    with transaction.atomic():
        holds.lock()
        whole = _known(person)
        target = person if is_one_report(person) else whole
        wish = Erasure(
            asked_at=clock.now(),
            is_whole=not is_one_report(person),
            account_id=target.account,
            requests=sorted(target.requests),
            follows=sorted(target.follows),
            email=target.email,
            phone=target.phone,
        )
        if names := holds.names_on(whole):
            _keep_wish(wish, actor, len(names))
            return False
        _erase(target, wish, actor)
    return True


def do_waiting(*, actor: Actor) -> int:
    """Erase whom no hold is in the way of any longer; return how many."""
    done = 0
    for row in Erasure.objects.filter(done_at__isnull=True).order_by("asked_at"):
        with transaction.atomic():
            holds.lock()
            wish = Erasure.objects.select_for_update().filter(id=row.id, done_at__isnull=True).first()
            if wish is None:
                continue
            person = Person(wish.account_id, wish.email, wish.phone, frozenset(wish.requests), frozenset(wish.follows))
            whole = _known(person)
            if not holds.names_on(whole):
                _erase(whole if wish.is_whole else person, wish, actor)
                done += 1
    return done


def reapply() -> int:
    """Erase again whom the lists outside the database name and a restored backup brought back; return how many.

    Also completes the lists from what the database knows.
    """
    rows = Erasure.objects.filter(done_at__isnull=False)
    ledger.bring([*ledger.read(), *(_line(row) for row in rows)])
    again = 0
    for line in ledger.read():
        back = Person(
            account=line.account if line.account and identity.accounts_left([line.account]) else None,
            requests=service_requests.not_erased(line.requests),
            follows=notify.followers_left(line.follows),
        )
        if back:
            person = queries.look_for(back) if line.is_whole else Person(requests=back.requests)
            again += erase(person, actor=system("Erasure"))
    return again


def _keep_wish(wish: Erasure, actor: Actor, holds_in_the_way: int) -> None:
    same = Erasure.objects.filter(
        done_at__isnull=True, account_id=wish.account_id, email=wish.email, phone=wish.phone, requests=wish.requests
    )
    if not same.exists():
        wish.save(force_insert=True)
    facts = {"requests": len(wish.requests), "whole": wish.is_whole, "holds": holds_in_the_way}
    audit.record(actor, "records.erasure_waits", subject_kind="erasure", subject_id=wish.id, data=facts)


def _erase(person: Person, wish: Erasure, actor: Actor) -> None:
    # The account comes last: other rooms may still need its address to find what is theirs.
    rooms = sorted(offers.personal_data, key=lambda entry: entry.key == "identity")
    wish.rows = sum(room.erase(person) for room in rooms) + files.forget(person)
    wish.account_id, wish.requests = person.account, sorted(person.requests)
    wish.follows = sorted(person.follows)
    wish.email = wish.phone = ""
    wish.done_at = clock.now()
    wish.save()
    facts = {"requests": len(person.requests), "whole": wish.is_whole, "rows": wish.rows}
    audit.record(actor, "records.erased", subject_kind="erasure", subject_id=wish.id, data=facts)
    # Before the commit: a wish that is written down and not done is done again, one that is lost is not.
    ledger.append(_line(wish))


def _line(row: Erasure) -> ledger.Line:
    return ledger.Line(
        row.id,
        row.done_at or row.asked_at,
        row.account_id,
        frozenset(row.requests),
        frozenset(row.follows),
        row.is_whole,
    )
