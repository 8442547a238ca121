"""What a subscription is made from, and what a digest tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cityhall.apps.service_requests.contracts import PublicRequest


class Every(StrEnum):
    """How often a digest comes."""

    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Watched:
    """What somebody wants to hear about: all that is given must fit. The whole city when nothing is given.

    Args:
        area_kind, area_code: the kind and code of an area, "council" and "3".
        street: a street's name as people write it.
        category: a category's code.
    """

    area_kind: str = ""
    area_code: str = ""
    street: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """What happened since the digest before.

    Args:
        reported: new requests, newest first, at most `MOST` of them.
        done: requests closed meanwhile, at most `MOST` of them.
        is_whole: whether both lists hold everything.
    """

    reported: tuple[PublicRequest, ...]
    done: tuple[PublicRequest, ...]
    is_whole: bool

    def __bool__(self) -> bool:
        """Say whether there is anything to tell."""
        return bool(self.reported or self.done)


@dataclass(frozen=True, slots=True)
class Told:
    """A digest with what it is about, in one language."""

    title: str
    digest: Digest

    def __bool__(self) -> bool:
        """Say whether there is anything to tell."""
        return bool(self.digest)


@dataclass(frozen=True, slots=True)
class Coming:
    """An open request with the day the city works on it: planned, or only to be expected by then."""

    request: PublicRequest
    day: date
    is_planned: bool


MOST = 20
MOST_COMING = 200
