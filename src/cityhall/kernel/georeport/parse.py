"""Reads GeoReport v2 answers, the standard's and what real servers make of it.

Accepted beyond the standard, each seen in a recorded answer or a server's source: JSON wrapped in an object, one object
for an array, a definition without its `attributes` element, `<error>` with bare text, namespaces and attributes on any
element, numbers and booleans as text, keywords as an array, coordinates 0,0 for "none", upper-case status words, times
without a zone, a byte-order mark, an HTTP head recorded with the body.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, cast
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from cityhall.kernel.georeport.contracts import (
    Answer,
    Attribute,
    Choice,
    Definition,
    Discovery,
    Endpoint,
    Extensions,
    Note,
    Problem,
    Receipt,
    Request,
    Service,
    Update,
)

_ARRAYS = {
    "services",
    "attributes",
    "values",
    "service_requests",
    "requests",
    "service_request_updates",
    "errors",
    "endpoints",
    "formats",
    "notes",
}
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_LOOSE_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|UTC|[+-]\d{2}:?\d{2})?")


class Unreadable(ValueError):
    """The answer is not GeoReport in any form we know."""


def services(body: bytes) -> list[Service]:
    """Read a list of services. Raises Unreadable."""
    return [
        Service(
            code=_text(row, "service_code"),
            name=_text(row, "service_name"),
            description=_text(row, "description"),
            metadata=_truth(row.get("metadata")),
            type=_text(row, "type").lower() or "realtime",
            keywords=_words(row.get("keywords")),
            group=_text(row, "group"),
        )
        for row in _rows(body, "services", needs="service_code")
    ]


def definition(body: bytes) -> Definition:
    """Read one service's questions, in their order. Raises Unreadable."""
    tree = _tree(body)
    if isinstance(tree, list):
        tree = tree[0] if tree else {}
    if not isinstance(tree, dict):
        raise Unreadable("a definition is an object")
    tree = cast(dict[str, Any], tree.get("service_definition") or tree)
    rows = tree.get("attributes")
    if rows is None:
        # Some servers leave the list's element out; one attribute or several then stand by themselves.
        rows = tree.get("attribute") or []
    rows = rows if isinstance(rows, list) else [rows]
    attributes = [_attribute(row, place) for place, row in enumerate(rows, 1) if isinstance(row, dict)]
    if not attributes and "service_code" not in tree:
        raise Unreadable("no service_code and no attributes")
    return Definition(_text(tree, "service_code"), tuple(sorted(attributes, key=lambda attribute: attribute.order)))


def _attribute(row: Mapping[str, Any], place: int) -> Attribute:
    values = row.get("values")
    values = values if isinstance(values, list) else []
    order = _number(row.get("order"))
    return Attribute(
        code=_text(row, "code"),
        datatype=_text(row, "datatype").lower() or "string",
        required=_truth(row.get("required")),
        description=_text(row, "description"),
        order=place if order is None else int(order),
        variable=_truth(row.get("variable"), missing=True),
        datatype_description=_text(row, "datatype_description"),
        values=tuple(Choice(_text(value, "key"), _text(value, "name")) for value in values if isinstance(value, dict)),
    )


def requests(body: bytes, *, zone: tzinfo = UTC) -> list[Request]:
    """Read service requests. `zone` is taken for times that name none. Raises Unreadable."""
    return [_request(row, zone) for row in _rows(body, "service_requests", needs="service_request_id")]


def _request(row: Mapping[str, Any], zone: tzinfo) -> Request:
    lat, long = _number(row.get("lat")), _number(row.get("long", row.get("lon")))
    if lat is None or long is None or (lat == 0 and long == 0) or abs(lat) > 90 or abs(long) > 180:
        lat = long = None
    return Request(
        service_request_id=_text(row, "service_request_id"),
        status=_text(row, "status").lower(),
        service_code=_text(row, "service_code"),
        service_name=_text(row, "service_name"),
        status_notes=_text(row, "status_notes"),
        description=_text(row, "description"),
        agency_responsible=_text(row, "agency_responsible"),
        service_notice=_text(row, "service_notice"),
        requested=moment(row.get("requested_datetime"), zone),
        updated=moment(row.get("updated_datetime"), zone),
        expected=moment(row.get("expected_datetime"), zone),
        address=_text(row, "address"),
        address_id=_text(row, "address_id"),
        zipcode=_text(row, "zipcode"),
        lat=lat,
        long=long,
        media_url=_text(row, "media_url"),
        extensions=_extensions(row, zone),
    )


def _extensions(row: Mapping[str, Any], zone: tzinfo) -> Extensions | None:
    if not any(row.get(name) for name in ("extended_attributes", "attributes", "notes")):
        return None
    more, answers, notes = row.get("extended_attributes"), row.get("attributes"), row.get("notes")
    return Extensions(
        more={
            key: value
            for key, value in (more.items() if isinstance(more, dict) else ())
            if value is None or isinstance(value, str | int | float | bool)
        },
        answers=tuple(
            Answer(_text(answer, "code"), _text(answer, "label"), _text(answer, "value"))
            for answer in (answers if isinstance(answers, list) else ())
            if isinstance(answer, dict)
        ),
        notes=tuple(
            Note(at, _text(note, "type"), _text(note, "summary") or _text(note, "description"))
            for note in (notes if isinstance(notes, list) else ())
            if isinstance(note, dict) and (at := moment(note.get("datetime"), zone)) is not None
        ),
    )


