"""JSON: an array of objects, an object that wraps one, GeoJSON, Socrata's `rows.json`, or one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, Literal

import ijson

from cityhall.apps.service_requests.imports.readers.table_rows import BROKEN_STREAM
from cityhall.apps.service_requests.imports.records import Row, Unusable

_WRAPPERS = ("features", "requests", "service_requests", "results", "records", "items", "data")
_LINE_LIMIT = 4_000_000
_DEPTH = 12


def json_rows(stream: BinaryIO, top: Literal["array", "object"]) -> Iterator[Row]:
    """Iterate over the records of a JSON document, read piece by piece.

    Raises:
        Unusable: the document wraps no array of records.
    """
    number = 0
    try:
        for item in _items(stream, top):
            number += 1
            if isinstance(item, dict):
                yield Row(number, flat(item))
            else:
                yield Row(
                    number,
                    {"value": str(item)[:1000] if isinstance(item, (str, int, float)) else type(item).__name__},
                    "unreadable_record",
                    "The record is no JSON object.",
                )
    except (ijson.JSONError, UnicodeError, *BROKEN_STREAM) as error:
        told = str(error).split("\n", 1)[0][:200]
        yield Row(number + 1, {}, "file_broken", f"The file breaks off after record {number}: {told}.")


def json_lines(stream: BinaryIO) -> Iterator[Row]:
    """Iterate over the records of a file with one JSON object a line."""
    number = 0
    for line in _lines(stream):
        if isinstance(line, Row):
            yield Row(number + 1, {}, line.broken, line.detail)
            return
        if not line.strip():
            continue
        number += 1
        try:
            item = json.loads(line)
        except (ValueError, RecursionError):
            text = line[:2000].decode("utf-8", "replace")
            yield Row(number, {"line": text}, "unreadable_record", f"Record {number} is no JSON.")
            continue
        if isinstance(item, dict):
            yield Row(number, flat(item))
        else:
            yield Row(
                number,
                {"value": str(item)[:1000] if isinstance(item, (str, int, float)) else type(item).__name__},
                "unreadable_record",
                "The record is no JSON object.",
            )


def flat(item: dict[str, Any]) -> dict[str, str]:
    """Return nested JSON as text by dotted column: `{"place": {"point": [1, 2]}}` has `place.point.0`.

    GeoJSON's `properties` are lifted to the top, and a point's coordinates are there as `geometry.lon` and `.lat`.
    """
    found: dict[str, str] = {}
    if item.get("type") == "Feature" and isinstance(item.get("properties"), dict):
        _flatten(item["properties"], "", found, 0)
        if "id" in item and "id" not in found:
            found["id"] = _text(item["id"])
        geometry = item.get("geometry")
        if isinstance(geometry, dict) and geometry.get("type") == "Point":
            point = geometry.get("coordinates")
            if isinstance(point, list) and len(point) >= 2:
                found["geometry.lon"], found["geometry.lat"] = _text(point[0]), _text(point[1])
        return found
    _flatten(item, "", found, 0)
    return found


def _flatten(value: Any, path: str, found: dict[str, str], depth: int) -> None:
    if depth > _DEPTH:
        found[path] = ""
    elif isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str):
                found[f"{path}.{key}" if path else key] = inner
            else:
                _flatten(inner, f"{path}.{key}" if path else str(key), found, depth + 1)
    elif isinstance(value, list):
        for place, inner in enumerate(value[:50]):
            _flatten(inner, f"{path}.{place}", found, depth + 1)
    else:
        found[path] = _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _items(stream: BinaryIO, top: str) -> Iterator[Any]:
    if top == "array":
        yield from ijson.items(stream, "item", use_float=True)
        return
    # One pass over the events: columns of a Socrata document stand before its data, so nothing is read twice.
    columns: list[str] = []
    seen: list[str] = []
    found = False
    events = ijson.parse(stream, use_float=True)
    for prefix, event, value in events:
        if prefix == "" and event == "map_key":
            seen.append(str(value))
        if prefix == "meta.view.columns.item.fieldName":
            columns.append(str(value))
        if event == "start_array" and prefix in _WRAPPERS:
            found = True
            yield from _array(events, f"{prefix}.item", columns)
    if not found:
        raise Unusable(_no_records(seen))


def _array(events: Iterator[tuple[str, str, Any]], prefix: str, columns: list[str]) -> Iterator[Any]:
    """Build the items of the array whose start was just read, and stop at its end."""
    for inner, event, value in events:
        if inner == prefix.removesuffix(".item") and event == "end_array":
            return
        builder = ijson.ObjectBuilder()
        builder.event(event, value)
        depth = 1 if event in {"start_map", "start_array"} else 0
        while depth:
            _, event, value = next(events)
            builder.event(event, value)
            depth += {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}.get(event, 0)
        item = builder.value
        if isinstance(item, list) and columns:
            item = dict(zip(columns, item, strict=False))
        yield item


def _no_records(seen: list[str]) -> str:
    keys = ", ".join(dict.fromkeys(seen[:8])) or "nothing"
    if {"widgets", "value_boxes"} & set(seen):
        return (
            f"The file holds totals drawn for a dashboard ({keys}), not records: no row says what one person reported, "
            "where and when. Ask the city for the records behind it."
        )
    return (
        f"The file holds no list of records: its keys are {keys}. "
        f"Records are looked for in a top-level array, or under one of {', '.join(_WRAPPERS)}."
    )


def _lines(stream: BinaryIO) -> Iterator[bytes | Row]:
    rest = b""
    while True:
        try:
            chunk = stream.read(65_536)
        except BROKEN_STREAM as error:
            yield Row(0, {}, "file_broken", f"The file breaks off: {error}.")
            return
        if not chunk:
            if rest:
                yield rest
            return
        lines = (rest + chunk).split(b"\n")
        rest = lines.pop()
        if len(rest) > _LINE_LIMIT:
            yield Row(0, {}, "file_broken", "A line is longer than four million bytes.")
            return
        yield from lines
