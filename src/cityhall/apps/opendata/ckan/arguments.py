"""Reads an action's parameters, which come as JSON's values or as texts. All that is wrong is said at once."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any, Final

from cityhall.apps.opendata.ckan.errors import ValidationError
from cityhall.kernel.text import is_storable

_TRUE: Final = {"true", "t", "yes", "y", "on", "1"}
_FALSE: Final = {"false", "f", "no", "n", "off", "0", ""}
_LONGEST_NUMBER: Final = 15
_LONGEST_TEXT: Final = 100_000


class Arguments:
    """The parameters of one call. Read what is known, then `check`."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = {name: value for name, value in given.items() if value is not None}
        self.problems: dict[str, list[str]] = {}

    def check(self) -> None:
        """Raise ValidationError when something that was read cannot be taken."""
        if self.problems:
            raise ValidationError(self.problems)

    def only(self, known: Collection[str]) -> None:
        """Refuse parameters that are not known."""
        for name in self.given:
            if name not in known:
                shown = name[:100].encode("ascii", "backslashreplace").decode()
                self.problem(shown, f"There is no parameter {shown!r}. There are: {', '.join(known)}.")

    def problem(self, name: str, text: str) -> None:
        """Note what is wrong with a parameter."""
        self.problems.setdefault(name, []).append(text)

    def needed(self, *names: str) -> str:
        """Return the text of the first of these names that is given; one must be."""
        for name in names:
            if text := self.text(name):
                return text
        if not self.problems:
            self.problem(names[0], "Missing value")
        return ""

    def text(self, name: str) -> str:
        """Return a text, "" when there is none."""
        value = self.given.get(name, "")
        if isinstance(value, bool) or not isinstance(value, str | int | float) or len(str(value)) > _LONGEST_TEXT:
            self.problem(name, "Must be a text")
            return ""
        text = str(value)
        if not is_storable(text):
            self.problem(name, "Must be a text, without the character NUL and halves of characters")
            return ""
        return text

    def natural(self, name: str, otherwise: int) -> int:
        """Return a whole number from 0."""
        value = self.given.get(name, otherwise)
        text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
        if isinstance(value, bool) or not (text.isascii() and text.isdecimal() and len(text) < _LONGEST_NUMBER):
            self.problem(name, "Must be a natural number")
            return otherwise
        return int(text)

    def flag(self, name: str, otherwise: bool = False) -> bool:
        """Return a truth."""
        value = self.given.get(name, otherwise)
        word = str(value).strip().lower()
        if word not in _TRUE | _FALSE:
            self.problem(name, "Must be true or false")
        return word in _TRUE

    def names(self, name: str) -> tuple[str, ...]:
        """Return a list of names, which may also be written with commas or as JSON."""
        value = self.given.get(name, [])
        if isinstance(value, str):
            value = self._listed(value)
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
            self.problem(name, "Must be a list of names, or names with commas between them")
            return ()
        return tuple(one.strip() for one in value if one.strip())

    def _listed(self, text: str) -> Any:
        if text.lstrip().startswith("["):
            try:
                return json.loads(text)
            except (ValueError, RecursionError):
                return None
        return text.split(",")

    def structure(self, name: str) -> Any:
        """Return JSON's lists and objects, which may be written as a text; None when there are none."""
        value = self.given.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            self.problem(name, "Cannot parse JSON")
            return None

    def one_of(self, name: str, choices: Collection[str], otherwise: str) -> str:
        """Return one of some words."""
        value = self.given.get(name, otherwise)
        if not isinstance(value, str) or value not in choices:
            self.problem(name, f"Value must be one of {', '.join(choices)}")
            return otherwise
        return value
