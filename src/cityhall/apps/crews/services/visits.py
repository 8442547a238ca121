"""What a crew does at a place: begin, finish, or come back without having done it.

Each act stands for itself: it may be sent twice, and hours after it was done.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from cityhall.apps.crews import rules
from cityhall.apps.crews.contracts import WORK, Act, Done, Finished, Reason, Result
from cityhall.apps.crews.models import Material, MaterialUsed, Visit
from cityhall.apps.crews.services.wording import REASONS
from cityhall.apps.service_requests import public as service_requests
from cityhall.apps.service_requests.contracts import Changed, DeskRow, Outcome, State
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import audit, commands, outbox
from cityhall.kernel.django.models import CommandResult
from cityhall.kernel.django.permissions import need
from cityhall.kernel.errors import Invalid, Stale

SUBJECT = "visit"
_OUTCOMES = frozenset(Result) - {Result.SENT_BACK, Result.ENDED}


def start(request_id: uuid.UUID, *, actor: Actor, act: Act) -> Done:
    """Begin a visit, and the work where nobody has. Begun already by the same person, nothing happens.

    Raises:
        NotAllowed, NotFound: as for everything at the desk.
        Stale: the request changed since it was read.
        Invalid: field "state": it is closed or contested.
    """
    need(actor, WORK)

    def run() -> dict[str, Any]:
        _wait_for_own(request_id, actor)
        row = service_requests.desk_one(request_id, actor).row
        visit = _open(request_id, actor)
        if visit is not None:
            return _kept(visit, row.request.version)
        if row.request.state is State.IN_PROGRESS:
            _check_version(row, act)
            version = row.request.version
        else:
            version = service_requests.start(request_id, actor=actor, version=act.version).version
        visit = _new(row, actor, rules.moment_of(act.at, clock.now()))
        visit.read_version, visit.left_version = act.version, version
        visit.save()
        return _tell(visit, actor, "started", version)

    return _once("start", request_id, actor, act, {}, run)


def finish(request_id: uuid.UUID, *, actor: Actor, act: Act, said: Finished) -> Done:
    """End a visit and close the request with its outcome. It need not have been begun.

    Raises:
        NotAllowed, NotFound: as for everything at the desk.
        Stale: the request changed since it was read, other than by this person's own beginning.
        Invalid: fields "outcome", "sentence", "photos" (see `service_requests.close`), "minutes", "materials", "state".
    """
    need(actor, WORK)
    used = {key: amount for key, amount in (said.materials or {}).items() if amount}

    def run() -> dict[str, Any]:
        row = service_requests.desk_one(request_id, actor).row
        visit = _open(request_id, actor)
        if said.outcome not in _OUTCOMES:
            raise Invalid({"outcome": _("Choose what came of it.")})
        _check_minutes(said.minutes)
        materials = _known(used)
        changed = service_requests.close(
            request_id,
            actor=actor,
            outcome=Outcome(said.outcome),
            sentence=said.sentence,
            also=said.also,
            version=_version_of(visit, act),
            evidence=[one.document_id for one in said.photos],
        )
        visit = _end(visit or _new(row, actor, clock.now()), act, said.minutes, Result(said.outcome))
        MaterialUsed.objects.bulk_create(
            MaterialUsed(visit=visit, material=one, quantity=used[one.id]) for one in materials
        )
        told = _tell(visit, actor, "finished", changed.version)
        return {**told, "waits": changed.state is not State.CLOSED}

    arguments = {
        "outcome": said.outcome,
        "sentence": said.sentence,
        "minutes": said.minutes,
        "materials": {str(key): rules.text_of(amount) for key, amount in used.items()},
        "photos": [one.mark for one in said.photos],
        **({"also": dict(said.also)} if said.also else {}),
    }
    return _once("finish", request_id, actor, act, arguments, run)


def send_back(
    request_id: uuid.UUID, *, actor: Actor, act: Act, reason: str, words: str = "", minutes: int | None = None
) -> Done:
    """End a visit that did not get the work done: the request goes back to the queue, with the reason as a note.

    Raises:
        NotAllowed, NotFound, Stale: as in `finish`.
        Invalid: fields "reason", "words", "minutes", "state".
    """
    need(actor, WORK)

    def run() -> dict[str, Any]:
        row = service_requests.desk_one(request_id, actor).row
        visit = _open(request_id, actor)
        why = _reason(reason, words)
        _check_minutes(minutes)
        said = _("The crew could not do it. %(reason)s.") % {"reason": REASONS[why]}
        changed: Changed = service_requests.put_back(
            request_id,
            actor=actor,
            reason=f"{said} {words.strip()}".strip(),
            leave_team=rules.leaves_team(why),
            version=_version_of(visit, act),
        )
        visit = _end(visit or _new(row, actor, clock.now()), act, minutes, Result.SENT_BACK, why)
        return _tell(visit, actor, "sent_back", changed.version)

    arguments = {"reason": reason, "words": words, "minutes": minutes}
    return _once("send_back", request_id, actor, act, arguments, run)


def end_all(request_id: uuid.UUID, *, at: datetime) -> int:
    """End the visits that go on at a request whose work somebody else ended; return how many."""
    with transaction.atomic():
        rows = Visit.objects.select_for_update().filter(request_id=request_id, finished_at__isnull=True)
        found = list(rows.filter(start_arrived_at__lte=at))
        for visit in found:
            visit.finished_at = visit.finish_arrived_at = at
            visit.minutes = rules.minutes_between(visit.started_at, at)
            visit.result = Result.ENDED.value
            visit.save()
    return len(found)


def was_done(number: str, *, actor: Actor, act: Act) -> bool:
    """Say whether the actor has sent this act before: then it is done, also where the request is theirs no more."""
    if act.command_id is None:
        return False
    kept = CommandResult.objects.filter(id=act.command_id, actor_id=actor.id, name__startswith="crews.")
    return kept.filter(result__number=number).exists()


def _reason(reason: str, words: str) -> Reason:
    if reason not in set(Reason):
        raise Invalid({"reason": _("Choose why it could not be done.")})
    if reason == Reason.OTHER and len(words.strip()) < 3:
        raise Invalid({"words": _("Say in a few words what was in the way.")})
    if len(words) > 500:
        raise Invalid({"words": _("Shorten this to 500 characters.")})
    return Reason(reason)


def _check_minutes(minutes: int | None) -> None:
    if minutes is not None and not 0 <= minutes <= rules.MOST_MINUTES:
        raise Invalid({"minutes": minutes_words()})


def minutes_words() -> str:
    """Return what is said of minutes that cannot be right."""
    return _("Write the minutes as a whole number, %(most)s at most.") % {"most": rules.MOST_MINUTES}


def _known(used: Mapping[uuid.UUID, Decimal]) -> list[Material]:
    found = list(Material.objects.filter(id__in=used))
    if len(found) < len(used) or any(amount < 0 for amount in used.values()):
        raise Invalid({"materials": _("The list of materials changed. Open the page again and choose from it.")})
    return found


def _once(
    verb: str,
    request_id: uuid.UUID,
    actor: Actor,
    act: Act,
    arguments: Mapping[str, Any],
    run: Callable[[], dict[str, Any]],
) -> Done:
    said = {"id": request_id, "version": act.version, **arguments}
    kept = commands.once(act.command_id, f"crews.{verb}", actor, said, run)
    return Done(uuid.UUID(kept["visit"]), kept["number"], kept["version"], kept.get("waits", False))


def _wait_for_own(request_id: uuid.UUID, actor: Actor) -> None:
    """Wait for another beginning by the same person: a visit that is not there yet cannot be locked."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"visit:{request_id}:{actor.id}"])


