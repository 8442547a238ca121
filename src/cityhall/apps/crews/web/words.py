"""How a crew's pages say things, and the sentences ready to send."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from cityhall.apps.crews.contracts import MaterialInfo, Result
from cityhall.kernel.django.templatetags.look import number_filter
from cityhall.kernel.django.translated import pick
from cityhall.kernel.offers import ReadyAnswer

RESULTS: Mapping[Result, Any] = {
    Result.FIXED: pgettext_lazy("visit", "Fixed"),
    Result.NOT_FOUND: pgettext_lazy("visit", "Nothing found"),
    Result.NOT_CITY: pgettext_lazy("visit", "Not the city’s"),
    Result.CANNOT: pgettext_lazy("visit", "Cannot be done"),
    Result.SENT_BACK: pgettext_lazy("visit", "Sent back"),
    Result.ENDED: pgettext_lazy("visit", "Ended by others"),
}
FEET_IN_A_METRE = 3.28084

#: What the public reads, by outcome, in the reporter's language: not translated with the interface.
_READY: Mapping[Result, Mapping[str, tuple[str, ...]]] = {
    Result.FIXED: {
        "en": ("The work is done. Thank you for telling us.",),
        "es": ("El trabajo está terminado. Gracias por avisarnos.",),
    },
    Result.NOT_FOUND: {
        "en": ("We looked on the spot and did not find it. If it is still there, tell us more exactly where.",),
        "es": ("Buscamos en el lugar y no lo encontramos. Si continúa, díganos con más detalle dónde está.",),
    },
    Result.NOT_CITY: {
        "en": ("We were there. This does not belong to the city.",),
        "es": ("Estuvimos en el lugar. Esto no le corresponde a la ciudad.",),
    },
    Result.CANNOT: {
        "en": ("We were there and cannot do this work, because the city’s rules do not allow it.",),
        "es": (
            "Estuvimos en el lugar y no podemos hacer este trabajo, porque las reglas de la ciudad no lo permiten.",
        ),
    },
}


@dataclass(frozen=True, slots=True)
class Ready:
    """One tap that says what came of it and what the public reads. `answer` is the id of one of the city's own."""

    key: str
    outcome: Result
    label: str
    sentence: str
    language: str
    answer: uuid.UUID | None = None


def _no_answers(outcome: str) -> Sequence[ReadyAnswer]:
    return ()


def ready(language: str, answers: Callable[[str], Sequence[ReadyAnswer]] = _no_answers) -> list[Ready]:
    """Return the choices a crew has, with sentences in the reporter's language.

    Args:
        answers: returns the city's own for an outcome; where it has none, a few that fit every city stand there.
    """
    found = []
    for outcome, texts in _READY.items():
        label = str(RESULTS[outcome])
        if own := answers(outcome.value):
            for one in own:
                tongue, sentence = next(iter(one.texts.items()))
                found.append(Ready(f"{outcome}.{one.id}", outcome, label, sentence, tongue, one.id))
            continue
        tongue = language if language in texts else "en"
        for number, sentence in enumerate(texts[tongue]):
            found.append(Ready(f"{outcome}.{number}", outcome, label, sentence, tongue))
    return found


def away(metres: float | None) -> str:
    """Return a distance in feet or miles; "" when it is not known."""
    if metres is None:
        return ""
    feet = metres * FEET_IN_A_METRE
    if feet < 1000:
        return _("%(feet)d ft") % {"feet": max(10, round(feet / 10) * 10)}
    return _("%(miles)s mi") % {"miles": number_filter(feet / 5280, 1)}


def late(days: int | None) -> str:
    """Return how late work is, "" when it is not."""
    if days is None:
        return ""
    if days == 0:
        return _("late today")
    return ngettext("%(count)s day late", "%(count)s days late", days) % {"count": number_filter(days)}


def duration(minutes: int | None) -> str:
    """Return "45 min", "2 h", "2 h 5 min"."""
    if minutes is None:
        return ""
    hours, rest = divmod(minutes, 60)
    parts = [_("%(count)s h") % {"count": number_filter(hours)}] if hours else []
    if rest or not hours:
        parts.append(_("%(count)d min") % {"count": rest})
    return " ".join(parts)


def name_of(material: MaterialInfo) -> str:
    """Return what a material is called in the reader's language."""
    return pick(material.name)


def unit_of(material: MaterialInfo) -> str:
    """Return what a material is counted in, in the reader's language."""
    return pick(material.unit)
