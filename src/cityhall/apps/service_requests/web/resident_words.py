"""How a request is said to residents: its street sign, its history, how late it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cityhall.apps.places import public as places
from cityhall.apps.service_requests import rules
from cityhall.apps.service_requests.contracts import (
    Detail,
    Fact,
    Likely,
    PublicEvent,
    PublicRequest,
    Reason,
    State,
    Status,
    Why,
)
from cityhall.apps.service_requests.queries import ranges
from cityhall.apps.service_requests.queries.ranges import Range
from cityhall.kernel import clock
from cityhall.kernel.django import dates
from cityhall.kernel.django.templatetags.look import OUTCOME_WORDS, number_filter, status_words

# Reasons a list of what is probably the same shows by the heading and the date of each.
SHOWN_OTHERWISE = frozenset({Why.CATEGORY, Why.TIME})

_HOUSE_NUMBER = re.compile(r"^\d+[A-Za-z]?(?:\s*-\s*\d+)?(?:\s+\d/\d)?\s+(?=\S)")
_CROSSING = re.compile(r"\s+(?:&|and|y|/|@)\s+")


def street_sign(category: str, address: str) -> str:
    """Return how a request is headed: "Pothole on Grand Avenue", the category alone when the place is withheld."""
    address = address.split(",")[0].strip()
    if not address:
        return category
    parts = _CROSSING.split(address)
    if len(parts) == 2:
        return _("%(what)s at %(one)s and %(other)s") % {"what": category, "one": parts[0], "other": parts[1]}
    if block := places.block_words(address):
        return _("%(what)s on the %(where)s") % {"what": category, "where": block}
    street = _HOUSE_NUMBER.sub("", address)
    return _("%(what)s on %(where)s") % {"what": category, "where": street or address}


def example_of_a_place() -> str:
    """Return how a place may be written, by a crossing of the city's own where its streets are known."""
    parts = _CROSSING.split(places.example_crossing())
    if len(parts) != 2:
        return _("Such as a house number with its street, or two streets that cross")
    words = _("Such as %(one)s and %(other)s, or a house number with its street")
    return words % {"one": parts[0], "other": parts[1]}


def address_words(address: str) -> str:
    """Return an address as it is shown where it stands alone."""
    return capfirst(places.block_words(address)) or address


def house_words(address: str) -> str:
    """Return "214 2nd Street" when a heading leaves the house number out, "" when it says all there is."""
    first = address.split(",")[0].strip()
    if not _HOUSE_NUMBER.match(first) or len(_CROSSING.split(first)) > 1 or places.block_words(first):
        return ""
    return first


def title_of(request: PublicRequest) -> str:
    """Return a request's heading."""
    return street_sign(request.category_name, request.address)


def is_open(request: PublicRequest) -> bool:
    """Say whether work is still to be expected."""
    return request.state is not State.CLOSED


def days_late(request: PublicRequest) -> int:
    """Return by how many days a request missed its target, 0 when it did not."""
    if request.due_at is None:
        return 0
    return max(0, dates.days_between(request.due_at, request.closed_at or clock.now()))


def lateness(request: PublicRequest) -> str:
    """Return "12 days late", "" when the request is not late."""
    days = days_late(request)
    return late_words(days) if days else ""


def late_words(days: int) -> str:
    """Return "12 days late"."""
    return ngettext("%(count)s day late", "%(count)s days late", days) % {"count": number_filter(days)}


