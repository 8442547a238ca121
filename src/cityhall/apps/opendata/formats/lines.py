"""JSON Lines and tab-separated values. Neither makes a Python object for a value wherever Arrow can do without."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import pyarrow as pa
from pyarrow import csv

from cityhall.apps.opendata.soda.rows import Piece, as_json, as_texts, filled, has_nulls, joined
from cityhall.kernel.analytics.columns import Column

JSON_LINES_TYPE: Final = "application/x-ndjson;charset=utf-8"
TSV_TYPE: Final = "text/tab-separated-values;charset=utf-8"

_encode = json.JSONEncoder(ensure_ascii=False).encode


def json_line_pieces(columns: Sequence[Column], batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """Iterate over one JSON object on each line: numbers are numbers, nulls are kept."""
    names = ["," + _encode(column.name) + ":" for column in columns]
    for batch in batches:
        if not batch.num_rows:
            continue
        members: list[Piece] = []
        for name, column, array in zip(names, columns, batch.columns, strict=True):
            value = as_json(column, array)
            members += [name, *([filled(value, "null")] if has_nulls(value) else value)]
        yield ("{" + "}\n{".join(joined(members)) + "}\n").encode()


def tsv_pieces(columns: Sequence[Column], batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """Iterate over tab-separated values, in quotation marks; nulls are empty, without any."""
    options = csv.WriteOptions(include_header=False, delimiter="\t", quoting_style="all_valid")
    yield ("\t".join(column.name for column in columns) + "\n").encode()
    for batch in batches:
        texts = [as_texts(column, array) for column, array in zip(columns, batch.columns, strict=True)]
        written = io.BytesIO()
        csv.write_csv(pa.table(texts, names=[str(place) for place in range(len(texts))]), written, options)
        yield written.getvalue()
