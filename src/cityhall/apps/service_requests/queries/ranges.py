"""When a request will probably be done, in words: the same on pages and in messages."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cityhall.apps.places import public as places
from cityhall.apps.service_requests.contracts import ResolutionRange
from cityhall.apps.service_requests.queries.estimates import resolution_range
from cityhall.kernel import clock
from cityhall.kernel.django import dates
from cityhall.kernel.django.templatetags.look import number_filter
from cityhall.kernel.offers import ExpectedDate, expected_dates, outside_days

# From this share on, "those that get done" are simply all.
NEARLY_ALL = 0.95


@dataclass(frozen=True, slots=True)
class Range:
    """When a request will probably be done, as words and as a bar of 100 units; no bar where `half` is 0.

    Args:
        words: "" when nobody can say.
        source: what it is known from.
        queue: its place in the queue.
        slip: what was said when it was filed, where that no longer holds.
        record: how dates of its kind did, where they did not hold.
        page: URL name of the page that explains dates.
    """

    words: str
    source: str
    half: int = 0
    now: int = 0
    queue: str = ""
    slip: str = ""
    record: str = ""
    page: str = ""

    @property
    def sentence(self) -> str:
        """Return all that a message says: the dates, how far to trust them, and the queue; or that nobody knows."""
        if not self.words:
            return self.source
        promise = _("This is learnt from the city’s own past, and is no promise.")
        return " ".join(part for part in (self.words, self.record, self.queue, promise) if part)


def expected(request_id: uuid.UUID, category_code: str, requested_at: datetime, *, upheld: bool = False) -> Range:
    """Return when an open request will be done: as foretold for it, else as others of its kind were.

    While too little is known it says so.

    Args:
        upheld: it was called done and was not, and so does not wait behind the older ones.
    """
    foretold = expected_dates.get().of(request_id)
    if foretold is not None:
        found = _foretold(requested_at, foretold)
        return (
            replace(found, queue=_("It goes before the others: it was called done and was not.")) if upheld else found
        )
    return _usual(requested_at, resolution_range(category_code)) or Range(
        "", _("We do not know yet how long this takes. Too few requests of this kind were closed so far.")
    )


def elsewhere(request_id: uuid.UUID, body: str) -> Range:
    """Return when a referred request will be done: the day of the body that has it, never one of our own.

    Args:
        body: its name; "" where records do not say it.
    """
    named = {"body": body or _("Somebody outside the city")}
    day = outside_days.get().of([request_id]).get(request_id)
    today = places.local(clock.now()).date()
    if day and day.planned:
        words = (
            _("%(body)s plans this for %(day)s.")
            if day.planned >= today
            else _("%(body)s planned this for %(day)s, and has not said that it is done.")
        )
        return Range(words % {**named, "day": dates.short_day(day.planned)}, "")
    words = _("%(body)s has to do this, so our own dates do not hold for it.") % named
    if day and day.answer_by:
        due = _("Their answer is due by %(day)s.") if day.answer_by >= today else _("Their answer was due by %(day)s.")
        words = f"{words} {due % {'day': dates.short_day(day.answer_by)}}"
    return Range(words, "")


def _foretold(start: datetime, found: ExpectedDate) -> Range:
    now = clock.now()
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
        record=_record(*found.missed),
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


def _record(half: float | None, nine: float | None) -> str:
    if half is None and nine is None:
        return ""
    said = [_("Our dates for this kind were off lately.")]
    if half is not None:
        said.append(_("Done by the first date: %(share)s, not 5 in 10.") % {"share": _tenths(half)})
    if nine is not None:
        said.append(_("Done by the second date: %(share)s, not 9 in 10.") % {"share": _tenths(nine)})
    return " ".join(said)


def _tenths(share: float) -> str:
    count = round(share * 10)
    return _("about %(count)d in 10") % {"count": count} if count else _("fewer than 1 in 10")


def _usual(start: datetime, found: ResolutionRange | None) -> Range | None:
    """Return when requests of this kind are fixed, by plain quantiles; None while too little is known."""
    if found is None:
        return None
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
