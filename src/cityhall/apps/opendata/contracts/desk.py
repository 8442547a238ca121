"""Datasets as those see them who publish, and the files they bring."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cityhall.apps.opendata.contracts.datasets import Freshness
from cityhall.apps.opendata.contracts.reasons import Reason
from cityhall.apps.opendata.contracts.terms import Contract

PUBLISH = "opendata.publish"
MOST_UPLOAD_BYTES: Final = 500_000_000
"""Of a file that a browser brings; larger ones are published from the command line."""


@dataclass(frozen=True, slots=True)
class DeskDataset:
    """A dataset as those who publish see it.

    Args:
        is_live: whether the city's own records publish it, so that nobody else does.
        has_current: False for one that was withdrawn, or was never published because its first runs were refused.
        was_published: False for the latter, which can be removed.
        number: of the snapshot in force; rows, quarantined: of that snapshot; 0 when there is none.
        fresh_within, freshness, checked_at: the promise, and how it is kept; `checked_at` is None without a snapshot.
        awaits: whether the newest snapshot was recalled, so that a person has to publish the next; is_asked_again:
            whether one has asked for it, and the worker is about to.
        last_run_at: when somebody last tried to publish; None when that is no longer known.
        refused: why the last try was refused; empty when it was not.
    """

    code: str
    name: str
    title: Mapping[str, str]
    is_live: bool
    has_current: bool
    was_published: bool
    number: int
    rows: int
    quarantined: int
    fresh_within: str
    freshness: Freshness
    checked_at: datetime | None
    awaits: bool
    is_asked_again: bool
    last_run_at: datetime | None
    refused: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class OwnTermsInfo:
    """What the city says of the datasets of its own records.

    Args:
        owner: "" for the city; licence: "" while nobody has chosen one.
        city: its name.
    """

    owner: str
    licence: str
    city: str


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One try to publish.

    Args:
        number: of the snapshot that came of it, None when it was refused.
        quarantined: rows that were put aside.
        reasons: why it was refused, or how many rows were put aside for what.
    """

    at: datetime
    number: int | None
    rows: int
    quarantined: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Revision:
    """A version of a dataset's contract.

    Args:
        by: the account that saved it, None where a file brought it.
        differs: names of what differs from the version before, as in ("licence", "columns.height").
    """

    number: int
    at: datetime
    by: uuid.UUID | None
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DraftInfo:
    """A file that was brought and is not published yet.

    Args:
        code: of the dataset it is a new version of; "" for a new one.
        state: "reading", "ready", "publishing", "done" or "failed"; step: what is being done just now.
        contract: None until the file is read; is_confirmed: whether a person has said that it is right.
        problem: why it cannot go on; reasons: why the last try to publish it was refused.
        outcome: of a published one: "id", "rows", "quarantined", "snapshot", "is_new".
        has_aside: whether there is a list of the rows that cannot be used.
        is_joined: whether its headings were made of two rows.
        sheet: the sheet of a workbook it was read from; sheets: all that it could be read from.
    """

    id: uuid.UUID
    code: str
    by: uuid.UUID
    file_name: str
    at: datetime
    state: str
    step: str
    contract: Contract | None
    is_confirmed: bool
    problem: str
    reasons: tuple[Reason, ...]
    outcome: Mapping[str, Any]
    has_aside: bool
    is_joined: bool
    sheet: str
    sheets: tuple[str, ...]
