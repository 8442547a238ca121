"""A primary that dies under load, a standby that is promoted, and a city that follows by itself."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import psycopg
import pytest
from tests.support.commands import environment

from cityhall.adapters.database.embedded import EmbeddedPostgres, tool

from .test_rolling import KEY
from .test_serving import free_port, serving, until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("standby")]


def ask(url: str, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        done = connection.execute(question)
        return done.fetchall() if done.description else []


def missing(cityhall: Callable[..., subprocess.CompletedProcess[str]], data: Path, both: str) -> dict[str, list[str]]:
    """Return what the doctor finds missing."""
    told = cityhall(data, "doctor", "--json", DATABASE_URL=both)
    assert told.returncode == 0, told.stderr
    found: dict[str, list[str]] = json.loads(told.stdout)["missing"]
    return found


def test_a_standby_is_promoted_and_the_city_follows(
    cityhall: Callable[..., subprocess.CompletedProcess[str]],
    new_backup: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ports = [free_port(), free_port()]
    primary, standby = (
        EmbeddedPostgres(
            tmp_path / name, options={"listen_addresses": "127.0.0.1", "port": str(port), "shared_buffers": "32MB"}
        )
        for name, port in zip(("primary", "standby"), ports, strict=True)
    )
    primary.data.mkdir()
    standby.data.mkdir()
    primary_url, standby_url = (f"host=127.0.0.1 port={port} user=postgres dbname=cityhall" for port in ports)
    try:
        # PostgreSQL names a socket after its port, so the embedded server's own URL needs it, too.
        monkeypatch.setenv("PGPORT", str(ports[0]))
        primary.start()
        password = (primary.data / "secrets" / "database").read_text()
        monkeypatch.setenv("PGPASSWORD", (primary.data / "secrets" / "database_keeper").read_text())
        copy = [tool("pg_basebackup"), "-D", standby.cluster, "-R", "--checkpoint=fast", "--no-sync", "-d", primary_url]
        subprocess.run(copy, check=True)
        shutil.copytree(primary.data / "secrets", standby.data / "secrets")
        monkeypatch.setenv("PGPORT", str(ports[1]))
        standby.start()
        # What was acknowledged is on both: the primary waits for the standby.
        ask(primary_url, "alter system set synchronous_standby_names = '*'")
        ask(primary_url, "select pg_reload_conf()")
        until(lambda: bool(ask(primary_url, "select 1 from pg_stat_replication where sync_state = 'sync'")), "streams")

        both = (
            f"postgresql://cityhall:{password}@127.0.0.1:{ports[1]},127.0.0.1:{ports[0]}/cityhall"
            "?target_session_attrs=read-write&connect_timeout=3"
        )
        data = tmp_path / "city"
        restored = cityhall(data, "restore", str(new_backup), DATABASE_URL=both)
        assert restored.returncode == 0, restored.stderr
        key = subprocess.run(
            [sys.executable, "-c", KEY],
            env=environment(
                CITYHALL_DATA=str(data), DATABASE_URL=both, DJANGO_SETTINGS_MODULE="cityhall.config.settings"
            ),
            capture_output=True, text=True, check=True,
        ).stdout.strip()  # fmt: skip
        acknowledged: list[int] = []
        refused: list[int] = []
        with serving(data, free_port(), DATABASE_URL=both) as city:
            stopping = threading.Event()

            def file() -> None:
                form = {"service_code": "pothole", "lat": "32.72", "long": "-117.16", "attribute[size]": "small"}
                with httpx.Client(base_url=f"http://127.0.0.1:{city.port}", timeout=30, verify=False) as client:
                    for number in itertools.count():
                        if stopping.is_set():
                            return
                        more = {"description": f"load {number}", "api_key": key}
                        try:
                            answer = client.post("/open311/v2/requests.json", data={**form, **more})
                        except httpx.HTTPError:
                            refused.append(number)
                            continue
                        (acknowledged if answer.status_code == 200 else refused).append(number)

            load = threading.Thread(target=file)
            load.start()
            until(lambda: len(acknowledged) > 5, "requests are filed")
            assert "standby" not in missing(cityhall, data, both)
            os.kill(int((primary.cluster / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
            until(lambda: bool(refused), "nothing can be filed without a primary")
            before = len(acknowledged)
            ask(standby_url, "select pg_promote()")
            until(lambda: len(acknowledged) > before + 3, "requests are filed again")
            stopping.set()
            load.join()
            waiting = "select count(*) from kernel_outboxevent where relayed_at is null"
            until(lambda: ask(standby_url, waiting) == [(0,)], "background work follows, too")
            # As a copy made after it was said on the primary takes it along.
            ask(standby_url, "alter system set synchronous_standby_names = '*'")
            ask(standby_url, "select pg_reload_conf()")
            until(lambda: ask(standby_url, "show synchronous_standby_names") == [("*",)], "the new primary waits")
            assert "none is connected" in missing(cityhall, data, both)["standby"][0]
            ask(standby_url, "alter system reset synchronous_standby_names")
            ask(standby_url, "select pg_reload_conf()")
        found = ask(standby_url, "select description from service_requests_servicerequest")
        kept = {int(str(text).split()[1]) for (text,) in found if str(text).startswith("load ")}
        assert set(acknowledged) <= kept, "what was acknowledged before the primary died is there"
        assert len(found) - 2 == len(kept), "and nothing twice"
    finally:
        for server in (standby, primary):
            server.stop()
