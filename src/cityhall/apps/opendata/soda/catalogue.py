"""What SODA's catalogue is asked for: datasets by id, name, topic, owner, licence, columns and words, in an order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from cityhall.apps.opendata.contracts import DatasetInfo
from cityhall.apps.opendata.rules import finding, topics
from cityhall.kernel.analytics.errors import QueryError

Title = Callable[[DatasetInfo], str]
Given = Mapping[str, Sequence[str]]

_KEYS: Final[dict[str, Callable[[DatasetInfo, Title], Any]]] = {
    "name": lambda one, title: title(one).casefold(),
    "createdAt": lambda one, _title: one.created_at,
    "updatedAt": lambda one, _title: one.published_at,
    "dataset_id": lambda one, _title: one.code,
}
_NEWEST_FIRST: Final = ("createdAt", "updatedAt")


def found(datasets: Sequence[DatasetInfo], given: Given, title: Title) -> list[DatasetInfo]:
    """Return the datasets that fit, in the order that is asked for. Raises QueryError for an order that is none.

    Args:
        datasets: the newest first.
        given: the values of each parameter; of several values one must fit.
        title: what a dataset is called.
    """
    wanted = {name: _plain(values) for name, values in given.items()}
    words = finding.Wanted(words=" ".join(given.get("q", ())))
    fit = [one for one in finding.found(datasets, words, title) if _fits(one, wanted)]
    order, _space, direction = given.get("order", ["relevance"])[-1].strip().partition(" ")
    if order in ("", "relevance"):
        return fit
    if order not in _KEYS or direction.strip().upper() not in ("", "ASC", "DESC"):
        raise QueryError(f"order is relevance, {', '.join(_KEYS)}, with ASC or DESC after it.")
    descending = direction.strip().upper() == "DESC" if direction else order in _NEWEST_FIRST
    return sorted(fit, key=lambda one: _KEYS[order](one, title), reverse=descending)


def _plain(values: Iterable[str]) -> frozenset[str]:
    return frozenset(value.strip().casefold() for value in values)


def _fits(one: DatasetInfo, wanted: Mapping[str, Collection[str]]) -> bool:
    about = _plain([*topics.codes(one), *(text for topic in one.topics for text in topic.values())])
    said: dict[str, frozenset[str]] = {
        "names": _plain([one.name, *one.title.values()]),
        "tags": about,
        "categories": about,
        "only": frozenset({"dataset", "datasets"}),
        "attribution": _plain([one.owner]),
        "license": _plain([one.licence]),
    }
    columns = {text for column in one.columns for text in _plain([column.name, *column.title.values()])}
    ids = {code.strip() for text in wanted.get("ids", ()) for code in text.split(",")}
    return (
        all(not wanted.get(name) or values & set(wanted[name]) for name, values in said.items())
        and set(wanted.get("column_names", ())) <= columns
        and ("ids" not in wanted or one.code in ids)
    )