def _open(request_id: uuid.UUID, actor: Actor) -> Visit | None:
    own = Visit.objects.select_for_update().filter(request_id=request_id, person_id=actor.id)
    return own.filter(finished_at__isnull=True).first()


def _version_of(visit: Visit | None, act: Act) -> int | None:
    """Return the version the sender counts on. What they read before they began has become what beginning left."""
    if visit is not None and act.version is not None and act.version == visit.read_version:
        return visit.left_version
    return act.version


def _check_version(row: DeskRow, act: Act) -> None:
    if act.version is not None and act.version != row.request.version:
        raise Stale(
            _("Somebody changed this request since you read it. Look at both versions, then save again."),
            current=row.request.version,
        )


def _new(row: DeskRow, actor: Actor, at: datetime) -> Visit:
    return Visit(
        request_id=row.request.id,
        number=row.request.number,
        category=row.request.category_code,
        department_id=row.department_id,
        team_id=row.team_id,
        person_id=actor.id,
        started_at=at,
        start_arrived_at=clock.now(),
    )


def _end(visit: Visit, act: Act, minutes: int | None, result: Result, reason: Reason | None = None) -> Visit:
    """End a visit. One that was not begun began as many minutes ago as the work is said to have taken."""
    now = clock.now()
    begun = not visit._state.adding
    at = rules.moment_of(act.at, now, not_before=visit.started_at if begun else None)
    if not begun:
        visit.started_at = at - timedelta(minutes=minutes or 0)
    visit.finished_at, visit.finish_arrived_at = at, now
    visit.minutes = minutes if minutes is not None else rules.minutes_between(visit.started_at, at)
    visit.result, visit.reason = result.value, reason.value if reason else ""
    visit.save()
    return visit


def _tell(visit: Visit, actor: Actor, what: str, version: int) -> dict[str, Any]:
    facts = {"number": visit.number, "request_id": str(visit.request_id), "version": version}
    if visit.result:
        facts |= {"result": visit.result, "minutes": visit.minutes}
    outbox.record(f"crews.{what}", subject_id=visit.id, data=facts)
    audit.record(actor, f"crews.{what}", subject_kind=SUBJECT, subject_id=visit.id, data=facts)
    return _kept(visit, version)


def _kept(visit: Visit, version: int) -> dict[str, Any]:
    return {"visit": str(visit.id), "number": visit.number, "version": version}
