"""The sentences for what the rules object to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from cityhall.kernel.errors import Invalid

_SENTENCES: Mapping[str, Any] = {
    "name": _("Name the rule in at most 80 characters."),
    "not_in_list": _("Choose one of those in the list."),
    "no_team": _("Choose the team the rule sends to."),
    "team_twice": _("Name each team once."),
    "weight": _("Give each team’s share as a whole number from 1 to 9."),
    "clock": _("Write the time like 17:30."),
    "too_many_rules": _("Keep at most 100 rules."),
    "no_such_rule": _("There is no such rule in the draft."),
    "not_tried": _("Test the rules first: switch on what you have seen the effect of."),
    "days_back": _("Choose one of those in the list."),
    "percent": _("Give the share of the time as a whole number from 1 to 99."),
    "days": _("Give the days before the target as a whole number from 1 to 365."),
    "nothing_done": _("Choose what happens: raise the priority, write to the lead, or both."),
    "too_many_steps": _("Keep at most 20 steps."),
    "no_such_step": _("There is no such step."),
}


def refuse(problems: Mapping[str, str]) -> None:
    """Raise Invalid when there are problems: field to a code."""
    if problems:
        raise Invalid({name: _SENTENCES[code] for name, code in problems.items()})


def refusal(field: str, code: str) -> Invalid:
    """Return the refusal for one field."""
    return Invalid({field: _SENTENCES[code]}, code=code)
