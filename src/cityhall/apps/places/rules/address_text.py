"""Reading addresses as people write them, in English and Spanish, and hiding house numbers.

Words for directions and kinds of street are brought to one short form (after USPS Publication 28, appendix B and C1),
in what is stored as in what is asked, so that "1202 North Grand Avenue" and "1202 n. grand av" are the same.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from cityhall.kernel.text import fold

DIRECTIONS = {
    "n": "north norte", "s": "south sur", "e": "east este", "w": "west oeste",
    "ne": "northeast noreste", "nw": "northwest noroeste", "se": "southeast sureste", "sw": "southwest suroeste",
}  # fmt: skip
KINDS = {
    "st": "street str strt saint", "ave": "avenue av aven avn avenida", "blvd": "boulevard boul blv bulevar",
    "rd": "road", "dr": "drive", "ln": "lane", "ct": "court", "pl": "place", "ter": "terrace terr",
    "cir": "circle circ", "pkwy": "parkway pky pkway prkwy", "hwy": "highway", "sq": "square sqr", "trl": "trail",
    "aly": "alley", "xing": "crossing", "plz": "plaza", "expy": "expressway", "fwy": "freeway", "pt": "point",
    "hts": "heights hgts", "byp": "bypass", "cres": "crescent", "drwy": "driveway", "tpke": "turnpike tnpk tpk",
    "ext": "extension", "loop": "", "way": "wy", "row": "", "walk": "", "path": "", "ramp": "", "calle": "",
}  # fmt: skip
ORDINALS = {
    "1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "5th": "fifth", "6th": "sixth",
    "7th": "seventh", "8th": "eighth", "9th": "ninth", "10th": "tenth", "11th": "eleventh", "12th": "twelfth",
}  # fmt: skip
_OTHER = {"mt": "mount", "ft": "fort", **ORDINALS}
_SHORT = {
    word: short
    for table in (DIRECTIONS, KINDS, _OTHER)
    for short, words in table.items()
    for word in (short, *words.split())
}
_UNIT = re.compile(
    r"(?:^|[\s,])(?:#\s*([\w-]+)"
    r"|(?:apartment|apt|unit|suite|ste|floor|room|rm|depto|apto|piso)\b\.?\s*#?\s*(\d[\w-]*|[a-z]\d*)(?![\w-]))",
    re.IGNORECASE,
)
_CROSSING = re.compile(
    r"\s*(?:&|@|/|\band\b|\bat\b|\by\b|\bcon\b|\besq(?:uina)?\b\.?(?:\s+(?:con|de)\b)?)\s*", re.IGNORECASE
)
_CORNER = re.compile(
    r"^\s*(?:the\s+)?(?:(?:corner|intersection|crossing)\s+of|(?:la\s+)?(?:esquina|intersecci[oó]n|cruce)\s+(?:de|con)?)\s+",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^(\d{1,6})(-?[a-z](?=\s|$|,))?(\s+\d/\d)?(?=\s|$|,)", re.IGNORECASE)


def short_words(text: str) -> str:
    """Return `text` folded, each word in its short form: "North Grand Avenue" becomes "n grand ave"."""
    return " ".join(_SHORT.get(word, word) for word in fold(text).split())


def is_on_street(address: str, street: str) -> bool:
    """Say whether an address names a street, however the two are abbreviated."""
    return f" {short_words(street)} " in f" {short_words(address)} "


def core(folded: str) -> str:
    """Return a folded street name without its direction and kind; the name itself if nothing would be left."""
    words = folded.split()
    kept = words
    if len(kept) > 1 and kept[0] in DIRECTIONS:
        kept = kept[1:]
    while len(kept) > 1 and (kept[-1] in DIRECTIONS or kept[-1] in KINDS):
        kept = kept[:-1]
    if len(kept) > 1 and kept[0] in {"calle", "ave"}:
        kept = kept[1:]
    return " ".join(kept)


_MORE_UNITS = re.compile(
    r"[\s,]+(?:(?:fl|flr|bldg|building|lot|ph|penthouse|trlr|spc|oficina|interior|edificio|edif)\b\.?"
    r"\s*#?\s*(\d[\w-]*|[a-z])"
    r"|(\d{1,2}(?:st|nd|rd|th))\s+(?:floor|fl|flr)|(rear|basement|bsmt))(?=\s*(?:,|$))",
    re.IGNORECASE,
)
_BARE_UNIT = re.compile(r"^(\S.*?\s)(\d{1,4}-?[a-z]?|[a-df-mo-rt-vx-z]\d{0,3})$")
_ZIP_LAST = re.compile(r"(?:,(?:.*[\s,])?|\s[A-Z]{2}\s+)([0-9]{5}(?:-[0-9]{4})?)$", re.S)
_ZIP = re.compile(r"[\s,]+(\d{5})(?:-\d{4})?\s*$")
_STATES = {
    "al", "ak", "az", "ar", "ca", "co", "ct", "de", "fl", "ga", "hi", "id", "il", "in", "ia", "ks", "ky",
    "la", "me", "md", "ma", "mi", "mn", "ms", "mo", "mt", "ne", "nv", "nh", "nj", "nm", "ny", "nc", "nd",
    "oh", "ok", "or", "pa", "ri", "sc", "sd", "tn", "tx", "ut", "vt", "va", "wa", "wv", "wi", "wy", "dc",
    "pr",
}  # fmt: skip
_LEAD_IN = re.compile(
    r"^\s*(?:(?:near|nearby|outside|behind|opposite|beside|by|at|on|around|(?:right\s+)?in\s+front\s+of|in\s+back\s+of"
    r"|across\s+from|next\s+(?:door\s+)?to|close\s+to|cerca\s+de|frente\s+a|enfrente\s+de|detr[aá]s\s+de|al\s+lado\s+de"
    r"|junto\s+a|en)\s+)+(?=\S)",
    re.IGNORECASE,
)
_BLOCK_OF = re.compile(r"^\s*(?:block|blk)\b\.?(?:\s+(?:of|de)\b)?\s+", re.IGNORECASE)
_BETWEEN = re.compile(r"^(.+?)\s+(?:between|btwn|btw|entre)\s+(.+)$", re.IGNORECASE)
_UP_TO = re.compile(r"(?<=\S)\s+(?:to|from|hasta|desde)\s+", re.IGNORECASE)
_RANGE = re.compile(r"^(\d{1,6})\s*[-–]\s*(\d{1,6})(?=\s|$|,)")
_NUMBER_LAST = re.compile(r"^(.*[^\W\d]\.?)[\s,]+(?:#|no\.?|n[uú]m\.?|nº)?\s*(\d{1,6}[a-z]?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a search text asks for.

    Args:
        number: house number with its letter or half, folded; "" when none.
        houses: the number alone; of a range, "38-12", joined as some cities number houses, and its first.
        street: folded short form of the rest; with a crossing, of the first street.
        crossing: folded short form of the second street; "" when none was asked.
        unit: flat or suite.
        whole: the whole text folded, for codes and names.
        uncut: number apart, what was cut into street and crossing: "bed and breakfast ln" may be one street.
        named: the text folded without what leads in or follows, for named places.
    """

    number: str
    houses: tuple[int, ...]
    street: str
    crossing: str
    unit: str
    whole: str
    uncut: str = ""
    named: str = ""

    @property
    def house(self) -> int | None:
        """The number that stands along the street: of a range, its first."""
        return self.houses[-1] if self.houses else None


