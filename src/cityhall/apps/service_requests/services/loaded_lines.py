"""What a load writes, as COPY takes it: requests, their history and what else hangs on them.

Made column by column: what is the same for thousands of requests is made once.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, repeat
from typing import Any

from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import (
    Contact,
    Contester,
    Fact,
    LoadedEvent,
    LoadedRequest,
    Outcome,
    Policy,
    Showing,
    State,
    number_text,
    number_value,
)
from cityhall.apps.service_requests.models import Category
from cityhall.apps.service_requests.queries import reading
from cityhall.apps.service_requests.services import copying
from cityhall.kernel.actors import Actor
from cityhall.kernel.columns import each
from cityhall.kernel.ids import new_ids

REQUEST = (
    "id", "number", "category_id", "state", "outcome", "outcome_sentence", "referred_to", "version", "description",
    "showing", "answers", "language", "source", "address", "address_id", "asset_id", "lat", "lon", "cell", "areas",
    "public_lat", "public_lon", "public_cell", "public_cell7", "public_areas", "public_address", "words",
    "department_id", "team_id", "assignee_id", "priority", "duplicate_of_id", "supporters", "hidden", "requested_at",
    "updated_at", "scheduled_for", "due_at", "closed_at", "queue_at",
)  # fmt: skip
HISTORY = (
    "id", "request_id", "fact", "at", "visibility", "author_kind", "author_id", "author_label", "text", "showing",
    "data",
)  # fmt: skip
REPORTER = (
    "request_id", "user_id", "first_name", "last_name", "email", "phone", "private_token_hash", "api_key_id"
)  # fmt: skip
PHOTO = (
    "id", "request_id", "document_id", "is_evidence", "showing", "withheld_by_policy", "order", "added_at"
)  # fmt: skip
CONTEST = (
    "id", "request_id", "at", "by", "closed_at", "closed_by_id", "outcome", "outcome_sentence", "duplicate_of_id",
    "settled_at", "settled_by_id", "upheld",
)  # fmt: skip
IMPORTED = ("source_system", "external_id", "request_id", "row_hash", "run_id")
_AT_ONCE = 250  # their lines fit the socket, so that the server writes them while the next are made
_CONTESTABLE = frozenset(outcome.value for outcome in Outcome if outcome is not Outcome.DUPLICATE)


@dataclass(slots=True)
class Known:
    """What a batch needs of a category."""

    row: Category
    id: str
    policy: Policy
    names: str


@dataclass(slots=True)
class Lines:
    """The lines of one batch.

    Those of the requests are given out as they are made; the others are there once all of them are.

    Args:
        parents: the request that stands for each external id a duplicate names.
        roots: the id and number of that for each that becomes a duplicate on the way in.
        kinds: what is known of each category by its code.
        due: makes a target date of a moment and a number of days.
    """

    actor: Actor
    source_system: str
    run_id: str
    kinds: Mapping[str, Known]
    due: Callable[[datetime, int], datetime]
    parents: Mapping[str, str]
    roots: Mapping[str, tuple[str, int]]
    history: list[str] = field(default_factory=list)
    contests: list[str] = field(default_factory=list)
    reporters: list[str] = field(default_factory=list)
    photos: list[str] = field(default_factory=list)
    imported: list[str] = field(default_factory=list)
    published: set[uuid.UUID] = field(default_factory=set)

    def requests(
        self,
        ready: Sequence[LoadedRequest],
        ids: Sequence[str],
        numbers: Sequence[int],
        places: Sequence[str],
        addresses: Sequence[str],
    ) -> Iterator[str]:
        """Iterate over the lines of requests, made some at a time: nothing is asked of the database meanwhile.

        Args:
            places: the columns from `lat` to `public_areas`.
            addresses: the public ones.
        """
        parts = (slice(start, start + _AT_ONCE) for start in range(0, len(ready), _AT_ONCE))
        return chain.from_iterable(
            self._some(ready[part], ids[part], numbers[part], places[part], addresses[part]) for part in parts
        )

    def _some(
        self,
        ready: Sequence[LoadedRequest],
        ids: Sequence[str],
        numbers: Sequence[int],
        places: Sequence[str],
        addresses: Sequence[str],
    ) -> Iterable[str]:
        of: Mapping[str, Sequence[Any]] = dict(zip(LoadedRequest._fields, zip(*ready, strict=True), strict=True))
        codes = of["category_code"]
        outcomes, roots = self._outcomes(ready)
        requested, closed = copying.moments(of["requested_at"]), copying.moments(of["closed_at"])
        changed, due, queue = self._times(of, requested, closed)
        self._history(ready, ids)
        self._rest(ready, ids, of)
        t = copying.texts
        columns = (
            ids,
            map(str, numbers),
            each(codes, lambda code: self.kinds[code].id),
            each(of["state"], str),
            each(outcomes, lambda one: str(one or "")),
            t(of["outcome_sentence"]),
            t(each(of["referred_to"], lambda one: one[:200])),
            repeat("1"),
            t(of["description"]),
            each(of["showing"], str),
            copying.jsons(of["answers"]),
            of["language"],
            each(of["source"], str),
            t([place.address[:300] for place in of["place"]]),
            each([place.address_id for place in of["place"]], copying.one),
            each([place.asset_id for place in of["place"]], copying.one),
            places,
            t(addresses),
            self._words(of, numbers, addresses, outcomes),
            *self._owners(of),
            roots,
            each(of["supporters"], str),
            repeat("f"),
            requested,
            changed,
            each(of["scheduled_for"], copying.one),
            due,
            closed,
            queue,
        )
        return map("\t".join, zip(*columns, strict=False))

    def _outcomes(self, ready: Sequence[LoadedRequest]) -> tuple[Sequence[Outcome | None], Iterable[str]]:
        """Return outcomes, and the id of the request each repeats."""
        outcomes = [one.outcome for one in ready]
        if not self.roots and Outcome.DUPLICATE not in outcomes:
            return outcomes, repeat(copying.NULL)
        found = [copying.NULL] * len(ready)
        for index, one in enumerate(ready):
            if (root := self.roots.get(one.external_id)) is not None:
                outcomes[index], found[index] = Outcome.DUPLICATE, root[0]
            elif one.outcome is Outcome.DUPLICATE:
                found[index] = self.parents[one.duplicate_of]
        return outcomes, found

    def _times(
        self, of: Mapping[str, Sequence[Any]], requested: Sequence[str], closed: Sequence[str]
    ) -> tuple[list[str], list[str], list[str]]:
        """Return when each changed last, is due, and stands in the queue."""
        changes: list[str] = []
        dues: list[datetime | None] = []
        queues: list[datetime] = []
        days = {code: known.row.target_days for code, known in self.kinds.items()}
        names = (
            "category_code", "state", "requested_at", "updated_at", "closed_at", "due_at", "routed", "events"
        )  # fmt: skip
        columns = zip(*[of[name] for name in names], requested, closed, strict=True)
        for code, state, made, updated, stopped, due, routed, events, start, end in columns:
            target = days[code]
            if due is None and target is not None and not routed:
                due = self.due(made, target)
            if updated is None:
                moments = (moment for moment in (stopped, *(event.at for event in events)) if moment)
                updated = max(moments, default=made)
            dues.append(due)
            queues.append(rules.queue_time(state, requested_at=made, due_at=due, changed_at=updated))
            changes.append(end if updated is stopped else start if updated is made else updated.isoformat())
        return changes, copying.moments(dues), copying.moments(queues)

    def _owners(self, of: Mapping[str, Sequence[Any]]) -> tuple[list[str], list[str]]:
        """Return who each belongs to (department, team, assignee), and how urgent it is."""

        def owner(key: tuple[str, Any, Any, Any, bool]) -> str:
            code, department, team, assignee, routed = key
            row = self.kinds[code].row
            own = department if routed else department or row.department_id
            theirs = team if routed or department else team or row.team_id
            return f"{copying.one(own)}\t{copying.one(theirs)}\t{copying.one(assignee)}"

        names = ("category_code", "department_id", "team_id", "assignee_id", "routed")
        owners = each(list(zip(*[of[name] for name in names], strict=True)), owner)
        urgent = list(zip(of["priority"], of["category_code"], strict=True))
        return owners, each(urgent, lambda one: str(one[0] or self.kinds[one[1]].row.priority))

    def _words(
        self,
        of: Mapping[str, Sequence[Any]],
        numbers: Sequence[int],
        addresses: Sequence[str],
        outcomes: Sequence[Outcome | None],
    ) -> list[str]:
        """Return what the public finds each by."""
        shown = list(zip(of["category_code"], of["showing"], strict=True))
        may_read = each(shown, lambda one: rules.text_is_public(self.kinds[one[0]].policy, one[1]))
        sentences = of["outcome_sentence"]
        if Outcome.DUPLICATE in outcomes:
            repeats = [
                number_value(other) if outcome is Outcome.DUPLICATE else None
                for other, outcome in zip(of["duplicate_of"], outcomes, strict=True)
            ]
            sentences = [
                text if number is None else rules.without_number(text, number)
                for text, number in zip(sentences, repeats, strict=True)
            ]
        names = each(of["category_code"], lambda code: self.kinds[code].names)
        texts = [text if may else "" for text, may in zip(of["description"], may_read, strict=True)]
        return list(map(rules.words_of, names, numbers, addresses, texts, sentences))

    def _history(self, ready: Sequence[LoadedRequest], ids: Sequence[str]) -> None:
        own = [one.events or _plain_events(one, self.actor) for one in ready]
        if self.roots:
            for index, one in enumerate(ready):
                if one.external_id in self.roots:
                    own[index] = (*own[index], self._merged(one))
        facts, times, words, seen, kinds, authors, labels, data = zip(*chain.from_iterable(own), strict=True)
        who = list(zip(seen, kinds, authors, labels, strict=True))
        told = each(
            who,
            lambda one: f"{one[0]}\t{one[1]}\t{copying.one(one[2])}\t{copying.text(one[3][:200])}",
        )
        owners = chain.from_iterable(map(repeat, ids, map(len, own)))
        self.history += map(
            "\t".join,
            zip(
                new_ids(len(facts)), owners, each(facts, str), copying.moments(times), told, copying.texts(words),
                repeat("shown"), copying.jsons(data),
                strict=False,
            ),
        )  # fmt: skip
        if Fact.CONTESTED in facts:
            for id_, events in zip(ids, own, strict=True):
                self.contests += _contests(id_, events)

    def _merged(self, one: LoadedRequest) -> LoadedEvent:
        facts = {"duplicate_of": number_text(self.roots[one.external_id][1])}
        at = one.closed_at or one.requested_at
        return LoadedEvent(Fact.MERGED, at, author_kind=str(self.actor.kind), author_label=self.actor.label, data=facts)

    def _rest(self, ready: Sequence[LoadedRequest], ids: Sequence[str], of: Mapping[str, Sequence[Any]]) -> None:
        names = copying.texts(of["external_id"])
        self.imported += [
            f"{self.source_system}\t{name}\t{id_}\t{row_hash}\t{self.run_id}"
            for name, id_, row_hash in zip(names, ids, copying.texts(of["row_hash"]), strict=True)
            if name
        ]
        if any(of["contact"]):
            self.reporters += [
                _reporter(one.contact, id_) for one, id_ in zip(ready, ids, strict=True) if one.contact is not None
            ]
        if any(of["photos"]) or any(of["evidence"]):
            for one, id_ in zip(ready, ids, strict=True):
                self._photos(one, id_)

    def _photos(self, one: LoadedRequest, request_id: str) -> None:
        shown = rules.photo_showing(self.kinds[one.category_code].policy, trusted=True)
        by_policy = "t" if shown is Showing.WITHHELD else "f"
        pictures = [(one_id, "f") for one_id in one.photos] + [(one_id, "t") for one_id in one.evidence]
        for new_id, (order, (document_id, is_evidence)) in zip(
            new_ids(len(pictures)), enumerate(pictures), strict=True
        ):
            added = (one.closed_at or one.requested_at) if is_evidence == "t" else one.requested_at
            self.photos.append(
                f"{new_id}\t{request_id}\t{document_id}\t{is_evidence}\t{shown}\t{by_policy}\t{order}"
                f"\t{added.isoformat()}"
            )
            if shown is Showing.SHOWN:
                self.published.add(document_id)


def _reporter(who: Contact, request_id: str) -> str:
    t = copying.text
    token = reading.token_hash(reading.private_token(uuid.UUID(request_id)))
    return (
        f"{request_id}\t\\N\t{t(who.first_name[:100])}\t{t(who.last_name[:100])}\t{t(who.email[:254])}"
        f"\t{t(who.phone[:32])}\t{token}\t\\N"
    )


def _plain_events(one: LoadedRequest, actor: Actor) -> tuple[LoadedEvent, ...]:
    """The least a history says: when it was received, and when and how it was closed."""
    author = {"author_kind": actor.kind.value, "author_id": actor.id, "author_label": actor.label}
    received = LoadedEvent(Fact.RECEIVED, one.requested_at, **author)  # type: ignore[arg-type]
    if one.state is State.RECEIVED:
        return (received,)
    data: dict[str, Any] = {"from": State.RECEIVED.value, "to": one.state.value}
    if one.state is State.CLOSED:
        data["outcome"] = one.outcome.value if one.outcome else ""
        at = one.closed_at or one.requested_at
        closed = LoadedEvent(Fact.CLOSED, at, text=one.outcome_sentence, data=data, **author)  # type: ignore[arg-type]
        return received, closed
    at = one.updated_at or one.requested_at
    return received, LoadedEvent(Fact.STATE, at, data=data, **author)  # type: ignore[arg-type]


def _contests(request_id: str, events: Sequence[LoadedEvent]) -> Iterator[str]:
    """Yield the contests a history tells of: what came after one that is no closing says that it was upheld."""
    t, v = copying.text, copying.one
    moves = [one for one in events if one.fact in {Fact.CLOSED, Fact.CONTESTED, Fact.REOPENED, Fact.STATE}]
    for before, one, after in zip(moves, moves[1:], [*moves[2:], None], strict=False):
        outcome = str(before.data.get("outcome", ""))
        if one.fact is not Fact.CONTESTED or before.fact is not Fact.CLOSED or outcome not in _CONTESTABLE:
            continue
        upheld = None if after is None else after.fact is not Fact.CLOSED
        yield "\t".join(
            (
                new_ids(1)[0], request_id, one.at.isoformat(), Contester.UNKNOWN.value, before.at.isoformat(),
                v(before.author_id), outcome, t(before.text), v(None), v(after and after.at), v(None), v(upheld),
            )
        )  # fmt: skip
