from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cityhall.kernel.text import fold, trigrams


def test_fold_ignores_case_accents_and_punctuation() -> None:
    assert fold("  Calle Ñandú, Nº 5 ") == "calle nandu no 5"


@given(st.text())
def test_fold_is_stable_and_trigrams_are_of_three(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert all(len(piece) == 3 for piece in trigrams(text))
    assert trigrams(text) == trigrams(text.upper()) or text.upper().casefold() != text.casefold()
