from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cityhall.apps.triage.rules import Model


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    """What a process has read must not outlive the test that wrote it."""
    from cityhall.apps.triage import queries

    queries.forget()
    yield
    queries.forget()


def cold() -> Model:
    """What a city starts with: learnt from the catalogue that ships, once for all tests."""
    from cityhall.apps.triage.services import judging

    return judging._shipped_model()
