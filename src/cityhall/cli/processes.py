"""`serve`, `web` and `worker`: the running city, whole or in pieces."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import httpx
import typer
from rich.markup import escape

from cityhall.cli.app import app
from cityhall.cli.leftovers import Children, end_group, end_leftovers
from cityhall.cli.runtime import (
    as_called,
    console,
    load_django,
    refuse,
    refuse_earlier_release,
    running_database,
    told,
)
from cityhall.config.bodies import THREADS

if TYPE_CHECKING:
    from cityhall.config.database import EmbeddedPostgres

_STOP_SECONDS = 15
#: How many seconds the city may take to open before something is said.
_PATIENCE = 60
Port = Annotated[int, typer.Option("--port", envvar="PORT", min=1, max=65535, help="Port to listen on.")]
Host = Annotated[str, typer.Option("--host", help="Address to listen on; 0.0.0.0 for all.")]
Workers = Annotated[int, typer.Option("--workers", min=1, help="Web processes.")]


@app.command(epilog="Example: `cityhall --data /srv/city serve --port 9000`")
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Workers = 2,
    copy: Annotated[
        bool,
        typer.Option(
            "--copy", help="Only look at a restored copy: no https, e-mail, text messages, work orders or backups."
        ),
    ] = False,
) -> None:
    """Run the whole city: database, web and background work. Ctrl-C stops everything."""
    from cityhall.config.database import embedded_server

    end_leftovers()
    port = free_port(host, port)
    os.environ["PORT"] = str(port)  # where no public address is set, links in e-mail begin with this one
    if copy:
        _keep_to_this_machine(port)
    server = embedded_server()
    with running_database(server) as ours:
        say_if_open(ours)
        run_city(host, port, workers, prepare=_prepare_to_serve, database=server)


@app.command(epilog="Example: `cityhall web --host 0.0.0.0 --workers 4`")
def web(host: Host = "127.0.0.1", port: Port = 8000, workers: Workers = 2) -> None:
    """Run only web processes, beside a database that runs already."""
    os.environ |= {**_shared_figures(port), "PORT": str(port)}
    command = web_command(host, port, workers, patience=45)
    os.execv(sys.executable, command)  # noqa: S606  # we become the server, arguments are ours


@app.command(epilog="Example: `cityhall worker`")
def worker() -> None:
    """Run only background work, beside a database that runs already."""
    from cityhall.config.database import EarlierRelease

    load_django()
    refuse_earlier_release(code=EarlierRelease.STATUS)
    from procrastinate.contrib.django import app as jobs
    from procrastinate.contrib.django.django_connector import DjangoConnector

    from cityhall.config import backups
    from cityhall.kernel.django import lanes
    from cityhall.kernel.django.housekeeping import CHORES, Chore, ClockWatch, Housekeeper

    connector = jobs.connector
    assert isinstance(connector, DjangoConnector)
    set_back = threading.Event()

    def begin_anew() -> None:
        set_back.set()
        os.kill(os.getpid(), signal.SIGTERM)  # ends after the jobs at hand; whoever looks after us starts us again

    watch = Chore("clock", 1.0, ClockWatch(begin_anew).look)
    housekeepers = [Housekeeper([*CHORES, watch]), Housekeeper([Chore("backup", 60.0, backups.make_if_due)])]
    for housekeeper in housekeepers:
        housekeeper.start()
    try:
        with jobs.replace_connector(connector.get_worker_connector()) as working:
            asyncio.run(lanes.work(working))
    finally:
        for housekeeper in housekeepers:
            housekeeper.stop()
    if set_back.is_set():
        raise typer.Exit(75)  # "try again": systemd's Restart=on-failure does


def _keep_to_this_machine(port: int) -> None:
    """Put aside what a copy has from its city: nothing of it may write to people, or into the city's backups."""
    os.environ["CITYHALL_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    os.environ["CITYHALL_BEHIND_PROXY"] = "no"
    os.environ["CITYHALL_COPY"] = "yes"
    for name in ("CITYHALL_HOSTS", "CITYHALL_SMTP_URL", "CITYHALL_BACKUP_FOLDER"):
        os.environ[name] = "none"
    os.environ.pop("CITYHALL_TWILIO_ACCOUNT", None)


def say_if_open(ours: bool) -> None:
    """Say so when another command serves the same data folder already: both will, from the same database."""
    if not ours and not os.environ.get("DATABASE_URL"):
        console.print(
            f"[yellow]{os.environ['CITYHALL_DATA']} is in use by another command already; both work on it.[/]"
        )


def prepare(*, may_migrate: bool = False) -> None:
    """Make Django ready, and bring schema and static files up to this release.

    Args:
        may_migrate: whether a city of an earlier release is migrated; else it is refused.
    """
    load_django()
    from cityhall.config.database import EarlierRelease, prepare_schema
    from cityhall.config.static import collect_static

    try:
        with console.status("Preparing the database…"):
            prepare_schema(may_migrate=may_migrate)
    except EarlierRelease as problem:
        refuse(as_called(str(problem)), code=problem.STATUS)
    with console.status("Preparing the pages' files…"):
        collect_static()


def _set_up_code() -> str:
    """Return a code for the set-up pages of a city that nobody has begun to set up, else ""."""
    from cityhall.apps.setup import public as setup

    return setup.make_code() if setup.is_new() and not setup.was_entered() else ""


def _prepare_to_serve() -> Callable[[str], None]:
    prepare()
    code = _set_up_code()

    def tell(address: str) -> None:
        from django.conf import settings

        if settings.SECURE:
            console.print(f"The city is open at [bold]{settings.PUBLIC_URL}[/]. Ctrl-C closes it.")
            console.print(f"Your proxy ends TLS there and sends to {address}. By itself that one answers nobody.")
        else:
            console.print(f"The city is open at [bold]{address}[/]. Ctrl-C closes it.")
        if code:
            console.print("Nothing is set up yet. Set it up in the browser (the address works once, for a day):")
            console.print(f"[bold]{address}/setup/?code={code}[/]", soft_wrap=True)
            console.print(as_called("or here: [bold]cityhall init[/]."))

    return tell


def free_port(host: str, wanted: int) -> int:
    """Return `wanted`, or the next free port with a word about it. It is this process's until it ends."""
    for port in range(wanted, min(wanted + 50, 65536)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except PermissionError:
                refuse(f"You may not open port {port}: below 1024 a server needs root. Choose another with PORT=8000.")
            except OSError:
                continue
        if not _claim(port):
            continue
        if port != wanted:
            console.print(f"[yellow]Port {wanted} is taken by another program, so this city uses {port}.[/]")
        return port
    return refuse(f"Ports {wanted} to {wanted + 49} are all taken. Choose another with PORT=.")


def _claim(port: int) -> bool:
    """Take a port before our pages listen there, and say whether no other city of this user did.

    Their pages would listen beside ours, as the processes of one city do. The system ends the claim with the process.
    """
    try:
        file = Path(tempfile.gettempdir(), f"cityhall-{os.getuid()}-port-{port}")
        claim = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError:
        return True  # a temporary folder that takes no files is no reason not to open
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # another city holds it
        os.close(claim)
        return False
    return True


_IN_MEMORY = Path("/dev", "shm")  # anybody may write there: a folder that is not our own is not taken


def _shared_figures(port: int) -> dict[str, str]:
    """Return the setting by which the processes of `port` add up what /metrics shows, in a folder made empty.

    It lies in memory where the system has a place for that. Each process maps a file of its own, and whoever touches a
    new page of one while the disk is full is ended by the system (SIGBUS): web processes died so, again and again.
    """
    data = Path(os.environ["CITYHALL_DATA"]).resolve()
    city = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    folder = _own_folder(_IN_MEMORY / f"cityhall-{os.getuid()}-{city}-{port}") or data / "metrics" / str(port)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    return {"PROMETHEUS_MULTIPROC_DIR": str(folder)}


def _own_folder(folder: Path) -> Path | None:
    """Return a folder of memory if we may have it: it is ours, or nobody's yet."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        told = folder.lstat()
    except OSError:
        return None
    return folder if stat.S_ISDIR(told.st_mode) and told.st_uid == os.getuid() else None


def web_command(host: str, port: int, workers: int, *, patience: int = 10, waits: bool = False) -> list[str]:
    """Return the command that serves the web application.

    Args:
        patience: how many seconds requests under way have to end when it is told to stop.
        waits: whether it only loads until a line comes in (see `cityhall.config.pages`).
    """
    return [
        sys.executable, "-m", "cityhall.config.pages", *(["--when-told"] if waits else []),
        "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", str(THREADS), "--respawn-failed-workers", "--no-ws",
        "--workers-kill-timeout", str(patience), "--log-level", "warning", "cityhall.config.wsgi:application",
    ]  # fmt: skip


def run_city(
    host: str,
    port: int,
    workers: int,
    *,
    prepare: Callable[[], Callable[[str], None]],
    database: EmbeddedPostgres | None = None,
) -> None:
    """Run web and worker until a signal comes, starting again what dies; then stop them in order.

    Args:
        prepare: makes the city ready to be served; the pages load beside it, and answer nobody before it returned.
            What it returns is called once, with the address, when /readyz answers.
        database: the embedded server, which is looked after too; whoever started it stops it.
    """
    commands = {
        "web": web_command(host, port, workers),
        "worker": [sys.executable, "-m", "cityhall.cli", "worker"],
    }
    environment = os.environ | _shared_figures(port)
    children = {"web": _spawn(web_command(host, port, workers, waits=True), environment)}
    known = Children()
    known.write(children)
    address = f"http://{'127.0.0.1' if host in {'0.0.0.0', '::'} else host}:{port}"  # noqa: S104  # compared, not bound
    try:
        opening = _Opening(address, when_ready=prepare())
        stopping = _until_signalled()
        _open(children["web"])
        while not stopping.wait(0.1 if opening.is_new else 1.0):
            try:
                opening.look()
                if "worker" not in children and not opening.is_new:  # only now: beside it the pages would come later
                    children["worker"] = _spawn(commands["worker"], environment)
                    known.write(children)
                if database is not None:
                    _keep_running(database)
                _keep_children(children, commands, environment, known)
            except OSError as trouble:  # a full disk, no room for a process: the next look may have more luck
                with contextlib.suppress(OSError):
                    console.print(f"[bold red]Could not start again what ended:[/] {told(trouble)}", soft_wrap=True)
    finally:
        _stop(children)
        known.forget()
        shutil.rmtree(environment["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)


class _Opening:
    """Waits for the pages, and says when they answer, or what is wrong when that takes long.

    Attributes:
        is_new: whether they never answered, and it was not said yet that this takes long.
    """

    def __init__(self, address: str, when_ready: Callable[[str], None]) -> None:
        self._address, self._when_ready = address, when_ready
        self._deadline = time.monotonic() + _PATIENCE
        self._is_open, self.is_new = False, True

    def look(self) -> None:
        """Ask /readyz, unless it said yes already."""
        if self._is_open:
            return
        problem = _answer(self._address)
        if not problem:
            self._is_open, self.is_new = True, False
            self._when_ready(self._address)
        elif self.is_new and time.monotonic() > self._deadline:
            self.is_new = False
            console.print(
                f"[bold red]The city does not answer at {self._address}/readyz after {_PATIENCE} seconds:[/] "
                f"{escape(problem)}. It goes on trying, and says when it is open.",
                soft_wrap=True,
            )


def _until_signalled() -> threading.Event:
    """Return what is set when somebody tells this process to end."""
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    return stopping


def _keep_running(database: EmbeddedPostgres) -> None:
    """Start the database again when it died; what stands against it (a full disk) may be gone at the next look."""
    from cityhall.config.database import DatabaseProblem

    if database.runs():
        return
    console.print("[yellow]The database ended; starting it again.[/]")
    try:
        database.start()
    except DatabaseProblem as problem:
        console.print(f"[bold red]It does not start yet:[/] {escape(str(problem))}", soft_wrap=True)


def _keep_children(
    children: dict[str, subprocess.Popen[bytes]],
    commands: dict[str, list[str]],
    environment: dict[str, str],
    known: Children,
) -> None:
    """Start again the web and background processes that ended."""
    for name, child in list(children.items()):
        if child.poll() is not None:
            console.print(f"[yellow]The {name} process ended ({child.returncode}); starting it again.[/]")
            end_group(child.pid)  # what it left behind may still hold the port
            children[name] = _spawn(commands[name], environment)
            known.write(children)


def _spawn(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C in the terminal reaches only us, and we stop the rest in order.
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, start_new_session=True)


def _open(pages: subprocess.Popen[bytes]) -> None:
    """Tell the pages that wait to answer."""
    assert pages.stdin is not None
    with contextlib.suppress(BrokenPipeError):  # it ended meanwhile, and will be started again
        pages.stdin.write(b"open\n")
        pages.stdin.flush()


def _stop(children: dict[str, subprocess.Popen[bytes]]) -> None:
    console.print("Closing…")
    for child in children.values():
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    for child in children.values():
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            end_group(child.pid)
            child.wait()


def _answer(address: str) -> str:
    """Ask /readyz once; return what is wrong, nothing when the city is open."""
    from django.conf import settings

    name = urlsplit(settings.PUBLIC_URL).netloc
    try:
        answer = httpx.get(f"{address}/readyz", timeout=5, headers={"Host": name})
    except httpx.HTTPError as error:
        return str(error) or type(error).__name__
    if answer.status_code == 400:
        return f"CITYHALL_HOSTS does not name {name}"
    return "" if answer.status_code == 200 else answer.text or str(answer.status_code)
