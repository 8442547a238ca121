"""What staff read: queues, one request with everything around it, the reporter's contact."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from cityhall.apps.identity import public as identity
from cityhall.apps.notify import public as notify
from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import (
    AskedClosing,
    Contact,
    DeskDetail,
    DeskEvent,
    DeskFilter,
    DeskRow,
    Fact,
    FileInfo,
    Nearby,
    Outcome,
    Page,
    PublicEvent,
    Showing,
    State,
    Visibility,
    number_text,
)
from cityhall.apps.service_requests.models import Approval, HistoryEvent, NoteFile, Reporter, ServiceRequest, Star
from cityhall.apps.service_requests.queries import rows
from cityhall.apps.service_requests.queries.filters import Conditions, conditions, cursor_text, cursor_value
from cityhall.apps.service_requests.queries.likely import LIKELY_REPEAT, likely_same
from cityhall.apps.service_requests.queries.nearby import around
from cityhall.apps.service_requests.queries.reading import author_of, missing, row_of
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit
from cityhall.kernel.django.permissions import need

VIEW = "requests.view"
MOST = 500
SAME_KIND_METRES = 200.0
_ORDERS = {
    "due": ("r.queue_at", ""),
    "age": ("r.requested_at", ""),
    "newest": ("r.requested_at", "desc"),
    "updated": ("r.updated_at", "desc"),
}
_EXTRA = """
    , r.priority, r.assignee_id, r.queue_at,
    (r.showing = 'waiting' or exists (
        select 1 from service_requests_requestphoto w where w.request_id = r.id and w.showing = 'waiting')),
    (select count(*) from service_requests_abusereport a where a.request_id = r.id and a.settled_at is null),
    (r.escalated > 0 and r.state in ('received', 'scheduled')),
    exists (select 1 from service_requests_approval p where p.request_id = r.id and p.settled = '')
"""
#: Escalated because the target nears, and nobody has begun; what is late is no longer near. Takes the time it is now.
NEARS = "r.escalated > 0 and r.state in ('received', 'scheduled') and r.due_at > %s"
_ABUSE = "select a.request_id from service_requests_abusereport a where a.settled_at is null"
ABUSE = f"r.id in ({_ABUSE})"
APPROVAL = "r.id in (select p.request_id from service_requests_approval p where p.settled = '')"
STARRED = "r.id in (select s.request_id from service_requests_star s where s.user_id = %s)"
WAITS = f"""
    r.id in (
        select w.id from service_requests_servicerequest w where w.showing = 'waiting'
        union select w.request_id from service_requests_requestphoto w where w.showing = 'waiting'
        union {_ABUSE}
    )
"""  # noqa: S608


def desk_queue(
    filters: DeskFilter,
    actor: Actor,
    *,
    order: str = "due",
    after: str = "",
    limit: int = 50,
    language: str | None = None,
) -> Page[DeskRow]:
    """Return a page of the actor's work.

    Args:
        order: "due" (contested first, then by target date), "age" (oldest first), "newest" or "updated".

    Raises:
        NotAllowed: without "requests.view".
    """
    need(actor, VIEW)
    limit = max(1, min(limit, MOST))
    column, direction = _ORDERS.get(order, _ORDERS["due"])
    found = _conditions(filters, actor)
    if after:
        sign = "<" if direction else ">"
        found.add(f"({column}, r.id) {sign} (%s, %s)", *cursor_value(after))
    sql = (
        f"select {rows.COLUMNS}{_EXTRA} from {rows.TABLES} where {found.sql}"  # noqa: S608
        f" order by {column} {direction}, r.id {direction} limit {limit + 1}"
    )
    page = rows.fetch(sql, found.parameters)
    items = tuple(_desk_rows(page[:limit], actor, language))
    if len(page) <= limit:
        return Page(items)
    return Page(items, cursor_text(_moment(page[limit - 1], column), page[limit - 1].facts.id))


def _moment(row: rows.Row, column: str) -> datetime:
    if column == "r.queue_at":
        moment: datetime = row.extra[2]
        return moment
    return row.facts.requested_at if column == "r.requested_at" else row.facts.updated_at


def limit_to_own(found: Conditions, actor: Actor) -> None:
    """Add: only work of any of the actor's departments or of any of their teams. See `rows.within_limits`."""
    if actor.departments and actor.teams:
        found.add("r.department_id = any(%s) or r.team_id = any(%s)", list(actor.departments), list(actor.teams))
    elif actor.departments:
        found.add("r.department_id = any(%s)", list(actor.departments))
    elif actor.teams:
        found.add("r.team_id = any(%s)", list(actor.teams))


