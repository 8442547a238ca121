"""Writes GeoReport v2 records as XML and as JSON.

Both come from one tree, by the standard's Spark convention: JSON drops the root, so that a list of records is a bare
array, and an element that repeats becomes an array under its parent's name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from cityhall.kernel.georeport.contracts import (
    Attribute,
    Definition,
    Discovery,
    Problem,
    Receipt,
    Request,
    Service,
    Update,
)
from cityhall.kernel.text import for_xml

XML_TYPE = "text/xml; charset=utf-8"
JSON_TYPE = "application/json; charset=utf-8"

# An array's element name in XML, by the array's own name.
_ITEMS = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
    "notes": "note",
}
_NOT_NAME = re.compile(r"[^A-Za-z0-9_.-]")


@dataclass(frozen=True, slots=True)
class Document:
    """An answer before it is written: the XML root's name and what is below it."""

    root: str
    body: Any


class Row(msgspec.Struct, gc=False):
    """A request of a long list, its fields named and ordered as the standard's examples have them."""

    service_request_id: str
    status: str
    status_notes: str | None
    service_name: str
    service_code: str
    description: str | None
    agency_responsible: str | None
    service_notice: str | None
    requested_datetime: datetime
    updated_datetime: datetime
    expected_datetime: datetime | None
    address: str | None
    address_id: str | None
    zipcode: str | None
    lat: float | None
    long: float | None
    media_url: str | None


def moment(at: datetime | None) -> str | None:
    """Write an aware time as W3C date and time with its zone, in whole seconds; None stays None."""
    if at is None:
        return None
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be published")
    return at.isoformat(timespec="seconds").replace("+00:00", "Z") if at.utcoffset() else _utc(at)


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def discovery(found: Discovery) -> Document:
    """Return the discovery document."""
    endpoints = [
        {
            "specification": endpoint.specification,
            "url": endpoint.url,
            "changeset": endpoint.changeset,
            "type": endpoint.type,
            "formats": list(endpoint.formats),
        }
        for endpoint in found.endpoints
    ]
    return Document(
        "discovery",
        {
            "changeset": found.changeset,
            "contact": found.contact,
            "key_service": found.key_service,
            "endpoints": endpoints,
        },
    )


def services(found: Iterable[Service]) -> Document:
    """Return the list of services."""
    return Document(
        "services",
        [
            {
                "service_code": service.code,
                "service_name": service.name,
                "description": service.description,
                "metadata": service.metadata,
                "type": service.type,
                "keywords": ",".join(service.keywords),
                "group": service.group,
            }
            for service in found
        ],
    )


def definition(found: Definition) -> Document:
    """Return one service's questions."""
    attributes = [_attribute(attribute) for attribute in found.attributes]
    return Document("service_definition", {"service_code": found.service_code, "attributes": attributes})


def _attribute(attribute: Attribute) -> dict[str, Any]:
    written: dict[str, Any] = {
        "variable": attribute.variable,
        "code": attribute.code,
        "datatype": attribute.datatype,
        "required": attribute.required,
        "datatype_description": attribute.datatype_description or None,
        "order": attribute.order,
        "description": attribute.description,
    }
    if attribute.datatype in {"singlevaluelist", "multivaluelist"}:
        written["values"] = [{"key": choice.key, "name": choice.name} for choice in attribute.values]
    return written


def requests(found: Iterable[Request]) -> Document:
    """Return service requests."""
    return Document("service_requests", [_request(request) for request in found])


def rows(found: Iterable[Row]) -> Document:
    """Return service requests that are written already, as `requests` would."""
    return Document("service_requests", list(found))


