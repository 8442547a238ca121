"""Sentences that are written down now and told later, in the language of whoever reads them then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of the catalogues, or one that is told as it stands. `kernel.django.translated.say` translates it.

    Args:
        text: in English, as the catalogues know it.
        values: what stands in it.
    """

    text: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    @classmethod
    def by(cls, problem: Exception) -> Self:
        """Return what an exception tells, which may have been raised with such a sentence."""
        [given] = problem.args[:1] or ("",)
        return given if isinstance(given, cls) else cls(str(problem))

    def __str__(self) -> str:
        return self.text % self.values if self.values else self.text


def marked(text: str) -> str:
    """Return the text; where it is called `_`, the catalogues collect what it is given."""
    return text
