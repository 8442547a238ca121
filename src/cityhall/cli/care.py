"""`migrate`, `backup`, `restore`, `doctor`: looking after a city."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from cityhall.cli.app import app
from cityhall.cli.runtime import city, console, load_django, progress, running_database

_BACKUP_DAYS = 2
Json = Annotated[bool, typer.Option("--json", help="One JSON line for programs.")]


@app.command()
def migrate() -> None:
    """Bring the database to this release's schema and gather the pages' files. Safe to run again."""
    from cityhall.config.database import prepare_schema
    from cityhall.config.static import collect_static

    with running_database():
        load_django()
        with console.status("Bringing the database up to date…"):
            fresh = prepare_schema()
        with console.status("Preparing the pages' files…"):
            collect_static()
    console.print("The database was made." if fresh else "The database is up to date.")


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="Where to write the backup, for instance city.tar.")]) -> None:
    """Write one file that holds the whole city: database, uploads, secrets, audit anchor. Safe beside a running city.

    Whoever has the file has everything: keep it as safe as the city itself.
    """
    from cityhall.config import archive

    with city(), progress() as bar:
        task = bar.add_task("Backing up", total=None)
        try:
            size = archive.back_up(file, lambda done, total: bar.update(task, completed=done, total=total))
        except (archive.ArchiveProblem, OSError) as problem:
            console.print(f"[bold red]No backup was made:[/] {problem}")
            raise typer.Exit(1) from problem
        archive.note_made()
    console.print(f"{file} holds the city ({size / 1e6:,.1f} MB).")


@app.command()
def restore(file: Annotated[Path, typer.Argument(exists=True, help="A file `cityhall backup` wrote.")]) -> None:
    """Put a backup into an empty data folder, and prove the audit chain is whole."""
    from cityhall.config import archive
    from cityhall.config.database import prepare_schema

    try:
        with console.status("Checking the file…"):
            archive.check(file)
        archive.restore_files(file)
        with running_database(), console.status("Loading the database…"):
            archive.restore_database(file)
            load_django()
            prepare_schema()
            from cityhall.kernel.django import audit

            verdict = audit.verify()
    except archive.ArchiveProblem as problem:
        console.print(f"[bold red]Nothing was restored:[/] {problem}")
        raise typer.Exit(1) from problem
    if verdict.problem:
        console.print(f"[bold red]The city was restored, but its audit chain is broken:[/] {verdict.problem}.")
        raise typer.Exit(1)
    console.print(f"The city is restored; its audit chain is whole ({verdict.entries:,} sealed entries).")


@app.command()
def doctor(as_json: Json = False) -> None:
    """Say what this city still needs, and what is wrong, each with its mend."""
    with city():
        from cityhall.kernel.offers import health_checks, setup_checks

        wrong = {check.key: problem for check in health_checks if (problem := check.check())}
        missing = {check.key: list(check.check()) for check in setup_checks}
        missing["machine"] = list(_machine())
    missing = {key: found for key, found in missing.items() if found}
    if as_json:
        typer.echo(json.dumps({"wrong": wrong, "missing": missing}))
    else:
        for key, problem in wrong.items():
            console.print(f"[bold red]✗ {key}:[/] {problem}")
        for key, found in missing.items():
            for text in found:
                console.print(f"[yellow]• {key}:[/] {text}")
        if not wrong and not missing:
            console.print("Everything is in order.")
    raise typer.Exit(1 if wrong else 0)


def _machine() -> Iterator[str]:
    from django.conf import settings

    free = shutil.disk_usage(settings.CITYHALL_DATA).free
    if free < 2_000_000_000:
        yield f"Only {free / 1e9:.1f} GB are free at {settings.CITYHALL_DATA}. Free some, or move the data folder."
    if not settings.CITYHALL_DEMO and not settings.SECURE:
        yield "The public address is not https. Set it with `cityhall init --public-url https://311.city.example`."
    if not settings.CITYHALL_DEMO:
        yield from _backups()
        yield from _secrets()
    if settings.DEBUG:
        yield "CITYHALL_DEBUG is on. Unset it: it shows strangers the inside of errors."


def _backups() -> Iterator[str]:
    from cityhall.config import archive
    from cityhall.kernel import clock

    last = archive.last_made()
    if last is None:
        yield "No backup was ever made. Have `cityhall backup FILE` run each night: docs/how-to/back-up-and-restore.md."
    elif (age := (clock.now() - last).days) >= _BACKUP_DAYS:
        yield f"The last backup is {age} days old. Look at what should run `cityhall backup` each night."


def _secrets() -> Iterator[str]:
    from django.conf import settings

    if len(settings.SECRET_KEY) < 32:
        yield "CITYHALL_SECRET_KEY is too short to be safe. Unset it, and one is made in the data folder."
    for file in sorted((settings.CITYHALL_DATA / "secrets").glob("*")):
        if file.stat().st_mode & 0o077:
            yield f"Others on this machine can read {file}. Run: chmod 600 {file}"
