"""One change to many requests: tried without trace, applied with a reason for each left out, undone in time."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from cityhall.apps.notify import public as notify
from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import (
    Action,
    BulkDone,
    BulkPlan,
    BulkPreview,
    Changed,
    Fact,
    Outcome,
    Refused,
    State,
    Visibility,
    number_text,
)
from cityhall.apps.service_requests.models import BulkChange, Category, HistoryEvent, ServiceRequest
from cityhall.apps.service_requests.queries import catalogue, rows
from cityhall.apps.service_requests.services import approvals, life, watching, work, writing
from cityhall.apps.service_requests.services.wording import refusal, refuse
from cityhall.kernel import clock, offers
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit, commands
from cityhall.kernel.errors import CityhallError, NotAllowed, NotFound
from cityhall.kernel.ids import new_id

MOST = 500
WINDOW = timedelta(seconds=10)
#: None of it is a resident's words: a change outlives its request's erasure. Answers are put back from the history.
_KEPT = (
    "state", "outcome", "outcome_sentence", "outcome_also", "referred_to", "scheduled_for", "department_id", "team_id",
    "assignee_id", "priority", "category_id", "due_at", "closed_at", "queue_at", "look_at", "escalated",
)  # fmt: skip


class _TriedOnly(Exception):
    """Takes everything a trial wrote back."""


def change_key(change_id: uuid.UUID) -> str:
    """Return the key under which notifications of a bulk change wait."""
    return f"service-requests-change:{change_id}"


def preview_bulk(ids: Sequence[uuid.UUID], plan: BulkPlan, *, actor: Actor) -> BulkPreview:
    """Say what a change would do, by doing it and taking it back: the preview refuses exactly what applying does.

    Raises:
        NotAllowed: without "requests.bulk".
        Invalid: field "ids": none, or more than 500; field "change": not exactly one change; field "on":
            the day is too far off; fields of an assignment: see `work.assign`.
    """
    _check(ids, plan, actor)
    changed: list[Changed] = []
    refused: list[Refused] = []
    try:
        with transaction.atomic():
            changed, refused, _unused = _apply(ids, plan, actor, {}, {"change_id": "preview"})
            raise _TriedOnly
    except _TriedOnly:
        pass
    done = [one.id for one in changed]
    roots = set(ServiceRequest.objects.filter(duplicate_of__in=done).values_list("duplicate_of_id", flat=True))
    followers = sum(
        notify.followers_count(writing.SUBJECT, one, also=rows.stood_for(one) if one in roots else ()) for one in done
    )
    return BulkPreview(tuple(changed), tuple(refused), followers)


def apply_bulk(
    ids: Sequence[uuid.UUID],
    plan: BulkPlan,
    *,
    actor: Actor,
    versions: Mapping[uuid.UUID, int] | None = None,
    command_id: uuid.UUID | None = None,
) -> BulkDone:
    """Change many requests. Each is changed or left with a reason; followers are told after the undo window.

    Args:
        versions: what the actor read, by id; a request that changed since is left out.

    Raises:
        NotAllowed, Invalid: see `preview_bulk`.
    """
    _check(ids, plan, actor)
    change_id = command_id or new_id()
    found: dict[str, Any] = {}

    def run() -> dict[str, Any]:
        now = clock.now()
        until = now + WINDOW
        data = {"change_id": str(change_id), "hold_until": until.isoformat()}
        changed, refused, before = _apply(ids, plan, actor, versions or {}, data)
        BulkChange.objects.create(
            id=change_id, actor_id=actor.id, at=now, until=until, change=_told(plan), before=before
        )
        audit.record(
            actor,
            "service_requests.bulk_changed",
            subject_kind="bulk_change",
            subject_id=change_id,
            data={"change": _told(plan), "numbers": [one.number for one in changed], "refused": len(refused)},
        )
        found.update(changed=changed, refused=refused, until=until)
        return {"change_id": str(change_id), "changed": len(changed)}

    arguments = {"ids": sorted(map(str, ids)), "plan": repr(plan)}
    commands.once(command_id, "service_requests.bulk", actor, arguments, run)
    if found:
        return BulkDone(change_id, tuple(found["changed"]), tuple(found["refused"]), found["until"])
    kept = BulkChange.objects.get(id=change_id)
    rows = ServiceRequest.objects.filter(id__in=[one["id"] for one in kept.before]).order_by("id")
    return BulkDone(change_id, tuple(writing.changed(row) for row in rows), (), kept.until)


def undo(change_id: uuid.UUID, *, actor: Actor) -> BulkDone:
    """Take a bulk change back while its window is open. Followers hear of neither.

    A request somebody changed since keeps that change and is named with the reason.

    Raises:
        NotFound: no such change of this actor's.
        Invalid: field "change": too late, or undone already.
    """
    with transaction.atomic():
        change = BulkChange.objects.select_for_update().filter(id=change_id, actor_id=actor.id).first()
        if change is None:
            raise NotFound(_("There is no such change of yours."))
        if change.undone_at is not None:
            raise refusal("change", "undo_done")
        now = clock.now()
        if now > change.until:
            raise refusal("change", "undo_late")
        changed: list[Changed] = []
        refused: list[Refused] = []
        for kept in change.before:
            request = _own(uuid.UUID(kept["id"]))
            if request.version != kept["version"]:
                refused.append(
                    Refused(request.id, number_text(request.number), refusal("state", "wrong_state").message)
                )
                continue
            changed.append(_restore(request, kept, actor, change.at))
        change.undone_at = now
        change.save(update_fields=["undone_at"])
        notify.cancel(change_key(change_id))
        audit.record(
            actor,
            "service_requests.bulk_undone",
            subject_kind="bulk_change",
            subject_id=change_id,
            data={"numbers": [one.number for one in changed], "refused": len(refused)},
        )
    return BulkDone(change_id, tuple(changed), tuple(refused), change.until)


def _own(request_id: uuid.UUID) -> ServiceRequest:
    """Return a request of the actor's own change, locked, whoever's work it is by now."""
    return ServiceRequest.objects.select_for_update().get(id=request_id)


def _check(ids: Sequence[uuid.UUID], plan: BulkPlan, actor: Actor) -> None:
    if not actor.may("requests.bulk"):
        raise NotAllowed(_("Your account may not change many requests at once. Ask your administrator for access."))
    if not 0 < len(set(ids)) <= MOST:
        raise refusal("ids", "bulk_many", limit=MOST)
    parts = (plan.assign, plan.close, plan.schedule, plan.start or None, plan.category_code or None)
    chosen = [part for part in (*parts, plan.priority, plan.note) if part is not None]
    if len(chosen) != 1 or (plan.close and plan.close[0] is Outcome.DUPLICATE):
        raise refusal("change", "bulk_change")
    if plan.assign is not None:
        work.check_known(plan.assign)
    if plan.schedule:
        refuse(rules.may_plan(plan.schedule[0], today=clock.now().date()))
    if public := _public_sentence(plan):
        for text in (public, *plan.also.values()):
            watching.ask(text, actor=actor)


def _public_sentence(plan: BulkPlan) -> str:
    if plan.note:
        return plan.note[0] if plan.note[1] is Visibility.PUBLIC else ""
    return plan.close[1] if plan.close else plan.schedule[1] if plan.schedule else ""


def _told(plan: BulkPlan) -> dict[str, Any]:
    """The change in the words of the audit log: what kind, never a text."""
    if plan.assign is not None:
        return {"assign": {key: str(value) for key, value in plan.assign.items()}}
    if plan.close:
        return {"close": plan.close[0].value}
    if plan.schedule:
        return {"schedule": str(plan.schedule[0] or "")}
    if plan.start:
        return {"start": True}
    if plan.category_code:
        return {"category": plan.category_code}
    return {"priority": plan.priority} if plan.priority is not None else {"note": True}


def _apply(
    ids: Sequence[uuid.UUID],
    plan: BulkPlan,
    actor: Actor,
    versions: Mapping[uuid.UUID, int],
    data: Mapping[str, Any],
) -> tuple[list[Changed], list[Refused], list[dict[str, Any]]]:
    permission, one_change = _change_of(plan)
    known = ServiceRequest.objects.filter(id__in=ids)
    if actor.contractor is not None:
        known = known.filter(team_id__in=actor.teams)
    numbers = dict(known.values_list("id", "number"))
    changed: list[Changed] = []
    refused: list[Refused] = []
    before: list[dict[str, Any]] = []
    for one in sorted(set(ids)):
        try:
            with transaction.atomic():
                request = writing.locked(one, actor=actor, permission=permission, version=versions.get(one))
                kept = {name: getattr(request, name) for name in _KEPT}
                known_events = HistoryEvent.objects.filter(request_id=one).aggregate(last=Max("at"))["last"]
                done = one_change(request, actor, data)
        except CityhallError as problem:
            refused.append(Refused(one, number_text(numbers[one]) if one in numbers else "", problem.message))
            continue
        before.append(
            {
                **{key: _plain(value) for key, value in kept.items()},
                "id": str(one),
                "version": done.version,
                "event": str(_event_of(one, known_events)),
            }
        )
        changed.append(done)
    return changed, refused, before


def _event_of(request_id: uuid.UUID, since: datetime | None) -> uuid.UUID | None:
    """Return the event of a change that an undo takes out of sight: the public one, where it wrote others beside it."""
    rows = HistoryEvent.objects.filter(request_id=request_id).order_by("-at", "-id")
    if since is not None:
        rows = rows.filter(at__gt=since)
    found = list(rows.values_list("id", "visibility"))
    return next((one for one, visibility in found if visibility == Visibility.PUBLIC), found[0][0] if found else None)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else str(value) if isinstance(value, uuid.UUID) else value


_Change = Callable[[ServiceRequest, Actor, Mapping[str, Any]], Changed]


def _change_of(plan: BulkPlan) -> tuple[str, _Change]:
    """Return the permission a change needs, and what makes it on one locked request."""
    if plan.assign is not None:
        return "requests.assign", partial(_assign, plan.assign)
    if plan.close:
        outcome, words = plan.close
        return life.WORK, lambda request, actor, data: life.close_locked(
            request, actor, outcome=outcome, data=data, **_worded(request, plan, words)
        )
    if plan.category_code:
        code = plan.category_code
        return life.WORK, lambda request, actor, data: work.change_category_locked(request, actor, code, data=data)
    if plan.note:
        text, visibility = plan.note
        return life.WORK, lambda request, actor, data: _note(request, actor, text, visibility, plan, data)
    if plan.priority is not None:
        return "requests.assign", partial(_prioritise, plan.priority)
    return life.WORK, _moving(plan)


def _assign(
    wanted: Mapping[str, uuid.UUID | None], request: ServiceRequest, actor: Actor, data: Mapping[str, Any]
) -> Changed:
    if all(getattr(request, name) == value for name, value in wanted.items()):
        raise refusal("change", "bulk_already")
    return work.assign_locked(request, actor, wanted, data=data)


def _prioritise(priority: int, request: ServiceRequest, actor: Actor, data: Mapping[str, Any]) -> Changed:
    if request.priority == priority:
        raise refusal("change", "bulk_already")
    return work.prioritise_locked(request, actor, priority, data=data)


def _worded(request: ServiceRequest, plan: BulkPlan, sentence: str) -> dict[str, Any]:
    """Return the public sentence of one request: filled in for it, in its reporter's language and in the others.

    Raises:
        Invalid: field "sentence": the request has nothing for what stands in braces.
    """
    if not sentence:
        return {"sentence": ""}
    shelf = offers.ready_answers.get()
    texts = dict(shelf.filled({plan.language: sentence, **plan.also}, request.id))
    if left := [one for text in texts.values() for one in shelf.left_in(text)]:
        raise refusal("sentence", "blank_left", detail=left[0])
    if not plan.also:
        return {"sentence": texts[plan.language]}
    first = request.language if request.language in texts else plan.language
    return {"sentence": texts.pop(first), "also": texts}


def _note(
    request: ServiceRequest,
    actor: Actor,
    text: str,
    visibility: Visibility,
    plan: BulkPlan,
    data: Mapping[str, Any],
) -> Changed:
    if visibility is Visibility.INTERNAL:
        return work.note_locked(request, actor, text, visibility, data=data)
    worded = _worded(request, plan, text)
    return work.note_locked(request, actor, worded["sentence"], visibility, also=worded.get("also"), data=data)


def _moving(plan: BulkPlan) -> _Change:
    def schedule(request: ServiceRequest, actor: Actor, data: Mapping[str, Any]) -> Changed:
        on, sentence = plan.schedule or (None, "")
        if not sentence and (request.state, request.scheduled_for) == (State.SCHEDULED, on):
            raise refusal("change", "bulk_already")

        def change(row: ServiceRequest) -> dict[str, Any]:
            row.scheduled_for = on
            return {"on": on.isoformat()} if on else {}

        return life.move_locked(
            request, Action.SCHEDULE, "scheduled", change, actor=actor, data=data, **_worded(request, plan, sentence)
        )

    def start(request: ServiceRequest, actor: Actor, data: Mapping[str, Any]) -> Changed:
        return life.move_locked(request, Action.START, "started", lambda row: {}, actor=actor, data=data)

    return start if plan.start else schedule


def _restore(request: ServiceRequest, kept: Mapping[str, Any], actor: Actor, since: datetime) -> Changed:
    """Set the request back. The events of the change stay, for staff only; another says that it was undone."""
    fields = {field.attname: field for field in ServiceRequest._meta.concrete_fields}
    moved = str(request.category_id) != kept["category_id"]
    now_state = request.state
    for name in _KEPT:
        setattr(request, name, fields[name].to_python(kept[name]))
    if moved:
        request.category = Category.objects.get(id=request.category_id)
        work.reapply_policy(request, catalogue.policy_of(request.category))
    approvals.put_back(request, actor, since)
    undone = HistoryEvent.objects.get(id=uuid.UUID(kept["event"]))
    request.answers = {**request.answers, **undone.data.get("answers_before", {})}
    undone.visibility = Visibility.INTERNAL
    undone.save(update_fields=["visibility"])
    event = writing.add_event(
        request,
        actor,
        Fact.UNDONE,
        visibility=Visibility.INTERNAL,
        data={"undoes": kept["event"], "from": now_state, "to": State(request.state).value},
    )
    return writing.finish(request, actor, "undone", event=event, data={"change_id": "undo"})
