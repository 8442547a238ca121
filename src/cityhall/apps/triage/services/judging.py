"""Judging the suggestions on a history they have not seen, beside the search by words alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any

from cityhall.apps.service_requests import public as requests
from cityhall.apps.service_requests.contracts import CategoryInfo, Policy
from cityhall.apps.triage import rules
from cityhall.apps.triage.contracts import Example, Place
from cityhall.apps.triage.rules import Model
from cityhall.kernel.ids import new_id
from cityhall.kernel.offers import Advice

_RESEMBLES = 0.5
_MOST_LEARNT = 20_000
_MOST_KINDS = 1000
"""A column of free text has as many kinds as rows; what is said more seldom than so many others is never suggested."""


def judge(history: requests.History, split: datetime) -> Mapping[str, Any]:
    """Learn from what was said before the split, suggest for what was said after it, and count who was right.

    The catalogue is what the history names; a category borrows what the shipped one knows that its name resembles.
    Rows without a resident's words are neither learnt from nor judged.
    """
    said = [one for one in history.records if one.description.strip() and (one.category or one.category_code)]
    before = [one for one in said if one.requested_at is None or one.requested_at < split][-_MOST_LEARNT:]
    after = [one for one in said if one.requested_at is not None and one.requested_at >= split]
    names = {_code(one): one.category for one in history.records if _code(one)}
    known = Counter(_code(one) for one in said).most_common(_MOST_KINDS)
    pack = catalogue({code: names[code] for code, _count in known} if len(names) > _MOST_KINDS else names)
    examples = [Example(one.description, _code(one), 1.0, one.lat, one.lon) for one in before]
    asked = [Example(one.description, _code(one), 1.0, one.lat, one.lon) for one in after]
    answers = answer(pack, examples, asked, [one.language for one in after])
    right = [frozenset({one.code}) for one in asked]
    learnt = Counter(one.code for one in examples)
    places: dict[str, list[int]] = defaultdict(list)
    for at, one in enumerate(asked):
        places[one.code].append(at)
    rows = [
        {"category": names[code] or code, "n_train": learnt[code], "n_test": len(own), **shares(answers, right, own)}
        for code, own in sorted(places.items(), key=lambda pair: -len(pair[1]))
    ]
    return {
        "n_train": len(examples),
        "n_test": len(asked),
        "without_words": len(history.records) - len(said),
        **figures(answers, right),
        "rows": rows,
    }


class Answers:
    """What residents would be shown for each text: by the suggestions, and by the search by words alone."""

    def __init__(self) -> None:
        self.suggested: list[list[str]] = []
        self.searched: list[list[str]] = []
        self.confidence: list[float] = []

    def add(self, other: Answers) -> None:
        """Put another's answers behind these."""
        self.suggested += other.suggested
        self.searched += other.searched
        self.confidence += other.confidence


def answer(
    pack: Mapping[str, Any], learnt: Sequence[Example], asked: Sequence[Example], languages: Sequence[str]
) -> Answers:
    """Return what would be shown for each text by a model that learnt from the pack and the examples."""
    if not asked:
        return Answers()
    infos = {tongue: categories_in(pack, tongue) for tongue in {"en", *languages}}

    def search(text: str) -> dict[str, float]:
        return {one.code: many for one, many in zip(infos["en"], requests.points_of(infos["en"], text), strict=True)}

    model = rules.train(rules.kinds_of(pack), learnt, search=search)
    answers = Answers()
    for one, tongue in zip(asked, languages, strict=True):
        known = infos[tongue]
        found = [each for each in requests.matching(known, one.text) if not each.is_emergency]
        place = Place(one.lat, one.lon) if one.lat is not None and one.lon is not None else None
        shown = requests.suggested(known, one.text, partial(_advise, model, place))
        answers.suggested.append([each.category.code for each in shown])
        answers.searched.append([each.code for each in found])
        answers.confidence.append((shown[0].confidence or 0.0) if shown else 0.0)
    return answers