def _conditions(filters: DeskFilter, actor: Actor) -> Conditions:
    found = conditions(filters.base, actor, staff=True)
    limit_to_own(found, actor)
    if filters.states:
        found.add("r.state = any(%s)", [state.value for state in filters.states])
    elif not filters.base.statuses and not filters.base.numbers and not filters.starred:
        found.add("r.state <> 'closed'")
    if filters.late:
        found.add("r.due_at < %s and r.state <> 'closed'", clock.now())
    if filters.unassigned:
        found.add("r.assignee_id is null and r.team_id is null")
    if filters.assigned_to_me:
        found.add("r.assignee_id = %s", actor.id)
    if filters.assignees:
        found.add("r.assignee_id = any(%s)", list(filters.assignees))
    if filters.teams:
        found.add("r.team_id = any(%s)", list(filters.teams))
    if filters.priorities:
        found.add("r.priority = any(%s)", list(filters.priorities))
    if filters.waiting:
        found.add(WAITS)
    if filters.abuse:
        found.add(ABUSE)
    if filters.due_before is not None:
        found.add("r.due_at >= %s and r.due_at < %s", clock.now(), filters.due_before)
    if filters.nears:
        found.add(NEARS, clock.now())
    if filters.repeats:
        found.add(LIKELY_REPEAT)
    if filters.approval:
        found.add(APPROVAL)
    if filters.starred:
        found.add(STARRED, actor.id)
    if filters.scheduled_for is not None:
        found.add("r.scheduled_for = %s", filters.scheduled_for)
    return found


def _desk_rows(page: list[rows.Row], actor: Actor, language: str | None) -> list[DeskRow]:
    tongue = rows.language_of(language)
    now = clock.now()
    people = identity.names({row.extra[1] for row in page if row.extra[1]}, to=actor)
    wanted = {row.team_id for row in page if row.team_id}
    teams = {team.id: rules.pick(team.name, tongue) for team in identity.teams()} if wanted else {}
    items = []
    for row in page:
        seen = rules.publish(row.facts, rows.viewer_of(row, actor, language=tongue))
        if seen is None:
            continue
        priority, assignee_id, queue_at, waiting, abuse, escalated, approval = row.extra
        late = row.facts.due_at is not None and row.facts.state is not State.CLOSED and row.facts.due_at < now
        items.append(
            DeskRow(
                request=seen,
                priority=priority,
                department_id=row.department_id,
                team_id=row.team_id,
                assignee_id=assignee_id,
                team=teams.get(row.team_id, "") if row.team_id else "",
                assignee=people.get(assignee_id, "") if assignee_id else "",
                queue_at=queue_at,
                late_days=(now - row.facts.due_at).days if late and row.facts.due_at else None,
                waiting=waiting,
                abuse_reports=abuse,
                nears=escalated and not late,
                approval=approval,
            )
        )
    return items


def desk_one(ref: str | uuid.UUID, actor: Actor, *, language: str | None = None) -> DeskDetail:
    """Return one request with its full history and what is around it.

    Raises:
        NotAllowed: without "requests.view".
        NotFound: no such request, or not among the actor's work.
    """
    need(actor, VIEW)
    row = row_of(ref, extra=_EXTRA)
    if not rows.within_limits(actor, row.department_id, row.team_id):
        raise missing()
    desk_row = _desk_rows([row], actor, language)[0]
    facts = row.facts
    reporter = Reporter.objects.filter(request_id=facts.id).first()
    same_asset = (
        ServiceRequest.objects.filter(asset_id=facts.asset_id).exclude(id=facts.id).exclude(state=State.CLOSED)
        if facts.asset_id
        else ServiceRequest.objects.none()
    )
    return DeskDetail(
        row=desk_row,
        history=_history(facts.id, actor),
        actions=rules.allowed_actions(facts.state, _permissions(actor)),
        nearby=_nearby(row, actor, language),
        likely=likely_same(row, actor, language=language) if facts.state is not State.CLOSED else (),
        duplicates=_numbers(ServiceRequest.objects.filter(duplicate_of_id=facts.id), actor),
        same_asset=_numbers(same_asset, actor),
        followers=notify.followers_count("service_request", facts.id, also=rows.stood_for(facts.id)),
        has_contact=reporter is not None and bool(reporter.email or reporter.phone or reporter.user_id),
        asked=_asked(facts.id, actor) if desk_row.approval else None,
        starred=actor.id is not None and Star.objects.filter(request_id=facts.id, user_id=actor.id).exists(),
    )


