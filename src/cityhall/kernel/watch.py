"""Finding what may be somebody's private business in a text before it is published, in English and Spanish.

It knows names, telephone numbers, e-mail addresses, licence plates and home addresses. It reads forms and the words
around them and understands nothing, so a person decides; what it misses and what it takes wrongly is counted on a
labelled set in docs/explanation/personal-data-watch.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cityhall.kernel.given_names import GIVEN_NAMES
from cityhall.kernel.text import fold


class Private(StrEnum):
    """The kinds of private business that are known, in the order in which one wins over another."""

    EMAIL = "email"
    PHONE = "phone"
    PLATE = "plate"
    ADDRESS = "address"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Found:
    """One place in a text: `text[start:end]` is `words`, and looks like `kind`."""

    kind: Private
    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the text.

    Args:
        people: full names of people who may be meant, staff for instance.
        reporter: first and last name of whom the text may be about; either alone is enough.
        public_address: where the matter is, as everybody may know; it is nobody's secret.
        private_address: where the matter is, when the public may not know.
    """

    people: tuple[str, ...] = ()
    reporter: tuple[str, str] = ("", "")
    public_address: str = ""
    private_address: str = ""


NOTHING = Known()


def private_words(text: str, known: Known = NOTHING) -> tuple[Found, ...]:
    """Return what in a text looks like somebody's private business, in the text's order; no two overlap."""
    taken: list[Found] = []
    for kind, finder in _FINDERS.items():
        for start, end in finder(text, known):
            if start < end and not any(start < one.end and one.start < end for one in taken):
                taken.append(Found(kind, start, end, text[start:end]))
    return tuple(sorted(taken, key=lambda one: one.start))


def masked(text: str, words: Mapping[Private, str], known: Known = NOTHING) -> str:
    """Return a text with what looks private replaced by `words` of its kind.

    What is left is searched again, as a name may hide behind another, but not what was put in: somebody may be called
    what it says. Each turn leaves less to be searched.
    """
    text = text.translate(_NO_SIGNS)
    while found := private_words(text, known):
        for one in reversed(found):
            text = f"{text[: one.start]}{_SIGNS[one.kind]}{text[one.end :]}"
    return text.translate({ord(sign): f"[{words[kind]}]" for kind, sign in _SIGNS.items()})


_SIGNS = {kind: chr(0xE000 + number) for number, kind in enumerate(Private)}
_NO_SIGNS = {ord(sign): None for sign in _SIGNS.values()}


Spans = Iterator[tuple[int, int]]


def _before(text: str, match: re.Match[str]) -> str:
    """Return the words before what was matched, as far as any pattern looks back."""
    return text[max(0, match.start() - 120) : match.start()]


# --- E-mail addresses -----------------------------------------------------------------------------------------------

_EMAIL = re.compile(r"(?<![\w.+-])([\w.+-]{1,64})@(?:[\w-]{1,63}\.){1,4}[A-Za-z]{2,24}(?![\w-])")
_SPOKEN_EMAIL = re.compile(
    r"(?<![\w.])([\w.]{2,64}) ?(?:\bat\b|\(at\)|\barroba\b) ?[\w-]{2,63} ?(?:\bdot\b|\bpunto\b) ?"
    r"(?:com|net|org|edu|mx)\b",
    re.IGNORECASE,
)
#: Desks, not people.
_ROLES_TEXT = """
311 admin answers atencion ayuda clerk contact contacto hello help helpdesk hola info informacion mail office
oficina parks permits police press privacy records noreply no-reply service services servicios support soporte
streets transit trees unsubscribe water webmaster
"""
_ROLES = frozenset(_ROLES_TEXT.split())


def _emails(text: str, known: Known) -> Spans:
    for pattern in (_EMAIL, _SPOKEN_EMAIL):
        for match in pattern.finditer(text):
            if match[1].lower() not in _ROLES:
                yield match.span()


# --- Telephone numbers ----------------------------------------------------------------------------------------------

