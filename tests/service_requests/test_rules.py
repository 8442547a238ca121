from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import (
    Action,
    Datatype,
    Detail,
    Linked,
    Moderation,
    Outcome,
    PhotoFacts,
    Policy,
    QuestionFacts,
    RequestFacts,
    Showing,
    Source,
    State,
    Status,
    Viewer,
    number_text,
    number_value,
)
from cityhall.apps.service_requests.management.commands.draw_request_life import page

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SECRET = "Zwölf Türen, apartment 7"
PHOTO = uuid.UUID(int=7)
AREA, OTHER_AREA = uuid.UUID(int=1), uuid.UUID(int=2)


def facts(policy: Policy, **fields: Any) -> RequestFacts:
    place = rules.public_place(
        policy.place,
        32.71571,
        -117.16111,
        "1202 Grand Ave",
        generalise=lambda lat, lon: (round(lat, 2), round(lon, 2)),
        generalise_address=lambda text: "1200 block of Grand Ave",
    )
    values: dict[str, Any] = {
        "id": uuid.UUID(int=9),
        "number": 48220,
        "category_code": "pothole",
        "category_name": {"en": "Pothole", "es": "Bache"},
        "group_name": {"en": "Streets"},
        "policy": policy,
        "state": State.RECEIVED,
        "outcome": None,
        "outcome_sentence": "",
        "referred_to": "",
        "version": 1,
        "description": SECRET,
        "showing": Showing.SHOWN,
        "answers": {"free": SECRET, "plate": "ABC123", "size": "small"},
        "language": "en",
        "source": Source.WEB,
        "lat": 32.71571,
        "lon": -117.16111,
        "address": "1202 Grand Ave",
        "address_id": uuid.UUID(int=3),
        "asset_id": uuid.UUID(int=4),
        "areas": (AREA,),
        "public_lat": place.lat,
        "public_lon": place.lon,
        "public_address": place.address,
        "public_areas": () if place.lat is None else (OTHER_AREA,),
        "department_name": {},
        "supporters": 0,
        "hidden": False,
        "duplicate_of": None,
        "requested_at": NOW,
        "updated_at": NOW,
        "scheduled_for": None,
        "due_at": None,
        "closed_at": None,
        "photos": (PhotoFacts(PHOTO, False, Showing.SHOWN),),
        "questions": (
            QuestionFacts("free", {"en": "Free"}, Datatype.TEXT),
            QuestionFacts("plate", {"en": "Plate"}, Datatype.STRING, is_public=False),
            QuestionFacts("size", {"en": "Size"}, Datatype.SINGLE, values=(("small", {"en": "Small"}),)),
        ),
        "area_names": {AREA: ("district", "District 1"), OTHER_AREA: ("district", "District 2")},
        **fields,
    }
    return RequestFacts(**values)


def test_a_link_is_public_only_between_requests_that_keep_the_same_to_themselves() -> None:
    every = [Policy(place, text, photo) for place in Detail for text in Detail for photo in Detail]
    spot = (32.71, -117.16, "1200 block of Grand Ave")
    linkable = 0
    for mine in every:
        for theirs in every:
            sides = [Linked(number, policy, False, *spot) for number, policy in ((1, mine), (2, theirs))]
            may = rules.may_link(*sides)
            assert may == rules.may_link(*reversed(sides))
            shown = [(one.place, one.text is Detail.EXACT, one.photo is Detail.EXACT) for one in (mine, theirs)]
            assert may == (shown[0] == shown[1])
            linkable += may
            assert not rules.may_link(replace(sides[0], hidden=True), sides[1])
            seen = rules.publish(
                facts(
                    mine,
                    number=1048,
                    state=State.CLOSED,
                    outcome=Outcome.DUPLICATE,
                    outcome_sentence="See 48-220, I mean #48220.",
                    duplicate_of=Linked(48220, theirs, False, 32.99, -117.16, "1200 block of Grand Ave"),
                ),
                Viewer(is_reporter=True),
            )
            assert seen is not None
            assert seen.status is Status.DUPLICATE
            public = may and mine.place is not Detail.GENERALISED  # another coarse place would narrow it down
            assert seen.duplicate_of == ("48-220" if public else "")
            assert ("220" in seen.outcome_sentence) == public
    assert linkable == 3 * (1 + 2 * 2 + 2 * 2 + 4 * 4)


policies = st.builds(
    Policy,
    place=st.sampled_from(Detail),
    text=st.sampled_from(Detail),
    photo=st.sampled_from(Detail),
    moderation=st.sampled_from(Moderation),
)


@given(policies, st.sampled_from(Showing), st.booleans())
def test_the_public_learns_what_the_policy_says_and_no_more(policy: Policy, showing: Showing, hidden: bool) -> None:
    seen = rules.publish(facts(policy, showing=showing, hidden=hidden), Viewer())
    if hidden:
        assert seen is None
        return
    assert seen is not None
    said = repr(seen)
    if policy.text is not Detail.EXACT or showing is not Showing.SHOWN:
        assert SECRET not in said
    assert "ABC123" not in said
    if policy.place is not Detail.EXACT:
        assert "1202" not in said
        assert "32.71571" not in said
        assert "District 1" not in said
        assert str(uuid.UUID(int=3)) not in said
        assert str(uuid.UUID(int=4)) not in said
    if policy.place is Detail.WITHHELD:
        assert (seen.lat, seen.lon, seen.address, dict(seen.areas)) == (None, None, "", {})
    if policy.photo is not Detail.EXACT:
        assert seen.photos == ()


