"""A form that somebody else overtook is refused; what nobody changed is not."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityhall.apps.offices.contracts import OfficeTerms
from cityhall.kernel.django.seen import mark, need_unchanged
from cityhall.kernel.errors import Stale

NAMES = st.dictionaries(st.sampled_from(["en", "es", "fr"]), st.text(max_size=5), max_size=3)
TERMS = st.builds(OfficeTerms, NAMES, st.text(max_size=3), st.text(max_size=3), st.frozensets(st.uuids(), max_size=4))


@given(TERMS)
def test_the_order_of_names_and_of_people_makes_no_difference(terms: OfficeTerms) -> None:
    turned = OfficeTerms(
        dict(reversed(terms.name.items())),
        terms.area_kind,
        terms.area_code,
        frozenset(sorted(terms.members, reverse=True)),
    )
    need_unchanged(mark(terms), turned)


@given(TERMS, TERMS)
def test_whatever_differs_is_refused(seen: OfficeTerms, stands: OfficeTerms) -> None:
    if seen == stands:
        need_unchanged(mark(seen), stands)
    else:
        with pytest.raises(Stale):
            need_unchanged(mark(seen), stands)


def test_a_program_that_read_nothing_is_not_compared() -> None:
    need_unchanged("", OfficeTerms({"en": "Office"}, "district", "1", frozenset({uuid.UUID(int=1)})))
