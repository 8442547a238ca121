"""Opens Excel workbooks by openpyxl, which is large: imported only where one is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openpyxl.reader.excel import ExcelReader


def open_book(file: Path, sheets: str) -> Any:
    """Open a workbook to have its sheets read row by row; whoever asks closes it.

    Args:
        sheets: how the names of parts begin that are read so, and not held whole in memory.

    Raises:
        ValueError: something that would be held whole lies among the sheets. openpyxl raises much else of damaged ones.
    """

    class Workbook(ExcelReader):  # type: ignore[misc]  # openpyxl tells no types
        def read_manifest(self) -> None:
            super().read_manifest()
            for one in self.package.Override:
                if one.PartName.lstrip("/").startswith(sheets) and not one.ContentType.endswith(".worksheet+xml"):
                    raise ValueError(one.PartName)

    reader = Workbook(file, read_only=True, data_only=True, keep_links=False)
    reader.read()
    return reader.wb
