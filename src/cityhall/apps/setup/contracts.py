"""What it takes to open a city: the answers somebody gives, and what is set already."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

Translated = Mapping[str, str]

LANGUAGES = ("en", "es")
"""The languages the interface speaks."""
SHIPPED = "default"
"""Stands for the category pack that ships."""
MOST_UPLOAD_BYTES = 500_000_000
"""The largest map file the browser may bring; the command line takes larger ones."""


@dataclass(frozen=True, slots=True)
class MapFile:
    """A file of places and how to read it; see `places.contracts.ImportOptions`."""

    file: Path
    kind: str
    where: Mapping[str, str] = field(default_factory=dict)
    crs: str = ""
    target: str = ""
    title: str = ""
    code_field: str = ""
    name_field: str = ""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where e-mail leaves. `starttls` starts TLS before signing in.

    Args:
        sender: the From address.
    """

    host: str
    sender: str
    port: int = 587
    user: str = ""
    password: str = ""
    starttls: bool = True


@dataclass(frozen=True, slots=True)
class NewDepartment:
    """A department to make, or to rename by its code."""

    code: str
    name: Translated


@dataclass(frozen=True, slots=True)
class Administrator:
    """The first person who may do everything."""

    email: str
    name: str
    password: str


@dataclass(frozen=True, slots=True)
class Answers:
    """What somebody wants set. None, or nothing, leaves a thing as it is.

    Args:
        holidays: whose holidays are kept, "US-VA"; "" for none.
        categories: SHIPPED, or a pack's file.
        public_url: the address residents use.
        behind_proxy: a proxy of the city's stands in front and ends TLS.
        test_to: send a test message there once the mail server is set.
    """

    name: str | None = None
    time_zone: str | None = None
    languages: Sequence[str] | None = None
    holidays: str | None = None
    maps: Sequence[MapFile] = ()
    categories: str | Path | None = None
    departments: Sequence[NewDepartment] = ()
    mail: MailServer | None = None
    test_to: str = ""
    public_url: str | None = None
    behind_proxy: bool | None = None
    administrator: Administrator | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one answer: `changed`, or it was so already; `note` says more, in English for the terminal.

    Args:
        counts: of a map file: "rows", "imported", "aside" (quarantined).
    """

    what: str
    changed: bool
    note: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a city is.

    Args:
        counts: rows of "addresses", "segments", "areas", "assets", "categories", "departments".
        mail: where e-mail leaves, without the password; "" when it does not leave.
        fixed: the settings the environment decides, by the name of their variable.
        administrators: how many people may manage people; `with_factor` of them have a second factor.
        finished_at: when the browser's set-up was closed for ever.
    """

    name: str
    time_zone: str
    languages: tuple[str, ...]
    holidays: str
    has_boundary: bool
    counts: Mapping[str, int]
    mail: str
    mail_from: str
    mail_tested_at: datetime | None
    public_url: str
    behind_proxy: bool
    fixed: frozenset[str]
    administrators: int
    with_factor: int
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in an answers file that cannot be used: `field` as in "mail.port", and how to mend it."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class UploadInfo:
    """A map file that was brought by the browser.

    Args:
        state: "waiting", "running", "done" or "failed".
        done, total: how many rows are through this step of the import; total 0: unknown.
        counts: what came of it, as in `Done`.
        problem: why it was refused; "" for a failure of ours.
    """

    id: uuid.UUID
    kind: str
    name: str
    state: str
    done: int
    total: int
    counts: Mapping[str, int]
    problem: str
