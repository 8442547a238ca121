"""The rows that could not be used, in their own columns and with the reason, to be mended and sent again."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from cityhall.apps.service_requests.imports.readers.table_rows import QUARANTINE_PREFIX
from cityhall.apps.service_requests.imports.records import Row, Trouble
from cityhall.kernel.spreadsheets import guarded

ROW = f"{QUARANTINE_PREFIX}row"
CODE = f"{QUARANTINE_PREFIX}code"
REASON = f"{QUARANTINE_PREFIX}reason"


class HandedBack:
    """Collects rows and writes them as CSV at the end: only then are all their columns known."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._columns: dict[str, None] = {}
        self._spool: TextIO = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  # closed by `finish`

    def expect(self, columns: Mapping[str, str]) -> None:
        """Note the file's columns, in their order, whether or not a row with them is handed back."""
        self._columns.update(dict.fromkeys(columns))

    def add(self, row: Row, trouble: Trouble) -> None:
        """Note one row."""
        self.expect(row.values)
        said = {**row.values, ROW: str(row.number), CODE: trouble.code, REASON: trouble.sentence}
        self._spool.write(json.dumps(said) + "\n")

    def finish(self) -> None:
        """Write the file. Texts that a spreadsheet would take for formulas get a `'` in front, undone by the reader."""
        columns = [column for column in self._columns if column not in {ROW, CODE, REASON}]
        self._spool.seek(0)
        with self._spool, self._path.open("w", encoding="utf-8", errors="replace", newline="") as out:
            writer = csv.writer(out)
            writer.writerow([*columns, ROW, CODE, REASON])
            for line in self._spool:
                said = json.loads(line)
                writer.writerow([guarded(said.get(column, "")) for column in (*columns, ROW, CODE, REASON)])
