"""What rooms publish: files that take long to write, datasets that follow their records."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cityhall.kernel.registry import Registry


@dataclass(frozen=True, slots=True)
class LongExport:
    """A file that takes long to write, and is written in a process of its own.

    Args:
        pieces: writes it for what was asked, as the room put it into bytes. Whether one may was decided before.
    """

    key: str
    pieces: Callable[[bytes], Iterable[str]]


long_exports: Registry[LongExport] = Registry("long exports", key=lambda item: item.key)


@dataclass(frozen=True, slots=True)
class Delta:
    """How to publish only what changed of a live dataset.

    Args:
        by: the column whose values name what changed. All rows that bear one of them are written anew, or are gone.
        basis: the beginning of the dataset's mark. When it is another, everything is written.
        write: writes the rows of whatever may have changed since a moment to a CSV file, as all of them are written,
            and returns its names; None when that is so much that everything is to be written.
    """

    by: str
    basis: Callable[[], str]
    write: Callable[[datetime, Path], Collection[str] | None]


@dataclass(frozen=True, slots=True)
class LiveDataset:
    """Records of a room that are open data at all times.

    Args:
        name: the dataset's name in addresses.
        contract: how it is published: the text of a contract file, as people write them too.
        mark: returns a text that is another when there is something new to publish; cheap, as it is asked each minute.
        write: writes what everybody may see to a CSV file with a heading and returns how many rows that is. What one
            must not see is not in it.
        delta: how to write less; None where there is never much.
    """

    name: str
    contract: str
    mark: Callable[[], str]
    write: Callable[[Path], int]
    delta: Delta | None = None


live_datasets: Registry[LiveDataset] = Registry("live datasets", key=lambda item: item.name)