def _request(request: Request) -> dict[str, Any]:
    written: dict[str, Any] = {
        "service_request_id": request.service_request_id,
        "status": request.status,
        "status_notes": request.status_notes or None,
        "service_name": request.service_name,
        "service_code": request.service_code,
        "description": request.description or None,
        "agency_responsible": request.agency_responsible or None,
        "service_notice": request.service_notice or None,
        "requested_datetime": moment(request.requested),
        "updated_datetime": moment(request.updated),
        "expected_datetime": moment(request.expected),
        "address": request.address or None,
        "address_id": request.address_id or None,
        "zipcode": request.zipcode or None,
        "lat": request.lat,
        "long": request.long,
        "media_url": request.media_url or None,
    }
    extra = request.extensions
    if extra is not None:
        written["extended_attributes"] = dict(extra.more)
        written["attributes"] = [
            {"code": answer.code, "label": answer.label, "value": answer.value} for answer in extra.answers
        ]
        written["notes"] = [
            {"datetime": moment(note.at), "type": note.type, "summary": note.summary} for note in extra.notes
        ]
    return written


def receipt(made: Receipt) -> Document:
    """Return the answer to a posted request."""
    known = {"token": made.token} if made.token else {"service_request_id": made.service_request_id}
    written = {**known, "service_notice": made.service_notice or None, "account_id": made.account_id or None}
    return Document("service_requests", [written])


def token(found: Receipt) -> Document:
    """Return the answer to a token."""
    return Document("service_requests", [{"service_request_id": found.service_request_id, "token": found.token}])


def updates(found: Iterable[Update]) -> Document:
    """Return changes in mySociety's form."""
    return Document(
        "service_request_updates",
        [
            {
                "update_id": update.update_id,
                "service_request_id": update.service_request_id,
                "status": update.status,
                "updated_datetime": moment(update.updated),
                "description": update.description,
                "media_url": update.media_url,
                **({"external_status_code": update.external_status_code} if update.external_status_code else {}),
            }
            for update in found
        ],
    )


def update_receipt(update_id: str) -> Document:
    """Return the answer to a posted change."""
    return Document("service_request_updates", [{"update_id": update_id}])


def problems(found: Iterable[Problem]) -> Document:
    """Return an error answer."""
    return Document("errors", [{"code": _code(problem.code), "description": problem.description} for problem in found])


def _code(code: str) -> int | str:
    """Return an HTTP status as a number, as the standard's JSON example has it."""
    return int(code) if code.isascii() and code.isdigit() else code


def as_json(document: Document) -> bytes:
    """Write `document` as JSON in UTF-8, without its root."""
    try:
        return msgspec.json.encode(document.body)
    except UnicodeEncodeError:  # half of a surrogate pair, which no UTF-8 has
        body = msgspec.to_builtins(document.body)
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def as_xml(document: Document) -> bytes:
    """Write `document` as XML 1.0 in UTF-8; characters XML cannot carry become U+FFFD."""
    parts = ['<?xml version="1.0" encoding="utf-8"?>\n']
    _element(parts, document.root, document.body)
    return "".join(parts).encode()


def _element(parts: list[str], name: str, value: Any) -> None:
    if value is None or value == "":
        parts.append(f"<{name}/>")
    elif isinstance(value, Row):
        _element(parts, name, msgspec.structs.asdict(value))
    elif isinstance(value, datetime):
        parts.append(f"<{name}>{moment(value)}</{name}>")
    elif isinstance(value, Mapping):
        parts.append(f"<{name}>")
        for key, below in value.items():
            _element(parts, _name(key), below)
        parts.append(f"</{name}>")
    elif isinstance(value, list | tuple):
        item = _ITEMS.get(name, "item")
        parts.append(f"<{name}>")
        for below in value:
            _element(parts, item, below)
        parts.append(f"</{name}>")
    elif isinstance(value, bool):
        parts.append(f"<{name}>{'true' if value else 'false'}</{name}>")
    else:
        text = for_xml(str(value)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        # A reader would turn a bare carriage return into a line feed (XML 1.0, 2.11).
        parts.append(f"<{name}>{text.replace(chr(13), '&#13;')}</{name}>")


def _name(key: str) -> str:
    """Return `key` as an element name; the standard's own names pass unchanged."""
    name = _NOT_NAME.sub("_", key)
    return name if name[:1].isalpha() or name[:1] == "_" else f"_{name}"
