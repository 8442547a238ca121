"""What rooms keep of people, for how long, and who erases it: the records office and what it asks of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol, runtime_checkable

from cityhall.kernel.actors import Actor
from cityhall.kernel.registry import Registry
from cityhall.kernel.slots import Slot


@dataclass(frozen=True, slots=True)
class Person:
    """A person, by whatever is known of them; what matches any of it is theirs.

    Args:
        account: their account's id.
        email: in lower case.
        phone: as it was written, or in the form +15550100123.
        requests: ids of what they reported.
        follows: ids of the rows that say what they follow.
    """

    account: uuid.UUID | None = None
    email: str = ""
    phone: str = ""
    requests: frozenset[uuid.UUID] = frozenset()
    follows: frozenset[uuid.UUID] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.account or self.email or self.phone or self.requests or self.follows)


def phone_digits(text: str) -> str:
    """Return what telephone numbers are compared by: the last ten digits, "" for less than seven."""
    digits = "".join(one for one in text if one.isascii() and one.isdecimal())
    return digits[-10:] if len(digits) >= 7 else ""


def _nothing_more(person: Person) -> Person:
    return person


@dataclass(frozen=True, slots=True)
class PersonalData:
    """A room's personal data about one person.

    Args:
        key: the room; title: what a person reads in its place.
        export: returns JSON-ready rows about the person. A row's "photos" are ids of documents that go with it.
        erase: blanks what says who the person is and returns how many rows changed. It holds for a person already
            looked for in every room.
        find: returns the person with what this room knows more of them: other addresses, their requests.
    """

    key: str
    title: Any
    export: Callable[[Person], Iterable[Mapping[str, Any]]]
    erase: Callable[[Person], int]
    find: Callable[[Person], Person] = _nothing_more


personal_data: Registry[PersonalData] = Registry("personal data", key=lambda item: item.key)


@dataclass(frozen=True, slots=True)
class Held:
    """What legal holds keep from being removed by anybody.

    Args:
        phones: as `phone_digits` gives them.
    """

    requests: frozenset[uuid.UUID] = frozenset()
    accounts: frozenset[uuid.UUID] = frozenset()
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.requests or self.accounts or self.emails or self.phones)

    def covers(self, person: Person) -> bool:
        """Say whether anything of the person's is held."""
        return (
            person.account in self.accounts
            or person.email in self.emails
            or phone_digits(person.phone) in self.phones
            or not self.requests.isdisjoint(person.requests)
        )


@dataclass(frozen=True, slots=True)
class Period:
    """How long something is kept: "30 days", "2 years"."""

    number: int
    unit: Literal["days", "months", "years"]


@dataclass(frozen=True, slots=True)
class Step:
    """How far one step of a walk through a kind of records came.

    Args:
        removed: how many records it removed.
        after: where the next step goes on, in the room's own words; "" stands for the beginning.
        is_end: nothing old enough is left after it.
    """

    removed: int
    after: str
    is_end: bool


@dataclass(frozen=True, slots=True)
class Retained:
    """A kind of record a room keeps for a while.

    Args:
        key: unique name.
        label: what it is, in a few words.
        says: one or two sentences: from when the time counts, what is removed and what stays.
        period: how long it is kept when nobody decided otherwise; None keeps it.
        due: returns how many there are from before a moment that no hold keeps.
        purge: removes at most so many of them and returns how many.
        step: in its place where there are very many: looks at so many from a place on, in an order that time does not
            change, and removes what is due. So a night goes on where the last stopped, and reads nothing twice.
        at_once: is removed from the first night on; everything else waits until somebody starts the schedule.
        fixed: names the setting that decides in the place of the schedule's page; "" when the page does.
        order: lower comes first.
    """

    key: str
    label: Any
    says: Any
    period: Period | None
    due: Callable[[datetime, Held], int]
    purge: Callable[[datetime, Held, int], int] | None = None
    step: Callable[[datetime, Held, int, str], Step] | None = None
    at_once: bool = False
    fixed: str = ""
    order: int = 50


def _fit_retained(one: Retained) -> None:
    if (one.purge is None) == (one.step is None):
        raise ValueError(f"retained: {one.key!r} is removed either by `purge` or by `step`")


retained: Registry[Retained] = Registry("retained", key=lambda item: item.key, check=_fit_retained)


@runtime_checkable
class RecordsOffice(Protocol):
    """Whoever keeps the schedule, the holds and the list of what was erased; other rooms ask it."""

    def erase(self, person: Person, *, actor: Actor) -> bool:
        """Erase a person in every room. False: a legal hold is in the way, and it is done when that is lifted."""

    def export(self, person: Person, *, actor: Actor) -> bytes:
        """Return everything every room keeps of a person, as a ZIP file."""

    def holds_on(self, request_id: uuid.UUID) -> Sequence[str]:
        """Return the names of the legal holds a request is under."""


records_office: Slot[RecordsOffice] = Slot("records office")
