"""Words of English and Spanish: which of them say nothing, and what of a word stays whatever its ending."""

from __future__ import annotations

from collections.abc import Mapping

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
SILENT = frozenset().union(*STOP_WORDS.values())


def stem(word: str) -> str:
    """Return a folded word without the endings that number, gender and tense give it, in English and Spanish alike."""
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if len(word) > len(ending) + 3 and word.endswith(ending):
            return word[: -len(ending)]
    return word[:-1] if len(word) > 3 and word[-1] in "aeo" else word
