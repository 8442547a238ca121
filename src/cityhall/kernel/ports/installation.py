"""What an installation keeps outside its database."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, runtime_checkable

from cityhall.kernel.slots import Slot


@runtime_checkable
class Installation(Protocol):
    """What is set outside the database: the city's address and its mail server.

    Names are those of the environment variables. What the environment gives always wins and cannot be changed here.
    """

    folder: Path
    """The data folder, for files on their way."""

    def value(self, name: str) -> str:
        """Return a setting as it holds now, "" when it is not set."""

    def is_fixed(self, name: str) -> bool:
        """Say whether the environment decides this setting."""

    def change(self, values: Mapping[str, str]) -> None:
        """Keep settings, durably and readable by the owner alone; "" forgets one. Raises KeyError for unknown names."""


erasure_lists: Slot[tuple[Path, ...]] = Slot("lists of erasures")


installation: Slot[Installation] = Slot("installation")
