"""Finding datasets: by words in every language, by topic, owner, format, licence, freshness and place; and counting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from cityhall.apps.opendata.contracts import DatasetInfo
from cityhall.apps.opendata.rules import topics
from cityhall.kernel.analytics.columns import Type
from cityhall.kernel.analytics.words import search_words


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; what is empty says nothing."""

    words: str = ""
    owner: str = ""
    licence: str = ""
    freshness: str = ""
    has_place: bool = False
    order: str = "new"
    topic: str = ""
    format: str = ""


ORDERS: Final = ("new", "title", "rows")
FACETS: Final = ("topic", "owner", "format", "licence", "freshness")
"""What datasets are narrowed down by, and counted for."""

Formats = Callable[[DatasetInfo], Collection[str]]


def _no_formats(_one: DatasetInfo) -> Collection[str]:
    return ()


def found(
    datasets: Sequence[DatasetInfo],
    wanted: Wanted,
    title: Callable[[DatasetInfo], str],
    formats: Formats = _no_formats,
) -> list[DatasetInfo]:
    """Return the datasets that fit, in the order that is wanted.

    Args:
        datasets: the newest first.
        title: what a dataset is called in the reader's language.
        formats: which files there are of a dataset.
    """
    words = search_words(wanted.words)
    fit = [one for one in datasets if _fits(one, wanted, formats) and _says(one, words)]
    if wanted.order == "title":
        fit.sort(key=lambda one: title(one).casefold())
    elif wanted.order == "rows":
        fit.sort(key=lambda one: -one.rows)
    return fit


def counts(datasets: Sequence[DatasetInfo], wanted: Wanted, formats: Formats) -> Mapping[str, Counter[str]]:
    """Return by facet how many datasets each of its values would leave, beside all else that is wanted."""
    words = search_words(wanted.words)
    said = [one for one in datasets if _says(one, words)]
    counted: dict[str, Counter[str]] = {}
    for facet in FACETS:
        others = without(wanted, facet)
        fit = (one for one in said if _fits(one, others, formats))
        counted[facet] = Counter(value for one in fit for value in _values(one, facet, formats))
    return counted


def without(wanted: Wanted, name: str) -> Wanted:
    """Return what is wanted with one of its filters taken away, or its words."""
    return replace(wanted, **{name: False if name == "has_place" else ""})  # type: ignore[arg-type]


def _values(one: DatasetInfo, facet: str, formats: Formats) -> Collection[str]:
    if facet == "topic":
        return topics.codes(one)
    if facet == "format":
        return formats(one)
    value = {"owner": one.owner, "licence": one.licence, "freshness": one.freshness.value}[facet]
    return (value,) if value else ()


def _fits(one: DatasetInfo, wanted: Wanted, formats: Formats) -> bool:
    asked = {facet: getattr(wanted, facet) for facet in FACETS}
    return all(value in _values(one, facet, formats) for facet, value in asked.items() if value) and (
        not wanted.has_place or has_place(one)
    )


def has_place(one: DatasetInfo) -> bool:
    """Say whether rows of a dataset can be put on a map."""
    return any(column.type.kept_as is Type.POINT for column in one.columns)


def _says(one: DatasetInfo, words: Sequence[str]) -> bool:
    """Say whether each word begins a word of what is said of a dataset, in whichever language."""
    if not words:
        return True
    texts = [one.name.replace("-", " "), one.owner, *one.title.values(), *one.description.values()]
    texts += [text for topic in one.topics for text in topic.values()]
    for column in one.columns:
        texts += [column.name.replace("_", " "), *column.title.values(), *column.description.values()]
    # A text of its own each: `search_words` takes the first twenty words.
    there = {word for text in texts for piece in _pieces(text) for word in search_words(piece)}
    return all(any(word.startswith(wanted) for word in there) for wanted in words)


def _pieces(text: str) -> list[str]:
    parts = text.split()
    return [" ".join(parts[at : at + 10]) for at in range(0, len(parts), 10)]
