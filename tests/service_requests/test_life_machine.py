"""The life of requests with many hands on it: whatever is done, in whatever order, twice, late or at once.

A machine draws acts; a plain model says what each must come to, and after each the database is compared with it. More:

    LIFE_MACHINE_EXAMPLES=500 .venv/bin/pytest tests/service_requests/test_life_machine.py
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from cityhall.apps.documents.models import Document
from cityhall.apps.identity import public as identity
from cityhall.apps.notify.models import Follower
from cityhall.apps.places import public as places
from cityhall.apps.service_requests import queries, rules, services
from cityhall.apps.service_requests.contracts import (
    Action,
    Changed,
    Contact,
    Fact,
    NewRequest,
    Outcome,
    Place,
    State,
    Visibility,
)
from cityhall.apps.service_requests.models import (
    Category,
    CategoryGroup,
    HistoryEvent,
    RequestPhoto,
    ServiceRequest,
    Supporter,
)
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS, Actor, ActorKind
from cityhall.kernel.django.models import AuditEntry, CommandResult, OutboxEvent
from cityhall.kernel.errors import CityhallError, Invalid, NotAllowed, NotFound, Stale

from .conftest import DESK, SPOT

EXAMPLES = int(os.environ.get("LIFE_MACHINE_EXAMPLES") or 8)
STEPS = 25
WORKING = frozenset({"requests.view", "requests.work", "requests.assign"})
PRIVATE = "the reporter's own words"
BEGIN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
"""Where the machine's clock starts."""


@dataclass(eq=False)
class Known:
    """What the model knows of one request."""

    id: uuid.UUID
    number: str
    category: str
    department: uuid.UUID | None
    team: uuid.UUID | None
    state: State = State.RECEIVED
    outcome: Outcome | None = None
    version: int = 1
    hidden: bool = False
    into: Known | None = None
    parent: Known | None = None
    brought: bool = False
    meanwhile: bool = False
    people: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)
    perhaps: set[str] = field(default_factory=set)
    followers: set[str] = field(default_factory=set)
    photos: int = 0
    facts: int = 1
    at: datetime = BEGIN
    contested_at: datetime | None = None
    closed_by: uuid.UUID | None = None
    doubted: tuple[Outcome | None, datetime | None, Known | None] | None = None
    refused: int = 0
    closed_at: datetime | None = None

    @property
    def root(self) -> Known:
        """The request that stands for this one."""
        return self.into or self

    @property
    def counted_at(self) -> Known | None:
        """The request whose family it belongs to: also while it is contested as a duplicate."""
        contested = self.state is State.CONTESTED and self.doubted is not None
        found = self.doubted[2] if contested and self.doubted else self.into
        return found if found is not self else None

    def is_below(self, other: Known) -> bool:
        """Whether it was merged into the other, directly or through others."""
        above = self.parent
        while above is not None and above is not other:
            above = above.parent
        return above is other

    def within(self, actor: Actor) -> bool:
        """Whether it is among the actor's work."""
        return (
            not (actor.departments or actor.teams) or self.department in actor.departments or self.team in actor.teams
        )


@dataclass(frozen=True)
class Act:
    """Something to do to a request.

    Args:
        call: the service call, given the common keywords.
        permission: what it needs, "" for what anybody may do.
        wrong: the request's state forbids it.
        done: changes the model.
        but_not: who may not do it, though they may do such things.
        but_with: what else it needs for this request.
    """

    call: Callable[..., Changed]
    permission: str
    wrong: bool
    done: Callable[[Known], None]
    but_not: uuid.UUID | None = None
    but_with: str = ""


def possible(state: State) -> set[Action]:
    """What may be done in a state: the model's own word, not the product's table."""
    if state is State.CLOSED:
        return {Action.REOPEN, Action.CONTEST}
    if state is State.CONTESTED:
        return {Action.UPHOLD, Action.KEEP_CLOSED}
    open_acts = {Action.SCHEDULE, Action.START, Action.REFER, Action.CLOSE}
    if state is State.REFERRED:
        open_acts |= {Action.TAKE_BACK}
    if state in {State.SCHEDULED, State.IN_PROGRESS}:
        open_acts |= {Action.PUT_BACK}
    return open_acts - {Action.START} if state is State.IN_PROGRESS else open_acts


