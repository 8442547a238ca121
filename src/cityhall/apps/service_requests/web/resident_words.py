"""How a request is said to residents: its street sign, its expected dates, its history, how late it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cityhall.apps.service_requests import queries, rules
from cityhall.apps.service_requests.contracts import (
    Detail,
    Fact,
    Likely,
    PublicEvent,
    PublicRequest,
    Reason,
    ResolutionRange,
    State,
    Status,
    Why,
)
from cityhall.kernel import clock
from cityhall.kernel.django import dates
from cityhall.kernel.django.templatetags.look import OUTCOME_WORDS, number_filter, status_words
from cityhall.kernel.offers import ExpectedDate, expected_dates

# From this share on, "those that get done" are simply all.
NEARLY_ALL = 0.95

_HOUSE_NUMBER = re.compile(r"^\d+[A-Za-z]?(?:\s*-\s*\d+)?(?:\s+\d/\d)?\s+(?=\S)")
_CROSSING = re.compile(r"\s+(?:&|and|y|/|@)\s+")
_BLOCK = re.compile(r"^(\d+|unit) block of (.+)$", re.I)


def street_sign(category: str, address: str) -> str:
    """Return how a request is headed: "Pothole on Grand Avenue", the category alone when the place is withheld."""
    address = address.split(",")[0].strip()
    if not address:
        return category
    parts = _CROSSING.split(address)
    if len(parts) == 2:
        return _("%(what)s at %(one)s and %(other)s") % {"what": category, "one": parts[0], "other": parts[1]}
    if block := _block(address):
        return _("%(what)s on the %(where)s") % {"what": category, "where": block}
    street = _HOUSE_NUMBER.sub("", address)
    return _("%(what)s on %(where)s") % {"what": category, "where": street or address}


def address_words(address: str) -> str:
    """Return an address as it is shown. A block is kept in English, as the publication policy makes it."""
    return capfirst(_block(address)) or address


def house_words(address: str) -> str:
    """Return "214 2nd Street" when a heading leaves the house number out, "" when it says all there is."""
    first = address.split(",")[0].strip()
    return first if _HOUSE_NUMBER.match(first) and len(_CROSSING.split(first)) == 1 and not _block(first) else ""


def _block(address: str) -> str:
    found = _BLOCK.match(address)
    if found and found[1].lower() in {"unit", "0"}:  # the block of the numbers below 100
        return _("unit block of %(street)s") % {"street": found[2]}
    return _("%(number)s block of %(street)s") % {"number": found[1], "street": found[2]} if found else ""


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


@dataclass(frozen=True, slots=True)
class Range:
    """When a request will probably be done, as words and as a bar of 100 units.

    Args:
        words: "" when nobody can say; then there is no bar.
        source: what it is known from.
        queue: its place in the queue.
        slip: what was said when it was filed, where that no longer holds.
        page: URL name of the page that explains dates.
    """

    words: str
    source: str
    half: int = 0
    now: int = 0
    queue: str = ""
    slip: str = ""
    page: str = ""


def expected(request: PublicRequest, *, upheld: bool = False) -> Range | None:
    """Return when an open request will be done: as foretold for it, else as others of its kind were; None when closed.

    While too little is known it says so.

    Args:
        upheld: it was called done and was not, and so does not wait behind the older ones.
    """
    if not is_open(request):
        return None
    foretold = expected_dates.get().of(request.id)
    if foretold is not None:
        found = _foretold(request, foretold)
        return (
            replace(found, queue=_("It goes before the others: it was called done and was not.")) if upheld else found
        )
    return usual_range(request, queries.resolution_range(request.category_code)) or Range(
        "", _("We do not know yet how long this takes. Too few requests of this kind were closed so far.")
    )


def _foretold(request: PublicRequest, found: ExpectedDate) -> Range:
    start, now = request.requested_at, clock.now()
    named = {"half": dates.short_day(found.half), "most": dates.short_day(found.nine)}
    if found.waited:
        words = _("Of requests that waited this long, half were done by %(half)s, 9 in 10 by %(most)s.")
    elif found.share >= NEARLY_ALL:
        words = _("Half of requests like this are done by %(half)s, 9 in 10 by %(most)s.")
    else:
        words = _("Of requests like this that get done, half are done by %(half)s, 9 in 10 by %(most)s.")
    source = ngettext(
        "Learnt from %(count)s closed request of this kind, and from those still open.",
        "Learnt from %(count)s closed requests of this kind, and from those still open.",
        found.learnt_from,
    ) % {"count": number_filter(found.learnt_from)}
    if found.share < NEARLY_ALL:
        source = f"{_in_ten(found.share)} {source}"
    whole = max((found.nine - start).total_seconds(), 1.0)
    return Range(
        words % named,
        source,
        half=max(2, min(100, round(100 * (found.half - start).total_seconds() / whole))),
        now=max(0, min(100, round(100 * (now - start).total_seconds() / whole))),
        queue=_queue(found.ahead),
        slip=_slip(found),
        page=found.page,
    )


def _in_ten(share: float) -> str:
    """Return how many get done at all, as "about 7 in 10"."""
    count = round(share * 10)
    if count == 0:
        return _("Fewer than 1 in 10 like it are done within a year.")
    return _("About %(count)d in 10 like it are done within a year.") % {"count": count}


def _queue(ahead: int) -> str:
    if not ahead:
        return _("No older request of this kind is waiting.")
    return ngettext(
        "%(count)s older request of this kind is waiting.", "%(count)s older requests of this kind are waiting.", ahead
    ) % {"count": number_filter(ahead)}


def _slip(found: ExpectedDate) -> str:
    if found.first_said is None or found.half <= found.first_said[2]:
        return ""
    words = (
        _("It takes longer than we said on %(day)s: 9 in 10 by %(most)s. It has waited longer than others did.")
        if clock.now() >= found.first_said[2]
        else _("It takes longer than we said on %(day)s: 9 in 10 by %(most)s. The queue moves slower than it did then.")
    )
    return words % {"day": dates.short_day(found.first_said[0]), "most": dates.short_day(found.first_said[2])}


def usual_range(request: PublicRequest, found: ResolutionRange | None) -> Range | None:
    """Return when requests of this kind are fixed, by plain quantiles; None while too little is known."""
    if found is None or not is_open(request):
        return None
    start = request.requested_at
    half, most = start + timedelta(days=found.half), start + timedelta(days=found.nine_in_ten)
    passed = (clock.now() - start).total_seconds() / 86400
    named = {"half": dates.short_day(half), "most": dates.short_day(most)}
    if clock.now() <= half:
        words = _("Half of requests like this are fixed by %(half)s, 9 in 10 by %(most)s.") % named
    elif clock.now() <= most:
        words = _("It has waited longer than half of requests like this. 9 in 10 are fixed by %(most)s.") % named
    else:
        words = _("It has waited longer than 9 in 10 requests like this. They were fixed by %(most)s.") % named
    source = ngettext(
        "From %(count)s request of this kind fixed in the past year.",
        "From %(count)s requests of this kind fixed in the past year.",
        found.count,
    )
    whole = max(found.nine_in_ten, 0.01)
    return Range(
        words,
        source % {"count": number_filter(found.count)},
        half=max(2, min(100, round(100 * found.half / whole))),
        now=max(0, min(100, round(100 * passed / whole))),
    )


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
    }.get(event.fact, str(event.fact))


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
    if feet < 1000:
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