@given(policies, st.sampled_from(Showing))
def test_staff_and_the_reporter_see_the_whole(policy: Policy, showing: Showing) -> None:
    for viewer in (Viewer(sees_all=True), Viewer(is_reporter=True)):
        seen = rules.publish(facts(policy, showing=showing), viewer)
        assert seen is not None
        assert (seen.description, seen.lat, seen.photos) == (SECRET, 32.71571, (PHOTO,))


@given(st.integers(0, 10**12))
def test_a_number_is_read_as_it_is_written(number: int) -> None:
    assert number_value(number_text(number)) == number


@pytest.mark.parametrize("text", ["8391", "8-391", "8 391", " 8\u00a0391 ", "8\u2013391", "#8-391", "# 8391"])
def test_a_number_is_read_however_people_write_it(text: str) -> None:
    assert number_value(text) == 8391


@pytest.mark.parametrize("text", ["", "8 39", "12 Oak", "8 391 2", "8--391", "eight", "##8391"])
def test_other_words_are_no_number(text: str) -> None:
    assert number_value(text) is None


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_none(text: str) -> None:
    value = number_value(text)
    assert value is None or value >= 0


CHOICES = (("a", {"en": "A"}), ("b", {"en": "B"}))
QUESTIONS = (
    QuestionFacts("s", {"en": "s"}, Datatype.STRING, order=1),
    QuestionFacts("n", {"en": "n"}, Datatype.NUMBER, order=2),
    QuestionFacts("d", {"en": "d"}, Datatype.DATETIME, order=3),
    QuestionFacts("t", {"en": "t"}, Datatype.TEXT, order=4),
    QuestionFacts("one", {"en": "one"}, Datatype.SINGLE, order=5, values=CHOICES),
    QuestionFacts("many", {"en": "many"}, Datatype.MULTI, order=6, values=CHOICES),
    QuestionFacts("more", {"en": "more"}, Datatype.STRING, True, order=7, when_code="many", when_values=("b",)),
)
some = st.one_of(st.text(max_size=12), st.sampled_from(["a", "b", "12", "2026-03-12T14:30"]))


@given(st.dictionaries(st.sampled_from([one.code for one in QUESTIONS]), st.one_of(some, st.lists(some, max_size=3))))
def test_clean_answers_are_clean_again(answers: dict[str, Any]) -> None:
    clean, problems = rules.check_answers(QUESTIONS, answers)
    assert all(name.startswith("answers.") for name in problems)
    again, more = rules.check_answers(QUESTIONS, clean)
    assert again == clean
    assert set(more) <= {"answers.more"}
    assert rules.kept_answers(QUESTIONS, clean) == clean
    if "b" not in clean.get("many", []):
        assert "more" not in clean
        assert "answers.more" not in problems


def test_a_condition_asks_only_when_it_holds() -> None:
    assert rules.check_answers(QUESTIONS, {"many": ["b"]})[1].keys() == {"answers.more"}
    assert rules.check_answers(QUESTIONS, {"many": "a"}) == ({"many": ["a"]}, {})
    assert rules.check_answers(QUESTIONS, {"one": "c", "n": "ten", "d": "soon"})[1].keys() == {
        "answers.one",
        "answers.n",
        "answers.d",
    }


def test_only_done_work_is_fixed() -> None:
    fixed = [outcome for outcome in Outcome if rules.status_of(State.CLOSED, outcome) is Status.FIXED]
    assert fixed == [Outcome.FIXED]


def test_contested_work_goes_first() -> None:
    contested = rules.queue_time(State.CONTESTED, requested_at=NOW, due_at=None, changed_at=NOW)
    late = rules.queue_time(State.RECEIVED, requested_at=NOW, due_at=datetime(2001, 1, 1, tzinfo=UTC), changed_at=NOW)
    assert contested < late


def test_the_page_about_the_life_of_a_request_is_true() -> None:
    written = Path(__file__).parents[2] / "docs" / "reference" / "request-life.md"
    assert written.read_text(encoding="utf-8") == page()


class Life(RuleBasedStateMachine):
    """Random walks through the table: no dead end, and nothing closed without an outcome."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State.RECEIVED
        self.outcome: Outcome | None = None

    @rule(action=st.sampled_from(Action), outcome=st.sampled_from(Outcome), sentence=st.text(max_size=5))
    def act(self, action: Action, outcome: Outcome, sentence: str) -> None:
        move = rules.next_state(self.state, action)
        if move is None:
            only_here = {
                Action.REOPEN: State.CLOSED,
                Action.CONTEST: State.CLOSED,
                Action.UPHOLD: State.CONTESTED,
                Action.KEEP_CLOSED: State.CONTESTED,
                Action.TAKE_BACK: State.REFERRED,
            }
            settled_first = self.state is State.CONTESTED
            closed = self.state is State.CLOSED
            again = action is Action.START and self.state is State.IN_PROGRESS
            planned = action is Action.PUT_BACK and self.state not in {State.SCHEDULED, State.IN_PROGRESS}
            assert only_here.get(action, self.state) is not self.state or settled_first or closed or again or planned
            return
        if action is Action.CLOSE:
            other = object() if outcome is Outcome.DUPLICATE else None
            if rules.may_close(outcome, sentence, other):
                return
            self.outcome = outcome
        elif action is Action.KEEP_CLOSED:
            self.outcome = Outcome.FIXED
        else:
            self.outcome = None
        self.state = move.to

    @precondition(lambda self: self.state is State.CLOSED)
    @rule()
    def anybody_may_contest(self) -> None:
        assert rules.allowed_actions(self.state, frozenset()) == (Action.CONTEST,)

    @invariant()
    def closed_means_outcome(self) -> None:
        assert (self.state is State.CLOSED) == (self.outcome is not None)

    @invariant()
    def there_is_a_way_on(self) -> None:
        assert rules.allowed_actions(self.state, frozenset({"requests.work", "requests.settle"}))


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=40, deadline=None)
