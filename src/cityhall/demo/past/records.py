"""What the generator hands on: one record a report, with its history, as the city would have written it down."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

# A drawn picture: its scene, its variant, and "before" or "after".
Picture = tuple[str, int, str]


@dataclass
class Happening:
    """One line of a request's history.

    Args:
        fact: the kind of line, as `service_requests.contracts.Fact` names it.
        author: "reporter", "staff:<team>" or "system".
    """

    at: datetime
    fact: str
    author: str
    text: str = ""
    public: bool = True
    data: dict[str, Any] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)


@dataclass
class Reporter:
    """Who reported, when they said."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""


@dataclass
class Report:
    """A request as it stands now, and how it came to that.

    Args:
        filed_as: the category it was filed under; `kind` is the one it has now.
        place_index: index of the address in the city's list.
        asset: inventory code of the thing it is about, with its layer.
    """

    number: int
    filed_as: str
    kind: str
    team: str
    neighbourhood: str
    lat: float
    lon: float
    address: str
    street: str
    asset: tuple[str, str] | None
    text: str
    language: str
    source: str
    reporter: Reporter
    requested_at: datetime
    updated_at: datetime
    state: str = "received"
    outcome: str = ""
    sentence: str = ""
    referred_to: str = ""
    scheduled_for: date | None = None
    closed_at: datetime | None = None
    duplicate_of: int | None = None
    supporters: int = 0
    history: list[Happening] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    evidence: list[Picture] = field(default_factory=list)
