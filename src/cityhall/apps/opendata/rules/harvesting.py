"""Other portals' catalogues: what is taken of an entry, in whichever of their dialects it is written.

Only links and short plain texts are taken. What comes is anybody's: no markup, no address that a browser would run, and
nothing longer than it may be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urlsplit

from cityhall.apps.opendata.contracts import Link, Listed
from cityhall.kernel.text import folded_words

_MOST_FILES: Final = 20
_MOST_KEYWORDS: Final = 20
_MOST_WORDS: Final = 400
_QUIET: Final = {"style", "script", "head", "template", "iframe", "object"}
_GLOBAL: Final = re.compile(r"https?://|urn:|doi:|[0-9a-f]{8}-[0-9a-f]{4}-", re.IGNORECASE)
Node = Mapping[str, Any]


class Unlisted(Exception):
    """An entry that cannot be linked to. The message says why."""


class _Words(HTMLParser):
    """Takes the words out of markup."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._quiet = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Part words where markup does; be quiet in what is no text."""
        self._quiet += tag in _QUIET
        self.words.append(" " if tag in {"br", "p", "div", "li", "tr", "td", "h1", "h2", "h3"} else "")

    def handle_endtag(self, tag: str) -> None:
        """Hear again after what is no text."""
        self._quiet -= tag in _QUIET and self._quiet > 0
        self.words.append(" " if tag in {"p", "div", "li", "tr", "td", "h1", "h2", "h3"} else "")

    def handle_data(self, data: str) -> None:
        """Keep words."""
        if not self._quiet:
            self.words.append(data)


def plain(text: str, most: int) -> str:
    """Return a text without markup, on one line, of at most so many characters."""
    text = text[: 20 * most]
    if "<" in text or "&" in text:
        reader = _Words()
        reader.feed(text)
        reader.close()
        text = "".join(reader.words)
    text = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", " ", text).split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def address(value: Any) -> str:
    """Return an address that may be linked to, "" for any other."""
    found = (
        _text(value.get("@id") or value.get("accessURL") or value.get("url"))
        if isinstance(value, Mapping)
        else _text(value)
    )
    found = found.strip()
    try:
        parts = urlsplit(found)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.username is None
    except ValueError:
        return ""
    return found if fits and len(found) <= 2000 and not re.search(r"[\s\x00-\x1f\"<>\\]", found) else ""


def is_global(identifier: str) -> bool:
    """Say whether an identifier means the same dataset in every catalogue."""
    return _GLOBAL.match(identifier) is not None


def search_text(one: Listed) -> str:
    """Return what is searched of an entry: its words, folded, a space before each."""
    texts = " ".join((one.title, one.publisher, *one.keywords, one.description))
    return "".join(f" {word}" for word in dict.fromkeys(folded_words(texts)[:_MOST_WORDS]))


def graph(nodes: Sequence[Any]) -> Iterator[Node]:
    """Give the datasets of a JSON-LD graph, with what they refer to in its place."""
    known = {str(one["@id"]): one for one in nodes if isinstance(one, Mapping) and "@id" in one}
    for one in nodes:
        if isinstance(one, Mapping) and any(_bare(kind) == "Dataset" for kind in _list(one.get("@type"))):
            yield {name: _resolved(value, known) for name, value in one.items()}


def _resolved(value: Any, known: Mapping[str, Node]) -> Any:
    if isinstance(value, list):
        return [_resolved(one, known) for one in value]
    if isinstance(value, Mapping) and value.keys() == {"@id"}:
        return known.get(str(value["@id"]), value)
    return value


def from_dcat(entry: Any) -> Listed:
    """Return what a DCAT entry says, DCAT-US 1.1, 3.0 or plain JSON-LD. Raises Unlisted."""
    if not isinstance(entry, Mapping):
        raise Unlisted("it is no object")
    one = _named(entry)
    if _text(one.get("accessLevel")).strip().lower() in {"non-public", "nonpublic"}:
        raise Unlisted("it is not public there")
    identifier = _identifier(one)
    files = tuple(link for each in _list(one.get("distribution")) if (link := _distribution(each)))
    pages = (
        address(one.get("landingPage")),
        address(one.get("@id")),
        address(identifier),
        *(link.url for link in files),
    )
    page = next((found for found in pages if found), "")
    return _listed(
        identifier, _text(one.get("title")), _text(one.get("description")), _agent(one.get("publisher")),
        _text(one.get("license")) or address(one.get("license")) or _text(one.get("rights")),
        [_text(word) for word in _list(one.get("keyword"))], page, files,
    )  # fmt: skip


