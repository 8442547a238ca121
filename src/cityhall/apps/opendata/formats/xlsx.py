"""Spreadsheets (Office Open XML), written as they are sent: neither the sheet nor its texts are ever in memory whole.

Every text is a text cell, and so none is a formula, whatever it begins with.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from xml.sax.saxutils import escape

import pyarrow as pa

from cityhall.apps.opendata.formats.sinks import Sink
from cityhall.kernel.analytics.columns import Column, Type

XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS: Final = 1_048_575
"""Of a sheet, beside its heading."""

_LONGEST_CELL: Final = 32_767
_EPOCH: Final = datetime(1899, 12, 30)
_FIRST_DAY: Final = datetime(1900, 3, 1)
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS: Final = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>'
    '<sheet name="Rows" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_LINKS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_LINKS}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    "<fonts><font/><font><b/></font></fonts>"
    '<fills><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    "<borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs>"
    '<cellXfs><xf/><xf numFmtId="164" applyNumberFormat="1"/><xf fontId="1" applyFont="1"/></cellXfs>'
    '<cellStyles><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
#: The heading stays in sight.
_SHEET: Final = (
    f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)


def xlsx_pieces(columns: Sequence[Column], batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """Iterate over a workbook with one sheet."""
    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as workbook:
        for name, part in _PARTS.items():
            workbook.writestr(name, _HEAD + part)
        with workbook.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            heading = "".join(_text(column.name, ' s="2"') for column in columns)
            sheet.write(f"{_SHEET}<row>{heading}</row>".encode())
            yield sink.taken()
            for batch in batches:
                sheet.write(_rows(columns, batch).encode())
                yield sink.taken()
            sheet.write(b"</sheetData></worksheet>")
    yield sink.taken()


def _rows(columns: Sequence[Column], batch: pa.RecordBatch) -> str:
    cells = [
        [_cell(column.type, value) for value in array.to_pylist()]
        for column, array in zip(columns, batch.columns, strict=True)
    ]
    return "".join(f"<row>{''.join(row)}</row>" for row in zip(*cells, strict=True))


def _cell(kind: Type, value: Any) -> str:
    if value is None or value != value or value in (float("inf"), float("-inf")):
        return "<c/>"
    if kind is Type.NUMBER:
        return f"<c><v>{value!r}</v></c>"
    if kind is Type.BOOLEAN:
        return f'<c t="b"><v>{int(value)}</v></c>'
    if kind in (Type.TIMESTAMP, Type.INSTANT):
        # Spreadsheets count days from 1900, and take that year for a leap year.
        if value < _FIRST_DAY:
            return _text(value.isoformat(sep=" "))
        since = value - _EPOCH
        return f'<c s="1"><v>{since.days + (since.seconds + since.microseconds / 1e6) / 86400!r}</v></c>'
    return _text(f"{value['lat']!r}, {value['lon']!r}" if kind is Type.POINT else value)


def _text(text: str, style: str = "") -> str:
    shown = escape(_UNPRINTABLE.sub("", text)[:_LONGEST_CELL])
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{shown}</t></is></c>'
