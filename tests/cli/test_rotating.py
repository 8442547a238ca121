"""New secrets: what was signed before still opens, until it is forgotten; the database's password changes whole."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.test import Client
from tests.support.people import sign_in

from cityhall.adapters.database.embedded import EmbeddedPostgres

Run = Callable[..., subprocess.CompletedProcess[str]]
SIGNED = """
import django, sys; django.setup()
from django.core import signing
print(signing.dumps("kept") if len(sys.argv) == 1 else signing.loads(sys.argv[1]))
"""


def signing(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CITYHALL_DATA": str(data)}
    return subprocess.run(
        [sys.executable, "-c", SIGNED, *arguments], env=environment, capture_output=True, text=True, timeout=120
    )


@pytest.mark.slow
def test_the_secret_key_is_rotated_twice_and_then_forgotten(cityhall: Run, tmp_path: Path) -> None:
    old = signing(tmp_path).stdout.strip()
    first = (tmp_path / "secrets" / "secret_key").read_text()
    for _ in range(2):
        done = cityhall(tmp_path, "secrets", "rotate", "secret_key")
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "secrets" / "secret_key").read_text() != first
    assert signing(tmp_path, old).stdout.strip() == "kept"
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "secrets").iterdir()} == {0o600}
    assert cityhall(tmp_path, "secrets", "rotate", "secret_key", "--forget").returncode == 0
    assert "BadSignature" in signing(tmp_path, old).stderr
    refused = cityhall(tmp_path, "secrets", "rotate", "secret_key", CITYHALL_SECRET_KEY="given")
    assert refused.returncode == 1
    assert "CITYHALL_SECRET_KEY_OLD" in refused.stderr


@pytest.mark.slow
def test_the_databases_password_is_rotated(cityhall: Run, tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path, options={"shared_buffers": "16MB"})
    server.start()
    before = server.url
    server.stop()
    done = cityhall(tmp_path, "secrets", "rotate", "database")
    assert done.returncode == 0, done.stderr
    server.start()
    try:
        assert server.url != before
        psycopg.connect(server.url).close()
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(before)
        refused = cityhall(tmp_path, "secrets", "rotate", "database", DATABASE_URL=server.url)
        assert "DATABASE_URL names a server of yours" in " ".join(refused.stderr.split())
    finally:
        server.stop()


@pytest.mark.parametrize("changed", [True, False])
def test_a_new_password_that_was_broken_off_is_settled_at_the_next_start(tmp_path: Path, changed: bool) -> None:
    server = EmbeddedPostgres(tmp_path, options={"shared_buffers": "16MB", "fsync": "off"})
    server.start()
    if changed:
        with psycopg.connect(server.url) as connection:
            connection.execute("alter role cityhall password 'the-new-one'")
    server.stop()
    (tmp_path / "secrets" / "database.new").write_text("the-new-one")
    assert server.start()
    try:
        psycopg.connect(server.url).close()
        assert ("the-new-one" in server.url) is changed
        server.change_password()
        psycopg.connect(server.url).close()
        assert not (tmp_path / "secrets" / "database.new").exists()
    finally:
        server.stop()


@pytest.mark.django_db
def test_sessions_and_links_survive_a_new_key(client: Client, settings: Any) -> None:
    from cityhall.apps.documents import public as documents
    from cityhall.apps.documents import queries
    from cityhall.apps.service_requests.queries import reading

    sign_in(client, "dispatcher")
    assert client.get("/desk/").status_code == 200
    document = uuid.uuid4()
    key = documents.url(document, signed=True).partition("key=")[2]
    token = reading.private_token(document)
    kept = reading.token_hash(token)
    old = settings.SECRET_KEY

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "an entirely new key of some length", [old]
    assert client.get("/desk/").status_code == 200
    assert queries.key_opens(key, document)
    assert kept in reading.token_hashes(token)

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "and another one nobody has seen yet", []
    assert client.get("/desk/").status_code == 302
    assert not queries.key_opens(key, document)
    assert kept not in reading.token_hashes(token)