_NO_NUMBER_BEFORE = r"(?<![\w.,/#:$+-])(?<!\d )"
_NO_NUMBER_AFTER = r"(?![\w%]|[.,:/-]\d| \d)"
_PHONES = [
    # United States and Canada: 619 555 0123, (619) 555-0123, +1-619-555-0123, 6195550123
    re.compile(
        _NO_NUMBER_BEFORE
        + r"(?:\+?1[ .-]?)?(?:\(([2-9]\d\d)\)[ -]?|([2-9]\d\d)[ .-]?)[2-9]\d\d[ .-]?\d{4}"
        + _NO_NUMBER_AFTER
    ),
    # Mexico: (664) 123-45-67, 664 123 45 67
    re.compile(
        _NO_NUMBER_BEFORE
        + r"(?:\+?52[ .-]?(?:1[ .-]?)?)?(?:\(\d{2,3}\) ?|\d{2,3}[ .-])\d{3,4}[ .-]\d{2}[ .-]\d{2}"
        + _NO_NUMBER_AFTER
    ),
    # Anywhere, written with its country: +44 20 7946 0958
    re.compile(r"(?<![\w+])\+[1-9]\d{0,2}(?:[ .-]?\(?\d{1,4}\)?){2,5}" + _NO_NUMBER_AFTER),
]
_LOCAL_PHONE = re.compile(_NO_NUMBER_BEFORE + r"(?:\d{3}[ .-]\d{4}|\d{2} ?\d{4}[ .-]\d{4})" + _NO_NUMBER_AFTER)
_PHONE_WORDS = re.compile(
    r"\b(?:call|phone|telephone|tel|cell|mobile|text|whatsapp|fax|ll[aá]m\w*|marque|tel[eé]fono|celular|m[oó]vil)\b"
    r"[^.!?\n]{0,24}$",
    re.IGNORECASE,
)
_NUMBER_WORDS = re.compile(
    r"\b(?:request|case|ticket|order|permit|report|invoice|contract|contrato|account|folio|asset|meter|parcel|reference|ref|no|id|number|"
    r"n[uú]mero|n[uú]m|solicitud|orden|permiso|caso|cuenta|reporte|medidor)\b[^.!?\n]{0,6}$",
    re.IGNORECASE,
)
#: Free to call: companies and offices have them, people do not.
_FREE = frozenset({"800", "833", "844", "855", "866", "877", "888"})


def _phones(text: str, known: Known) -> Spans:
    for pattern in _PHONES:
        for match in pattern.finditer(text):
            area = next((one for one in match.groups() if one), "")
            digits = sum(one.isdigit() for one in match[0])
            if area in _FREE or not 10 <= digits <= 15:
                continue
            if match[0].isdigit() and _NUMBER_WORDS.search(_before(text, match)):
                continue
            yield match.span()
    for match in _LOCAL_PHONE.finditer(text):
        if _PHONE_WORDS.search(_before(text, match)):
            yield match.span()


# --- Licence plates -------------------------------------------------------------------------------------------------

_SURE_PLATE = re.compile(  # California's 7ABC123; Mexico's ABC-123-A, ABC-12-34, A12-BCD
    r"(?<![\w-])(?:\d[A-Z]{3}\d{3}|[A-Z]{3}-\d{3}-[A-Z]|[A-Z]{3}-\d{2}-\d{2}|[A-Z]\d{2}-[A-Z]{3})(?![\w-])"
)
_LIKELY_PLATE = re.compile(  # most others: ABC-1234, ABC 1234, ABC 123, 123-ABC, AB12345, ABCD 123 (Ontario)
    r"(?<![\w-])(?:[A-Z]{3,4}[ -]?\d{3,4}|\d{3,4}[ -]?[A-Z]{3}|[A-Z]{2}[ -]?\d{5}|[A-Z]\d{2}[ -]?\d[A-Z]{2}"
    r"|\d[A-Z]{3}\d{3})(?![\w-])"
)
_ANY_PLATE = re.compile(r"(?<![\w-])(?=[A-Z -]*\d)(?=[\d -]*[A-Z])[A-Z0-9]{2,8}(?:[ -][A-Z0-9]{2,5}){0,2}(?![\w-])")
_PLATE_WORDS = re.compile(
    r"\b(?:licen[cs]e|lic|plates?|tag|placas?|matr[ií]cula|registration)\b(?: plates?)?[^.!?\n]{0,16}$", re.IGNORECASE
)
_CAR_WORDS = re.compile(
    r"\b(?:car|truck|van|vehicle|suv|sedan|pickup|motorcycle|trailer|rv|honda|toyota|ford|chevy|chevrolet|nissan|dodge|"
    r"jeep|bmw|tesla|kia|hyundai|carro|coche|auto|autom[oó]vil|camioneta|veh[ií]culo|moto|remolque)\b[^.!?\n]{0,60}$",
    re.IGNORECASE,
)


def _plates(text: str, known: Known) -> Spans:
    for match in _SURE_PLATE.finditer(text):
        if not _NUMBER_WORDS.search(_before(text, match)):
            yield match.span()
    for pattern, around in ((_ANY_PLATE, _PLATE_WORDS), (_LIKELY_PLATE, _CAR_WORDS)):
        for match in pattern.finditer(text):
            before = _before(text, match)
            if around.search(before) and not _NUMBER_WORDS.search(before):
                yield match.span()


# --- Home addresses -------------------------------------------------------------------------------------------------