def parse(text: str, city: str = "") -> Asked:
    """Read a search text. Never fails; what cannot be read is left in `street`.

    Args:
        city: the city's name folded, which people write behind an address, with or without a comma.
    """
    text = text[:300]
    whole = short_words(text)
    corner = _CORNER.match(text)
    plain = _LEAD_IN.sub("", _CORNER.sub("", text)).strip()
    plain = without_tail(plain, city)
    named = short_words(plain)
    if between := _BETWEEN.match(plain):
        plain = f"{between[1]} & {_CROSSING.split(between[2])[0]}"
    number, houses, rest = _house(plain)
    unit = ""
    for pattern in (_UNIT, _MORE_UNITS):
        if not unit and (found := pattern.search(rest if houses else plain)):
            unit = fold(next(group for group in found.groups() if group))
            if houses:
                rest = rest[: found.start()] + " " + rest[found.end() :]
            else:
                number, houses, rest = _house((plain[: found.start()] + " " + plain[found.end() :]).strip(" ,"))
    if houses:  # "432 Franklin St to Clinton St" begins at its number
        rest = _UP_TO.split(_BLOCK_OF.sub("", rest))[0]
    # The first piece between commas that says something: the city and the country come behind.
    rest = next((piece for piece in rest.split(",") if fold(piece)), "")
    parts = [part for part in (short_words(piece) for piece in _CROSSING.split(rest)) if part]
    if len(parts) > 1 and (corner or not houses):
        return Asked("", (), parts[0], parts[1], "", whole, short_words(rest), named)
    if len(parts) > 1:
        return Asked(number, houses, parts[0], parts[1], unit, whole, short_words(rest), named)
    return Asked(number, houses, short_words(rest), "", unit, whole, "", named)


