"""Exports as files: what the public may see, in our own columns, GeoReport's and San Diego's."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TextIO
from xml.sax.saxutils import escape  # writes only
from zoneinfo import ZoneInfo

from cityhall.apps.places import public as places
from cityhall.apps.service_requests.contracts import PublicRequest, RequestFilter, State, number_value
from cityhall.apps.service_requests.exports.columns import COLUMNS, all_of, cells, policy_of, stamp
from cityhall.kernel import clock
from cityhall.kernel.actors import ANONYMOUS
from cityhall.kernel.errors import Invalid
from cityhall.kernel.spreadsheets import guarded

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SAN_DIEGO = (
    "service_request_id", "service_request_parent_id", "sap_notification_number", "date_requested", "case_age_days",
    "case_record_type", "service_name", "service_name_detail", "date_closed", "status", "lat", "lng", "street_address",
    "zipcode", "council_district", "comm_plan_code", "comm_plan_name", "park_name", "case_origin", "referred",
    "iamfloc", "floc", "public_description",
)  # fmt: skip
SAN_DIEGO_ZONE = ZoneInfo("America/Los_Angeles")
"""The zone of the importer's profile for San Diego: its columns state no offset."""
_SAN_DIEGO_STATUS = {
    State.RECEIVED: "New",
    State.SCHEDULED: "In Process",
    State.IN_PROGRESS: "In Process",
    State.CONTESTED: "In Process",
    State.REFERRED: "Referred",
    State.CLOSED: "Closed",
}


def export_file(path: Path, form: str = "csv") -> int:
    """Write what the public may see of every request to `path` and return how many there are.

    The file appears when it is whole. Importing it again, here or in another city, gives the same requests.

    Args:
        form: one of `FORMATS`.

    Raises:
        Invalid: no such format.
        OSError: the file cannot be written.
    """
    if form not in FORMATS:
        raise Invalid({"format": f"There is no format {form!r}. There are {', '.join(FORMATS)}."})
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as out:
            count = FORMATS[form](out, all_of(RequestFilter(), ANONYMOUS))
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return count


def _csv(out: TextIO, requests: Iterable[PublicRequest]) -> int:
    return _table(out, COLUMNS, (cells(one) for one in requests))


def _san_diego(out: TextIO, requests: Iterable[PublicRequest]) -> int:
    return _table(out, SAN_DIEGO, map(_san_diego_cells, requests))


def _table(out: TextIO, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> int:
    writer = csv.writer(out)
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow([guarded(cell) for cell in row])
        count += 1
    return count


def _jsonl(out: TextIO, requests: Iterable[PublicRequest]) -> int:
    count = 0
    for one in requests:
        out.write(json.dumps(dict(zip(COLUMNS, cells(one), strict=True)), ensure_ascii=False) + "\n")
        count += 1
    return count


def _georeport_json(out: TextIO, requests: Iterable[PublicRequest]) -> int:
    count = 0
    for one in requests:
        out.write(("[\n" if not count else ",\n") + json.dumps(_georeport(one), ensure_ascii=False))
        count += 1
    out.write("\n]\n" if count else "[]\n")
    return count


def _georeport_xml(out: TextIO, requests: Iterable[PublicRequest]) -> int:
    out.write('<?xml version="1.0" encoding="utf-8"?>\n<service_requests>\n')
    count = 0
    for one in requests:
        out.write(f"<request>{_elements(_georeport(one))}</request>\n")
        count += 1
    out.write("</service_requests>\n")
    return count


def _elements(values: Mapping[str, object]) -> str:
    found = []
    for name, value in values.items():
        inside = _elements(value) if isinstance(value, dict) else escape(_NOT_XML.sub("", _plain(value)))
        found.append(f"<{name}>{inside}</{name}>")
    return "".join(found)


def _plain(value: object) -> str:
    return "" if value is None else str(value)


def _georeport(one: PublicRequest) -> dict[str, object]:
    """Return GeoReport's fields; what it has no word for is under `extended_attributes`."""
    return {
        "service_request_id": one.number,
        "status": "closed" if one.state is State.CLOSED else "open",
        "status_notes": one.outcome_sentence,
        "service_name": one.category_name,
        "service_code": one.category_code,
        "description": one.description,
        "agency_responsible": one.department,
        "requested_datetime": stamp(one.requested_at),
        "updated_datetime": stamp(one.updated_at),
        "expected_datetime": stamp(one.due_at),
        "address": one.address,
        "zipcode": places.zip_code(one.address),
        "lat": one.lat,
        "long": one.lon,
        "extended_attributes": {
            "cityhall_id": str(one.id),
            "state": one.state.value,
            "outcome": one.outcome.value if one.outcome else "",
            "closed_at": stamp(one.closed_at),
            "group": one.group,
            "duplicate_of": one.duplicate_of,
            "place_detail": one.place_detail.value,
            "text_state": one.text_state,
            "policy": policy_of(one),
            "supporters": one.supporters,
        },
    }


def _san_diego_cells(one: PublicRequest) -> tuple[str, ...]:
    """Return San Diego's columns. Times are local in the zone its profile states, so that they are read back alike."""
    requested = one.requested_at.astimezone(SAN_DIEGO_ZONE)
    closed = one.closed_at.astimezone(SAN_DIEGO_ZONE) if one.closed_at else None
    age = ((one.closed_at or clock.now()) - one.requested_at).days
    return (
        str(number_value(one.number) or one.number), str(number_value(one.duplicate_of) or ""), str(one.id),
        requested.strftime("%Y-%m-%dT%H:%M:%S"), str(age), one.group, one.category_name, "",
        closed.strftime("%Y-%m-%dT%H:%M:%S") if closed else "", _SAN_DIEGO_STATUS[one.state],
        "" if one.lat is None else repr(one.lat), "" if one.lon is None else repr(one.lon), one.address,
        places.zip_code(one.address),
        one.areas.get("council_district", ""), "", one.areas.get("neighbourhood", ""), "", one.source,
        one.referred_to, "", "", one.description,
    )  # fmt: skip


FORMATS: Mapping[str, Callable[[TextIO, Iterable[PublicRequest]], int]] = {
    "csv": _csv,
    "jsonl": _jsonl,
    "georeport-json": _georeport_json,
    "georeport-xml": _georeport_xml,
    "san-diego": _san_diego,
}