_CAP = r"[A-ZÁÉÍÓÚÑÜ][\w'’]{0,24}"
_STREET_TYPE = (
    r"(?:Street|St|Avenue|Ave|Av|Boulevard|Blvd|Road|Rd|Drive|Dr|Lane|Ln|Court|Ct|Place|Pl|Way|Terrace|Ter|Circle|Cir|"
    r"Parkway|Pkwy|Highway|Hwy|Trail|Row|Alley|Loop|Square|Sq)"
)
_ADDRESSES = [
    re.compile(
        rf"(?<![\w#/.-])\d{{1,6}}(?: 1/2)?[A-Z]? (?:[NSEW]\.? )?"
        rf"(?:(?:{_CAP}|\d{{1,3}}(?:st|nd|rd|th)|de|del|la|los|las) ){{1,4}}{_STREET_TYPE}\b"
    ),
    re.compile(
        rf"(?<!\w)(?:[Cc]alle|[Aa]v\.?|[Aa]venida|[Bb]ulevar|[Bb]lvd\.?|[Cc]alzada|[Pp]rivada|[Pp]aseo|[Cc]amino|"
        rf"[Cc]errada|[Cc]alej[oó]n) (?:(?:{_CAP}|\d{{1,3}}|de|del|la|los|las),? ){{1,5}}"
        rf"(?:#|No\.?|[Nn][uú]m(?:\.|ero)?|[Nn]o\.)? ?\d{{1,6}}(?:-?[A-Z])?(?!\w)"
    ),
    re.compile(
        rf"(?<![\w#/.-])\d{{1,6}} (?:Calle|Avenida|Camino|Paseo|Via|Caminito|Corte)"
        rf"(?: (?:{_CAP}|de|del|la|las|los)){{1,4}}"
    ),
]
_HOME_BEFORE = re.compile(
    r"(?:\b(?:lives?|lived|living|resid(?:es|ed|ing)|sleeps|stays|staying)(?: \w+){0,3} (?:at|on|in)"
    r"|\b(?:home|house|apartment|residence|condo)(?: address)?(?: is)?(?: at| of| on|:|,)?"
    r"|\b(?:resident|tenant|owner|homeowner|neighbou?r|caller|reporter)s?(?: \w+){0,2} (?:at|of|from)"
    r"|\b(?:vive|viven|vivo|reside|residen)(?: \w+){0,3} en"
    r"|\b(?:casa|domicilio|vivienda|hogar|departamento)(?: \w+){0,2}(?: en| de| es|:|,)?"
    r"|\b(?:vecin[oa]s?|inquilin[oa]s?|due[nñ][oa]s?|propietari[oa]s?)(?: \w+){0,2} (?:en|de|del))"
    r"(?: (?:the|la|el))? ?$",
    re.IGNORECASE,
)
_HOME_AFTER = re.compile(
    r"^,? ?(?:apt|apartment|unit|suite|ste|depto|departamento|dpto|int|interior)\b\.? ?#? ?\w{1,5}\b"
    r"|^,? ?# ?\w{1,5}\b",
    re.IGNORECASE,
)


def _addresses(text: str, known: Known) -> Spans:
    own = _door(known.private_address)
    if own:
        number, name = map(re.escape, own)
        either = (
            rf"(?<!\w)(?:{number}\s+(?:\w{{1,5}}\.?\s+)?{name}\w*|{name}\w*\s+(?:(?:#|n[uú]m\w*\.?)\s*)?{number}(?!\w))"
        )
        for match in re.finditer(either, text, re.IGNORECASE):
            yield match.span()
    public = _door(known.public_address)
    for pattern in _ADDRESSES:
        for match in pattern.finditer(text):
            after = _HOME_AFTER.match(text[match.end() :])
            if not after and not _HOME_BEFORE.search(_before(text, match)):
                continue
            door = _door(match[0])
            if not after and public and door and {*public} == {*door}:
                continue
            yield match.start(), match.end() + (after.end() if after else 0)


_STREET_WORDS_TEXT = """
street st avenue ave av boulevard blvd road rd drive dr lane ln court ct place pl way terrace circle calle
avenida bulevar calzada privada paseo camino cerrada callejon num numero no n s e w de del la los las el
"""
_STREET_WORDS = frozenset(_STREET_WORDS_TEXT.split())


def _door(address: str) -> tuple[str, str] | None:
    """Return an address's house number and the first word of its street's name, folded; None where either lacks."""
    tokens = fold(address.split(",")[0]).split()
    number = next((one for one in tokens if one[:1].isdigit()), "")
    name = next((one for one in tokens if one not in _STREET_WORDS and one != number and not one.isdigit()), "")
    return (number, name) if number and name else None


# --- Names ----------------------------------------------------------------------------------------------------------