def receipt(body: bytes) -> Receipt:
    """Read the answer to a posted request or to a token. Raises Unreadable."""
    for row in _rows(body, "service_requests"):
        made = Receipt(
            service_request_id=_text(row, "service_request_id"),
            token=_text(row, "token"),
            service_notice=_text(row, "service_notice"),
            account_id=_text(row, "account_id"),
        )
        if made.service_request_id or made.token or made.service_notice:
            return made
    raise Unreadable("neither an id nor a token")


def updates(body: bytes, *, zone: tzinfo = UTC) -> list[Update]:
    """Read changes in mySociety's form. Raises Unreadable."""
    return [
        Update(
            update_id=_text(row, "update_id"),
            service_request_id=_text(row, "service_request_id"),
            status=_text(row, "status").lower(),
            updated=moment(row.get("updated_datetime"), zone),
            description=_text(row, "description"),
            media_url=_text(row, "media_url"),
            external_status_code=_text(row, "external_status_code"),
        )
        for row in _rows(body, "service_request_updates", needs="update_id")
    ]


def discovery(body: bytes) -> Discovery:
    """Read a discovery document. Raises Unreadable."""
    tree = _tree(body)
    if isinstance(tree, dict) and isinstance(tree.get("discovery"), dict):
        tree = tree["discovery"]
    if not isinstance(tree, dict) or "endpoints" not in tree:
        raise Unreadable("a discovery document has endpoints")
    endpoints = tree["endpoints"]
    endpoints = endpoints if isinstance(endpoints, list) else []
    return Discovery(
        changeset=_text(tree, "changeset"),
        contact=_text(tree, "contact"),
        key_service=_text(tree, "key_service"),
        endpoints=tuple(
            Endpoint(
                url=_text(row, "url"),
                changeset=_text(row, "changeset"),
                type=_text(row, "type").lower(),
                formats=tuple(str(kind) for kind in (row.get("formats") or [])),
                specification=_text(row, "specification"),
            )
            for row in endpoints
            if isinstance(row, dict)
        ),
    )


def problems(body: bytes) -> list[Problem]:
    """Read an error answer; what cannot be read becomes one problem without a code. Never raises."""
    try:
        rows = list(_rows(body, "errors"))
    except Unreadable:
        rows = []
    found = [
        Problem(_text(row, "code"), _text(row, "description") or _text(row, "message") or _text(row, "error"))
        for row in rows
    ]
    found = [problem for problem in found if problem.description or problem.code]
    return found or [Problem("", body.decode("utf-8", "replace").strip()[:500])]


def moment(value: object, zone: tzinfo = UTC) -> datetime | None:
    """Read a time; one that names no zone is taken to be in `zone`. None when there is none to read.

    The first and the last day of a calendar, which servers write for a time they do not know, are none.
    """
    if not isinstance(value, str) or not value.strip():
        return None
    text = value.strip()
    loose = _LOOSE_TIME.fullmatch(text)
    if loose:
        offset = (loose[3] or "").replace("UTC", "Z")
        text = f"{loose[1]}T{loose[2]}{offset}"
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not 1900 <= at.year < 2200:
        return None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _rows(body: bytes, root: str, *, needs: str = "") -> Iterator[dict[str, Any]]:
    """Yield the records of an answer whose array is called `root` by the standard.

    With `needs`, an answer that has records but none with that field is refused.
    """
    tree = _tree(body)
    if isinstance(tree, dict):
        wrapped = next((tree[name] for name in (root, "requests", "service", "request") if name in tree), None)
        tree = wrapped if wrapped is not None else [tree]
    if isinstance(tree, str):
        tree = [{"description": tree}] if root == "errors" else []
    if isinstance(tree, dict):
        tree = [tree]
    if tree is None:
        tree = []
    if not isinstance(tree, list):
        raise Unreadable(f"{root} are an array")
    rows = [row if isinstance(row, dict) else {"description": row} for row in tree]
    if needs and rows and not any(row.get(needs) not in (None, "") for row in rows):
        raise Unreadable(f"no record has a {needs}")
    for row in rows:
        if not needs or row.get(needs) not in (None, ""):
            yield row


def _tree(body: bytes) -> Any:
    """Return the answer as JSON-like values, the XML root dropped."""
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"HTTP/"):
        start = start[max(start.find(b"<"), 0) :]
    if start.startswith(b"<"):
        try:
            return _below(fromstring(start))
        except (ParseError, DefusedXmlException, ValueError, RecursionError) as problem:
            raise Unreadable("not well-formed XML") from problem
    try:
        return json.loads(start.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as problem:
        raise Unreadable("neither XML nor JSON") from problem


def _below(element: Element) -> Any:
    if element.get(_NIL) in {"true", "1"}:
        return None
    children = list(element)
    name = _local(element)
    if name in _ARRAYS:
        return [_below(child) for child in children]
    if not children:
        return (element.text or "").strip()
    below: dict[str, Any] = {}
    for child in children:
        key, value = _local(child), _below(child)
        if key in below:
            kept = below[key]
            below[key] = [*kept, value] if isinstance(kept, list) else [kept, value]
        else:
            below[key] = value
    return below


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if isinstance(value, list):
        value = next((item for item in value if item), None)
    if value is None or isinstance(value, dict | list):
        return ""
    return str(value).strip()


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _truth(value: object, *, missing: bool = False) -> bool:
    if value is None or value == "":
        return missing
    return str(value).strip().lower() in {"true", "1", "yes"}


def _words(value: object) -> tuple[str, ...]:
    parts = value if isinstance(value, list) else str(value or "").split(",")
    return tuple(word for part in parts if (word := str(part).strip()))
