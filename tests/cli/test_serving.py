"""The running city as whoever started it sees it: it answers, mends itself, and leaves nothing behind."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest
from tests.support.commands import cityhall, environment

from cityhall.adapters.database.embedded import EmbeddedPostgres
from cityhall.config import archive

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("serving")]
WAIT_SECONDS = 150


def command(data: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "cityhall.cli", "--data", str(data), *arguments]


def until(ask: Callable[[], bool], what: str) -> None:
    """Ask until the answer is yes; fail when it does not come in time."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        if ask():
            return
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {WAIT_SECONDS} s")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5, verify=False).status_code == 200
    except httpx.HTTPError:
        return False


def is_gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


class City:
    """A `cityhall serve` and what it has printed."""

    def __init__(self, data: Path, port: int, *options: str, **more: str) -> None:
        self.data, self.port, self.told = data, port, data.with_name(f"told-{port}")
        with self.told.open("wb") as out:
            self.process = subprocess.Popen(
                command(data, "serve", "--port", str(port), "--workers", "1", *options),
                env=environment(**more),
                stdin=subprocess.DEVNULL,
                stderr=out,
                start_new_session=True,
            )

    def open(self) -> City:
        until(lambda: "The city is open" in self.told.read_text() or self.process.poll() is not None, "opens")
        assert self.process.poll() is None, self.told.read_text()
        return self

    def everything(self) -> list[psutil.Process]:
        """Every process below the supervisor, and the supervisor."""
        top = psutil.Process(self.process.pid)
        return [top, *top.children(recursive=True)]

    def named(self, word: str) -> psutil.Process:
        """The child of the supervisor whose command has `word`."""
        children = psutil.Process(self.process.pid).children()
        [found] = [child for child in children if word in child.cmdline()]
        return found

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(WAIT_SECONDS)


@contextmanager
def serving(data: Path, port: int, *options: str, **more: str) -> Iterator[City]:
    city = City(data, port, *options, **more)
    try:
        yield city.open()
    finally:
        city.stop()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("serving") / "city"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_it_stops_everything(data: Path, number: signal.Signals) -> None:
    with serving(data, free_port()) as city:
        assert answers(city.port)
        sockets = EmbeddedPostgres(data).sockets
        assert sockets.is_dir()
        running = city.everything()
        assert {"postgres"} <= {process.name() for process in running}
        city.stop(number)
        assert city.process.returncode == 0
        assert all(is_gone(process) for process in running)
        assert not sockets.exists()
        assert not answers(city.port)


def test_after_an_upgrade_the_first_page_names_the_files_of_this_release(data: Path, tmp_path: Path) -> None:
    (tmp_path / "staticfiles.json").write_text(
        json.dumps({"version": "1.1", "hash": "", "paths": {"built/site.css": "built/site.0123456789ab.css"}})
    )
    (tmp_path / ".collected").write_text("of another release")
    with serving(data, free_port(), CITYHALL_STATIC=str(tmp_path)) as city:
        page = httpx.get(f"http://127.0.0.1:{city.port}/requests/")
        [style] = re.findall(r'rel="stylesheet" href="([^"]*/built/site[^"]*)"', page.text)
        assert re.search(r"site\.[0-9a-f]{12}\.css$", style), "the name carries the content's hash"
        assert httpx.get(f"http://127.0.0.1:{city.port}{style}").status_code == 200


def test_without_a_public_address_links_begin_with_the_port_it_runs_on(data: Path) -> None:
    with serving(data, free_port()) as city:
        feed = httpx.get(f"http://127.0.0.1:{city.port}/requests/feed.rss").text
        assert f"http://127.0.0.1:{city.port}/requests/" in feed
        assert "http://127.0.0.1:8000" not in feed


def test_a_live_citys_settings_let_it_open(data: Path) -> None:
    live = {
        "CITYHALL_PUBLIC_URL": "https://city.example",
        "CITYHALL_HOSTS": "city.example",
        "CITYHALL_BEHIND_PROXY": "1",
    }
    with serving(data, free_port(), **live) as city:
        assert "does not answer" not in city.told.read_text()
        page = httpx.get(f"http://127.0.0.1:{city.port}/", headers={"Host": "city.example"})
        assert page.headers["location"] == "https://city.example/"
        assert "open at https://city.example" in city.told.read_text()


