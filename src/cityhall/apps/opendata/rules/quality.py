"""How well a dataset is kept, in points: each part says what is asked and how much of it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cityhall.apps.opendata.contracts import DatasetInfo, Freshness
from cityhall.kernel.analytics.columns import Type

_PROMISE = {Freshness.FRESH: 1.0, Freshness.LATE: 0.5, Freshness.STALE: 0.0, Freshness.UNPROMISED: 0.0}
#: A file whose rows are put aside at this share gets no point for it: so many are refused altogether by default.
_MOST_ASIDE = 0.1


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the score.

    Args:
        code: "description", "columns", "promise", "rows", "licence", "contact", "types", "key".
        most: the points there are for it; points: those it has.
    """

    code: str
    points: int
    most: int

    @property
    def is_whole(self) -> bool:
        """Say whether nothing is missing."""
        return self.points == self.most


def parts(info: DatasetInfo) -> tuple[Part, ...]:
    """Return the parts of a dataset's score; their points add up to at most 100."""
    return tuple(Part(code, round(share * most), most) for code, share, most in _shares(info))


def score(found: tuple[Part, ...]) -> int:
    """Return the points of all parts together."""
    return sum(part.points for part in found)


def _shares(info: DatasetInfo) -> Iterator[tuple[str, float, int]]:
    columns = info.columns
    described = sum(any(column.description.values()) for column in columns)
    typed = any(column.type.kept_as is not Type.TEXT for column in columns)
    given = info.rows + info.quarantined
    yield "description", float(any(info.description.values())), 15
    yield "columns", described / len(columns) if columns else 0.0, 20
    yield "promise", _PROMISE[info.freshness], 20
    yield "rows", max(0.0, 1 - info.quarantined / given / _MOST_ASIDE) if given else 0.0, 15
    yield "licence", float(bool(info.licence)), 10
    yield "contact", float(bool(info.owner)), 10
    yield "types", float(typed), 5
    yield "key", float(bool(info.key)), 5
