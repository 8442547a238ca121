"""Writes docs/reference/kept-records.md: every kind of record the rooms keep, and for how long by default."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

PAGE = Path(__file__).resolve().parent / "reference" / "kept-records.md"


def main() -> None:
    """Set Django up without a database and write the page."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["CITYHALL_DATA"] = scratch
        os.environ["DJANGO_SETTINGS_MODULE"] = "cityhall.config.settings"
        import django

        django.setup()
        from cityhall.apps.records.web.kinds_page import document

        PAGE.write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    main()
