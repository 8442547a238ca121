"""Variables in a sentence: which there are, and what stands in their place."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cityhall.apps.answers.contracts import Filled, Variable

_BRACES = re.compile(r"\{([^{}\n]{0,60})\}")


def known() -> tuple[str, ...]:
    """Return every variable there is, as it is written."""
    return tuple(f"{{{one.value}}}" for one in Variable)


def variables_in(text: str) -> tuple[str, ...]:
    """Return what stands in braces in a text, each once, in the order it is found."""
    return tuple(dict.fromkeys(found.strip() for found in _BRACES.findall(text)))


def unknown_in(text: str) -> tuple[str, ...]:
    """Return what stands in braces and is no variable."""
    return tuple(one for one in variables_in(text) if one not in set(Variable))


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Put values in the place of variables. One without a value stays as it is, and is named."""
    missing: dict[str, None] = {}

    def value_of(match: re.Match[str]) -> str:
        name = match[1].strip()
        if values.get(name):
            return values[name]
        if name in set(Variable):
            missing[name] = None
        return match[0]

    return Filled(_BRACES.sub(value_of, text), tuple(missing))
