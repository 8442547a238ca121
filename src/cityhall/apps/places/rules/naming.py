"""Names as people write them, from files that shout."""

from __future__ import annotations

import re

from cityhall.apps.places.rules.address_text import DIRECTIONS

_KEEP = {*(direction.upper() for direction in DIRECTIONS), "NB", "SB", "EB", "WB", "II", "III", "IV", "US", "JR."}


def spoken(name: str) -> str:
    """Return a name written all in capitals in ordinary letters: "MCBRIDE ST N" becomes "McBride St N"."""
    if name != name.upper():
        return name
    return " ".join(_word(word) for word in name.split())


def _word(word: str) -> str:
    if word in _KEEP:
        return word
    if re.match(r"^\d", word):
        return word.lower()
    if found := re.match(r"^(MC)([A-Z]{3,})$", word):
        return "Mc" + found[2].capitalize()
    return "-".join(part.capitalize() for part in word.split("-"))


def area_name(kind: str, code: str, name: str) -> dict[str, str]:
    """Return an area's translated name.

    Council districts are known by number: files name the member of the day, or repeat the number. A name with a second
    after a bare comma ("Southeastern San Diego,Southeastern") is known by the first.
    """
    number = code.lstrip("0")
    if kind in {"council_district", "ward"} and number.isdecimal():
        english, spanish = ("District", "Distrito") if kind == "council_district" else ("Ward", "Distrito electoral")
        if not re.search(rf"\b{number}\b", name) or name == code:
            return {"en": f"{english} {number}", "es": f"{spanish} {number}"}
    name = re.split(r",(?=\S)", name)[0].strip() or name
    if not name or name == code:
        titles = {
            "block_group": ("Block group", "Grupo de manzanas"),
            "census_tract": ("Census tract", "Sector censal"),
            "zip": ("ZIP", "Código postal"),
        }
        english, spanish = titles.get(kind, ("", ""))
        return {"en": f"{english} {code}".strip(), **({"es": f"{spanish} {code}"} if spanish else {})}
    return {"en": name}
