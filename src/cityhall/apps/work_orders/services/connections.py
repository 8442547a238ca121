"""Making and changing connections."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cityhall.apps.identity import public as identity
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.work_orders import rules
from cityhall.apps.work_orders.contracts import Kind, Terms
from cityhall.apps.work_orders.models import Connection, Delivery
from cityhall.apps.work_orders.queries import MANAGE
from cityhall.apps.work_orders.services import records, sending
from cityhall.kernel import clock, ports
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import sealing
from cityhall.kernel.django.permissions import need
from cityhall.kernel.errors import Invalid, NotAllowed

FORMER_FOR = timedelta(hours=24)
CLOSED_MEANS = ("", "fixed", "cannot_be_done")
_OBJECTIONS: Mapping[str, Any] = {
    "address": _("Write a web address that begins with https://."),
    "insecure": _("Write an address that begins with https://: nothing is sent without encryption."),
    "private": _(
        "This address is inside a private network. Whoever runs the server can name the network in"
        " CITYHALL_WORK_ORDER_NETWORKS."
    ),
}


def make_connection(*, actor: Actor, terms: Terms, api_key: str = "") -> tuple[uuid.UUID, str]:
    """Make a connection; return its id and the secret that signs webhooks, which is never shown again.

    Args:
        api_key: of the other GeoReport server.

    Raises:
        NotAllowed: the actor does not manage connections, or hands out contacts they may not see.
        Invalid: by field.
    """
    need(actor, MANAGE)
    _check(actor, terms, api_key)
    secret = rules.new_secret() if terms.kind is Kind.WEBHOOK else ""
    with transaction.atomic():
        row = Connection(kind=terms.kind, created_at=clock.now(), secret=sealing.seal(secret))
        _put(row, terms, api_key)
        row.save(force_insert=True)
        records.record(actor, "connection_made", row, _facts(terms))
    return row.id, secret


def change_connection(connection_id: uuid.UUID, *, actor: Actor, terms: Terms, api_key: str = "") -> None:
    """Change what is set of a connection, but not its kind. An empty `api_key` leaves the one that is kept.

    Raises:
        NotAllowed: as `make_connection`; that contacts go to another address is handing them out anew.
        NotFound: no such connection among the actor's.
        Invalid: by field.
    """
    with transaction.atomic():
        row = records.locked(connection_id, actor)
        _check(actor, terms, api_key, row)
        _put(row, terms, api_key)
        row.save()
        records.record(actor, "connection_changed", row, _facts(terms))


def new_secret(connection_id: uuid.UUID, *, actor: Actor) -> str:
    """Give a connection a new secret and return it; the former one counts for a day more."""
    secret = rules.new_secret()
    with transaction.atomic():
        row = records.locked(connection_id, actor)
        if row.kind != Kind.WEBHOOK:
            raise Invalid({"change": _("Only webhooks have a secret.")})
        row.former_secret, row.former_until = row.secret, clock.now() + FORMER_FOR
        row.secret = sealing.seal(secret)
        row.save(update_fields=["secret", "former_secret", "former_until"])
        records.record(actor, "secret_made", row)
    return secret


def pause(connection_id: uuid.UUID, *, actor: Actor) -> None:
    """Hold a connection: what is to be told waits, and what comes in is asked to come later."""
    with transaction.atomic():
        row = records.locked(connection_id, actor)
        if row.paused_at is None:
            row.paused_at = clock.now()
            row.save(update_fields=["paused_at"])
            records.record(actor, "connection_paused", row)


def resume(connection_id: uuid.UUID, *, actor: Actor) -> None:
    """Let a paused connection go on: what has waited leaves in order."""
    with transaction.atomic():
        row = records.locked(connection_id, actor)
        if row.paused_at is not None:
            row.paused_at, row.failures, row.failing_since = None, 0, None
            row.save(update_fields=["paused_at", "failures", "failing_since"])
            records.record(actor, "connection_resumed", row)
            sending.ask_for_delivery(clock.now())


def send_test(connection_id: uuid.UUID, *, actor: Actor) -> uuid.UUID:
    """Tell a connection, here and now, that this is a test; return the delivery. A test is tried once."""
    now = clock.now()
    with transaction.atomic():
        row = records.locked(connection_id, actor)
        test = Delivery.objects.create(connection=row, kind=sending.TEST, at=now, created_at=now, send_after=now)
        records.record(actor, "connection_tested", row)
    sending.deliver_now(test.id)
    return test.id


def _put(row: Connection, terms: Terms, api_key: str) -> None:
    row.name = terms.name.strip()
    row.url = terms.url.strip()
    row.categories = sorted(terms.categories)
    row.departments, row.teams = sorted(terms.departments), sorted(terms.teams)
    row.notes, row.contact = terms.notes, terms.contact
    row.jurisdiction_id = terms.jurisdiction_id.strip()
    row.service_codes = dict(terms.service_codes)
    row.sends_updates = terms.sends_updates
    row.closed_means = terms.closed_means
    row.offers_updates = None
    if api_key.strip():
        row.api_key = sealing.seal(api_key.strip())


def _facts(terms: Terms) -> dict[str, Any]:
    return {"kind": terms.kind.value, "contact": terms.contact, "notes": terms.notes}


def _check(actor: Actor, terms: Terms, api_key: str, row: Connection | None = None) -> None:
    # Somebody else may have allowed it, but only for the address that stands there.
    allowed = row is not None and row.contact and row.url == terms.url.strip()
    if terms.contact and not allowed and not actor.may("requests.contact"):
        raise NotAllowed(_("Your account may not see reporters’ contacts, so you cannot send them out."))
    wrong: dict[str, Any] = {}
    if not 1 <= len(terms.name.strip()) <= 80:
        wrong["name"] = _("Give the connection a name of at most 80 characters.")
    elif Connection.objects.filter(name=terms.name.strip()).exclude(id=row.id if row else uuid.UUID(int=0)).exists():
        wrong["name"] = _("There is a connection of this name already. Choose another.")
    objection = ports.other_systems.get().objection(terms.url.strip())
    if objection or len(terms.url) > 500:
        wrong["url"] = _OBJECTIONS[objection or "address"]
    known = {one.code for one in service_requests.categories(everything=True)}
    if not terms.categories <= known or not set(terms.service_codes) <= known:
        wrong["categories" if not terms.categories <= known else "service_codes"] = _(
            "Name categories that exist, by their code."
        )
    own = identity.workforce(actor)
    parents = {one.id: one.department_id for one in own.teams}
    if not terms.departments <= {one.id for one in own.departments} or not terms.teams <= set(parents):
        wrong["departments"] = _("Choose departments and teams that exist.")
    elif not rules.is_within(actor, terms.departments, {team: parents[team] for team in terms.teams}):
        wrong["departments"] = _("Choose among your own departments and teams: you see no other work.")
    if terms.closed_means not in CLOSED_MEANS:
        wrong["closed_means"] = _("Choose one of those in the list.")
    if len(terms.jurisdiction_id) > 200 or len(api_key) > 400:
        wrong["api_key"] = _("This is too long. Copy it again.")
    if wrong:
        raise Invalid(wrong)
