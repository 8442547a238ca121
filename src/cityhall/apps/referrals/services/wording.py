"""The sentences for what the rules object to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from cityhall.kernel.errors import Invalid

_SENTENCES: Mapping[str, Any] = {
    "name": _("Name the body in English, in at most 120 characters."),
    "name_empty": _("Write a name that has letters."),
    "mail": _("This is not an e-mail address. Write it like name@example.org."),
    "mail_missing": _("Write the e-mail address that the body answers from, or choose a connection."),
    "connection": _("Choose one of those in the list."),
    "days": _("Give the days it has to answer, from 1 to 365."),
    "words_long": _("Shorten this to 2,000 characters."),
    "words_characters": _("Remove the characters that cannot be stored."),
    "words_missing": _("Write what you need to know."),
    "day_ahead": _("Give the day it is planned for: today or later."),
    "day_past": _("Give the day it was done: today or earlier."),
    "day_far": _("Give a day within ten years of today."),
    "kind": _("Choose what you can tell us."),
    "over": _("This is over: the city has taken the request back, or you have answered already."),
    "checked": _("You have told us that this is done. The city looks at it first."),
    "no_mail": _("This body has no e-mail address. Write one on its page first."),
    "nothing_asked": _("The body has asked nothing that waits for the city."),
}


def refuse(problems: Mapping[str, str]) -> None:
    """Raise Invalid when there are problems: field to a code."""
    if problems:
        raise Invalid({name: _SENTENCES[code] for name, code in problems.items()})


def refusal(field: str, code: str) -> Invalid:
    """Return the refusal for one field."""
    return Invalid({field: _SENTENCES[code]}, code=code)
