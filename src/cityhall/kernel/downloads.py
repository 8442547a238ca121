"""Files from other people's servers, written to our disk: the port and what crosses it.

Addresses are typed by staff, in contracts and commands; what the servers answer is anybody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from cityhall.kernel.ports import FetchCapabilities
from cityhall.kernel.slots import Slot


@dataclass(frozen=True, slots=True)
class Known:
    """What a server said of the file we have: sent back, so that it need not send an unchanged one again."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that lies on the disk now.

    Args:
        url: where it was found in the end.
        headers: what its server says of it; names in lower case.
        size: its bytes.
        is_ours: whether it came from within our networks.
    """

    url: str
    headers: Mapping[str, str]
    size: int
    is_ours: bool = False

    @property
    def known(self) -> Known:
        """Return what to send back the next time."""
        return Known(self.headers.get("etag", "")[:500], self.headers.get("last-modified", "")[:100])


@dataclass(frozen=True, slots=True)
class Asked:
    """What is fetched.

    Args:
        headers: sent along, and to no other host than the one that is asked.
        known: what is here already.
        largest: most bytes taken; None for as many as the engine allows.
        told_by: what named this address; None for a person. Only what came from within our networks may name what is
            there.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    known: Known = Known()
    largest: int | None = None
    told_by: Downloaded | None = None


@runtime_checkable
class Downloader(Protocol):
    """Fetches files of any size to the disk, within limits of size, time, speed and redirects."""

    capabilities: FetchCapabilities

    def download(self, asked: Asked, to: Path) -> Downloaded | None:
        """Write the file to `to`, a path where nothing is yet; None when what is known still holds.

        Raises:
            FetchRefused: it must not or never will be fetched so; nothing is left at `to`.
            FetchUnavailable: try again later; nothing is left at `to`.
        """


downloader: Slot[Downloader] = Slot("downloader")
