"""Finding a category by a resident's own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import sqrt

from cityhall.apps.service_requests.contracts import CategoryInfo
from cityhall.kernel.text import fold

_NAME, _KEYWORD, _GROUP, _DESCRIPTION = 8.0, 8.0, 1.5, 1.5
_BEGINNING = 0.4
"""How much of a word's weight its beginning counts."""
_WHOLE = 2.0
"""How much more several words count that stand together in a keyword."""

#: Words that say nothing of what is wrong. People mix languages in one field, so all are left out in each of them.
_WORDS: Mapping[str, str] = {
    "en": """
        a about after again all also am an and another any are around as at back be because been before being
        but by can cannot cant could day days did didn didnt do does doesn doesnt doing don dont for from front
        get gets getting go going got had has hasn hasnt have having he her here hers him his how i if in into
        is isn isnt it its just keep keeps last like long lot lots make me more morning much my near needs new
        next night no not now of off old on one or our out outside over please problem really she since so some
        somebody someone something stay still than that the their them then there these they thing things this
        those to too two under until up us very was wasn we week weeks were what when where which while who why
        will with wont work working works would year years yesterday you your
    """,
    "es": """
        a acerca ahi al algo alguien algun alguna algunas alguno algunos alla ante antes aqui asi aun ayer ayuda
        bien cada casi cerca como con contra cual cuando cuanto de del desde dia dias donde dos durante e el
        ella ellas ellos en enfrente entre era es esa esas ese eso esos esta estaba estan estar estas este esto
        estos estoy favor frente fue funciona funcionan ha hace hacen hacer han hasta hay hola la las le les lo
        los mas me mi mis mucha muchas mucho muchos muy nada ni no noche nos nosotros nuestra nuestro o otra
        otras otro otros para pero poco por porque problema puede pueden pues que quien quiero se semana semanas
        senor senora ser si sin sobre solo son su sus tambien tan tanto tarde te tengo tiene tienen toda todas
        todo todos tras tu un una unas uno unos va van varias varios ver vez vino y ya yo
    """,
}
STOP_WORDS = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_SILENT = frozenset().union(*STOP_WORDS.values())

Known = Sequence[tuple[frozenset[str], float]]
"""The stems a category is found by, with what each weighs."""


def matching(found: Sequence[CategoryInfo], words: str) -> list[CategoryInfo]:
    """Return the categories that `words` may mean, best first; none for words that say nothing.

    An emergency that is named comes before everything else, however well the rest fits. A word that many categories
    share counts less than one that only few know.
    """
    said = fold(words).split()
    asked = list(dict.fromkeys(stem(word) for word in said if len(word) > 1 and word not in _SILENT))
    known = [_known(category) for category in found]
    points = [0.0] * len(found)
    for word in asked:
        weights = [_weight(word, stems) for stems in known]
        strong = max(weights, default=0.0)
        if strong:
            sharing = sum(weight >= strong / 2 for weight in weights)
            points = [total + weight / sqrt(sharing) for total, weight in zip(points, weights, strict=True)]
    everything = {stem(word) for word in said}
    for place, category in enumerate(found):
        phrases = [[stem(word) for word in fold(keyword).split()] for keyword in category.keywords]
        points[place] += _WHOLE * _KEYWORD * any(len(one) > 1 and everything.issuperset(one) for one in phrases)
    urgent = [category.is_emergency and is_named(category, said) for category in found]
    ranked = sorted(range(len(found)), key=lambda place: (not urgent[place], -points[place]))
    return [found[place] for place in ranked if urgent[place] or (points[place] > 0 and not found[place].is_emergency)]


def is_named(emergency: CategoryInfo, said: Iterable[str]) -> bool:
    """Say whether folded words name an emergency: one of its keywords, all the words of it when it has several.

    Its name does not: "Smell of gas" has a word that says nothing of danger. Where there are no keywords, though, any
    word of it does: better once too often.
    """
    stems = {stem(word) for word in said}
    parts = [{stem(word) for word in fold(keyword).split()} for keyword in emergency.keywords]
    if not parts:
        parts = [{stem(word)} for word in fold(emergency.name).split() if word not in _SILENT]
    return any(part and part <= stems for part in parts)


def stem(word: str) -> str:
    """Return a folded word without the endings that number, gender and tense give it, in English and Spanish alike."""
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if len(word) > len(ending) + 3 and word.endswith(ending):
            return word[: -len(ending)]
    return word[:-1] if len(word) > 3 and word[-1] in "aeo" else word


def _known(category: CategoryInfo) -> Known:
    texts = (
        ((category.name,), _NAME),
        (category.keywords, _KEYWORD),
        ((category.group,), _GROUP),
        ((category.description,), _DESCRIPTION),
    )
    return [
        (frozenset(stem(word) for text in some for word in fold(text).split() if word not in _SILENT), weight)
        for some, weight in texts
    ]


def _weight(word: str, known: Known) -> float:
    best = 0.0
    for stems, weight in known:
        if word in stems:
            best = max(best, weight)
        elif len(word) > 3 and any(one.startswith(word) or (len(one) > 4 and word.startswith(one)) for one in stems):
            best = max(best, weight * _BEGINNING)
    return best
