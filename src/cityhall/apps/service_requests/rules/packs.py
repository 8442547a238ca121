"""What a category pack must keep to. Every problem is found at once, by its place in the file, with its mend."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from cityhall.apps.service_requests.contracts import Datatype, Detail, Moderation

MOST_PROBLEMS = 50
CATEGORY_FIELDS = (
    "code", "group", "department", "name", "description", "keywords", "notice", "order", "is_active", "is_emergency",
    "asset_layer", "priority", "target_days", "place_policy", "text_policy", "photo_policy", "moderation",
    "duplicate_metres", "open311_without_key", "open311_per_minute", "proof_photo", "questions",
)  # fmt: skip
QUESTION_FIELDS = (
    "code", "text", "hint", "datatype", "variable", "required", "values", "when_code", "when_values", "is_public",
)  # fmt: skip
_CODE = re.compile(r"[A-Za-z0-9_-]{1,60}\Z")
_LANGUAGE = re.compile(r"[a-z]{2}(-[a-z]{2,4})?\Z")
_NUMBERS = {
    "order": (0, 32767), "priority": (1, 5), "target_days": (1, 730), "duplicate_metres": (0, 5000),
    "open311_per_minute": (1, 32767),
}  # fmt: skip
_FLAGS = ("is_active", "is_emergency", "open311_without_key", "proof_photo", "variable", "required", "is_public")
_POLICIES = ("place_policy", "text_policy", "photo_policy")
_TEXTS = ("name", "description", "notice", "keywords", "text", "hint")
_INSIDE = ("departments", "groups", "categories", "questions", "values")
_CLEARED = ("description", "keywords", "notice", "questions")
_LISTS = {Datatype.SINGLE.value, Datatype.MULTI.value}


@dataclass(frozen=True, slots=True)
class PackProblem:
    """Something wrong in a pack: `field` as in "categories[3] pothole: name.en", `mend` goes on after it."""

    field: str
    mend: str


def problems(pack: Mapping[str, Any]) -> list[PackProblem]:
    """Return what is wrong with a pack, the first fifty; nothing when it can be loaded."""
    return list(islice(_problems(pack), MOST_PROBLEMS))


def keeping(one: Mapping[str, Any], there: Mapping[str, Any]) -> dict[str, Any]:
    """Return a pack with the translations it leaves out of texts it has, as they are in the pack that is `there`."""
    kept = dict(one)
    for field, value in one.items():
        if field in _TEXTS and value:
            kept[field] = {**there.get(field, {}), **value}
        elif field in _INSIDE:
            old = _by_code(there.get(field, ()))
            kept[field] = [keeping(each, old.get(_code_of(each), {})) for each in value]
    return kept


def changed(pack: Mapping[str, Any], there: Mapping[str, Any]) -> list[str]:
    """Return what of the pack that is `there` loading another changes, a line for each thing."""
    lines = []
    for kind in ("departments", "groups", "categories"):
        old = _by_code(there.get(kind, ()))
        for one in pack.get(kind, ()):
            if one["code"] in old and (told := _changes(one, old[one["code"]])):
                lines.append(f"{kind} {one['code']}: {told}")
    return lines


def added(pack: Mapping[str, Any], there: Mapping[str, Any]) -> list[str]:
    """Return what loading a pack adds to the one that is `there`, each thing with its kind and code."""
    return [
        f"{kind} {one['code']}"
        for kind in ("departments", "groups", "categories")
        for one in pack.get(kind, ())
        if one["code"] not in _by_code(there.get(kind, ()))
    ]


def lacking(pack: Mapping[str, Any], languages: Sequence[str]) -> list[str]:
    """Return, for each of the city's languages in which texts of a pack are missing, how many and the first."""
    lines = []
    for language in languages:
        places = [place for place, text in _all_texts(pack, "") if not text.get(language)]
        if places:
            more = f" and {len(places) - 1:,} more" if len(places) > 1 else ""
            lines.append(f"No {language}: {places[0]}{more}. A translation that the city has stays")
    return lines


