from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from cityhall.adapters.database import embedded
from cityhall.adapters.database.embedded import EmbeddedPostgres

FAST = {"shared_buffers": "16MB"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "city"


def test_what_was_committed_survives_a_killed_server(folder: Path) -> None:
    server = EmbeddedPostgres(folder, options=FAST)
    assert server.start() is True
    with psycopg.connect(server.url) as connection:
        connection.execute("create table t (n int)")
        connection.execute("insert into t select generate_series(1, 1000)")
    pid = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)  # leaves its pid file, its socket and, until we reap it, a zombie
    psutil.Process(pid).wait(10) if psutil.pid_exists(pid) and server._server is None else server._server.wait(10)
    again = EmbeddedPostgres(folder, options=FAST)
    assert again.start() is True
    try:
        with psycopg.connect(again.url) as connection:
            assert connection.execute("select count(*) from t").fetchone() == (1000,)
    finally:
        again.stop()


def test_a_second_user_attaches_and_does_not_stop_it(folder: Path) -> None:
    first, second = EmbeddedPostgres(folder, options=FAST), EmbeddedPostgres(folder, options=FAST)
    assert first.start() is True
    try:
        assert second.start() is False
        second.stop()
        with psycopg.connect(first.url) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    finally:
        first.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(first.url)


def test_a_server_whose_starter_died_is_taken_over_and_stopped(folder: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from cityhall.adapters.database.embedded import EmbeddedPostgres;"
        "EmbeddedPostgres(Path(sys.argv[1]), options={'shared_buffers': '16MB'}).start(); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", script, str(folder)]).returncode == 9
    heir = EmbeddedPostgres(folder, options=FAST)
    assert heir.start() is True
    heir.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(heir.url)


def test_nobody_else_can_read_the_password_or_reach_the_server(folder: Path) -> None:
    server = EmbeddedPostgres(folder, options=FAST)
    server.start()
    try:
        assert stat.S_IMODE((folder / "secrets" / "database").stat().st_mode) == 0o600
        assert stat.S_IMODE(server.sockets.stat().st_mode) == 0o700
        wrong = server.url.replace(":" + server.url.split(":")[2].split("@")[0] + "@", ":guess@")
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(wrong)
        with psycopg.connect(server.url) as connection:
            assert connection.execute("show listen_addresses").fetchone() == ("",)
            assert connection.execute("show fsync").fetchone() == ("on",)
    finally:
        server.stop()


@pytest.mark.parametrize("returned_to", [False, True])
def test_a_cluster_of_an_earlier_release_runs_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch, returned_to: bool
) -> None:
    """There the city's own role made the cluster, and nobody else is there."""
    with monkeypatch.context() as earlier:
        earlier.setattr(embedded, "_KEEPER", "cityhall")
        earlier.setattr(embedded, "_KEEPER_FILE", "database")
        first = EmbeddedPostgres(folder, options=FAST)
        first.start()
        first.stop()
    if returned_to:
        (folder / "secrets" / "database_keeper").write_text("of the cluster that came after it")
    server = EmbeddedPostgres(folder, options=FAST)
    assert server.start() is True
    try:
        before = server.url
        server.change_password()
        assert server.url != before
        psycopg.connect(server.url).close()
    finally:
        server.stop()


def test_a_copied_data_folder_leaves_the_running_one_alone(folder: Path, tmp_path: Path) -> None:
    first = EmbeddedPostgres(folder, options=FAST)
    first.start()
    first.stop()
    copy = EmbeddedPostgres(tmp_path / "copy", options=FAST)
    shutil.copytree(folder, copy.data)
    first.start()
    try:
        copy.start()
        copy.stop()
        psycopg.connect(first.url).close()
    finally:
        first.stop()


def test_a_first_start_that_was_broken_off_is_begun_again(folder: Path) -> None:
    (folder / "postgres.new" / "base").mkdir(parents=True)
    (folder / "postgres.new" / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(folder, options=FAST)
    assert server.start() is True
    try:
        with psycopg.connect(server.url) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    finally:
        server.stop()
    assert not (folder / "postgres.new").exists()
    assert not server.sockets.exists()
