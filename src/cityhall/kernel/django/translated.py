"""Translated text from the database: a JSON object of language code to text, such as {"en": "Tree", "es": "Árbol"}.

And sentences that were written down to be told later.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import get_language, gettext

from cityhall.kernel.told import Told


def pick(value: Mapping[str, str] | str | None, language: str | None = None) -> str:
    """Return the text of `value` in `language` (a code; the active language when None).

    Falls back to the language without its region ("es-mx" to "es"), then to English, then to any text there is.
    A plain string is returned as it is; nothing gives "".
    """
    if not value:
        return ""
    if isinstance(value, str):
        return value
    wanted = (language or get_language() or "en").lower()
    for code in (wanted, wanted.split("-")[0], "en"):
        if text := value.get(code):
            return text
    return next((text for text in value.values() if text), "")


def say(told: Told) -> str:
    """Return a sentence in the active language; one that the catalogues do not know as it stands."""
    text = gettext(told.text)
    return text % told.values if told.values else text