def _asked(request_id: uuid.UUID, actor: Actor) -> AskedClosing | None:
    row = Approval.objects.filter(request_id=request_id, settled="").first()
    if row is None:
        return None
    # A contractor's people learn the names and words of their own only, as everywhere else.
    own = actor.reads_notes or row.by_id in _colleagues(actor)
    return AskedClosing(
        at=row.at,
        by_id=row.by_id,
        by=row.by_label if own else "",
        outcome=Outcome(row.outcome),
        sentence=row.sentence if own else "",
        also=(row.also or {}) if own else {},
        photos=len(row.evidence),
        no_proof=row.no_proof,
    )


def _permissions(actor: Actor) -> frozenset[str]:
    return frozenset(code for code in (rules.WORK, rules.SETTLE) if actor.may(code))


def _numbers(found: Any, actor: Actor) -> tuple[str, ...]:
    if actor.contractor is not None:
        found = found.filter(team_id__in=actor.teams)
    return tuple(number_text(one) for one in found.order_by("number").values_list("number", flat=True)[:50])


def _nearby(row: rows.Row, actor: Actor, language: str | None) -> tuple[Nearby, ...]:
    facts = row.facts
    if facts.lat is None or facts.lon is None:
        return ()
    return around(
        row.category_id, facts.lat, facts.lon, radius=SAME_KIND_METRES, actor=actor, but_not=facts.id, language=language
    )


def readable(request_id: uuid.UUID, actor: Actor) -> list[HistoryEvent]:
    """Return the events of a request that the actor may read, oldest first.

    A contractor's people read the public ones, their own company's internal ones and what is written for them, and all
    when the contract says so.
    """
    events = list(HistoryEvent.objects.filter(request_id=request_id).order_by("at", "id"))
    if actor.reads_notes:
        return events
    own = _colleagues(actor)
    return [
        event
        for event in events
        if event.visibility == Visibility.PUBLIC
        or event.author_id in own
        or (actor.id is not None and event.data.get("for") == str(actor.id))
    ]


def _colleagues(actor: Actor) -> frozenset[uuid.UUID]:
    return frozenset(one.id for one in identity.workforce(actor).people)


def _history(request_id: uuid.UUID, actor: Actor) -> tuple[DeskEvent, ...]:
    events = readable(request_id, actor)
    # A contractor's people learn the names of their own only.
    named = {event.author_id for event in events} if actor.contractor is None else _colleagues(actor)
    files: dict[uuid.UUID, list[FileInfo]] = {}
    if any(event.fact == Fact.NOTE and event.visibility == Visibility.INTERNAL for event in events):
        for row in NoteFile.objects.filter(event__in=events).order_by("id"):
            files.setdefault(row.event_id, []).append(FileInfo(row.document_id, row.name))
    corrected = {event.corrects_id: event.id for event in events if event.corrects_id}
    return tuple(
        DeskEvent(
            event=PublicEvent(
                id=event.id,
                fact=Fact(event.fact),
                at=event.at,
                author=author_of(event, sees_all=event.author_id in named),
                text=event.text,
                data=event.data,
            ),
            visibility=Visibility(event.visibility),
            showing=Showing(event.showing),
            author_kind=event.author_kind,
            author_id=event.author_id,
            corrected_by=corrected.get(event.id),
            files=tuple(files.get(event.id, ())),
        )
        for event in events
    )


def contact_of(ref: str | uuid.UUID, actor: Actor) -> Contact:
    """Return how to reach the reporter. Every call is written to the audit log.

    Raises:
        NotAllowed: without "requests.contact".
        NotFound: no such request, or not among the actor's work.
    """
    need(actor, "requests.contact")
    row = row_of(ref)
    if not rows.within_limits(actor, row.department_id, row.team_id):
        raise missing()
    with transaction.atomic():
        audit.record(
            actor,
            "service_requests.contact_read",
            subject_kind="service_request",
            subject_id=row.facts.id,
            data={"number": number_text(row.facts.number)},
        )
        found = Reporter.objects.filter(request_id=row.facts.id).first()
    if found is None:
        return Contact()
    person = identity.person(found.user_id) if found.user_id and not (found.email and found.phone) else None
    email = found.email or (person.email if person else "")
    phone = found.phone or (person.phone if person else "")
    return Contact(found.first_name, found.last_name, email, phone)
