"""Files of the snapshot before under links: they never change, and the last link that goes takes them away."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path


def link(folder: Path, files: Mapping[str, Path]) -> bool:
    """Have files in an empty folder, by their names there.

    False, and the folder empty, where files are gone or the file system knows no links.
    """
    try:
        for name, file in files.items():
            os.link(file, folder / name)
    except OSError:
        clear(folder)
        return False
    return True


def clear(folder: Path) -> None:
    """Leave the folder as it was: empty."""
    for left in folder.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()
