"""The formats rows are given out in, by how their addresses end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cityhall.apps.opendata.contracts import DatasetInfo
from cityhall.apps.opendata.formats import lines, parquet, xlsx
from cityhall.apps.opendata.rules.finding import has_place
from cityhall.apps.opendata.soda import rows
from cityhall.kernel.analytics.columns import Column

Write = Callable[[Sequence[Column], Iterable[Any]], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Args:
        kind: the media type.
        is_text: whether it may be packed on its way, and shown by a browser.
        most: how many rows it can hold; None for any number.
    """

    kind: str
    write: Write
    is_text: bool = True
    most: int | None = None


FORMATS: Final[dict[str, Format]] = {
    "json": Format(rows.JSON_TYPE, rows.json_pieces),
    "csv": Format(rows.CSV_TYPE, rows.csv_pieces),
    "geojson": Format(rows.GEOJSON_TYPE, rows.geojson_pieces),
    "jsonl": Format(lines.JSON_LINES_TYPE, lines.json_line_pieces),
    "ndjson": Format(lines.JSON_LINES_TYPE, lines.json_line_pieces),
    "tsv": Format(lines.TSV_TYPE, lines.tsv_pieces),
    "xlsx": Format(xlsx.XLSX_TYPE, xlsx.xlsx_pieces, is_text=False, most=xlsx.MOST_ROWS),
    "parquet": Format(parquet.PARQUET_TYPE, parquet.parquet_pieces, is_text=False),
}


def offered(info: DatasetInfo) -> list[str]:
    """Return the formats a whole dataset is offered in."""
    found = ["csv", "json", "jsonl", "tsv", "parquet", *(["geojson"] if has_place(info) else [])]
    return [*found, "xlsx"] if info.rows <= xlsx.MOST_ROWS else found


def media_type(fmt: str) -> str:
    """Return a format's media type without its encoding."""
    return FORMATS[fmt].kind.partition(";")[0]
