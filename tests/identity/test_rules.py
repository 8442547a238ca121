from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityhall.apps.identity import rules
from cityhall.apps.identity.rules import Grant, reach

A, B, T = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
WORK, EDIT = frozenset({"requests.view", "requests.work"}), frozenset({"website.edit"})

grants = st.lists(
    st.builds(
        Grant,
        permissions=st.frozensets(st.sampled_from(rules.PERMISSIONS)),
        department_id=st.sampled_from([None, A, B]),
        team_id=st.sampled_from([None, T]),
    ),
    max_size=5,
)


@pytest.mark.parametrize(
    ("says", "is_called"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36", ("Chrome", "Linux")),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0", ("Edge", "Windows")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", ("Safari", "iPhone")),
        ("curl/8.9", ("curl/8.9", "")),
        ("", ("", "")),
    ],
)
def test_a_browser_is_called_what_people_call_it(says: str, is_called: tuple[str, str]) -> None:
    assert rules.browser_of(says) == is_called


def test_one_department_is_all_that_is_seen() -> None:
    assert reach([Grant(WORK, A)]) == rules.Reach(WORK, frozenset({A}), frozenset())


def test_a_team_is_narrower_than_its_department() -> None:
    assert reach([Grant(WORK, A, T)]) == rules.Reach(WORK, frozenset(), frozenset({T}))


def test_an_editor_who_dispatches_for_one_department_sees_that_department_alone() -> None:
    found = reach([Grant(EDIT), Grant(WORK, A)])
    assert found.permissions == WORK | EDIT
    assert found.departments == {A}


def test_the_same_right_everywhere_lifts_the_limit() -> None:
    assert reach([Grant(WORK | EDIT), Grant(WORK, A), Grant(WORK, B, T)]).departments == frozenset()


@given(grants, st.randoms())
def test_the_order_of_memberships_does_not_matter(some: list[Grant], random) -> None:
    shuffled = list(some)
    random.shuffle(shuffled)
    assert reach(shuffled) == reach(some)


@given(grants)
def test_nothing_is_given_that_no_membership_gives(some: list[Grant]) -> None:
    found = reach(some)
    assert found.permissions == frozenset().union(*(grant.permissions for grant in some))
    if not found.departments and not found.teams and some:
        # No limit at all: then some membership everywhere gives all that the limited ones do.
        limited = frozenset().union(*(grant.permissions for grant in some if not grant.everywhere))
        assert any(grant.everywhere and grant.permissions >= limited for grant in some)


def test_a_key_is_recognised_by_its_hash_alone() -> None:
    made = rules.make_key()
    assert made.raw.startswith(f"ch_{made.prefix}_")
    assert rules.key_prefix(made.raw) == made.prefix
    assert rules.same_hash(made.hash, made.raw)
    assert not rules.same_hash(made.hash, made.raw[:-1])
    assert made.raw.split("_", 2)[2] not in made.hash


@given(st.text(max_size=60))
def test_no_text_breaks_reading_a_key(text: str) -> None:
    assert len(rules.key_prefix(text)) <= 12