def _advise(model: Model, place: Place | None, words: str, points: Mapping[str, float]) -> list[Advice]:
    return [Advice(one.code, one.confidence) for one in model.guesses(words, place, points)]


def shares(answers: Answers, right: Sequence[frozenset[str]], rows: Sequence[int]) -> dict[str, float | None]:
    """Return how often the first, and one of the first three, was right, of these rows."""
    wanted = [right[at] for at in rows]
    found: dict[str, float | None] = {}
    for name, given in (("", answers.suggested), ("baseline_", answers.searched)):
        for most in (1, 3):
            found[f"{name}top{most}"] = _share(rules.tally([given[at] for at in rows], wanted, most), len(rows))
    return found


def figures(answers: Answers, right: Sequence[frozenset[str]]) -> dict[str, Any]:
    """Return all there is to say of the answers: shares, their intervals, and how far "likely" can be believed."""
    likely = [at for at, one in enumerate(answers.confidence) if one >= requests.LIKELY]
    return {
        **shares(answers, right, range(len(right))),
        **_intervals(answers, right),
        "likely": _share(len(likely), len(right)),
        "likely_top1": shares(answers, right, likely)["top1"],
    }


def _intervals(answers: Answers, right: Sequence[frozenset[str]]) -> dict[str, Any]:
    found = {}
    for name, given in (("", answers.suggested), ("baseline_", answers.searched)):
        for most in (1, 3):
            found[f"{name}top{most}_interval"] = rules.interval(rules.tally(given, right, most), len(right))
    return found


def _share(right: int, of: int) -> float | None:
    return round(right / of, 4) if of else None


def _code(record: Any) -> str:
    return str(record.category_code or record.category)


def catalogue(names: Mapping[str, str]) -> dict[str, Any]:
    """Return a category pack of a city's own categories, by code to name, with what the shipped ones lend them."""
    shipped = requests.read_category_pack()
    lenders = {one["code"]: one for one in shipped["categories"] if not one.get("is_emergency")}
    resembling = _shipped_model()
    categories = []
    for code, name in sorted(names.items()):
        lender = lenders.get(code)
        if lender is None:
            likely = resembling.guesses(name)
            lender = lenders[likely[0].code] if likely and likely[0].confidence >= _RESEMBLES else None
        own: dict[str, Any] = {"code": code, "name": {"en": name or code}, "group": "all"}
        lent = {key: lender[key] for key in ("keywords", "description", "questions") if key in lender} if lender else {}
        if lender is not None:
            own["name"] = {**lender["name"], **own["name"]}
        categories.append({**lent, **own})
    return {"groups": [{"code": "all", "name": {}}], "categories": categories}


@cache
def _shipped_model() -> Model:
    return rules.train(rules.kinds_of(requests.read_category_pack()), [])


def categories_in(pack: Mapping[str, Any], language: str) -> list[CategoryInfo]:
    """Return a pack's categories as the search by words takes them, in one language."""
    groups = {one["code"]: one.get("name", {}) for one in pack.get("groups", ())}
    return [
        CategoryInfo(
            id=new_id(),
            code=one["code"],
            name=_in(one.get("name"), language),
            description=_in(one.get("description"), language),
            keywords=tuple((one.get("keywords") or {}).get(language) or (one.get("keywords") or {}).get("en") or ()),
            notice="",
            group_code=one.get("group", ""),
            group=_in(groups.get(one.get("group", "")), language),
            is_active=True,
            is_emergency=one.get("is_emergency", False),
            has_questions=False,
            asset_layer=one.get("asset_layer", ""),
            department_id=None,
            target_days=None,
            policy=Policy(),
            duplicate_metres=0,
            open311_without_key=False,
            open311_per_minute=0,
        )
        for one in pack["categories"]
    ]


def _in(texts: Mapping[str, str] | None, language: str) -> str:
    return (texts or {}).get(language) or (texts or {}).get("en") or ""
