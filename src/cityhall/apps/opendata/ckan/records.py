"""Writes an answer's batches as CKAN's records: objects, lists, or a text of CSV or TSV within JSON."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import pyarrow as pa

from cityhall.kernel.analytics.columns import Column, Type

_AT_ONCE: Final = 1_000
"""Rows that are Python's objects at one time."""
_WHOLE: Final = 1e15

encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def _number(number: float) -> float | int | None:
    if isinstance(number, int):
        return number
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < _WHOLE else number


def _timestamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")


def _same(value: Any) -> Any:
    return value


_SHOWN: Final[dict[Type, Callable[[Any], Any]]] = {
    Type.TEXT: _same,
    Type.NUMBER: _number,
    Type.BOOLEAN: _same,
    Type.TIMESTAMP: _timestamp,
    Type.INSTANT: lambda moment: _timestamp(moment) + "+00:00",
    Type.POINT: lambda point: {"type": "Point", "coordinates": [point["lon"], point["lat"]]},
    Type.URL: _same,
}


def rows(columns: Sequence[Column], batches: Iterable[pa.RecordBatch]) -> Iterator[list[list[Any]]]:
    """Iterate over the rows as lists of JSON's values, some at a time."""
    for batch in batches:
        for start in range(0, batch.num_rows, _AT_ONCE):
            part = batch.slice(start, _AT_ONCE)
            shown = []
            for column, array in zip(columns, part.columns, strict=True):
                show = _SHOWN[column.type]
                shown.append([None if value is None else show(value) for value in array.to_pylist()])
            yield [list(row) for row in zip(*shown, strict=True)]


def pieces(names: Sequence[str], groups: Iterable[list[list[Any]]], shape: str) -> Iterator[str]:
    """Iterate over the JSON of `records`. Values beyond the names are left out."""
    if shape in ("csv", "tsv"):
        yield '"'
        for group in groups:
            yield encode(delimited((row[: len(names)] for row in group), shape))[1:-1]
        yield '"'
        return
    before = "["
    for group in groups:
        if group:
            told = (dict(zip(names, row, strict=False)) if shape == "objects" else row[: len(names)] for row in group)
            yield before + ",\n".join(encode(each) for each in told)
            before = ",\n"
    yield "[]" if before == "[" else "]"


def delimited(rows: Iterable[Sequence[Any]], shape: str) -> str:
    """Return rows as CSV or TSV, without a header; nulls are empty."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter="\t" if shape == "tsv" else ",", lineterminator="\n")
    writer.writerows([_cell(value) for value in row] for row in rows)
    return written.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return encode(value) if isinstance(value, dict) else value
