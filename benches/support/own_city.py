"""A database made for one run, so that a bench touches no city that is there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def own_city() -> Iterator[Path]:
    """Start a database in a folder of its own, its schema ready; both are gone at the end. Yields the folder."""
    with tempfile.TemporaryDirectory(prefix="cityhall-bench-") as folder:
        os.environ |= {"CITYHALL_DATA": folder, "CITYHALL_LOG_LEVEL": "ERROR"}
        os.environ.pop("DATABASE_URL", None)
        from cityhall.cli.runtime import load_django, running_database

        with running_database():
            load_django()
            from cityhall.config.database import prepare_schema

            prepare_schema()
            yield Path(folder)