_LOWER = "a-záéíóúñüç"
_SURNAME = rf"(?:(?:Mc|Mac|O['’]|D['’])?[A-ZÁÉÍÓÚÑÜ][{_LOWER}]+(?:-[A-ZÁÉÍÓÚÑÜ][{_LOWER}]+)?)"
_PARTICLE = r"(?:(?:de la|de los|del|de|van|von|la) )?"
_RUN = re.compile(rf"(?<![\w'’@.-]){_SURNAME}(?: [A-Z]\.)?(?: {_PARTICLE}{_SURNAME}){{1,3}}(?![\w@])")
_TITLED = re.compile(
    rf"(?<![\w.])(?:(?:Mr|Mrs|Ms|Mx|Sra|Srta|Sr|Prof|Profa)\b\.?|[Ss]eñora?|[Ss]eñorita|[Dd]oña|[Dd]on) "
    rf"{_PARTICLE}{_SURNAME}(?: {_PARTICLE}{_SURNAME}){{0,2}}"
)
#: In the run of capitals behind a name, or before it: it is a place's name, or a firm's.
_PLACES_TEXT = """
street st avenue ave av boulevard blvd road rd drive dr lane ln court ct place pl way terrace circle parkway
pkwy highway freeway trail loop square plaza park parks school elementary middle high university college academy
library branch center centre hall hospital clinic church temple bridge canyon creek river lake reservoir beach
bay pier cove island hill hills heights mesa valley village town city county district neighborhood stadium field
fields playground pool garden gardens cemetery station terminal airport memorial foundation museum theater
theatre club company co inc llc corp services service electric plumbing construction paving landscaping towing
recycling market store restaurant cafe hotel motel apartments tower towers building house day week month act law
award way calle avenida bulevar calzada privada paseo camino cerrada parque escuela primaria secundaria
universidad biblioteca centro hospital clinica iglesia puente canon arroyo rio lago playa bahia isla cerro
colonia col barrio fracc fraccionamiento mercado estadio museo teatro hotel edificio casa dia semana ley panteon
plazuela glorieta san santa santo saint mount mt fort ft port puerto north south east west norte sur este oeste
"""
_PLACES = frozenset(_PLACES_TEXT.split())


def _names(text: str, known: Known) -> Spans:
    for name in known.people:
        parts = name.split()
        if len(parts) > 1:
            yield from _whole(text, r"\s+".join(map(re.escape, parts)))
    yield from _reporters(text, known.reporter)
    for match in _TITLED.finditer(text):
        if not _is_place(text, match):
            yield match.span()
    for match in _RUN.finditer(text):
        if _is_place(text, match):
            continue
        words = list(re.finditer(r"\S+", match[0]))
        for at, word in enumerate(words[:-1]):
            if fold(word[0]) in GIVEN_NAMES:
                yield match.start() + words[at].start(), match.end()
                break


def _reporters(text: str, reporter: tuple[str, str]) -> Spans:
    first, last = (one.strip() for one in reporter)
    if first and last:
        yield from _whole(text, rf"{re.escape(first)}\s+(?:\w\.?\s+)?{re.escape(last)}")
    for name in (last, first):
        if len(name) < 3 or not name[0].isupper() or name not in text:
            continue
        for match in re.finditer(rf"(?<![\w'’-]){re.escape(name)}(?![\w-])", text):
            if not _begins(text, match.start()) and not _is_place(text, match):
                yield match.span()


def _whole(text: str, pattern: str) -> Spans:
    for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE):
        if not _is_place(text, match):
            yield match.span()


def _begins(text: str, at: int) -> bool:
    """Say whether a sentence begins there, where every word has a capital."""
    before = text[:at].rstrip(" \t\"'“‘«¡¿(")
    return not before or before[-1] in ".!?\n:;"


_AFTER = re.compile(r"(?:(?<=Jr)\.|,? Jr\.?)?(?: (?:&|y|and))?((?: [A-ZÁÉÍÓÚÑÜ][\w'’-]*){1,3})")


def _is_place(text: str, match: re.Match[str]) -> bool:
    """Say whether capitals stand for a place or a firm: by the words in and around them, or a house number before."""
    before = re.search(r"(\S+) (?:(?:de|del|la|los|las|el) ){0,2}$", _before(text, match))
    after = _AFTER.match(text, match.end())
    if before and (before[1][0].isdigit() or fold(before[1]) in _PLACES):
        return True
    around = match[0].split() + (after[1].split() if after else [])
    return any(fold(word) in _PLACES for word in around)


_FINDERS: Mapping[Private, Callable[[str, Known], Spans]] = {
    Private.EMAIL: _emails,
    Private.PHONE: _phones,
    Private.PLATE: _plates,
    Private.ADDRESS: _addresses,
    Private.NAME: _names,
}