def other_readings(asked: Asked) -> list[Asked]:
    """Return what a text may mean when what it says at first sight is nowhere: "Calle Mayor 12", "12 Grand Ave 4B"."""
    if asked.crossing:
        return []
    if asked.houses:
        if not asked.unit and (found := _BARE_UNIT.match(asked.street)):
            return [replace(asked, street=found[1].strip(), unit=fold_number(found[2]))]
        return []
    found = _NUMBER_LAST.match(asked.street)
    if found and found[1].split()[-1] not in _NUMBERED_ROADS:
        house = int(re.match(r"\d+", found[2])[0])  # type: ignore[index]  # it begins with a digit
        return [replace(asked, number=found[2], houses=(house,), street=found[1])]
    if asked.unit.isdecimal() and asked.street:  # "Calle Mayor #12"
        return [replace(asked, number=asked.unit, houses=(int(asked.unit[:6]),), unit="")]
    return []


def _house(text: str) -> tuple[str, tuple[int, ...], str]:
    """Return the house number a text begins with, the number alone, and the rest of the text."""
    if match := _RANGE.match(text):
        joined = match[1] + match[2]
        return joined, (int(joined), int(match[1])), text[match.end() :]
    if match := _NUMBER.match(text):
        return fold_number(match[0]), (int(match[1]),), text[match.end() :]
    return "", (), text


def without_tail(text: str, city: str) -> str:
    """Return an address without the ZIP code, state and city behind it, however they are joined to it.

    A state's two letters go only where they can be nothing else: behind a comma, before a ZIP code or behind the city's
    name, for "Elm Ct" is a court.
    """
    kept, sure = text, False
    if (found := _ZIP.search(kept)) and re.search(r"[^\W\d]", kept[: found.start()]):
        kept, sure = kept[: found.start()], True
    head, gap, last = _last_word(kept)
    if fold(last) in _STATES and head:
        behind_city = bool(city) and f" {fold(head)}".endswith(f" {city}")
        if "," in gap or behind_city or (sure and fold(last) != "ct"):
            kept = head
    if city and re.search(r"[^\W_]", kept):
        words = kept.split()
        length = len(city.split())
        if len(words) > length and fold(" ".join(words[-length:])) == city and fold(" ".join(words[:-length])):
            before = fold(" ".join(words[:-length]))
            # "120 Syracuse" is a number on Syracuse Street, and what follows "&" is one, too.
            joined = words[-length - 1].lower() in {"&", "and", "at", "/", "@", "y", "con", "of", "de"}
            if not before.isdecimal() and not joined:
                kept = " ".join(words[:-length])
    return kept.strip(" ,")


def zip_code(address: str) -> str:
    """Return the ZIP code an address ends with, behind a comma or a state's two letters; "" where it has none."""
    found = _ZIP_LAST.search(address) if address[-1:].isdecimal() else None
    return found[1] if found else ""


def _last_word(text: str) -> tuple[str, str, str]:
    found = re.match(r"^(.*?)([\s,]+)([^\s,]+)[\s,.]*$", text, re.S)
    return (found[1], found[2], found[3]) if found else ("", "", text)


def fold_number(number: str) -> str:
    """Return a house number as it is stored and asked for: "12-B" and "12b" are one, "12 1/2" becomes "12 1 2"."""
    folded = fold(number)
    return folded if "/" in number else folded.replace(" ", "")


