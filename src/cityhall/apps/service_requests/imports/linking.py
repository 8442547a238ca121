"""Rows that repeat another one become its duplicates, once both are here."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import connection, transaction

from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import Fact, Outcome, Showing, State, Visibility, number_text
from cityhall.apps.service_requests.imports.seen import Seen
from cityhall.apps.service_requests.models import HistoryEvent, ServiceRequest
from cityhall.apps.service_requests.services import copying, duplicates
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor

# Requests a chain of duplicates leads to, from any of those given.
_UPWARDS = """
    with recursive up as (
        select id, duplicate_of_id from service_requests_servicerequest where id = any(%s)
        union
        select r.id, r.duplicate_of_id from service_requests_servicerequest r join up on r.id = up.duplicate_of_id
    ) select id, duplicate_of_id from up
"""


def link(seen: Seen, source_system: str, *, actor: Actor, batch: int) -> int:
    """Make closed requests whose outcome is not stated duplicates of the request their row names; return how many.

    Those whose original came before them were linked by the loader, on their way in; these came first.
    An open request that repeats another stays open: nobody closed it. A parent that is not here yet is found when its
    file has come and this one is imported again.
    """
    return sum(_link(pairs, source_system, actor) for pairs in seen.repeats(batch))


@transaction.atomic
def _link(pairs: Sequence[tuple[str, str]], source_system: str, actor: Actor) -> int:
    duplicates.lock_merges()
    names = {name for pair in pairs for name in pair}
    with connection.cursor() as cursor:
        cursor.execute(
            "select external_id, request_id from service_requests_importedrecord"
            " where source_system = %s and external_id = any(%s::text[])",
            [source_system, copying.array(names)],
        )
        here: dict[str, uuid.UUID] = dict(cursor.fetchall())
    wanted = {here[child]: here[parent] for child, parent in pairs if child in here and parent in here}
    waiting = {
        row.id: row
        for row in ServiceRequest.objects.select_for_update()
        .filter(id__in=list(wanted), state=State.CLOSED, outcome=Outcome.NOT_STATED)
        .only("id", "closed_at", "number")
        .order_by("id")  # as a change of many at the desk locks them
    }
    roots = _roots({child: parent for child, parent in wanted.items() if child in waiting})
    numbers = dict(ServiceRequest.objects.filter(id__in=set(roots.values())).values_list("id", "number"))
    with connection.cursor() as cursor:
        cursor.execute(
            "update service_requests_servicerequest r set outcome = 'duplicate', duplicate_of_id = pair.root"
            " from unnest(%s::uuid[], %s::uuid[]) as pair(child, root) where r.id = pair.child",
            [list(roots), list(roots.values())],
        )
        # Whatever was a duplicate of one that has just become a duplicate now follows it to the root.
        cursor.execute(
            "update service_requests_servicerequest r set duplicate_of_id = p.duplicate_of_id"
            " from service_requests_servicerequest p"
            " where r.duplicate_of_id = p.id and p.duplicate_of_id is not null and p.id = any(%s)",
            [list(roots)],
        )
    HistoryEvent.objects.bulk_create(
        HistoryEvent(
            request_id=child,
            fact=Fact.MERGED,
            at=waiting[child].closed_at or clock.now(),
            visibility=Visibility.PUBLIC,
            author_kind=actor.kind,
            author_label=actor.label,
            showing=Showing.SHOWN,
            data={"duplicate_of": number_text(numbers[root])},
        )
        for child, root in roots.items()
    )
    return len(roots)


def _roots(wanted: dict[uuid.UUID, uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Return for each child the request that stands for its whole chain; circles are left alone."""
    with connection.cursor() as cursor:
        cursor.execute(_UPWARDS, [list(set(wanted.values()))])
        above: dict[uuid.UUID, uuid.UUID | None] = dict(cursor.fetchall())
    for child, parent in wanted.items():
        if rules.root_of(parent, above) != child:
            above[child] = parent
    found = {child: rules.root_of(child, above) for child in wanted}
    return {child: root for child, root in found.items() if root != child}
