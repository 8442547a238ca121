"""How a crew's pages say things, and the sentences ready to send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from cityhall.apps.crews.contracts import MaterialInfo, Result
from cityhall.apps.service_requests import public as service_requests
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

#: The field for a crew's own words in the reporter's language.
INSTEAD_IN = {
    "en": gettext_lazy("What the public reads instead, in English"),
    "es": gettext_lazy("What the public reads instead, in Spanish"),
}
#: The field for the same in the language the reporter does not speak.
SAME_IN = {"en": gettext_lazy("The same in English"), "es": gettext_lazy("The same in Spanish")}

#: What a crew may say came of it, in the order of the form.
OUTCOMES = (Result.FIXED, Result.NOT_FOUND, Result.NOT_CITY, Result.CANNOT)


@dataclass(frozen=True, slots=True)
class Ready:
    """One tap that says what came of it and what the public reads, which may have a second language."""

    outcome: Result
    label: str
    choice: service_requests.ReadyChoice


def ready(language: str, answers: Sequence[ReadyAnswer] = ()) -> list[Ready]:
    """Return the choices a crew has, with sentences in the reporter's language first."""
    return [
        Ready(outcome, str(RESULTS[outcome]), choice)
        for outcome in OUTCOMES
        for choice in service_requests.ready_choices(outcome.value, language, answers)
    ]


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
