"""Sentences ready to send: the city's own by what they are for, and a few that fit every city where it has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cityhall.apps.service_requests.contracts import Outcome
from cityhall.kernel.offers import ReadyAnswer

#: Those that fit every city, by outcome and language. They are what the public reads, so they are not translated
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
    "start": {
        "en": ("The work has begun.",),
        "es": ("El trabajo empezó.",),
    },
    "take_back": {
        "en": ("The city takes care of this itself again.",),
        "es": ("La ciudad se encarga otra vez de esto.",),
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


@dataclass(frozen=True, slots=True)
class Choice:
    """A ready sentence to choose: what it says in the form's first language, and in the other one."""

    value: str
    words: str
    language: str
    also: str


def other_language(first: str) -> str:
    """Return the language a public sentence can be given in besides its first."""
    return "en" if first == "es" else "es"


def choices(kind: str, first: str, answers: Sequence[ReadyAnswer] = ()) -> tuple[Choice, ...]:
    """Return the ready sentences of a kind: the city's own, and where it has none, those that fit every city.

    Args:
        first: the language of the form's first field: the reporter's.
    """
    own = {str(one.id): one.texts for one in answers if one.use == kind}
    return tuple(_choice(value, said, first) for value, said in (own or _shipped(kind)).items())


def texts_of(value: str, answers: Sequence[ReadyAnswer]) -> Mapping[str, str]:
    """Return what a chosen sentence says, by language; nothing for a choice that is none."""
    own = {str(one.id): one.texts for one in answers}
    return own.get(value) or _shipped(value.rpartition(":")[0]).get(value, {})


def _shipped(kind: str) -> dict[str, Mapping[str, str]]:
    said = READY.get(kind, {})
    rows = zip(*said.values(), strict=True)
    return {f"{kind}:{place}": dict(zip(said, row, strict=True)) for place, row in enumerate(rows)}


def _choice(value: str, texts: Mapping[str, str], first: str) -> Choice:
    language = first if texts.get(first) else next(code for code, text in texts.items() if text)
    other = other_language(first)
    return Choice(value, texts[language], language, texts.get(other, "") if language == first else "")
