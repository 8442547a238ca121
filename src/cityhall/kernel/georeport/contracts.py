"""Records of GeoReport v2 and its Service Discovery, with the extensions seen in the wild.

Field names are ours; `render` and `parse` know the protocol's. Times are aware; "" and None both mean "not given",
whichever fits the field. The standard: https://wiki.open311.org/GeoReport_v2/ and /Service_Discovery/.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One API a provider offers. `type` is "production" or "test"; `formats` are MIME types."""

    url: str
    changeset: str
    type: str
    formats: tuple[str, ...]
    specification: str = SPECIFICATION


@dataclass(frozen=True, slots=True)
class Discovery:
    """Where a provider's endpoints are. `changeset` sorts as text and grows when services change."""

    changeset: str
    contact: str
    key_service: str
    endpoints: tuple[Endpoint, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of trouble that can be reported.

    Args:
        metadata: there is a definition with questions to ask.
        type: "realtime" (an id at once), "batch" (a token first) or "blackbox" (neither).
        keywords: words that should find it.
    """

    code: str
    name: str
    description: str = ""
    metadata: bool = False
    type: str = "realtime"
    keywords: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed answer of a list question."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """A question of a service, or with `variable` false a notice that takes no answer."""

    code: str
    datatype: str
    required: bool
    description: str
    order: int
    variable: bool = True
    datatype_description: str = ""
    values: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """The questions of one service."""

    service_code: str
    attributes: tuple[Attribute, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer given to a question; a multivaluelist gives one of these per value."""

    code: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Note:
    """One line of a request's history, in the `extensions=true` form."""

    at: datetime
    type: str
    summary: str


@dataclass(frozen=True, slots=True)
class Extensions:
    """What `extensions=true` adds to a request. `more` holds plain values by name."""

    more: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A service request as published. `status` is "open" or "closed"; `lat` and `long` are WGS 84 degrees."""

    service_request_id: str
    status: str
    service_code: str
    service_name: str = ""
    status_notes: str = ""
    description: str = ""
    agency_responsible: str = ""
    service_notice: str = ""
    requested: datetime | None = None
    updated: datetime | None = None
    expected: datetime | None = None
    address: str = ""
    address_id: str = ""
    zipcode: str = ""
    lat: float | None = None
    long: float | None = None
    media_url: str = ""
    extensions: Extensions | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a filed request, or to a token: an id, or a token to ask again with."""

    service_request_id: str = ""
    token: str = ""
    service_notice: str = ""
    account_id: str = ""


@dataclass(frozen=True, slots=True)
class Update:
    """A change of a request, as mySociety's extension exchanges them. `status` is one of its words, lower case."""

    update_id: str
    service_request_id: str
    status: str
    updated: datetime | None
    description: str
    media_url: str = ""
    external_status_code: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One entry of an error answer. `code` is the HTTP status, as text."""

    code: str
    description: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a client posts to file a request.

    Args:
        attributes: question code to an answer, or several for a multivaluelist.
        media_urls: http(s) addresses or data: URIs of pictures.
    """

    service_code: str
    description: str = ""
    lat: float | None = None
    long: float | None = None
    address: str = ""
    address_id: str = ""
    attributes: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    device_id: str = ""
    account_id: str = ""
    media_urls: tuple[str, ...] = ()
