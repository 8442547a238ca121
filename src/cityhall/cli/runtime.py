"""What every sub-command needs: the database running, Django ready, and a way to talk to the person."""

from __future__ import annotations

import errno
import gc
import json
import os
import re
import shlex
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

if TYPE_CHECKING:
    from cityhall.config.database import EmbeddedPostgres

console = Console(stderr=True, highlight=False)


def refuse(told: str, *, code: int = 1) -> NoReturn:
    """Say why the command stops, as one JSON line too when `--json` asks for it, and leave with `code`."""
    console.print(f"[bold red]{escape(told)}[/]", soft_wrap=True)
    if "--json" in sys.argv:
        typer.echo(json.dumps({"error": told}))
    raise typer.Exit(code)


def told(problem: Exception) -> str:
    """Say what the machine did not let us do, and what to do about it."""
    if not isinstance(problem, OSError) or not problem.errno:
        return str(problem).strip()
    file = problem.filename or "a file"
    if problem.errno in {errno.EACCES, errno.EPERM}:
        return f"{file}: you may not write or read there. Choose another place, or run as somebody who may."
    if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"{file}: the disk is full. Make room, then run the command again."
    if problem.errno == errno.ENOENT:
        return f"{file}: there is no such file or folder. Check the name."
    return f"{file}: {problem.strerror}. Choose another place."


@contextmanager
def running_database(server: EmbeddedPostgres | None = None) -> Iterator[bool]:
    """Have the database run inside the block: ours is started when nobody runs it, and then stopped again.

    Yields whether this command started it: False when another keeps it running.

    Args:
        server: which; the one this installation uses by default.
    """
    from cityhall.config.database import DatabaseProblem, embedded_server

    server = server or embedded_server()
    if server is None:
        yield False
        return
    try:
        ours = server.start()
    except DatabaseProblem as problem:
        refuse(str(problem))
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)  # a killed command still stops what it started
    try:
        yield ours
    finally:
        server.stop()  # does nothing to one that somebody else started


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def load_django() -> None:
    """Make Django ready, after the data folder is known and the database runs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cityhall.config.settings")
    import django

    from cityhall.config.settings_file import SettingsFileProblem

    gc.disable()  # what is loaded stays: to look through it again and again takes a tenth of the time
    try:
        django.setup()
    except SettingsFileProblem as problem:
        refuse(str(problem))
    gc.freeze()
    gc.enable()


@contextmanager
def city(*, of_any_release: bool = False) -> Iterator[None]:
    """Have the city's database and Django ready inside the block; refuse a database that was never set up.

    Args:
        of_any_release: whether what is done asks nothing of this release's tables; else an earlier one's are refused.
    """
    from cityhall.config.database import embedded_server

    data = os.environ["CITYHALL_DATA"]
    none_yet = f"{data} holds no city. Check --data, or make one there: cityhall --data {shlex.quote(data)} init"
    server = embedded_server()
    if server is not None and not server.exists():
        refuse(none_yet)
    with running_database():
        load_django()
        from django.db import connection, utils

        try:
            empty = "django_migrations" not in connection.introspection.table_names()
        except utils.OperationalError as problem:
            refuse(f"The database of DATABASE_URL does not answer. Is it running? {str(problem).splitlines()[0]}")
        if empty:
            refuse(none_yet)
        if not of_any_release:
            refuse_earlier_release()
        yield
        connection.close()


def refuse_earlier_release(*, code: int = 1) -> None:
    """Refuse a city that an earlier release made: what this one asks of its tables may not be there."""
    from cityhall.config import database

    try:
        database.refuse_earlier_release()
    except database.EarlierRelease as problem:
        refuse(as_called(str(problem)), code=code)


def writable(path: Path | None) -> None:
    """Refuse, before any work is done, a file that could not be written after it."""
    if path is None:
        return
    if not path.parent.is_dir():
        refuse(f"{path} cannot be written: there is no folder {path.parent}. Make it, or choose another place.")
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        refuse(f"{path} cannot be written. Choose another place.")


class _Lines(Progress):
    """What is being done, each step on a line of its own: in logs nothing can be drawn over."""

    def add_task(self, description: str, *args: Any, **options: Any) -> TaskID:
        """Begin something, and say so."""
        if options.get("visible", True):
            self._say(description)
        return super().add_task(description, *args, **options)

    def update(self, task_id: TaskID, *args: Any, **changes: Any) -> None:
        """Say what is being done when it is something else than before."""
        described = changes.get("description")
        if described and changes.get("visible", True) and described != self.tasks[task_id].description:
            self._say(described)
        super().update(task_id, *args, **changes)

    def _say(self, description: str) -> None:
        self.console.print(f"{description} …", soft_wrap=True)


def progress(*, quiet: bool = False) -> Progress:
    """Return a progress bar on standard error; where that is no terminal, one that says each step on a line.

    Args:
        quiet: whether nothing is shown at all.
    """
    if quiet:
        return Progress(console=console, disable=True)
    if not console.is_terminal:
        return _Lines(console=console, disable=True)
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=False,
    )


def as_called(text: str) -> str:
    """Return a text whose commands begin as this one did: with `.venv/bin/cityhall`, say, and with `--data`."""
    called, *arguments = sys.argv
    if Path(called).name != "cityhall":
        return text
    names_data = any(one.partition("=")[0] == "--data" for one in arguments)
    data = ["--data", os.environ["CITYHALL_DATA"]] if names_data else []
    words = shlex.join(["cityhall" if shutil.which("cityhall") == called else called, *data])
    return re.sub(r"(?<![\w./@-])cityhall(?= [a-z])", lambda _found: words, text)
