"""The report somebody is writing: kept in their session between steps, sent once."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from cityhall.apps.service_requests.contracts import Contact, NewRequest, Place, Source
from cityhall.kernel import clock
from cityhall.kernel.ids import new_id

_KEY = "report"
_FILED = "report_filed"
_KEEP_FILED = 10
STEPS = ("photo", "place", "what", "which", "nearby", "questions", "contact", "check")
"""Every step in order. "which" and "nearby" are passed by when there is nothing to choose or to see."""
_PART_OF = {"which": ("what", "place"), "nearby": ("what", "place")}
"""Steps that come up for some reports only are not counted: they belong to a step that was counted before them."""


@dataclass(slots=True)
class Draft:
    """What has been said so far.

    Args:
        done: the steps that were answered or passed by.
        answered_before: steps that the way in made needless, such as "what" for somebody who searched for it.
        sightings: photo to what its camera said: latitude, longitude, time. To be offered, never assumed.
        say_seen: the report is to say when the photo was taken.
        hides_private: what looks private is to be left out of the public description.
    """

    command_id: str = field(default_factory=lambda: str(new_id()))
    started_at: str = field(default_factory=lambda: clock.now().isoformat())
    done: list[str] = field(default_factory=list)
    answered_before: list[str] = field(default_factory=list)
    category: str = ""
    lat: float | None = None
    lon: float | None = None
    address: str = ""
    address_id: str = ""
    asset_id: str = ""
    asset_label: str = ""
    photos: list[str] = field(default_factory=list)
    sightings: dict[str, tuple[float | None, float | None, str]] = field(default_factory=dict)
    say_seen: bool = False
    hides_private: bool = False
    description: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    follow: bool = False

    def mark(self, step: str, *, undo: tuple[str, ...] = ()) -> None:
        """Count `step` as answered, and the steps in `undo` as open again."""
        self.done = [one for one in STEPS if (one in self.done or one == step) and one not in undo]

    def next_step(self) -> str:
        """Return the first step that is open; "check" when all are done."""
        return next((one for one in STEPS if one not in self.done), "check")

    def counted(self, step: str) -> tuple[int, int]:
        """Return which of how many `step` is, the same number of steps all the way."""
        shown = [one for one in STEPS if one not in _PART_OF and (one not in self.answered_before or one == step)]
        counts_as = next(one for one in (step, *_PART_OF.get(step, ())) if one in shown)
        return shown.index(counts_as) + 1, len(shown)

    @property
    def photo_point(self) -> tuple[float, float] | None:
        """Where the first photo that knows it was taken."""
        points = (self.sightings[one][:2] for one in self.photos if one in self.sightings)
        return next(((lat, lon) for lat, lon in points if lat is not None and lon is not None), None)

    @property
    def photo_at(self) -> datetime | None:
        """When the first photo that knows it was taken."""
        times = (self.sightings[one][2] for one in self.photos if one in self.sightings)
        return next((datetime.fromisoformat(one) for one in times if one), None)

    @property
    def has_place(self) -> bool:
        """Whether a point or an address is known."""
        return self.lat is not None or bool(self.address)

    def seconds_old(self) -> float:
        """Return how long ago the report was begun."""
        return (clock.now() - datetime.fromisoformat(self.started_at)).total_seconds()

    def as_request(self, language: str) -> NewRequest:
        """Return the contract the services take."""
        return NewRequest(
            category_code=self.category,
            place=Place(
                lat=self.lat,
                lon=self.lon,
                address=self.address,
                address_id=uuid.UUID(self.address_id) if self.address_id else None,
                asset_id=uuid.UUID(self.asset_id) if self.asset_id else None,
            ),
            description=self.description,
            answers=self.answers,
            photos=tuple(uuid.UUID(one) for one in self.photos),
            contact=Contact(self.first_name, self.last_name, self.email, self.phone),
            source=Source.WEB,
            language=language,
            follow=self.follow,
            hides_private=self.hides_private,
        )


_NAMES = frozenset(one.name for one in fields(Draft))


def load(request: HttpRequest) -> Draft:
    """Return the visitor's draft, a new one when there is none."""
    kept = request.session.get(_KEY) or {}
    return Draft(**{name: value for name, value in kept.items() if name in _NAMES})


def exists(request: HttpRequest) -> bool:
    """Say whether the visitor has begun a report."""
    return bool(request.session.get(_KEY))


def save(request: HttpRequest, draft: Draft) -> None:
    """Keep the draft in the visitor's session."""
    request.session[_KEY] = asdict(draft)


def forget(request: HttpRequest) -> None:
    """Drop the draft."""
    request.session.pop(_KEY, None)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a visitor got for a report they sent from this browser."""

    command_id: str
    number: str
    token: str
    notice: str
    following: bool = False


def keep_receipt(request: HttpRequest, receipt: Receipt) -> None:
    """Remember a receipt, so that sending twice and going back show it again."""
    kept = [one for one in request.session.get(_FILED, []) if one["command_id"] != receipt.command_id]
    request.session[_FILED] = [asdict(receipt), *kept][:_KEEP_FILED]


def last_receipt(request: HttpRequest) -> Receipt | None:
    """Return the receipt of what was sent last from this browser."""
    kept = request.session.get(_FILED, [])
    return Receipt(**kept[0]) if kept else None


def receipt_of(request: HttpRequest, *, command_id: str = "", number: str = "") -> Receipt | None:
    """Return a remembered receipt by the report's command id or number."""
    for one in request.session.get(_FILED, []):
        if (command_id and one["command_id"] == command_id) or (number and one["number"] == number):
            return Receipt(**one)
    return None
