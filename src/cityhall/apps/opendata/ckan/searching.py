"""Reads the words of a catalogue search (`q`, `fq`) as Solr's callers write them, and finds packages that meet them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from cityhall.apps.opendata.ckan.errors import SearchQueryError
from cityhall.kernel.text import folded_words

Package = dict[str, Any]
Test = Callable[[Package], bool]

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<sign>[()+]|-(?=\S)|&&|\|\||!)
    |(?P<field>[A-Za-z_]+):(?=\S)
    |(?P<range>[\[{][^\[\]{}]{1,100}\s+TO\s+[^\[\]{}]{1,100}[\]}])
    |"(?P<phrase>(?:[^"\\]|\\.)*)"
    |(?P<word>(?:[^\s()"\\:\[\]{}]|\\.)(?:[^\s()"\\]|\\.)*))""",
    re.VERBOSE,
)
_MOST: Final = 100
_DEEPEST: Final = 20
_LONGEST: Final = 10_000
_ORDER: Final = ("score", "name", "title_string", "title", "metadata_modified", "metadata_created")
FACETS: Final = ("organization", "groups", "tags", "res_format", "license_id", "type")


def values(package: Package, field: str) -> list[str]:
    """Return what a package has in a field of the search."""
    if field in ("organization", "owner_org"):
        owner = package["organization"]
        return [owner["name"], owner["id"]] if owner else []
    if field == "res_format":
        return sorted({one["format"] for one in package["resources"]})
    if field == "tags":
        return [one["name"] for one in package["tags"]]
    if field == "groups":
        return [one["name"] for one in package["groups"]]
    if field in (
        "id",
        "name",
        "title",
        "notes",
        "license_id",
        "type",
        "state",
        "metadata_modified",
        "metadata_created",
    ):
        return [str(package[field])]
    if field == "author":
        return [package["author"]]
    if field == "text":
        return [_text(package)]
    raise SearchQueryError(f"undefined field {field!r}.")


def _text(package: Package) -> str:
    tags = " ".join(one["name"] for one in package["tags"])
    return " ".join([package["name"], package["title"], package["notes"], package["author"], tags])


def test(text: str) -> Test:
    """Return what tells the packages a query means. Raises SearchQueryError."""
    if len(text) > _LONGEST:
        raise SearchQueryError("it is too long.")
    return _Parser(text).whole()


class _Parser:
    """Reads words, phrases, `field:value`, ranges, `+`, `-`, AND, OR, NOT and parentheses. Words must all occur."""

    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        self._at = 0
        text, place = text.strip(), 0
        if text == "*:*":
            return
        while place < len(text):
            match = _TOKEN.match(text, place)
            if match is None or len(self._tokens) >= _MOST:
                raise SearchQueryError(f"cannot read {text[place : place + 40]!r}.")
            kind = match.lastgroup or ""
            self._tokens.append((kind, match[kind]))
            place = match.end()

    def whole(self) -> Test:
        """Return the test of the whole text."""
        if not self._tokens:
            return lambda _package: True
        found = self._either("text", 0)
        if self._at < len(self._tokens):
            raise self._unexpected()
        return found

    def _either(self, field: str, depth: int) -> Test:
        if depth > _DEEPEST:
            raise SearchQueryError("it is nested too deeply.")
        sides = [self._both(field, depth)]
        while self._accept("OR", "||"):
            sides.append(self._both(field, depth))
        return sides[0] if len(sides) == 1 else lambda package: any(side(package) for side in sides)

    def _both(self, field: str, depth: int) -> Test:
        sides = [self._one(field, depth)]
        while self._at < len(self._tokens) and self._tokens[self._at][1] not in (")", "OR", "||"):
            self._accept("AND", "&&")
            sides.append(self._one(field, depth))
        return sides[0] if len(sides) == 1 else lambda package: all(side(package) for side in sides)

    def _one(self, field: str, depth: int) -> Test:
        negations = 0
        while sign := self._accept("+", "-", "NOT", "!"):
            negations += sign != "+"
        found = self._plain(field, depth)
        return (lambda package: not found(package)) if negations % 2 else found

    def _plain(self, field: str, depth: int) -> Test:
        if self._accept("("):
            found = self._either(field, depth + 1)
            if not self._accept(")"):
                raise self._unexpected()
            return found
        kind, text = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")
        if kind == "field":
            self._at += 1
            _known(text)
            return self._one(text, depth)
        if kind not in ("word", "phrase", "range"):
            raise self._unexpected()
        self._at += 1
        if kind == "range":
            return _range(field, text)
        return _holds(field, re.sub(r"\\(.)", r"\1", text), phrase=kind == "phrase")

    def _accept(self, *texts: str) -> str:
        if self._at < len(self._tokens):
            kind, text = self._tokens[self._at]
            if kind in ("sign", "word") and text in texts:
                self._at += 1
                return text
        return ""

    def _unexpected(self) -> SearchQueryError:
        got = self._tokens[self._at][1] if self._at < len(self._tokens) else "the end"
        return SearchQueryError(f"cannot read it at {got[:40]!r}.")


