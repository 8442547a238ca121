from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cityhall.adapters.database.embedded import EmbeddedPostgres
from cityhall.config.database import SCHEMA
from cityhall.config.dump import dump

MIGRATE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""
PREPARE = """
import django
django.setup()
from cityhall.config.database import prepare_schema
assert prepare_schema() is True
assert prepare_schema() is False
"""


def made_by(script: str, folder: Path) -> str:
    server = EmbeddedPostgres(folder, options={"fsync": "off", "shared_buffers": "32MB"})
    server.start()
    try:
        environment = {**os.environ, "CITYHALL_DATA": str(folder)}
        environment.pop("DATABASE_URL", None)
        subprocess.run([sys.executable, "-c", script], env=environment, check=True, timeout=120)
        return dump(server.url)
    finally:
        server.stop()


def comparable(sql: str) -> list[str]:
    """The dump's statements without what differs on every run: random keys, and the order rows were written in."""
    import re

    lines = re.sub(r"'[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}'", "'uuid'", sql).splitlines()
    lines = [re.sub(r"^(\s*\()\d+, ", r"\1N, ", line).rstrip(",;") for line in lines]
    # PostgreSQL writes a cast it read back in other words: 'a'::varchar::text[] or ('a'::varchar)::text.
    lines = [re.sub(r"::character varying|::text|\[\]|[()]", "", line) if "ARRAY" in line else line for line in lines]
    return sorted(line for line in lines if "setval" not in line)


@pytest.mark.slow
def test_the_dump_is_what_migrating_gives(tmp_path: Path) -> None:
    migrated = made_by(MIGRATE, tmp_path / "migrated")
    loaded = made_by(PREPARE, tmp_path / "loaded")
    assert comparable(loaded) == comparable(migrated), "run `make schema`: a migration changed since the dump"
    assert comparable(SCHEMA.read_text(encoding="utf-8")) == comparable(migrated)
