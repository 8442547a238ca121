"""Where a dataset's rows are fetched from, and what other publishers list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cityhall.apps.opendata.contracts.reasons import Reason
from cityhall.kernel.told import Told


class SourceKind(StrEnum):
    """Where a dataset's rows come from by themselves: the city's folder of sources, the web, or another portal."""

    FILE = "file"
    FOLDER = "folder"
    URL = "url"
    SODA = "soda"
    CKAN = "ckan"
    GEOREPORT = "georeport"


@dataclass(frozen=True, slots=True)
class SourceTerms:
    """What a contract says of the place its rows are fetched from.

    Args:
        where: a web address; of a file, its path in the folder of sources; of a folder, that and a pattern of names.
        schedule: how often it is looked at, as an ISO 8601 duration; "" for by hand alone.
        format: how a file is read, such as "csv"; "" to see for ourselves.
        most_rows: how many rows another portal may have.
        days: of GeoReport: how many days back requests are read.
    """

    kind: SourceKind
    where: str
    schedule: str = ""
    format: str = ""
    most_rows: int = 1_000_000
    days: int = 90


class Trouble(StrEnum):
    """Why what is elsewhere could not be had or published."""

    UNREACHABLE = "unreachable"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    NO_ROOM = "no_room"


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """How the fetching of a dataset stands.

    Args:
        host: of the web; "" for a file of the city's own.
        trouble: of the last try; None when it went well. `reason` is for who publishes, and so are those of `refused`
            where the contract refused what was fetched.
        next_at: when it is looked at again; None for by hand alone.
    """

    host: str
    schedule: str
    looked_at: datetime | None
    trouble: Trouble | None
    reason: Told | None
    next_at: datetime | None
    refused: tuple[Reason, ...] = ()


class CatalogueKind(StrEnum):
    """How another portal's catalogue is written: a document (DCAT-US 1.1 or 3.0, JSON-LD), or CKAN's answers."""

    DCAT = "dcat"
    CKAN = "ckan"


@dataclass(frozen=True, slots=True)
class Link:
    """A file or a door of somebody else's."""

    title: str
    format: str
    url: str


@dataclass(frozen=True, slots=True)
class Listed:
    """What another portal's catalogue says of a dataset; plain texts, and addresses that can be followed."""

    identifier: str
    title: str
    description: str
    publisher: str
    licence: str
    keywords: tuple[str, ...]
    page: str
    files: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Harvested:
    """What came of reading a catalogue.

    Args:
        listed: how many datasets of it are listed now; added, gone: since the last time.
        skipped: how many entries were left out for which reason.
        is_new: False when the catalogue had not changed.
    """

    name: str
    listed: int
    added: int
    gone: int
    skipped: Mapping[str, int]
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class ElsewhereInfo:
    """A dataset that somebody else publishes.

    Args:
        portal: whose catalogue lists it; host: where it is.
        licence_url: "" when its licence is told in words.
    """

    listed: Listed
    portal: str
    host: str
    licence_url: str
    read_at: datetime


@dataclass(frozen=True, slots=True)
class CatalogueInfo:
    """Another publisher's catalogue, as those see it who publish.

    Args:
        where: its host; "" for a file, which is read once.
        schedule: how often it is read, an ISO 8601 duration; "" for never again by itself.
        listed: how many of its datasets we link to.
        looked_at: None before the first look.
        reason: why the last look failed; None when it did not.
    """

    title: str
    where: str
    schedule: str
    listed: int
    looked_at: datetime | None
    next_at: datetime | None
    reason: Told | None