def from_ckan(entry: Any, base: str) -> Listed:
    """Return what a CKAN package says. Raises Unlisted."""
    if not isinstance(entry, Mapping):
        raise Unlisted("it is no object")
    if entry.get("private") is True or entry.get("state", "active") != "active":
        raise Unlisted("it is not public there")
    files = [
        Link(plain(_text(one.get("name")), 200), plain(_text(one.get("format")), 40), url)
        for one in _list(entry.get("resources"))
        if isinstance(one, Mapping) and (url := address(one.get("url")))
    ]
    name = _text(entry.get("name"))
    page = f"{base}/dataset/{name}" if re.fullmatch(r"[\w-]{1,200}", name) else ""
    tags = [one.get("display_name") or one.get("name") for one in _list(entry.get("tags")) if isinstance(one, Mapping)]
    return _listed(
        _text(entry.get("id")) or name, _text(entry.get("title")) or name, _text(entry.get("notes")),
        _agent(entry.get("organization")) or _text(entry.get("author")),
        _text(entry.get("license_title")) or _text(entry.get("license_id")), [_text(tag) for tag in tags],
        page or next((one.url for one in files), ""), files,
    )  # fmt: skip


def _listed(
    identifier: str, title: str, description: str, publisher: str, licence: str, keywords: Sequence[str], page: str,
    files: Sequence[Link],
) -> Listed:  # fmt: skip
    identifier, title = identifier.strip(), plain(title, 300)
    if not identifier or len(identifier) > 500 or "\0" in identifier:
        raise Unlisted("it has no identifier")
    if not title:
        raise Unlisted("it has no title")
    if not page:
        raise Unlisted("it has no address to link to")
    words = (plain(word, 60) for word in keywords)
    return Listed(
        identifier=identifier,
        title=title,
        description=plain(description, 2000),
        publisher=plain(publisher, 300),
        licence=plain(licence, 500),
        keywords=tuple(dict.fromkeys(word for word in words if word))[:_MOST_KEYWORDS],
        page=page,
        files=tuple(files)[:_MOST_FILES],
    )


def _identifier(one: Node) -> str:
    given = next(iter(_list(one.get("identifier"))), None)
    if isinstance(given, Mapping):
        given = given.get("@id") or given.get("schemaAgency") or given.get("@value")
    found = _text(given)
    return found if found else address(one.get("@id")) if given is None else ""


def _distribution(given: Any) -> Link | None:
    if not isinstance(given, Mapping):
        return None
    one = _named(given)
    url = address(one.get("downloadURL")) or address(one.get("accessURL"))
    kind = _text(one.get("format")) or _text(one.get("mediaType")).rpartition("/")[2]
    return Link(plain(_text(one.get("title")), 200), plain(kind, 40), url) if url else None


def _agent(given: Any) -> str:
    first = next(iter(_list(given)), None)
    if isinstance(first, Mapping):
        one = _named(first)
        return _text(one.get("name")) or _text(one.get("prefLabel")) or _text(one.get("title"))
    return _text(first)


def _named(one: Node) -> Node:
    """Return an object by the names of its fields without their namespaces."""
    return {_bare(name): value for name, value in one.items()}


def _bare(name: Any) -> str:
    text = str(name)
    return text if text.startswith("@") else re.split(r"[:/#]", text)[-1]


def _text(value: Any) -> str:
    """Return a text, or the first of several: of JSON-LD's values, of a list, of one for each language."""
    match value:
        case str():
            return value
        case list():
            return next((found for one in value if (found := _text(one))), "")
        case {"@value": str(found)}:
            return found
        case {"en": str(found)}:
            return found
        case _:
            return ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None or value == "" else [value]
