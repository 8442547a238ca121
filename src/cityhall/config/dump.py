"""Makes `schema.sql`: the schema and first rows that all migrations together give, for a quick first start.

Run by `make schema` after a migration changed. `make check` loads it and compares it with migrating.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from cityhall.adapters.database.embedded import EmbeddedPostgres, tool
from cityhall.config.database import SCHEMA, prepare_schema

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


def comparable(sql: str) -> list[str]:
    """Return a dump's statements without what differs on every run: random keys, and the order rows were written in."""
    lines = re.sub(r"'[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}'", "'uuid'", sql).splitlines()
    lines = [re.sub(r"^(\s*\()\d+, ", r"\1N, ", line).rstrip(",;") for line in lines]
    # PostgreSQL writes a cast it read back in other words: 'a'::varchar::text[] or ('a'::varchar)::text.
    lines = [re.sub(r"::character varying|::text|\[\]|[()]", "", line) if "ARRAY" in line else line for line in lines]
    return sorted(line for line in lines if "setval" not in line)


def migrated() -> str:
    """Return the dump of a throw-away database that went through all migrations."""
    return _made_by("migrate")


def loaded() -> str:
    """Return the dump of a throw-away database that `schema.sql` was loaded into, as a first start does."""
    return _made_by("load")


def _made_by(way: str) -> str:
    """Make a database in a process of its own, as Django knows one database only, and return its dump."""
    with tempfile.TemporaryDirectory() as scratch:
        server = EmbeddedPostgres(Path(scratch), options={"fsync": "off", "shared_buffers": "32MB"})
        server.start()
        try:
            environment = {**os.environ, "CITYHALL_DATA": scratch, "DJANGO_SETTINGS_MODULE": "cityhall.config.settings"}
            environment.pop("DATABASE_URL", None)
            subprocess.run([sys.executable, "-m", "cityhall.config.dump", way], env=environment, check=True)
            return dump(server.url)
        finally:
            server.stop()


def _fill(way: str) -> None:
    """Fill the database of this process's environment."""
    import django
    from django.core.management import call_command

    django.setup()
    if way == "migrate":
        call_command("migrate", verbosity=0)
    elif not prepare_schema() or prepare_schema():
        raise SystemExit("schema.sql was not loaded once and only once.")


def check() -> None:
    """Compare `schema.sql`, and what loading it gives, with what migrating gives. Raises SystemExit."""
    wanted = comparable(migrated())
    for what, found in (("schema.sql", SCHEMA.read_text(encoding="utf-8")), ("What loading it gives", loaded())):
        if comparable(found) != wanted:
            differ = sorted(set(comparable(found)) ^ set(wanted))
            raise SystemExit("\n".join([f"{what} is not what migrating gives. Run `make schema`.", *differ[:10]]))


def main() -> None:
    """Write the dump beside this module, or with `--check` compare it."""
    asked = sys.argv[1:]
    if asked == ["--check"]:
        check()
    elif asked:
        _fill(asked[0])
    else:
        SCHEMA.write_text(migrated(), encoding="utf-8")


if __name__ == "__main__":
    main()