def _all_texts(one: Mapping[str, Any], place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for field, value in one.items():
        if field in _TEXTS and value:
            yield f"{place} {field}".strip(), value
        elif field in _INSIDE:
            for at, each in enumerate(value, start=1):
                yield from _all_texts(each, f"{place} {field}[{at}] {_code_of(each)}:".strip())


def _changes(one: Mapping[str, Any], old: Mapping[str, Any]) -> str:
    names = [name for name, value in one.items() if name != "code" and _differs(name, value, old.get(name))]
    names += [name for name in _CLEARED if name in old and old[name] and not one.get(name) and name not in names]
    told = [f"{name} changes" for name in names if name != "name"]
    if "name" in names:
        languages = [tongue for tongue, text in one["name"].items() if old["name"].get(tongue) != text]
        told[:0] = [f"{old['name'].get(tongue, '')!r} becomes {one['name'][tongue]!r}" for tongue in languages]
    return ", ".join(told)


def _differs(name: str, value: Any, old: Any) -> bool:
    if name not in _INSIDE:
        return bool(value != old)
    before = _by_code(old or ())
    if list(before) != [_code_of(one) for one in value]:
        return True
    return any(_differs(key, part, before[_code_of(one)].get(key)) for one in value for key, part in one.items())


def _by_code(things: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {_code_of(one): one for one in things}


def _code_of(one: Mapping[str, Any]) -> str:
    return str(one.get("code") or one.get("key", ""))


def _problems(pack: Mapping[str, Any]) -> Iterator[PackProblem]:
    yield from _unknown("", pack, ("departments", "groups", "categories"))
    codes: dict[str, set[str]] = {}
    for kind, fields in (("departments", ("code", "name")), ("groups", ("code", "name", "order", "icon"))):
        codes[kind] = set()
        for where, one in _entries(pack, kind):
            yield from _unknown(where, one, fields)
            yield from _code(where, one, codes[kind])
            yield from _texts(where, one, "name", most=120, needed=True)
            yield from _number(where, one, "order")
            yield from _plain(where, one, "icon", most=40)
    seen: set[str] = set()
    there = False
    for where, one in _entries(pack, "categories"):
        there = True
        yield from _code(where, one, seen)
        yield from _category(where, one, codes["groups"], codes["departments"])
    if not there:
        yield PackProblem("categories", 'is empty. Add at least one [[categories]] with code = "pothole".')


def _entries(pack: Mapping[str, Any], kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Iterate over a list of tables, each with its place for people; what is no table comes as an empty one."""
    found = pack.get(kind, [])
    for at, one in enumerate(found if isinstance(found, list) else [found], start=1):
        if isinstance(one, dict):
            yield f"{kind}[{at}] {one.get('code', '?')}:", one
        else:
            yield f"{kind}[{at}] (no table; begin it with [[{kind}]]):", {}


def _category(
    where: str, one: Mapping[str, Any], groups: Collection[str], departments: Collection[str]
) -> Iterator[PackProblem]:
    yield from _unknown(where, one, CATEGORY_FIELDS)
    if one.get("group") not in groups:
        yield PackProblem(f"{where} group", f"names {one.get('group')!r}, which is no [[groups]] of this pack.")
    if one.get("department") and one["department"] not in departments:
        yield PackProblem(f"{where} department", f"names {one['department']!r}, which is no [[departments]] of it.")
    yield from _texts(where, one, "name", most=120, needed=True)
    yield from _texts(where, one, "description", most=500)
    yield from _texts(where, one, "notice", most=500)
    yield from _keywords(where, one)
    for name in _NUMBERS:
        yield from _number(where, one, name)
    yield from _flags(where, one)
    for name in _POLICIES:
        yield from _one_of(where, one, name, [kind.value for kind in Detail])
    yield from _one_of(where, one, "moderation", [kind.value for kind in Moderation])
    if one.get("asset_layer") and not _is_code(one["asset_layer"]):
        yield PackProblem(f"{where} asset_layer", "must be a layer's code: letters, digits, - and _.")
    if one.get("is_emergency") is True and not _says_911(one):
        yield PackProblem(
            f"{where} description", "must tell people to call 911, in each language: the category is an emergency."
        )
    questions = one.get("questions", [])
    if not isinstance(questions, list):
        yield PackProblem(f"{where} questions", "must be tables: begin each with [[categories.questions]].")
        questions = []
    if questions and one.get("is_emergency") is True:
        yield PackProblem(f"{where} questions", "are never asked in an emergency. Take them out.")
    before: dict[str, Mapping[str, Any]] = {}
    for at, question in enumerate(questions, start=1):
        yield from _question(f"{where} questions[{at}]", question, before)


def _question(where: str, one: Any, before: dict[str, Mapping[str, Any]]) -> Iterator[PackProblem]:
    if not isinstance(one, dict):
        yield PackProblem(where, "must be a table: begin it with [[categories.questions]].")
        return
    where = f"{where} {one.get('code', '?')}:"
    yield from _unknown(where, one, QUESTION_FIELDS)
    yield from _code(where, one, set(before))
    yield from _texts(where, one, "text", most=300, needed=True)
    yield from _texts(where, one, "hint", most=300)
    yield from _flags(where, one)
    yield from _one_of(where, one, "datatype", [kind.value for kind in Datatype])
    keys: set[str] = set()
    values = one.get("values", [])
    listed = one.get("datatype") in _LISTS
    if listed != bool(values) or not isinstance(values, list):
        mend = "must list what can be chosen." if listed else "belong to the two list datatypes only. Take them out."
        yield PackProblem(f"{where} values", mend)
        values = []
    for number, value in enumerate(values, start=1):
        inside = f"{where} values[{number}]:"
        if not isinstance(value, dict) or not isinstance(value.get("key"), str) or not value["key"]:
            yield PackProblem(inside, 'must be { key = "small", name = { en = "Small", es = "Pequeño" } }.')
            continue
        if value["key"] in keys:
            yield PackProblem(f"{inside} key", f"{value['key']!r} is used twice. Give each its own.")
        keys.add(value["key"])
        yield from _texts(inside, value, "name", most=120, needed=True)
    if one.get("when_code") or one.get("when_values"):
        yield from _condition(where, one, before)
    if isinstance(one.get("code"), str):
        before[one["code"]] = {**one, "keys": keys}


def _condition(where: str, one: Mapping[str, Any], before: Mapping[str, Mapping[str, Any]]) -> Iterator[PackProblem]:
    asked = before.get(one.get("when_code", ""))
    wanted = one.get("when_values")
    if asked is None:
        yield PackProblem(f"{where} when_code", "must name an earlier question of this category.")
    elif not isinstance(wanted, list) or not wanted:
        yield PackProblem(f"{where} when_values", "must list the answers after which this is asked.")
    elif asked["keys"] and (strange := [value for value in wanted if value not in asked["keys"]]):
        yield PackProblem(f"{where} when_values", f"{strange[0]!r} is no answer to {one['when_code']!r}.")


def _unknown(where: str, one: Mapping[str, Any], known: Sequence[str]) -> Iterator[PackProblem]:
    for name in one:
        if name not in known:
            yield PackProblem(f"{where} {name}".strip(), f"is no setting. Known are: {', '.join(known)}.")


def _is_code(value: Any) -> bool:
    return isinstance(value, str) and bool(_CODE.match(value))


def _code(where: str, one: Mapping[str, Any], seen: set[str]) -> Iterator[PackProblem]:
    code = one.get("code")
    if not _is_code(code):
        yield PackProblem(f"{where} code", "must be up to 60 letters, digits, - and _, as in street-light.")
    elif code in seen:
        yield PackProblem(f"{where} code", "is used twice. Give each its own.")
    else:
        seen.add(str(code))


def _texts(where: str, one: Mapping[str, Any], name: str, *, most: int, needed: bool = False) -> Iterator[PackProblem]:
    value = one.get(name, {})
    if not isinstance(value, dict) or not all(
        _LANGUAGE.match(tongue) and isinstance(text, str) for tongue, text in value.items()
    ):
        yield PackProblem(f"{where} {name}", f'must be text by language, as in {name} = {{ en = "…", es = "…" }}.')
        return
    if (needed or value) and not value.get("en", "").strip():
        yield PackProblem(f"{where} {name}.en", "is needed: English is what others fall back to.")
    for tongue, text in value.items():
        if len(text) > most:
            yield PackProblem(f"{where} {name}.{tongue}", f"is too long. Use at most {most} characters.")


def _keywords(where: str, one: Mapping[str, Any]) -> Iterator[PackProblem]:
    value = one.get("keywords", {})
    good = isinstance(value, dict) and all(
        _LANGUAGE.match(tongue) and isinstance(words, list) and all(isinstance(word, str) and word for word in words)
        for tongue, words in value.items()
    )
    if not good:
        yield PackProblem(f"{where} keywords", 'must be lists by language, as in { en = ["hole"], es = ["hoyo"] }.')


def _plain(where: str, one: Mapping[str, Any], name: str, *, most: int) -> Iterator[PackProblem]:
    value = one.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        yield PackProblem(f"{where} {name}", f"must be text of at most {most} characters.")


def _number(where: str, one: Mapping[str, Any], name: str) -> Iterator[PackProblem]:
    least, most = _NUMBERS[name]
    value = one.get(name, least)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        yield PackProblem(f"{where} {name}", f"must be a whole number from {least} to {most}.")


def _flags(where: str, one: Mapping[str, Any]) -> Iterator[PackProblem]:
    for name in _FLAGS:
        if not isinstance(one.get(name, True), bool):
            yield PackProblem(f"{where} {name}", "must be true or false.")


def _one_of(where: str, one: Mapping[str, Any], name: str, choices: Sequence[str]) -> Iterator[PackProblem]:
    if name in one and one[name] not in choices:
        yield PackProblem(f"{where} {name}", f"is {one[name]!r}; it must be one of: {', '.join(choices)}.")


def _says_911(one: Mapping[str, Any]) -> bool:
    texts = one.get("description")
    return isinstance(texts, dict) and bool(texts) and all("911" in str(text) for text in texts.values())
