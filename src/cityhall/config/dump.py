"""Makes `schema.sql`: the schema and first rows that all migrations together give, for a quick first start.

Run by `make schema` after a migration changed. A test loads it and compares it with migrating.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from cityhall.adapters.database.embedded import EmbeddedPostgres, tool
from cityhall.config.database import SCHEMA

# Settings only newer servers know, psql's own commands, and what differs from run to run.
_LEFT_OUT = re.compile(r"^(\\|--|SET transaction_timeout|SET default_table_access_method|CREATE SCHEMA public)")
_MOMENT = re.compile(r"'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?(\+00)?'")
_RANDOM = re.compile("'[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'")


def dump(url: str) -> str:
    """Return the database of `url` as SQL that any server from 15 on takes, the same text every time."""
    made = subprocess.run(
        [tool("pg_dump"), "--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=200", "--no-comments",
         "--dbname", url],
        capture_output=True,
        text=True,
        check=True,
    )  # fmt: skip
    lines = [line for line in made.stdout.splitlines() if line.strip() and not _LEFT_OUT.match(line)]
    return _RANDOM.sub("gen_random_uuid()", _MOMENT.sub("now()", "\n".join(lines))) + "\n"


def main() -> None:
    """Migrate a throw-away database and write its dump beside this module."""
    import os

    with tempfile.TemporaryDirectory() as scratch:
        os.environ["CITYHALL_DATA"] = scratch
        os.environ.pop("DATABASE_URL", None)
        os.environ["DJANGO_SETTINGS_MODULE"] = "cityhall.config.settings"
        server = EmbeddedPostgres(Path(scratch), options={"fsync": "off"})
        server.start()
        try:
            import django
            from django.core.management import call_command

            django.setup()
            call_command("migrate", verbosity=0)
            SCHEMA.write_text(dump(server.url), encoding="utf-8")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