def endings(folded: str) -> list[str]:
    """Return what a folded text still being typed may mean: itself, and itself with its last word's short form.

    "1202 grand aven" may become "1202 grand avenue", which is stored as "1202 grand ave".
    """
    head, _, last = folded.rpartition(" ")
    found = [folded]
    if len(last) >= 3:
        for word, short in _SHORT.items():
            variant = f"{head} {short}".strip()
            if word.startswith(last) and variant not in found:
                found.append(variant)
    return found


_BLOCK = re.compile(r"^(\d*0|unit) block of (.+)$", re.S)
_NUMBERED_ROADS = {"hwy", "highway", "route", "rt", "rte", "interstate", "i", "us", "sr", "cr", "carretera", "ruta"}
_ROAD_NUMBER = re.compile(r"^(?:i|us|sr|cr|hwy|rt)-?\d{1,3}$", re.IGNORECASE)
_ORDINAL = re.compile(r"^\d{1,3}(?:st|nd|rd|th|ra|ro|er|da|do|ta|to|ma|mo|va|vo|na)[.]?$", re.IGNORECASE)


_ANY_BLOCK = re.compile(r"^(\d+|unit) block of (.+)$", re.IGNORECASE)


def block_of(text: str) -> tuple[str, str]:
    """Return the number and street of an address that is a block, "unit" for the numbers below 100; else ("", "")."""
    found = _ANY_BLOCK.match(text)
    if not found:
        return "", ""
    return ("unit" if found[1].lower() in {"unit", "0"} else found[1]), found[2]


def _may_be_a_house(word: str, before: str) -> bool:
    """Say whether a word may be a house number: it holds a digit and names no road."""
    if word.isalpha():
        return False
    if not any(unicodedata.category(letter).startswith("N") for letter in word) or _ORDINAL.match(word):
        return False
    return not (_ROAD_NUMBER.match(word) or (fold(before) in _NUMBERED_ROADS and re.fullmatch(r"\d{1,3}", word)))


def generalise_address(text: str) -> str:
    """Return an address as a block: "1202 Grand Ave Apt 3" becomes "1200 block of Grand Ave".

    Whatever follows a comma goes, as do flats and every other lone number that does not name a road, for any of them
    may be the house. Text without a number comes back without them; nothing is ever added twice. The block of the
    numbers below 100 is the "unit block".
    """
    house, _, rest = text.partition(" ")
    if house.isdecimal() and house.isascii() and len(house) <= 6 and (plain := _street_after(rest)) is not None:
        block, street = str(int(house) // 100 * 100), plain
    else:
        line = " ".join(text.split())
        if " block of " in line and (found := _BLOCK.match(line)):
            block, rest = found[1], found[2]
        elif found := _NUMBER.match(line):
            block, rest = str(int(found[1]) // 100 * 100), line[found.end() :]
        else:
            block, rest = "", line
        street = _street_only(rest)
    if not street:
        return ""
    return f"{'unit' if block == '0' else block} block of {street}" if block else street


@lru_cache(maxsize=16_384)
def _street_after(rest: str) -> str | None:
    """Return the street of what follows a house number and a space; None where more of it may belong to the number."""
    if rest[:1].isdigit() or rest.startswith("block of ") or rest != " ".join(rest.split()):
        return None
    return _street_only(f" {rest}")


def street_of(text: str) -> str:
    """Return the street of an address and nothing else: "1202 Grand Ave Apt 3" becomes "Grand Ave"."""
    block = generalise_address(text)
    return block_of(block)[1] or block


@lru_cache(maxsize=16_384)
def _street_only(text: str) -> str:
    """Return the part before a comma without units and lone numbers; applied again it changes nothing."""
    while True:
        kept: list[str] = []
        # The first part that still says something: "Apt 3, 12 Elm St" is about Elm St.
        for piece in text.split(","):
            words = _UNIT.sub(" ", f" {piece}").split()
            kept = [
                word for index, word in enumerate(words) if not _may_be_a_house(word, words[index - 1] if index else "")
            ]
            if kept:
                break
        result = " ".join(kept).strip(" ,;-")
        # A nested block form would be read as our own the next time.
        if nested := _BLOCK.match(result):
            result = nested[2]
        if result == text:
            return result
        text = result
