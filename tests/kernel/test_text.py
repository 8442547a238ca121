from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cityhall.kernel.text import fold


def test_fold_ignores_case_accents_and_punctuation() -> None:
    assert fold("  Calle Ñandú, Nº 5 ") == "calle nandu no 5"


@given(st.text())
def test_fold_is_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)
