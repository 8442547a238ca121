"""Reading addresses as people write them, in English and Spanish, and hiding house numbers.

Words for directions and kinds of street are brought to one short form (after USPS Publication 28, appendix B and C1),
in what is stored as in what is asked, so that "1202 North Grand Avenue" and "1202 n. grand av" are the same.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from cityhall.kernel.text import fold, trigrams

DIRECTIONS = {
    "n": "north norte", "s": "south sur", "e": "east este", "w": "west oeste",
    "ne": "northeast noreste", "nw": "northwest noroeste", "se": "southeast sureste", "sw": "southwest suroeste",
}  # fmt: skip
KINDS = {
    "st": "street str saint", "ave": "avenue av aven avenida", "blvd": "boulevard boul bulevar", "rd": "road",
    "dr": "drive", "ln": "lane", "ct": "court", "pl": "place", "ter": "terrace terr", "cir": "circle circ",
    "pkwy": "parkway pky", "hwy": "highway", "sq": "square", "trl": "trail", "aly": "alley", "xing": "crossing",
    "plz": "plaza", "expy": "expressway", "fwy": "freeway", "pt": "point", "hts": "heights", "byp": "bypass",
    "cres": "crescent", "drwy": "driveway", "tpke": "turnpike", "ext": "extension",
    "loop": "", "way": "wy", "row": "", "walk": "", "path": "", "ramp": "", "calle": "",
}  # fmt: skip
_OTHER = {
    "mt": "mount", "ft": "fort",
    "1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "5th": "fifth", "6th": "sixth",
    "7th": "seventh", "8th": "eighth", "9th": "ninth", "10th": "tenth", "11th": "eleventh", "12th": "twelfth",
}  # fmt: skip
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


@dataclass(frozen=True, slots=True)
class Asked:
    """What a search text asks for.

    Args:
        number: house number with its letter or half, folded; "" when none.
        house: the number alone; None when none.
        street: folded short form of the rest; with a crossing, of the first street.
        crossing: folded short form of the second street; "" when none was asked.
        unit: flat or suite.
        whole: the whole text folded, for codes and names.
    """

    number: str
    house: int | None
    street: str
    crossing: str
    unit: str
    whole: str


def parse(text: str) -> Asked:
    """Read a search text. Never fails; what cannot be read is left in `street`."""
    text = text[:300]
    whole = short_words(text)
    plain = _CORNER.sub("", text)
    parts = [part for part in (short_words(piece) for piece in _CROSSING.split(plain)) if part]
    if len(parts) == 2 and (_CORNER.match(text) or not _NUMBER.match(plain.strip())):
        return Asked("", None, parts[0], parts[1], "", whole)
    unit = ""
    if found := _UNIT.search(plain):
        unit = fold(found[1] or found[2])
        plain = plain[: found.start()] + " " + plain[found.end() :]
    plain = plain.split(",")[0].strip() or plain.strip(" ,")
    match = _NUMBER.match(plain)
    if match is None:
        return Asked("", None, short_words(plain), "", unit, whole)
    return Asked(fold_number(match[0]), int(match[1]), short_words(plain[match.end() :]), "", unit, whole)


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


@lru_cache(maxsize=100_000)
def grams(folded: str) -> frozenset[str]:
    """Return the distinct trigrams of a folded text."""
    return frozenset(trigrams(folded))


def similarity(one: str, other: str) -> float:
    """Return the share of trigrams two folded texts have in common, 0 to 1 (as pg_trgm's similarity)."""
    a, b = grams(one), grams(other)
    return len(a & b) / len(a | b) if a or b else 0.0


def street_score(asked: str, folded: str) -> float:
    """Return how well a stored street's folded name answers the asked one, 0 to 1."""
    if asked == folded:
        return 1.0
    asked_core, core_there = core(asked), core(folded)
    if asked_core == core_there:
        # The same name with another or no direction and kind: what was said and is different weighs most.
        said, there = set(asked.split()), set(folded.split())
        return 0.95 - 0.15 * len(said - there) - 0.02 * len(there - said)
    # Of the core's trigrams; the last word may be unfinished.
    wanted = {gram for gram in grams(asked_core) if not gram.endswith(" ")}
    contained = len(wanted & grams(folded)) / len(wanted) if wanted else 0.0
    return 0.9 * max(
        similarity(asked, folded), 0.95 * similarity(asked_core, core_there), 0.7 * contained * (contained >= 0.75)
    )


_BLOCK = re.compile(r"^(\d*0) block of (.+)$", re.S)
_NUMBERED_ROADS = {"hwy", "highway", "route", "rt", "rte", "interstate", "i", "us", "sr", "cr", "carretera", "ruta"}
_ROAD_NUMBER = re.compile(r"^(?:i|us|sr|cr|hwy|rt)-?\d{1,3}$", re.IGNORECASE)
_ORDINAL = re.compile(r"^\d{1,3}(?:st|nd|rd|th|ra|ro|er|da|do|ta|to|ma|mo|va|vo|na)[.]?$", re.IGNORECASE)


def _may_be_a_house(word: str, before: str) -> bool:
    """Say whether a word may be a house number: it holds a digit and names no road."""
    if not any(unicodedata.category(letter).startswith("N") for letter in word) or _ORDINAL.match(word):
        return False
    return not (_ROAD_NUMBER.match(word) or (fold(before) in _NUMBERED_ROADS and re.fullmatch(r"\d{1,3}", word)))


def generalise_address(text: str) -> str:
    """Return an address as a block: "1202 Grand Ave Apt 3" becomes "1200 block of Grand Ave".

    Whatever follows a comma goes, as do flats and every other lone number that does not name a road, for any of them
    may be the house. Text without a number comes back without them; nothing is ever added twice.
    """
    line = " ".join(text.split())
    if found := _BLOCK.match(line):
        block, rest = found[1], found[2]
    elif found := _NUMBER.match(line):
        block, rest = str(int(found[1]) // 100 * 100), line[found.end() :]
    else:
        block, rest = "", line
    street = _street_only(rest)
    if not street:
        return ""
    return f"{block} block of {street}" if block else street


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