def test_a_copy_is_looked_at_without_the_citys_address_mail_and_backups(data: Path, tmp_path: Path) -> None:
    kept = data / "secrets" / "settings.toml"
    backups, before = tmp_path / "backups", kept.read_text() if kept.exists() else None
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(
        'CITYHALL_PUBLIC_URL = "https://city.example"\nCITYHALL_HOSTS = "city.example"\n'
        'CITYHALL_BEHIND_PROXY = "yes"\nCITYHALL_SMTP_URL = "smtp://127.0.0.1:9"\n'
        f'CITYHALL_BACKUP_FOLDER = "{backups}"\n'
    )
    try:
        with serving(data, free_port(), "--copy") as city:
            page = httpx.get(f"http://127.0.0.1:{city.port}/account/sign-in/")
            assert page.status_code == 200
            worker = next(one for one in city.everything() if "worker" in one.cmdline())
            seen = worker.environ()
            assert (seen["CITYHALL_SMTP_URL"], seen["CITYHALL_BACKUP_FOLDER"]) == ("none", "none")
            assert seen["CITYHALL_COPY"] == "yes"
    finally:
        kept.unlink() if before is None else kept.write_text(before)
    assert not backups.exists()


def test_its_worker_makes_the_scheduled_backup(data: Path, tmp_path: Path) -> None:
    _, public = archive.new_key()
    folder = tmp_path / "backups"
    with serving(data, free_port(), CITYHALL_BACKUP_FOLDER=str(folder), CITYHALL_BACKUP_RECIPIENTS=public):
        until(lambda: bool(list(folder.glob("city-*.tar.age"))), "a backup is made")


def test_what_dies_is_started_again(data: Path) -> None:
    with serving(data, free_port()) as city:
        web = city.named("cityhall.config.pages")
        web.kill()
        until(lambda: is_gone(web) and "starting it again" in city.told.read_text(), "notices")
        until(lambda: answers(city.port), "answers again")
        assert city.named("cityhall.config.pages").pid != web.pid


def test_a_database_that_dies_is_started_again_and_still_stopped_at_the_end(data: Path) -> None:
    with serving(data, free_port()) as city:
        postmaster = next(one for one in city.everything() if one.name() == "postgres")
        postmaster.kill()
        until(lambda: "The database ended; starting it again" in city.told.read_text(), "notices")
        until(lambda: answers(city.port), "answers again")
        running = city.everything()
        assert "postgres" in {one.name() for one in running}
        city.stop()
        assert all(is_gone(one) for one in running)


def test_after_the_supervisor_was_killed_the_next_start_takes_the_same_port(data: Path) -> None:
    port = free_port()
    with serving(data, port) as city:
        old = city.everything()
        city.stop(signal.SIGKILL)
    with serving(data, port) as city:
        assert "is taken" not in city.told.read_text()
        assert answers(port)
        web_and_worker = [process for process in old if process.is_running() and process.name() != "postgres"]
        assert all(is_gone(process) for process in web_and_worker)
        running = [*old, *city.everything()]
        city.stop()
        until(lambda: all(is_gone(process) for process in running), "the taken-over database stops too")


def test_commands_beside_it_attach_and_do_not_stop_it(data: Path, tmp_path: Path) -> None:
    with serving(data, free_port()) as city:
        before = {process.pid for process in city.everything() if process.name() != "postgres"}
        for arguments in (["doctor", "--json"], ["audit", "verify", "--json"], ["backup", str(tmp_path / "city.tar")]):
            ran = cityhall("--data", str(data), *arguments)
            assert ran.returncode == 0, (arguments, ran.stdout, ran.stderr)
            if "--json" in arguments:
                json.loads(ran.stdout)
        assert (tmp_path / "city.tar").stat().st_size > 10_000
        assert answers(city.port)
        assert before <= {process.pid for process in city.everything()}


def test_a_taken_port_is_said_and_the_next_one_used(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        with serving(data, port) as city:
            told = re.search(
                rf"Port {port} is taken by another program, so this city uses (\d+)\.", city.told.read_text()
            )
            assert told, city.told.read_text()
            assert answers(int(told[1]))


def test_with_a_database_of_ones_own_none_is_started(tmp_path: Path) -> None:
    theirs = EmbeddedPostgres(tmp_path / "theirs", options={"fsync": "off", "shared_buffers": "32MB"})
    theirs.start()
    try:
        with serving(tmp_path / "city", free_port(), DATABASE_URL=theirs.url) as city:
            assert answers(city.port)
            assert "postgres" not in {process.name() for process in city.everything()}
            assert not (city.data / "postgres").exists()
    finally:
        theirs.stop()