def expected(request: PublicRequest, *, upheld: bool = False) -> Range | None:
    """Return when an open request will be done; None when it is closed. See `ranges.expected`, `ranges.elsewhere`."""
    if not is_open(request):
        return None
    if request.state is State.REFERRED:
        return ranges.elsewhere(request.id, request.referred_to)
    return ranges.expected(request.id, request.category_code, request.requested_at, upheld=upheld)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline."""

    title: str
    text: str
    at: datetime
    author: str
    photos: tuple[str, ...]


def doubted_with(events: Iterable[PublicEvent]) -> frozenset[str]:
    """Return the photos that were sent with "It is not fixed": they show how it is, not how it was reported."""
    return frozenset(
        photo for event in events if event.fact is Fact.CONTESTED for photo in event.data.get("photos") or ()
    )


def timeline(events: Sequence[PublicEvent]) -> list[Line]:
    """Return a public history as lines, newest first."""
    return [
        Line(_said(event), event.text, event.at, event.author, tuple(event.data.get("photos") or ()))
        for event in reversed(events)
    ]


def _said(event: PublicEvent) -> str:
    data = event.data
    if event.fact is Fact.STATE:
        return _moved(str(data.get("to", "")), data)
    if event.fact is Fact.CLOSED:
        outcome = str(data.get("outcome", ""))
        if data.get("settled"):
            return _("Looked at again by a supervisor: stays closed")
        if outcome == "fixed" and data.get("no_proof"):
            return _("Fixed, without the photo this category asks for")
        if outcome == "fixed":
            return status_words(Status.FIXED)
        return status_words(Status.CLOSED, outcome) if outcome else status_words(Status.CLOSED)
    if event.fact is Fact.MERGED:
        if not data.get("number"):  # an import may not know which
            return _("Another report of the same trouble was added")
        return _("Another report of the same trouble was added: %(number)s") % {"number": data["number"]}
    if event.fact is Fact.PARTED:
        return _parted(str(data.get("number", "")), int(data.get("people") or 0))
    if event.fact is Fact.REOPENED and data.get("settled"):
        return _("Looked at again by a supervisor: it was not fixed")
    return {
        Fact.RECEIVED: _("Reported"),
        Fact.ASSIGNED: _("Given to a team"),
        Fact.CATEGORY: _("Moved to another category"),
        Fact.NOTE: _("Word from the city"),
        Fact.PHOTO: _("Photos added"),
        Fact.PLACE: _("Place corrected"),
        Fact.ME_TOO: _("Somebody else reported it too"),
        Fact.REOPENED: _("Opened again"),
        Fact.CONTESTED: _("Contested: somebody says it is not fixed"),
        Fact.CORRECTED: _("Correction"),
        Fact.MODERATED: _("Checked by a person"),
        Fact.UNDONE: _("Taken back"),
        Fact.ERASED: _("Personal details removed"),
        Fact.APPROVAL: _("Closing it waited for a supervisor"),
    }.get(event.fact, str(event.fact))


def _parted(number: str, people: int) -> str:
    if not people:
        return _("%(number)s stands for itself again") % {"number": number}
    told = ngettext(
        "%(count)s person fewer: %(number)s stands for itself again",
        "%(count)s people fewer: %(number)s stands for itself again",
        people,
    )
    return told % {"count": number_filter(people), "number": number}


def _moved(to: str, data: Any) -> str:
    if to == State.SCHEDULED:
        on = data.get("on")
        if on:
            return _("Scheduled for %(day)s") % {"day": dates.day(date.fromisoformat(str(on)))}
    if to == State.REFERRED and data.get("referred_to"):
        return _("Referred to %(whom)s") % {"whom": data["referred_to"]}
    if to == State.RECEIVED:
        return _("Back with the city")
    return status_words(to)


def outcome_words(outcome: Any) -> str:
    """Return an outcome in words."""
    return str(OUTCOME_WORDS.get(str(outcome), outcome or ""))


FEET_IN_A_METRE = 3.28084


def reach(metres: float) -> str:
    """Return how far something was looked for: "650 feet"."""
    return _("%(feet)d feet") % {"feet": round(metres * FEET_IN_A_METRE / 50) * 50}


def distance(metres: float) -> str:
    """Return a distance in feet or miles, as people here measure it."""
    feet = metres * FEET_IN_A_METRE
    if feet < 995:
        return _("%(feet)d feet away") % {"feet": max(10, round(feet / 10) * 10)}
    return _("%(miles)s miles away") % {"miles": f"{feet / 5280:.1f}"}


def likeness(confidence: float | None) -> str:
    """Return in words how likely a suggested category is; "" where nobody can say."""
    if confidence is None:
        return ""
    if confidence >= rules.VERY_LIKELY:
        return _("Very likely")
    return _("Likely") if confidence >= rules.LIKELY else _("Perhaps")


def reasons(found: Likely, *, but: frozenset[Why] = frozenset()) -> list[str]:
    """Return why two requests are probably about the same trouble, in a few words each.

    Args:
        but: kinds of reason that are left out, as the page shows them another way.
    """
    rough = found.request.place_detail is Detail.GENERALISED
    said = [_reason(one) for one in found.reasons if one.why not in but and not (rough and one.why is Why.DISTANCE)]
    return [words for words in said if words]


def _reason(reason: Reason) -> str:
    if isinstance(reason.value, tuple):
        words = ", ".join(reason.value)
        return ngettext("same word: %(words)s", "same words: %(words)s", len(reason.value)) % {"words": words}
    if reason.why is Why.DISTANCE:
        return distance(reason.value)
    if reason.why is Why.TIME:
        return _apart(reason.value)
    return {
        Why.ASSET: _("the same thing on the map"),
        Why.ADDRESS: _("same address"),
        Why.STREET: _("same street"),
        Why.CATEGORY: _("same kind"),
        Why.RELATED: _("a kind people take it for"),
    }.get(reason.why, "")


def _apart(hours: float) -> str:
    if hours < 1:
        return _("reported within an hour")
    if hours < 24:
        return _("reported within a day")
    days = round(hours / 24)
    return ngettext("reported %(count)s day apart", "reported %(count)s days apart", days) % {"count": days}
