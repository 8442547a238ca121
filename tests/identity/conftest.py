from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A request for a Spanish page leaves its language behind in the thread."""
    with translation.override("en"):
        yield
