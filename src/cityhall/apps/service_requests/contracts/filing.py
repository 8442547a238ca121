"""What is handed in, and what comes back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from cityhall.apps.service_requests.contracts.states import Source, State


@dataclass(frozen=True, slots=True)
class Place:
    """Where the trouble is. `lat` and `lon` are WGS 84 degrees; either a point, an address or an asset is needed."""

    lat: float | None = None
    lon: float | None = None
    address: str = ""
    address_id: uuid.UUID | None = None
    asset_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach the reporter. Never public; every reading of it is audited."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What any door hands over to file a request.

    Args:
        answers: question code to a string, or a list of strings for `multivaluelist`.
        photos: ids of documents the documents room has taken.
        hides_private: leave out of the description what looks private; staff still read all of it.
    """

    category_code: str
    place: Place
    description: str = ""
    answers: Mapping[str, str | list[str]] = field(default_factory=dict)
    photos: tuple[uuid.UUID, ...] = ()
    contact: Contact = field(default_factory=Contact)
    source: Source = Source.WEB
    language: str = "en"
    follow: bool = False
    hides_private: bool = False


@dataclass(frozen=True, slots=True)
class Filed:
    """The answer to a filed request. `private_token` opens the reporter's own page and is shown once."""

    id: uuid.UUID
    number: str
    private_token: str
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a write answers: the request as it stands now."""

    id: uuid.UUID
    number: str
    state: State
    version: int


@dataclass(frozen=True, slots=True)
class NewFile:
    """A document that goes with an internal note, and what it was called."""

    document_id: uuid.UUID
    name: str = ""