def _known(field: str) -> None:
    """Refuse a field that no package has."""
    sample = dict.fromkeys(("id", "name", "title", "notes", "license_id", "type", "state", "author"), "")
    moments = {"metadata_modified": "", "metadata_created": ""}
    values({**sample, **moments, "organization": None, "resources": [], "tags": [], "groups": []}, field)


def _holds(field: str, text: str, *, phrase: bool) -> Test:
    if text == "*":
        return lambda package: any(values(package, field))
    wanted = text.casefold()
    if field in ("text", "title", "notes", "author"):
        words = folded_words(text)
        if phrase:
            return lambda package: f" {' '.join(words)} " in f" {' '.join(folded_words(values(package, field)[0]))} "
        return lambda package: all(word in " ".join(folded_words(values(package, field)[0])) for word in words)
    if wanted.endswith("*"):
        return lambda package: any(each.casefold().startswith(wanted[:-1]) for each in values(package, field))
    return lambda package: any(each.casefold() == wanted for each in values(package, field))


def _range(field: str, text: str) -> Test:
    low, _to, high = re.split(r"\s+(TO)\s+", text[1:-1].strip(), maxsplit=1)
    low, high = (end.strip().removesuffix("Z") for end in (low, high))
    if "NOW" in low + high:
        raise SearchQueryError("write moments such as 2026-01-31T00:00:00Z, not NOW.")

    def within(package: Package) -> bool:
        return any(
            (low == "*" or each > low or (text[0] == "[" and each == low))
            and (high == "*" or each < high or (text[-1] == "]" and (each == high or each.startswith(high))))
            for each in values(package, field)
        )

    return within


def ordered(packages: Iterable[Package], sort: str) -> list[Package]:
    """Return packages in an order such as "name asc, metadata_modified desc". Raises SearchQueryError."""
    found = list(packages)
    keys = [part.split() for part in (sort or "metadata_modified desc").split(",") if part.strip()]
    for key in reversed(keys):
        name, direction = key[0], key[1].lower() if len(key) > 1 else "asc"
        if name not in _ORDER or direction not in ("asc", "desc") or len(key) > 2:
            raise SearchQueryError(f"cannot sort by {' '.join(key)[:60]!r}. Sort by {', '.join(_ORDER)}, asc or desc.")
        if name == "score":
            continue  # what is found is found whole: all score alike
        column = "title" if name == "title_string" else name
        found.sort(key=lambda package, c=column: str(package[c]).casefold(), reverse=direction == "desc")  # type: ignore[misc]
    return found


def facets(packages: Sequence[Package], fields: Iterable[str], *, most: int, least: int) -> dict[str, Counter[str]]:
    """Return by field how many packages have each value. Raises SearchQueryError."""
    found = {}
    for field in fields:
        if field not in FACETS:
            raise SearchQueryError(f"there is no facet {field[:60]!r}. There are: {', '.join(FACETS)}.")
        counted: Counter[str] = Counter()
        for package in packages:
            counted.update(values(package, field)[:1] if field == "organization" else values(package, field))
        kept = [(value, count) for value, count in counted.most_common() if count >= least]
        found[field] = Counter(dict(kept if most < 0 else kept[:most]))
    return found


def facet_title(field: str, value: str, packages: Iterable[Package]) -> str:
    """Return what people call a value of a facet."""
    for package in packages:
        if field == "organization" and package["organization"] and package["organization"]["name"] == value:
            return str(package["organization"]["title"])
        if field == "license_id" and package["license_id"] == value:
            return str(package["license_title"])
        for one in package[field] if field in ("tags", "groups") else ():
            if one["name"] == value:
                return str(one["display_name"])
    return value
