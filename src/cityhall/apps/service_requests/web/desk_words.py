"""How the desk says things: rows, ages, the full history, sentences ready to send."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from cityhall.apps.documents import public as documents
from cityhall.apps.documents.contracts import Kind
from cityhall.apps.service_requests.contracts import (
    CallKind,
    DeskEvent,
    DeskRow,
    Fact,
    FileInfo,
    Source,
    Visibility,
)
from cityhall.apps.service_requests.rules.ready import Choice, choices
from cityhall.apps.service_requests.web import resident_words
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import dates
from cityhall.kernel.django.templatetags.look import number_filter
from cityhall.kernel.offers import ReadyAnswer

URGENT = 2
"""Priorities up to this one, of five, are marked in the queue."""


@dataclass(frozen=True, slots=True)
class Card:
    """A row of the queue as it is drawn: all that is said there, and nothing else, so that equal cards look the same.

    Args:
        late_short: `late` for where there is little room: "12 d late".
        approval: a closing waits for a supervisor.
        waiting: text or photos wait for moderation.
        urgent: its priority is above the ordinary.
        nears: its target is near, and nobody has begun.
    """

    id: uuid.UUID
    version: int
    number: str
    status: str
    outcome: str
    title: str
    hidden: bool
    urgent: bool
    approval: bool
    waiting: bool
    abuse_reports: int
    supporters: int
    requested_at: datetime
    age: str
    late: str
    late_short: str
    due: str
    nears: bool
    whose: str


def card(row: DeskRow) -> Card:
    """Return a row in words."""
    request, language = row.request, get_language() or ""
    late = late_short = due = ""
    if row.late_days is not None:
        late, late_short = _late(resident_words.days_late(request), language)
    if request.due_at and not late and resident_words.is_open(request):
        said = _("nears: %(day)s") if row.nears else _("due %(day)s")
        due = said % {"day": dates.short_day(request.due_at)}
    return Card(
        id=request.id,
        version=request.version,
        number=request.number,
        status=request.status,
        outcome=request.outcome or "",
        title=resident_words.title_of(request),
        hidden=request.hidden,
        urgent=row.priority <= URGENT,
        approval=row.approval,
        waiting=row.waiting,
        abuse_reports=row.abuse_reports,
        supporters=request.supporters,
        requested_at=request.requested_at,
        age=_aged(*_passed(clock.now() - request.requested_at), language),
        late=late,
        late_short=late_short,
        due=due,
        nears=row.nears,
        whose=row.assignee or row.team,
    )


def age(passed: timedelta) -> str:
    """Return a short age: "5 min", "2 h", "12 d"."""
    return _aged(*_passed(passed), get_language() or "")


def _passed(passed: timedelta) -> tuple[int, str]:
    minutes = max(0, int(passed.total_seconds() // 60))
    if minutes < 60:
        return minutes, "min"
    return (minutes // 60, "h") if minutes < 48 * 60 else (minutes // (24 * 60), "d")


# Fifty rows say the same few things over and over: each is looked up once in a language.
@lru_cache(maxsize=4096)
def _aged(count: int, unit: str, _language: str) -> str:
    said = {"min": _("%(count)d min"), "h": _("%(count)d h"), "d": _("%(count)d d")}
    return said[unit] % {"count": count}


@lru_cache(maxsize=4096)
def _late(days: int, _language: str) -> tuple[str, str]:
    """Return "12 days late", and the same for where there is little room."""
    if not days:
        return (_("late today"),) * 2
    return resident_words.late_words(days), _("%(count)s d late") % {"count": number_filter(days)}


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file with an internal note, at an address that works for a while. `thumb` is "" for what is no picture."""

    name: str
    url: str
    thumb: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the full history.

    Args:
        is_internal: only staff see it.
        hidden: the text waits for moderation or is withheld from the public.
        may_correct: what it says can be corrected.
    """

    id: uuid.UUID
    title: str
    text: str
    at: datetime
    author: str
    is_internal: bool
    hidden: bool
    photos: tuple[str, ...]
    may_correct: bool
    corrected: bool
    files: tuple[NamedFile, ...] = ()


def history(events: Sequence[DeskEvent], names: Mapping[str, str], *, writer: Actor) -> list[Line]:
    """Return the full history as lines, newest first. `names` turns ids of departments, teams, people into words.

    Args:
        writer: who reads it and may correct it; a contractor's people correct what they wrote themselves.
    """
    lines = []
    ids = [kept.document_id for one in events for kept in one.files]
    kinds = {key: info.kind for key, info in documents.info(ids).items()} if ids else {}
    for one in reversed(events):
        event = one.event
        said = resident_words.timeline([event])[0]
        own = one.author_kind == "staff" and bool(event.text) and one.corrected_by is None
        own = own and (writer.contractor is None or one.author_id == writer.id)
        lines.append(
            Line(
                id=event.id,
                title=_title(one, said.title, names),
                text=event.text,
                at=event.at,
                author=event.author,
                is_internal=one.visibility is Visibility.INTERNAL,
                hidden=bool(event.text) and one.showing.value != "shown",
                photos=tuple(documents.url(uuid.UUID(photo), "thumb", signed=True) for photo in said.photos),
                may_correct=own and event.fact in {Fact.NOTE, Fact.STATE, Fact.CLOSED, Fact.REOPENED, Fact.CORRECTED},
                corrected=one.corrected_by is not None,
                files=tuple(_file(kept, kinds.get(kept.document_id)) for kept in one.files),
            )
        )
    return lines


def _file(kept: FileInfo, kind: Kind | None) -> NamedFile:
    is_picture = kind is Kind.IMAGE
    thumb = documents.url(kept.document_id, "thumb", signed=True) if is_picture else ""
    url = documents.url(kept.document_id, "web" if is_picture else "full", signed=True)
    return NamedFile(kept.name or _("File"), url, thumb)


def _title(one: DeskEvent, otherwise: str, names: Mapping[str, str]) -> str:
    fact, data = one.event.fact, one.event.data
    if fact is Fact.ASSIGNED:
        return _assigned(data, names)
    if fact is Fact.CATEGORY:
        sides = {"old": names.get(data.get("from", ""), ""), "new": names.get(data.get("to", ""), "")}
        if sides["old"] and sides["new"]:
            return _("Moved from %(old)s to %(new)s") % sides
    if fact is Fact.NOTE and "left_out" in data:
        return _("The words as they came; what looks private is left out in public")
    if fact is Fact.NOTE:
        return _("Internal note") if one.visibility is Visibility.INTERNAL else _("Public reply")
    if fact is Fact.MODERATED:
        return _moderated(data)
    if fact is Fact.APPROVAL:
        return _approval(data)
    return otherwise


def _approval(data: Mapping[str, Any]) -> str:
    outcome = {"outcome": resident_words.outcome_words(data.get("outcome", ""))}
    if data.get("step") == "asked":
        return _("Asked to close it: %(outcome)s") % outcome
    if data.get("step") == "sent_back":
        return _("Sent back: not closed yet")
    return _("The closing that waited is overtaken: %(outcome)s") % outcome


def _assigned(data: Mapping[str, Any], names: Mapping[str, str]) -> str:
    if "rule" in data:
        return _sent(data["rule"], names, str((data.get("to") or {}).get("team", "")))
    if "escalated" in data and "priority" in data:
        return _("Target nears and nobody has begun: priority %(new)s, was %(old)s") % {
            "new": data["priority"]["to"],
            "old": data["priority"]["from"],
        }
    if "escalated" in data:
        return _("Target nears and nobody has begun")
    if "priority" in data:
        return _("Priority %(new)s, was %(old)s") % {"new": data["priority"]["to"], "old": data["priority"]["from"]}
    to = data.get("to") or {}
    whom = [names[str(to[part])] for part in ("department", "team", "assignee") if names.get(str(to.get(part, "")))]
    return (
        _("Assigned to %(whom)s") % {"whom": ", ".join(whom)}
        if whom
        else _("Assigned to others")
        if to
        else _("Taken from everybody")
    )


def _sent(rule: Mapping[str, Any], names: Mapping[str, str], team: str) -> str:
    """Return "Sent to Streets North by rule 3: Potholes in District 1, 22 open against 31"."""
    said = _("Sent to %(team)s by rule %(number)s: %(name)s") % {
        "team": names.get(team) or _("another team"),
        "number": rule.get("number", ""),
        "name": rule.get("name", ""),
    }
    counts = [number_filter(count) for _team, count in rule.get("open", ())]
    if len(counts) < 2:
        return said
    return _("%(said)s, %(own)s open against %(others)s") % {
        "said": said,
        "own": counts[0],
        "others": ", ".join(counts[1:]),
    }


def _moderated(data: Mapping[str, Any]) -> str:
    said = {
        ("show_text", True): _("Text shown"),
        ("show_text", False): _("Text withheld"),
        ("show_photos", True): _("Photos shown"),
        ("show_photos", False): _("Photos withheld"),
        ("hidden", True): _("Taken down"),
        ("hidden", False): _("Put back"),
    }
    if "covered" in data:
        return _("Parts of a photo covered") if data["covered"] else _("A photo uncovered")
    if "original_erased" in data:
        return _("The original of a covered photo erased")
    found = [words for (key, value), words in said.items() if data.get(key) is value]
    return ", ".join(found) or _("Checked by a person")


CALL_KINDS: Mapping[str, Any] = {
    CallKind.FILED: gettext_lazy("Request filed"),
    CallKind.JOINED: gettext_lazy("Request joined"),
    CallKind.ANSWERED: gettext_lazy("Question answered"),
    CallKind.FOLLOW_UP: gettext_lazy("Asked about a request"),
    CallKind.TRANSFERRED: gettext_lazy("Transferred"),
    CallKind.COMPLAINT: gettext_lazy("Complaint noted"),
    CallKind.HUNG_UP: gettext_lazy("Hung up"),
    CallKind.OTHER: gettext_lazy("Something else"),
}
CALL_SECTIONS = (
    gettext_lazy("Who is calling"),
    gettext_lazy("What is wrong"),
    gettext_lazy("Where it is"),
    gettext_lazy("What the crew must know"),
    gettext_lazy("Or: no request is needed"),
)
CHANNELS: Mapping[str, Any] = {
    Source.PHONE: gettext_lazy("Telephone"),
    Source.COUNTER: gettext_lazy("Counter"),
    Source.MAIL: gettext_lazy("Letter"),
    Source.EMAIL: gettext_lazy("E-mail"),
    Source.SOCIAL: gettext_lazy("Social media"),
    Source.COUNCIL: gettext_lazy("Council office"),
}

DOORS: Mapping[str, Any] = {
    "web": gettext_lazy("on the web"),
    "desk": gettext_lazy("at the desk"),
    "phone": gettext_lazy("by telephone"),
    "counter": gettext_lazy("at the counter"),
    "mail": gettext_lazy("by letter"),
    "email": gettext_lazy("by e-mail"),
    "social": gettext_lazy("on social media"),
    "council": gettext_lazy("by a council office"),
    "open311": gettext_lazy("through Open311"),
    "api": gettext_lazy("through the API"),
    "import": gettext_lazy("imported"),
    "demo": gettext_lazy("in the demo"),
}


def count_words(count: int) -> str:
    """Return "1 request", "12 requests"."""
    return ngettext("%(count)s request", "%(count)s requests", count) % {"count": number_filter(count)}


@dataclass(frozen=True, slots=True)
class Ready:
    """Sentences ready to send, of one kind."""

    kind: str
    label: str
    choices: tuple[Choice, ...]


#: Said of a public sentence's field where the page is in another language: whose words are to stand in it.
FIRST: Mapping[str, Any] = {
    "en": gettext_lazy("in English, the reporter’s language"),
    "es": gettext_lazy("in Spanish, the reporter’s language"),
}
OTHERS: Mapping[str, tuple[Any, Any]] = {
    "en": (gettext_lazy("The same in English"), gettext_lazy("Sentence in English")),
    "es": (gettext_lazy("The same in Spanish"), gettext_lazy("Sentence in Spanish")),
}


def ready(kinds: Sequence[str], first: str, answers: Sequence[ReadyAnswer] = ()) -> list[Ready]:
    """Return the ready sentences of some kinds, each kind with its name; see `rules.ready.choices`."""
    found = ((kind, choices(kind, first, answers)) for kind in kinds)
    return [Ready(kind, _kind_words(kind), those) for kind, those in found if those]


def _kind_words(kind: str) -> str:
    acts: Mapping[str, Any] = {
        "reply": _("reply"),
        "schedule": _("schedule"),
        "refer": _("refer"),
        "start": _("start"),
        "take_back": _("take back"),
        "reopen": _("reopen"),
        "settle": _("settle"),
    }
    return str(acts.get(kind) or resident_words.outcome_words(kind))
