"""A request and its duplicates: which was merged into which, and what each brought to the count of supporters.

`duplicate_of` names the one that stands for all of them. Which of them a duplicate was merged into itself is told by
its history, so that all it brought along goes with it when it stands for itself again. One that is contested belongs to
its family until that is settled; what comes to it meanwhile counts with it, and with the others once it stays closed.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping

from django.db.models import QuerySet

from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import Fact, Linked, State, number_text, number_value
from cityhall.apps.service_requests.models import Contest, HistoryEvent, ServiceRequest, Supporter
from cityhall.apps.service_requests.queries import catalogue

_Parents = Mapping[uuid.UUID, uuid.UUID]


def may_link(request: ServiceRequest, root: ServiceRequest) -> bool:
    """Say whether the public may know that the one stands for the other: see `rules.may_link`."""
    return rules.may_link(_side(request), _side(root))


def _side(request: ServiceRequest) -> Linked:
    policy = catalogue.policy_of(request.category)
    place = (request.public_lat, request.public_lon, request.public_address)
    return Linked(request.number, policy, request.hidden, *place)


def _contested() -> QuerySet[Contest]:
    return Contest.objects.filter(upheld__isnull=True, request__state=State.CONTESTED)


def root_of(request_id: uuid.UUID) -> uuid.UUID | None:
    """Return the request that a duplicate, or one contested as a duplicate, counts at; None for one by itself."""
    closed = ServiceRequest.objects.filter(id=request_id).values_list("duplicate_of_id", flat=True).first()
    found = closed or _contested().filter(request=request_id).values_list("duplicate_of_id", flat=True).first()
    return found if found != request_id else None


def members(root_id: uuid.UUID) -> set[uuid.UUID]:
    """Return the requests that count at a root: its duplicates, and those contested as such."""
    closed = ServiceRequest.objects.filter(duplicate_of=root_id).values_list("id", flat=True)
    waiting = _contested().filter(duplicate_of_id=root_id).exclude(request=root_id)
    return {*closed, *waiting.values_list("request_id", flat=True)}


def follow(ids: Collection[uuid.UUID], root_id: uuid.UUID) -> None:
    """Let requests that counted at one root count at another."""
    ServiceRequest.objects.filter(id__in=ids, duplicate_of__isnull=False).update(duplicate_of=root_id)
    open_ones = _contested().filter(request__in=ids, duplicate_of_id__isnull=False).values_list("id", flat=True)
    Contest.objects.filter(id__in=list(open_ones)).update(duplicate_of_id=root_id)


def others(request: ServiceRequest) -> int:
    """Return how many a request brings along that no row names: its reporter, and whom imports and duplicates count."""
    return 1 + max(request.supporters - Supporter.objects.filter(request=request).count(), 0)


def _brought(request: ServiceRequest) -> int:
    """Return how many of them a duplicate did bring: not what was merged into it while it is contested."""
    return max(others(request) - _meanwhile(request, members(request.id)), 1)


def _meanwhile(request: ServiceRequest, among: Collection[uuid.UUID]) -> int:
    return sum(_brought(one) for one in _children(request, among))


def bring(child: ServiceRequest, parent: ServiceRequest, others: int) -> int:
    """Count at `parent` who supports `child` and so many others; return how many that added. `parent` is not saved."""
    have = set(Supporter.objects.filter(request=parent).values_list("who", flat=True))
    theirs = Supporter.objects.filter(request=child).exclude(who__in=have)
    made = [Supporter(request=parent, who=row.who, at=row.at, came_with=child) for row in theirs]
    Supporter.objects.bulk_create(made)
    parent.supporters += others + len(made)
    return others + len(made)


def stay(request: ServiceRequest, root: ServiceRequest) -> None:
    """Count at the root what came to a request while it was contested: it stays a duplicate."""
    meanwhile = members(request.id)
    more = _meanwhile(request, meanwhile)
    for child, parent in _counted_way(request, root):
        bring(child, parent, more)
        parent.save(update_fields=["supporters"])
    follow(meanwhile, root.id)


def part(request: ServiceRequest, root: ServiceRequest) -> int:
    """Take from the root, and from all between, what a duplicate brought; return how many fewer the root counts.

    What was merged into the duplicate before goes with it. `root` is not saved.
    """
    family = members(root.id)
    parents = _parents({request.id, *family})
    leaving, fewer = _brought(request), 0
    goes: list[str] | None = None
    for child, parent in _counted_way(request, root):
        goes = _take(parent, child, goes, family)
        parent.supporters = max(parent.supporters - leaving - len(goes), 0)
        if parent is root:
            fewer = leaving + len(goes)
        else:
            parent.save(update_fields=["supporters"])
    own = {one for one in family - {request.id} if request.id in _way(one, root.id, parents)}
    follow(own, request.id)
    return fewer


def below(request_id: uuid.UUID) -> set[uuid.UUID]:
    """Return all that count at a request, directly or at one that is contested."""
    found: set[uuid.UUID] = set()
    todo = {request_id}
    while todo:
        todo = {one for each in todo for one in members(each)} - found - {request_id}
        found |= todo
    return found


def free(request: ServiceRequest, root: ServiceRequest) -> None:
    """Let `root` count by itself where it counts at `request`, which is becoming a duplicate of it.

    What of it is contested cannot be kept closed any more: it would stand for itself.
    """
    above, inner = root, root_of(root.id)
    while inner is not None and inner != request.id:
        above = ServiceRequest.objects.get(id=inner)
        inner = root_of(inner)
    if inner is None:
        return
    part(above, request)
    request.save(update_fields=["supporters"])
    follow([above.id], above.id)


def _take(
    parent: ServiceRequest, child: ServiceRequest, who: Collection[str] | None, family: Collection[uuid.UUID]
) -> list[str]:
    """Take the supporters a child brought from its parent, unless another child has them too; return who is gone.

    Args:
        who: only these; None for all of them.
    """
    rows = Supporter.objects.filter(request=parent, came_with=child)
    if who is not None:
        rows = rows.filter(who__in=who)
    siblings = [one.id for one in _children(parent, {*family, *members(parent.id)}) if one.id != child.id]
    heirs = dict(
        Supporter.objects.filter(request__in=siblings, who__in=rows.values("who")).values_list("who", "request_id")
    )
    gone = []
    for row in rows:
        if row.who in heirs:
            row.came_with_id = heirs[row.who]
            row.save(update_fields=["came_with"])
        else:
            gone.append(row.who)
            row.delete()
    return gone


def _children(parent: ServiceRequest, among: Collection[uuid.UUID]) -> list[ServiceRequest]:
    """Return those that were merged into a request itself and count there."""
    parents = _parents(among)
    direct = [one for one in among if parents.get(one) == parent.id]
    rows = ServiceRequest.objects.select_related("category").filter(id__in=direct)
    return [one for one in rows if _counts(one, parent)]


def _counted_way(request: ServiceRequest, root: ServiceRequest) -> Iterable[tuple[ServiceRequest, ServiceRequest]]:
    """Iterate over each duplicate and what it was merged into, from a request up to its root, as far as it counts."""
    family = members(root.id) | {request.id}
    rows = {row.id: row for row in ServiceRequest.objects.select_related("category").filter(id__in=family)}
    rows |= {request.id: request, root.id: root}
    child = request
    for id_ in _way(request.id, root.id, _parents(family)):
        if not _counts(child, rows[id_]):
            return
        yield child, rows[id_]
        child = rows[id_]


def _way(one: uuid.UUID, root_id: uuid.UUID, parents: _Parents) -> list[uuid.UUID]:
    """Return what a request was merged into, what that was merged into, and so on to the root."""
    way: list[uuid.UUID] = []
    while one != root_id:
        one = parents.get(one, root_id)
        if one in way or (one != root_id and one not in parents):  # a history that does not say
            return [root_id]
        way.append(one)
    return way


def _parents(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Return what each was last merged into, by its own history."""
    told = HistoryEvent.objects.filter(request__in=ids, fact__in=[Fact.CLOSED, Fact.MERGED])
    told = told.filter(data__has_key="duplicate_of").order_by("at", "id")
    last = {one: number_value(str(data["duplicate_of"])) for one, data in told.values_list("request_id", "data")}
    numbers = set(last.values()) - {None}
    found = dict(ServiceRequest.objects.filter(number__in=numbers).values_list("number", "id"))
    return {one: found[number] for one, number in last.items() if number in found}


def _counts(child: ServiceRequest, parent: ServiceRequest) -> bool:
    """Say whether the parent was given the supporters of what was merged into it."""
    told = HistoryEvent.objects.filter(request=parent, fact=Fact.MERGED, data__number=number_text(child.number))
    data = told.order_by("at", "id").values_list("data", flat=True).last()
    if data is None:  # an import made them duplicates
        return False
    # A merge of before this was kept says nothing.
    return bool(data["people"]) if "people" in data else may_link(child, parent)
