"""Writes docs/reference/access.md: every address, what it asks of its caller, and which role gets in."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

PAGE = Path(__file__).resolve().parent / "reference" / "access.md"


def main() -> None:
    """Set Django up without a database and write the page."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["CITYHALL_DATA"] = scratch
        os.environ["DJANGO_SETTINGS_MODULE"] = "cityhall.config.settings"
        import django
        from django.utils.translation import override

        django.setup()
        from cityhall.apps.identity.web.access_table import document

        with override("en"):
            PAGE.write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    main()
