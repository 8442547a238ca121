"""How the desk says things: rows, ages, the full history, sentences ready to send."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cityhall.apps.documents import public as documents
from cityhall.apps.service_requests.contracts import CallKind, DeskEvent, DeskRow, Fact, Outcome, Source, Visibility
from cityhall.apps.service_requests.web import resident_words
from cityhall.kernel import clock
from cityhall.kernel.actors import Actor
from cityhall.kernel.django import dates
from cityhall.kernel.django.templatetags.look import number_filter


@dataclass(frozen=True, slots=True)
class Card:
    """A row of the queue as it is drawn. `late_short` is `late` for where there is little room: "12 d late"."""

    row: DeskRow
    title: str
    age: str
    late: str
    late_short: str
    due: str
    whose: str


def card(row: DeskRow) -> Card:
    """Return a row in words."""
    request = row.request
    late = late_short = ""
    if row.late_days is not None:
        late = resident_words.lateness(request) or _("late today")
        days = resident_words.days_late(request)
        late_short = _("%(count)s d late") % {"count": number_filter(days)} if days else late
    due = ""
    if request.due_at and not late and resident_words.is_open(request):
        due = _("due %(day)s") % {"day": dates.short_day(request.due_at)}
    return Card(
        row,
        resident_words.title_of(request),
        age(clock.now() - request.requested_at),
        late,
        late_short,
        due,
        row.assignee or row.team,
    )


def age(passed: timedelta) -> str:
    """Return a short age: "5 min", "2 h", "12 d"."""
    minutes = max(0, int(passed.total_seconds() // 60))
    if minutes < 60:
        return _("%(count)d min") % {"count": minutes}
    if minutes < 48 * 60:
        return _("%(count)d h") % {"count": minutes // 60}
    return _("%(count)d d") % {"count": minutes // (24 * 60)}


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


def history(events: Sequence[DeskEvent], names: Mapping[str, str], *, writer: Actor) -> list[Line]:
    """Return the full history as lines, newest first. `names` turns ids of departments, teams, people into words.

    Args:
        writer: who reads it and may correct it; a contractor's people correct what they wrote themselves.
    """
    lines = []
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
            )
        )
    return lines


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
    return otherwise


def _assigned(data: Mapping[str, Any], names: Mapping[str, str]) -> str:
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
}

DOORS: Mapping[str, Any] = {
    "web": gettext_lazy("on the web"),
    "desk": gettext_lazy("at the desk"),
    "phone": gettext_lazy("by telephone"),
    "counter": gettext_lazy("at the counter"),
    "mail": gettext_lazy("by letter"),
    "email": gettext_lazy("by e-mail"),
    "social": gettext_lazy("on social media"),
    "open311": gettext_lazy("through Open311"),
    "api": gettext_lazy("through the API"),
    "import": gettext_lazy("imported"),
    "demo": gettext_lazy("in the demo"),
}


def count_words(count: int) -> str:
    """Return "1 request", "12 requests"."""
    return ngettext("%(count)s request", "%(count)s requests", count) % {"count": number_filter(count)}


#: Sentences ready to send, by outcome and language. They are what the public reads, so they are not translated
#: with the interface: each is written in the language it is sent in.
READY: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    Outcome.FIXED: {
        "en": (
            "The repair is done. Thank you for telling us.",
            "The crew made a temporary repair. The lasting one is planned.",
        ),
        "es": (
            "La reparación está terminada. Gracias por avisarnos.",
            "La cuadrilla hizo una reparación provisional. La definitiva está planeada.",
        ),
    },
    Outcome.NOT_FOUND: {
        "en": ("The crew went there and did not find the problem. If it is still there, tell us more exactly where.",),
        "es": ("La cuadrilla fue al lugar y no encontró el problema. Si continúa, díganos con más detalle dónde.",),
    },
    Outcome.NOT_CITY: {
        "en": ("This does not belong to the city. We have told the owner.",),
        "es": ("Esto no le corresponde a la ciudad. Hemos avisado a quien le corresponde.",),
    },
    Outcome.CANNOT: {
        "en": ("We cannot do this now, because it does not meet the city’s rules for this kind of work.",),
        "es": ("No podemos hacerlo ahora, porque no cumple las reglas de la ciudad para este tipo de trabajo.",),
    },
    Outcome.DUPLICATE: {
        "en": ("Somebody reported the same trouble before. We handle both reports together.",),
        "es": ("Otra persona reportó antes el mismo problema. Atendemos los dos reportes juntos.",),
    },
    "reply": {
        "en": (
            "Thank you. A crew will look at it this week.",
            "We need more detail to find it. Please add a photo or a better description of the place.",
            "We have ordered the parts. We will write again when they are here.",
        ),
        "es": (
            "Gracias. Una cuadrilla lo revisará esta semana.",
            "Necesitamos más detalles para encontrarlo. Agregue una foto o describa mejor el lugar.",
            "Pedimos las piezas. Le escribiremos cuando lleguen.",
        ),
    },
}
LANGUAGE_NAMES = {"en": "English", "es": "Español"}


@dataclass(frozen=True, slots=True)
class Ready:
    """Sentences ready to send, of one kind in one language."""

    kind: str
    language: str
    label: str
    sentences: tuple[str, ...]


def ready(kinds: Sequence[str], first: str) -> list[Ready]:
    """Return the ready sentences of some kinds, the reporter's language first."""
    tongues = sorted(LANGUAGE_NAMES, key=lambda code: (code != first, code))
    found = []
    for tongue in tongues:
        for kind in kinds:
            words = resident_words.outcome_words(kind) if kind != "reply" else _("reply")
            label = f"{LANGUAGE_NAMES[tongue]}: {words}"
            found.append(Ready(kind, tongue, label, READY[kind][tongue]))
    return found