class Life(RuleBasedStateMachine):
    """Requests of two categories, and everybody who may touch them."""

    filed = Bundle("filed")
    sent = Bundle("sent")

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Known] = []
        self.now = BEGIN
        self.words = 0
        self._held = clock.held_at(self.now)
        self._held.__enter__()

    def teardown(self) -> None:
        self._held.__exit__(None, None, None)

    @initialize()
    def people(self) -> None:
        """Make the city's people once for each life; they are values, so nothing is left behind but two teams."""
        department = identity.ensure_department("streets", {"en": "Streets"})
        crew = identity.ensure_team("pavement", {"en": "Pavement"}, department="streets")
        firm = identity.ensure_team("walls", {"en": "Bright Walls"}, department="streets")
        other = identity.ensure_department("housing", {"en": "Housing"})
        group, _ = CategoryGroup.objects.get_or_create(code="streets", defaults={"name": {"en": "Streets"}})
        for code, fields in {
            "pothole": {"department_id": department, "team_id": crew, "target_days": 5},
            "graffiti": {"department_id": department, "team_id": firm},
            "housing": {
                "department_id": other, "target_days": 2, "place_policy": "generalised", "text_policy": "withheld",
                "photo_policy": "withheld",
            },
        }.items():  # fmt: skip
            Category.objects.get_or_create(code=code, defaults={"group": group, "name": {"en": code}, **fields})
        self.teams = {"pothole": (department, crew), "graffiti": (department, firm), "housing": (other, None)}

        def somebody(permissions: frozenset[str], **limits: Any) -> Actor:
            return Actor(ActorKind.STAFF, uuid.uuid4(), "Staff", permissions, **limits)

        self.staff = {
            "crew": somebody(frozenset({"requests.view", "requests.work"}), teams=frozenset({crew})),
            "contractor": somebody(WORKING, teams=frozenset({firm}), contractor=uuid.uuid4(), reads_notes=False),
            "dispatcher": somebody(WORKING, departments=frozenset({department})),
            "supervisor": somebody(DESK),
            "moderator": somebody(frozenset({"requests.view", "requests.moderate"})),
        }
        self.residents = {
            "passer-by": ANONYMOUS,
            "neighbour": Actor(ActorKind.RESIDENT, uuid.uuid4(), "Resident"),
        }

    # Acts

    @rule(
        target=filed,
        category=st.sampled_from(["pothole", "graffiti", "housing"]),
        who=st.sampled_from(["passer-by", "neighbour"]),
        photos=st.integers(0, 2),
    )
    def file(self, category: str, who: str, photos: int) -> Known:
        """A resident reports something, and sends it twice."""
        command = uuid.uuid4()
        new = NewRequest(
            category, Place(*SPOT, address="1202 Grand Ave"), description=f"{PRIVATE} {command}",
            contact=Contact("Rosa", "Lee", "rosa@example.org", "555 0100"), photos=self._photos(photos),
            follow=who == "neighbour",
        )  # fmt: skip
        first = services.file_request(new, actor=self.residents[who], command_id=command)
        assert services.file_request(new, actor=self.residents[who], command_id=command) == first
        department, team = self.teams[category]
        known = Known(first.id, first.number, category, department, team, photos=photos, at=self.now)
        if who == "neighbour":
            known.followers.add(str(self.residents[who].id))
        self.requests.append(known)
        return known

    def _photos(self, count: int) -> tuple[uuid.UUID, ...]:
        made = []
        for _ in range(count):
            document = uuid.uuid4()
            Document.objects.create(
                id=document, kind="image", media_type="image/jpeg", key=str(document), sizes={}, bytes=1, sha256="",
                created_at=clock.now(),
            )  # fmt: skip
            made.append(document)
        return tuple(made)

    @rule(minutes=st.sampled_from([1, 30, 60 * 24, 60 * 24 * 8, -1, -180]))
    def time_goes_by(self, minutes: int) -> None:
        """Minutes or days; below zero, somebody sets the clock back."""
        self.now += timedelta(minutes=minutes)
        self._held.__exit__(None, None, None)
        self._held = clock.held_at(self.now)
        self._held.__enter__()

    @rule(
        known=filed,
        name=st.sampled_from(
            [
                "schedule",
                "start",
                "refer",
                "take_back",
                "close",
                "uphold",
                "keep",
                "reopen",
                "note",
                "reply",
                "category",
                "photo",
                "assign",
                "moderate",
                "hide",
                "show",
            ]
        ),
        who=st.sampled_from(["crew", "contractor", "dispatcher", "supervisor", "moderator", "neighbour", "passer-by"]),
        age=st.sampled_from([0, 0, 0, 1, -1, None]),
        twice=st.booleans(),
    )
    def work(self, known: Known, name: str, who: str, age: int | None, twice: bool) -> None:
        """Somebody does something with the version they read: the right one, an older, one that never was, or none."""
        act = self._act(name, known)
        actor = {**self.staff, **self.residents}[who]
        version = None if age is None else known.version - age
        self._do(act, known, actor, version, twice=twice)

    @rule(
        known=filed,
        sentence=st.sampled_from(["Still there.", "  ", "no"]),
        twice=st.booleans(),
        photos=st.integers(0, 1),
    )
    def contest(self, known: Known, sentence: str, twice: bool, photos: int) -> None:
        """A passer-by says that it is not fixed, with a photo or in vain."""
        command, evidence = uuid.uuid4(), self._photos(photos)

        def send() -> Changed:
            return services.contest(known.id, actor=ANONYMOUS, sentence=sentence, command_id=command, evidence=evidence)

        before = self._written()
        expected = (
            Invalid
            if not known.hidden and (known.state is not State.CLOSED or not photos or known.refused > 1)
            else NotFound
            if known.hidden
            else None
        )
        if not self._tried(send, expected, before):
            return
        known.doubted = (known.outcome, known.closed_at, known.into)
        self._unclose(known)
        known.state, known.contested_at = State.CONTESTED, self._moment(known)
        known.photos += photos
        self._grown(known)
        self._once(before, known, changes=1)
        if twice:
            self._again(send)

    # Who has the same trouble

    def _children(self, known: Known) -> list[Known]:
        return [one for one in self.requests if one.parent is known and one.brought and one.counted_at is not None]

    def _supporters(self, known: Known, *, seen_from_above: bool = False) -> tuple[int, set[str], set[str]]:
        """How many count at a request beside those who said so, who has to be among these, and who may be.

        A duplicate's reporter and supporters count at what it was merged into, one person once. What comes to a
        duplicate that is contested counts above when it is kept closed. Who said so of a duplicate itself later may
        count above, where somebody else brought them.
        """
        count, surely = 0, set(known.people)
        maybe = known.people | known.late | known.perhaps
        if not seen_from_above:
            surely |= known.late
        for child in self._children(known):
            if seen_from_above and child.meanwhile:
                maybe |= self._supporters(child, seen_from_above=True)[2]
                continue
            more, sure, may = self._supporters(child, seen_from_above=True)
            count, surely, maybe = count + more + 1, surely | sure, maybe | may
        return count, surely, maybe

    def _parts(self, known: Known, root: Known) -> None:
        """It stands for itself again, and with it what was merged into it."""
        for one in self.requests:
            if one.counted_at is root and one.is_below(known):
                self._counts_at(one, known)
        known.parent, known.brought = None, False
        self._comes_home(known)
        self._grown(root, quietly=not self._may_link(known, root))

    def _comes_home(self, known: Known) -> None:
        """What came while it was contested counts like the rest."""
        known.people |= known.late
        known.late = set()
        for child in self._children(known):
            child.meanwhile = False

    def _counts_at(self, one: Known, root: Known) -> None:
        if one.into is not None:
            one.into = root
        elif one.doubted is not None:
            one.doubted = (one.doubted[0], one.doubted[1], root)

    @rule(known=filed, who=st.sampled_from(["phone-1", "phone-2", "neighbour"]))
    def me_too(self, known: Known, who: str) -> None:
        """One more person has the trouble; nobody counts twice."""
        actor = self.residents.get(who, ANONYMOUS)
        before = self._written()

        def send() -> Changed:
            return services.me_too(known.id, actor=actor, who=who)

        at = known.root if known.into and self._may_link(known, known.into) else known
        if not self._tried(send, NotFound if known.hidden or at.hidden else None, before):
            return
        person = str(actor.id) if actor.kind is ActorKind.RESIDENT else who
        if actor.kind is ActorKind.RESIDENT:
            at.followers.add(person)
        _count, surely, maybe = self._supporters(at)
        if person in surely:
            return
        if person in maybe:  # who brought them may stand for itself again
            at.perhaps.add(person)
        else:
            (at.late if at.counted_at is not None else at.people).add(person)

    @rule(
        known=filed,
        other=filed,
        who=st.sampled_from(["dispatcher", "supervisor", "crew", "neighbour"]),
        age=st.sampled_from([0, 0, 1]),
    )
    def merge(self, known: Known, other: Known, who: str, age: int) -> None:
        """Close `other` as a duplicate of `known`, or of what stands for it."""
        self._merge(known, other, {**self.staff, **self.residents}[who], age)

    @rule(target=filed, category=st.sampled_from(["pothole", "housing"]))
    def merge_in_a_chain(self, category: str) -> Known:
        """A duplicate of a duplicate points to the one that stands for both."""
        last, middle, first = (self.file(category, who, 0) for who in ("neighbour", "passer-by", "passer-by"))
        self._merge(middle, last, self.staff["supervisor"], 0)
        self._merge(first, middle, self.staff["supervisor"], 0)
        return first

    def _merge(self, known: Known, other: Known, actor: Actor, age: int) -> None:
        before = self._written()

        def send() -> Changed:
            return services.close(
                other.id, actor=actor, outcome=Outcome.DUPLICATE, sentence="The same.", duplicate_of=known.number,
                version=other.version - age,
            )  # fmt: skip

        root = known.root
        expected: type[CityhallError] | None = None
        if (known.hidden and not known.within(actor)) or root is other:
            expected = Invalid
        elif not actor.may("requests.work"):
            expected = NotAllowed
        elif not other.within(actor):
            expected = NotFound
        elif age:
            expected = Stale
        elif Action.CLOSE not in possible(other.state):
            expected = Invalid
        if not self._tried(send, expected, before):
            return
        other.state, other.outcome, other.closed_at = State.CLOSED, Outcome.DUPLICATE, self._moment(other)
        other.closed_by, other.refused = actor.id, 0
        self._grown(other)
        linked = self._may_link(other, root)
        self._grown(root, quietly=not linked)
        self._frees(other, root)
        for one in self.requests:
            if one.counted_at is other:
                self._counts_at(one, root)
        other.into = other.parent = root
        other.brought, other.meanwhile = linked, root.counted_at is not None
        self._once(before, other, root, changes=2)

    def _frees(self, other: Known, root: Known) -> None:
        """What is contested as a duplicate of one that becomes its own duplicate stands for itself."""
        above = root
        while above.counted_at not in {None, other}:
            assert above.counted_at
            above = above.counted_at
        if above.counted_at is other:
            for one in self.requests:
                if one.counted_at is other and one.is_below(above):
                    self._counts_at(one, above)
            above.parent, above.brought = None, False
            self._comes_home(above)
            self._counts_at(above, above)

    @rule(
        target=sent,
        known=filed,
        name=st.sampled_from(["schedule", "note", "close"]),
        who=st.sampled_from(["supervisor", "dispatcher"]),
    )
    def send_and_lose_the_answer(
        self, known: Known, name: str, who: str
    ) -> tuple[Callable[[], Changed], Changed] | None:
        """A command whose answer is kept for later, when it comes again."""
        act = self._act(name, known)
        actor, version, command = self.staff[who], known.version, uuid.uuid4()

        def send() -> Changed:
            return act.call(actor=actor, version=version, command_id=command)

        before = self._written()
        if not self._tried(send, self._expected(act, known, actor, version), before):
            return None
        act.done(known)
        self._grown(known)
        self._once(before, known, changes=1)
        return send, self.last

    @rule(kept=consumes(sent))
    def comes_again_late(self, kept: tuple[Callable[[], Changed], Changed] | None) -> None:
        """The same command after whatever happened since: the same answer, and nothing is written."""
        if kept is not None:
            send, answer = kept
            before = self._written()
            assert send() == answer
            assert self._written() == before

    @rule(known=filed, names=st.permutations(["schedule", "start", "note", "close", "assign"]))
    def race(self, known: Known, names: list[str]) -> None:
        """Two people save at once what they read in the same version: one wins, the other hears what stands."""
        able = [act for name in names if not (act := self._act(name, known)).wrong][:2]
        if len(able) < 2 or known.hidden:
            return
        before, version, together = self._written(), known.version, Barrier(2)

        def one(act: Act, actor: Actor) -> Changed | CityhallError:
            try:
                together.wait(10)
                return act.call(actor=actor, version=version, command_id=uuid.uuid4())
            except CityhallError as refused:
                return refused
            finally:
                connection.close()

        actors = [self.staff["supervisor"], Actor(ActorKind.STAFF, uuid.uuid4(), "Second", DESK)]
        with ThreadPoolExecutor(2) as pool:
            futures = [pool.submit(copy_context().run, one, *pair) for pair in zip(able, actors, strict=True)]
            answers = [future.result(30) for future in futures]
        won = [place for place, answer in enumerate(answers) if isinstance(answer, Changed)]
        assert len(won) == 1, answers
        lost = answers[1 - won[0]]
        assert isinstance(lost, Stale)
        assert lost.current == version + 1
        root = known.counted_at
        able[won[0]].done(known)
        assert known.counted_at is root
        if known.state is State.CLOSED:
            known.closed_by = actors[won[0]].id
        self._grown(known)
        self._once(before, known, changes=1)

    # The model

    def _act(self, name: str, known: Known) -> Act:
        self.words += 1
        said = f"Said {self.words}."
        allowed = possible(known.state)

        def to(state: State) -> Callable[[Known], None]:
            def done(one: Known) -> None:
                one.state = state

            return done

        def closed(one: Known) -> None:
            one.state, one.outcome, one.closed_at = State.CLOSED, Outcome.FIXED, self._moment(one)
            one.refused = 0

        def reopened(one: Known) -> None:
            self._unclose(one)
            one.state = State.RECEIVED

        def upheld(one: Known) -> None:
            one.state = State.RECEIVED

        def kept(one: Known) -> None:
            assert one.doubted
            one.state = State.CLOSED
            one.outcome, one.closed_at, one.into = one.doubted
            one.into = one.into and one.into.root
            if one.into:
                for other in self.requests:
                    if other.counted_at is one:
                        self._counts_at(other, one.into)
                self._comes_home(one)
            one.refused += 1
            one.photos += 1

        def nothing(one: Known) -> None:
            pass

        def photographed(one: Known) -> None:
            one.photos += 1

        def hidden(value: bool) -> Callable[[Known], None]:
            def done(one: Known) -> None:
                one.hidden = value

            return done

        def assigned(one: Known) -> None:
            one.team = None

        to_category = "graffiti" if known.category == "pothole" else "pothole"

        def recategorised(one: Known) -> None:
            one.category = to_category
            one.department, one.team = self.teams[to_category]

        one = known.id
        return {
            "schedule": lambda: Act(
                lambda **kw: services.schedule(one, sentence=said, **kw),
                "requests.work",
                Action.SCHEDULE not in allowed,
                to(State.SCHEDULED),
            ),
            "start": lambda: Act(
                lambda **kw: services.start(one, sentence=said, **kw),
                "requests.work",
                Action.START not in allowed,
                to(State.IN_PROGRESS),
            ),
            "refer": lambda: Act(
                lambda **kw: services.refer(one, to="The county", sentence=said, **kw),
                "requests.work",
                Action.REFER not in allowed,
                to(State.REFERRED),
            ),
            "take_back": lambda: Act(
                lambda **kw: services.take_back(one, sentence=said, **kw),
                "requests.work",
                Action.TAKE_BACK not in allowed,
                to(State.RECEIVED),
            ),
            "uphold": lambda: Act(
                lambda **kw: services.settle(one, upheld=True, sentence=said, **kw),
                "requests.settle",
                Action.UPHOLD not in allowed,
                upheld,
            ),
            "keep": lambda: self._keep_act(known, said, Action.KEEP_CLOSED not in allowed, kept),
            "close": lambda: Act(
                lambda **kw: services.close(one, outcome=Outcome.FIXED, sentence=said, **kw),
                "requests.work",
                Action.CLOSE not in allowed,
                closed,
            ),
            "reopen": lambda: Act(
                lambda **kw: services.reopen(one, sentence=said, **kw),
                "requests.work",
                Action.REOPEN not in allowed,
                reopened,
            ),
            "note": lambda: Act(lambda **kw: services.add_note(one, text=said, **kw), "requests.work", False, nothing),
            "reply": lambda: Act(
                lambda **kw: services.add_note(one, text=said, visibility=Visibility.PUBLIC, **kw),
                "requests.work",
                False,
                nothing,
            ),
            "category": lambda: Act(
                lambda **kw: services.change_category(one, category_code=to_category, **kw),
                "requests.work",
                False,
                recategorised,
                # What keeps a home to itself is published by nobody who may not decide that.
                but_with="requests.moderate" if known.category == "housing" else "",
            ),
            "photo": lambda: self._photo_act(known, photographed),
            "assign": lambda: Act(
                lambda **kw: services.assign(one, team_id=None, **kw), "requests.assign", False, assigned
            ),
            "moderate": lambda: Act(
                lambda **kw: services.moderate(one, show_text=False, **kw), "requests.moderate", False, nothing
            ),
            "hide": lambda: Act(
                lambda **kw: services.moderate(one, hidden=True, **kw), "requests.moderate", False, hidden(True)
            ),
            "show": lambda: Act(
                lambda **kw: services.moderate(one, hidden=False, **kw), "requests.moderate", False, hidden(False)
            ),
        }[name]()

    def _photo_act(self, known: Known, done: Callable[[Known], None]) -> Act:
        picture = self._photos(1)
        full = known.photos + 1 > services.photos.MOST * 2
        return Act(lambda **kw: services.add_photos(known.id, photo_ids=picture, **kw), "requests.work", full, done)

    def _keep_act(self, known: Known, said: str, wrong: bool, done: Callable[[Known], None]) -> Act:
        picture = self._photos(1)
        into = known.doubted[2] if known.doubted else None
        wrong = wrong or known.photos + 1 > services.photos.MOST * 2 or (into is not None and into.root is known)
        wrong = wrong or (into is not None and into.hidden)
        return Act(
            lambda **kw: services.settle(known.id, upheld=False, sentence=said, evidence=picture, **kw),
            "requests.settle",
            wrong,
            done,
            known.closed_by,
        )

    def _expected(self, act: Act, known: Known, actor: Actor, version: int | None) -> type[CityhallError] | None:
        if not actor.may(act.permission):
            return NotAllowed
        if not known.within(actor):
            return NotFound
        if version is not None and version != known.version:
            return Stale
        if act.but_with and not actor.may(act.but_with):
            return Invalid
        return Invalid if act.wrong or (act.but_not is not None and act.but_not == actor.id) else None

    def _do(self, act: Act, known: Known, actor: Actor, version: int | None, *, twice: bool) -> None:
        command, before = uuid.uuid4(), self._written()

        def send() -> Changed:
            return act.call(actor=actor, version=version, command_id=command)

        if not self._tried(send, self._expected(act, known, actor, version), before):
            return
        was, root = known.state, known.counted_at
        act.done(known)
        parted = root is not None and known.counted_at is None
        if was is not State.CLOSED and known.state is State.CLOSED:
            known.closed_by = actor.id
        self._grown(known)
        if parted and root is not None:
            self._parts(known, root)
            self._once(before, known, root, changes=2)
        else:
            self._once(before, known, changes=1)
        if twice:
            self._again(send)

    def _tried(
        self, send: Callable[[], Changed], expected: type[CityhallError] | None, before: tuple[int, ...]
    ) -> bool:
        """Send; hold the answer against what the model expects. A refusal writes nothing."""
        if expected is None:
            self.last = send()
            return True
        with pytest.raises(expected) as refused:
            send()
        assert type(refused.value) is expected
        assert self._written() == before, "a refusal writes nothing"
        return False

    def _again(self, send: Callable[[], Changed]) -> None:
        before = self._written()
        assert send() == self.last
        assert self._written() == before, "a repeat writes nothing"

    def _moment(self, known: Known) -> datetime:
        """When something happens to it now: after all that happened before, though the clock be set back."""
        return self.now if self.now >= known.at else known.at + timedelta(microseconds=1)

    def _grown(self, known: Known, *, quietly: bool = False) -> None:
        if not quietly:
            known.at = self._moment(known)
        known.version += 1
        known.facts += 1
        if known.state is not State.CONTESTED:
            known.contested_at = None

    def _unclose(self, known: Known) -> None:
        known.outcome = known.closed_at = known.into = None

    def _may_link(self, one: Known, other: Known) -> bool:
        return not (one.hidden or other.hidden) and (one.category == "housing") == (other.category == "housing")

    def _written(self) -> tuple[int, ...]:
        ids = [one.id for one in self.requests]
        return (
            HistoryEvent.objects.filter(request_id__in=ids).count(),
            OutboxEvent.objects.filter(subject_id__in=ids).exclude(kind="service_requests.merged").count(),
            AuditEntry.objects.filter(subject_id__in=ids).count(),
            CommandResult.objects.count(),
        )

    def _once(self, before: tuple[int, ...], *touched: Known, changes: int) -> None:
        """Every accepted change: one fact, one outbox event, one audit entry, at the version that came of it."""
        after = self._written()
        assert [now - then for then, now in zip(before[:3], after[:3], strict=True)] == [changes] * 3
        for known in touched:
            event = OutboxEvent.objects.filter(subject_id=known.id, data__version=known.version).get()
            entry = AuditEntry.objects.filter(subject_id=known.id, data__version=known.version).get()
            assert event.kind == entry.action
            assert HistoryEvent.objects.filter(id=event.data["event_id"], request_id=known.id).exists()

    # What holds after each step

    @invariant()
    def each_is_as_the_model_says(self) -> None:
        rows = {row.id: row for row in ServiceRequest.objects.filter(id__in=[one.id for one in self.requests])}
        for known in self.requests:
            row = rows[known.id]
            assert (row.state, row.outcome, row.version, row.hidden) == (
                known.state, known.outcome or "", known.version, known.hidden,
            )  # fmt: skip
            assert (row.category.code, row.department_id, row.team_id) == (known.category, known.department, known.team)
            assert row.duplicate_of_id == (known.into.id if known.into else None)
            count, surely, maybe = self._supporters(known)
            named = Supporter.objects.filter(request=row).count()
            assert len(surely) <= named <= len(maybe)
            assert row.supporters == count + named
            assert RequestPhoto.objects.filter(request=row).count() == known.photos
            assert row.closed_at == known.closed_at
            self._times(row, known)

    def _times(self, row: ServiceRequest, known: Known) -> None:
        assert row.requested_at <= row.updated_at == known.at
        if row.closed_at is not None:
            assert row.requested_at <= row.closed_at <= row.updated_at
        days = row.category.target_days
        assert row.due_at == (places.due_date(row.requested_at, days) if days is not None else None)
        if known.state is State.CONTESTED and known.contested_at is not None:
            assert row.queue_at == rules.queue_time(
                State.CONTESTED, requested_at=row.requested_at, due_at=row.due_at, changed_at=known.contested_at
            )
        elif known.state is not State.CLOSED:
            assert row.queue_at > self.now - timedelta(days=3650), "only contested work stands on top"

    @invariant()
    def the_history_tells_the_same(self) -> None:
        for known in self.requests:
            said = list(HistoryEvent.objects.filter(request_id=known.id).order_by("at", "id"))
            assert len(said) == known.facts
            assert said[0].fact == Fact.RECEIVED
            moves = [
                one.data["to"] for one in said if one.fact in {Fact.STATE, Fact.CLOSED, Fact.REOPENED, Fact.CONTESTED}
            ]
            assert known.state == (moves[-1] if moves else State.RECEIVED)

    @invariant()
    def merged_ones_point_to_one_that_lives_by_itself(self) -> None:
        for known in self.requests:
            if known.into is not None:
                assert known.into.into is None
                assert known.into is not known

    @invariant()
    def nobody_who_follows_is_lost(self) -> None:
        found: dict[uuid.UUID, set[str]] = {}
        for subject, user in Follower.objects.filter(
            kind="service_request", subject_id__in=[one.id for one in self.requests]
        ).values_list("subject_id", "user_id"):
            found.setdefault(subject, set()).add(str(user))
        for known in self.requests:
            assert found.get(known.id, set()) == known.followers

    @invariant()
    def the_public_sees_no_more_than_the_policy_names(self) -> None:
        for known in self.requests:
            if known.hidden:
                with pytest.raises(NotFound):
                    queries.one(known.number, ANONYMOUS)
                continue
            seen = queries.one(known.number, ANONYMOUS)
            words = repr((seen, queries.history(known.id, ANONYMOUS)))
            assert "rosa@example.org" not in words
            assert "555 0100" not in words
            assert seen.status is rules.status_of(known.state, known.outcome)
            if known.category == "housing":
                assert PRIVATE not in words
                assert (seen.lat, seen.lon) != SPOT
                assert seen.photos == ()
                assert "1202" not in seen.address
            if known.into is not None:
                shown = known.into.number if self._may_link(known, known.into) else ""
                assert seen.duplicate_of == shown
            notes = HistoryEvent.objects.filter(request_id=known.id, visibility=Visibility.INTERNAL).exclude(text="")
            assert not any(note.text in words for note in notes if len(note.text) > 5)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_life_of_requests_with_many_hands_on_it() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Life,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
