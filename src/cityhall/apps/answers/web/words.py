"""How the room's pages say things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from cityhall.apps.answers.contracts import Use, Variable

USES: Mapping[Use, Any] = {
    Use.FIXED: _("Close: fixed"),
    Use.NOT_FOUND: _("Close: not found"),
    Use.NOT_CITY: _("Close: not the city’s"),
    Use.CANNOT: _("Close: cannot be done"),
    Use.DUPLICATE: _("Merge: duplicate"),
    Use.SCHEDULE: _("Schedule"),
    Use.START: _("Start work"),
    Use.REFER: _("Refer"),
    Use.TAKE_BACK: _("Take back"),
    Use.REOPEN: _("Reopen"),
    Use.SETTLE: _("Settle a contest"),
    Use.REPLY: _("Public reply"),
}
SENTENCES: Mapping[str, Any] = {"en": _("Sentence in English"), "es": _("Sentence in Spanish")}
LACKS: Mapping[str, Any] = {"en": _("lacks English"), "es": _("lacks Spanish")}
VARIABLES: Mapping[str, Any] = {
    f"{{{variable.value}}}": words
    for variable, words in {
        Variable.NUMBER: _("the request’s number"),
        Variable.CATEGORY: _("its category"),
        Variable.PLACE: _("the place, as the public sees it"),
        Variable.DEPARTMENT: _("the department"),
        Variable.TEAM: _("the team"),
        Variable.TODAY: _("today"),
        Variable.REPORTED: _("the day it was reported"),
        Variable.DUE: _("the target day"),
        Variable.PLANNED: _("the day it is planned for"),
        Variable.EXPECTED: _("when it will probably be done"),
        Variable.REFERRED_TO: _("to whom it was referred"),
    }.items()
}
