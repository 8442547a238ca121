"""What every sub-command needs: the database running, Django ready, and a way to talk to the person."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

console = Console(stderr=True, highlight=False)


@contextmanager
def running_database() -> Iterator[None]:
    """Have the database run inside the block: ours is started when nobody runs it, and then stopped again."""
    from cityhall.config.database import DatabaseProblem, embedded_server

    server = embedded_server()
    if server is None:
        yield
        return
    try:
        ours = server.start()
    except DatabaseProblem as problem:
        console.print(f"[bold red]{problem}[/]")
        raise typer.Exit(1) from problem
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)  # a killed command still stops what it started
    try:
        yield
    finally:
        if ours:
            server.stop()


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def load_django() -> None:
    """Make Django ready, after the data folder is known and the database runs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cityhall.config.settings")
    import django

    from cityhall.config.settings_file import SettingsFileProblem

    try:
        django.setup()
    except SettingsFileProblem as problem:
        console.print(f"[bold red]{problem}[/]", soft_wrap=True)
        raise typer.Exit(1) from problem


@contextmanager
def city() -> Iterator[None]:
    """Have the city's database and Django ready inside the block; refuse a database that was never set up."""
    with running_database():
        load_django()
        from django.db import connection

        if "django_migrations" not in connection.introspection.table_names():
            console.print("This data folder holds no city yet. Run [bold]cityhall init[/] first (or cityhall migrate).")
            raise typer.Exit(1)
        yield
        connection.close()


def progress() -> Progress:
    """Return a progress bar on standard error."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=False,
    )
