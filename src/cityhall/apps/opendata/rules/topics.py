"""Topics: what datasets are about, in the words of their contracts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cityhall.apps.opendata import rules
from cityhall.apps.opendata.contracts import DatasetInfo

Topic = Mapping[str, str]


def code(topic: Topic) -> str:
    """Return a topic's name in addresses, the same in every language: that of its English words where it has them."""
    return rules.dataset_name(topic.get("en") or next(iter(topic.values()), ""))


def of_all(datasets: Iterable[DatasetInfo]) -> dict[str, Topic]:
    """Return the topics of datasets by code. Of two with one code, each language's words come from the first."""
    found: dict[str, Topic] = {}
    for dataset in datasets:
        for topic in dataset.topics:
            found[code(topic)] = {**topic, **found.get(code(topic), {})}
    return found


def codes(dataset: DatasetInfo) -> tuple[str, ...]:
    """Return the codes of a dataset's topics."""
    return tuple(code(topic) for topic in dataset.topics)
