"""`migrate`, `backup`, `restore`, `doctor`: looking after a city."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import psycopg
import typer

from cityhall import __version__
from cityhall.cli.app import app
from cityhall.cli.processes import prepare
from cityhall.cli.runtime import (
    as_called,
    city,
    console,
    load_django,
    progress,
    refuse,
    running_database,
    told,
    writable,
)
from cityhall.config import environment
from cityhall.config.database import DatabaseProblem, EmbeddedPostgres

Key = Annotated[
    Path | None, typer.Option("--key", exists=True, dir_okay=False, help="The private key's file, if encrypted.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON line for programs.")]


@app.command(epilog="Example: `cityhall --data /srv/city migrate`")
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


@app.command(epilog="Example: `cityhall --data /srv/city upgrade`")
def upgrade(
    back: Annotated[bool, typer.Option("--return", help="Go back to before the last upgrade instead.")] = False,
) -> None:
    """Carry a closed city to this release: back it up, migrate it, prove that nothing was lost.

    A database made by an older PostgreSQL is carried over too. `--return` puts everything back as it was before;
    then install the earlier release again and start that. Both are safe to run again after they were killed.
    """
    from cityhall.config import archive
    from cityhall.config import upgrade as steps

    environment.data_folder().mkdir(parents=True, exist_ok=True)
    try:
        with steps.alone():
            if back:
                _return()
            else:
                _upgrade()
    except (steps.UpgradeProblem, archive.ArchiveProblem, DatabaseProblem, psycopg.Error, OSError) as problem:
        console.print(f"[bold red]{'Nothing was returned' if back else 'The city is not upgraded'}:[/] {told(problem)}")
        raise typer.Exit(1) from problem


def _upgrade() -> None:
    from cityhall.config import upgrade as steps
    from cityhall.config.database import lacks_migrations

    old = steps.server()
    with running_database(old):
        steps.refuse_in_use()
        if (old is None or old.major == EmbeddedPostgres(old.data).major) and not steps.was_broken_off():
            load_django()
            if not lacks_migrations():
                prepare()  # a release that brings no migration may bring other files for the pages
                console.print(f"Nothing to do: this city is on this release ({__version__}) already.")
                return
    with running_database(old), progress() as bar:
        task = bar.add_task("Backing up", total=None)
        record, rows = steps.begin(lambda done, total: bar.update(task, completed=done, total=total))
        before = steps.applied()
        if old is not None and old.major != EmbeddedPostgres(old.data).major:
            bar.add_task(f"Carrying the database over from PostgreSQL {old.major}", total=None)
            steps.carry(old, record, rows)
    with running_database():
        load_django()
        prepare(may_migrate=True)
        from cityhall.kernel.django import audit
        from cityhall.kernel.offers import health_checks

        problems = [problem for check in health_checks if (problem := check.check())]
        meant = steps.removed_on_purpose(before)
        removed = steps.fewer_rows(rows, lambda table: table in meant)
        if lost := steps.fewer_rows(rows, lambda table: table not in meant):
            problems.append(f"rows are missing in {lost}")
        verdict = audit.verify()
        if verdict.problem:
            problems.append(f"the audit chain is broken: {verdict.problem}")
    if problems:
        raise steps.UpgradeProblem(
            f"{'; '.join(problems)}. `cityhall upgrade --return` goes back to {record.backup}, taken before."
        )
    steps.finish(record)
    if removed:
        console.print(f"This release removes rows on purpose: {removed}.")
    console.print(
        f"The city runs on this release: {sum(rows.values()):,} rows kept, the audit chain is whole"
        f" ({verdict.entries:,} sealed entries)."
        f" The way back: {as_called('`cityhall upgrade --return`')}, to {record.backup}."
    )


def _return() -> None:
    from cityhall.config import upgrade as steps

    record = steps.last()
    if record is None:
        raise steps.UpgradeProblem("no upgrade is written down in this data folder. To use a backup: cityhall restore.")
    with progress() as bar:
        task = bar.add_task("Going back", total=None)
        left = steps.go_back(record, lambda done, total: bar.update(task, completed=done, total=total))
    console.print(
        f"The city is as it was on {record.at[:16].replace('T', ' ')} UTC. What it had become is in {left}."
        " Install the release it ran on before and start that: this release does not open it."
    )


@app.command(epilog="Example: `cityhall backup /mnt/backups/city.tar`")
def backup(
    file: Annotated[Path, typer.Argument(help="Where to write the backup, for instance city.tar.")],
    verify: Annotated[
        bool, typer.Option("--verify", help="Write nothing: rehearse a restore of FILE in a place of its own.")
    ] = False,
    recipient: Annotated[
        list[str] | None,
        typer.Option("--recipient", help="Encrypt for this public key; again for more. [CITYHALL_BACKUP_RECIPIENTS]"),
    ] = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Write one file that holds the whole city: database, uploads, secrets, audit anchor. Safe beside a running city.

    Whoever can read the file has everything: encrypt it for a key that is not on this machine (`cityhall backup-key`),
    or keep it as safe as the city itself.
    """
    from cityhall.config import archive

    if verify:
        _rehearse(file, key, as_json=as_json)
        return
    writable(file)
    recipients = recipient or environment.backup_recipients()
    with city(of_any_release=True), progress() as bar:
        task = bar.add_task("Backing up", total=None)
        try:
            size = archive.back_up(
                file, lambda done, total: bar.update(task, completed=done, total=total), recipients=recipients
            )
        except (archive.ArchiveProblem, OSError, psycopg.Error) as problem:
            refuse(f"No backup was made: {told(problem)}")
    if as_json:
        typer.echo(json.dumps({"file": str(file), "bytes": size, "encrypted": bool(recipients)}))
        return
    readable = "only the keys it was made for open it" if recipients else "whoever reads it has everything"
    console.print(f"{file} holds the city ({size / 1e6:,.1f} MB); {readable}.")


@app.command("backup-key", epilog="Example: `cityhall backup-key private-key.txt`")
def backup_key(file: Annotated[Path, typer.Argument(help="Where to write the private key.")]) -> None:
    """Make a pair of keys for backups: the private one into FILE, the public one printed.

    Make it on a machine that is not the server, or move the file away: what the server cannot open, nobody who breaks
    into it can open either. Without the private key the backups are lost, so keep two copies.
    """
    from cityhall.config import archive

    private, public = archive.new_key()
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        refuse(f"No key was made: {file} is there already, and the key in it may open backups. Choose another name.")
    except OSError as problem:
        refuse(f"No key was made: {told(problem)}")
    with os.fdopen(handle, "w") as out:
        out.write(private)
    console.print(f"The private key is in {file}. Give the server the public one, as CITYHALL_BACKUP_RECIPIENTS:")
    typer.echo(public)


@app.command(epilog="Example: `cityhall --data /srv/again restore /mnt/backups/city.tar.age --key private-key.txt`")
def restore(
    file: Annotated[Path, typer.Argument(exists=True, help="A file `cityhall backup` wrote.")],
    key: Key = None,
    erasures: Annotated[
        Path | None,
        typer.Option("--erasures", exists=True, dir_okay=False, help="The list of erasures, if not beside FILE."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Put a backup into an empty data folder, prove the audit chain is whole, and erase again who was erased since."""
    from cityhall.config import archive, backups, rehearsal

    listed = erasures or (file.resolve().parent / "erasures.jsonl")
    try:
        with archive.opened(file, key) as plain:
            with console.status("Checking the file…"):
                made_at = archive.check(plain).made_at
            with running_database(), console.status("Loading the database…"):
                verdict = rehearsal.load(plain)
                again = backups.erase_again(listed)
    except (archive.ArchiveProblem, OSError, psycopg.Error) as problem:
        refuse(f"Nothing was restored: {told(problem)}")
    if verdict.problem:
        refuse(f"The city was restored, but its audit chain is broken: {verdict.problem}.")
    if as_json:
        typer.echo(json.dumps({"file": str(file), "sealed_entries": verdict.entries, "erased_again": again}))
        return
    console.print(f"The city is restored; its audit chain is whole ({verdict.entries:,} sealed entries).")
    if again is not None:
        console.print(f"Erased again, from {listed}: {again:,}.")
    else:
        console.print(
            f"Nobody was erased again: no list of erasures lies beside {file}. If the city erased somebody after"
            f" {made_at[:16]}, put its erasures.jsonl into the data folder: the worker erases them again within the"
            " hour."
        )


def _rehearse(file: Path, key: Path | None, *, as_json: bool) -> None:
    from cityhall.config import archive, rehearsal

    try:
        with archive.opened(file, key) as plain, rehearsal.elsewhere():
            with console.status("Checking the file…"):
                manifest = archive.check(plain)
            with running_database(), console.status("Restoring it in a place of its own…"):
                report = rehearsal.rehearse(plain, manifest)
    except (archive.ArchiveProblem, OSError) as problem:
        refuse(f"The backup cannot be restored: {told(problem)}")
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "file": str(file), "made_at": manifest.made_at, "release": manifest.release, "rows": report.rows,
                    "blobs": report.blobs, "sealed_entries": report.sealed, "problems": report.problems,
                }
            )
        )  # fmt: skip
        raise typer.Exit(1 if report.problems else 0)
    if report.problems:
        console.print("[bold red]The backup was restored, but is not whole:[/]")
        for problem_found in report.problems[:20]:
            console.print(f"• {problem_found}")
        raise typer.Exit(1)
    counted = "as many as were backed up" if report.counted else "not compared: the release that made it did not count"
    console.print(
        f"{file} can be restored: {report.rows:,} rows ({counted}), {report.blobs:,} files looked at, the audit chain"
        f" whole ({report.sealed:,} sealed entries). Made {manifest.made_at[:16].replace('T', ' ')} UTC by release"
        f" {manifest.release}."
    )


@app.command(epilog="Example: `cityhall --data /srv/city doctor`")
def doctor(as_json: Json = False) -> None:
    """Say what this city still needs, and what is wrong, each with its mend."""
    from cityhall.config import backups

    with city():
        from cityhall.kernel.offers import health_checks, setup_checks

        wrong = {check.key: problem for check in health_checks if (problem := check.check())}
        missing = {check.key: list(check.check()) for check in setup_checks}
        missing["machine"] = list(_machine())
    newest = backups.newest()
    missing = {key: found for key, found in missing.items() if found}
    if as_json:
        backup_at = newest[0].isoformat() if newest else None
        typer.echo(json.dumps({"wrong": wrong, "missing": missing, "newest_backup": backup_at}))
    else:
        for key, problem in wrong.items():
            console.print(f"[bold red]✗ {key}:[/] {as_called(problem)}", soft_wrap=True)
        for key, found in missing.items():
            for text in found:
                console.print(f"[yellow]• {key}:[/] {as_called(text)}", soft_wrap=True)
        if newest is not None:
            console.print(f"The newest scheduled backup is {newest[1]}.")
        if not wrong and not missing:
            console.print("Everything is in order.")
    raise typer.Exit(1 if wrong else 0)


def _machine() -> Iterator[str]:
    from django.conf import settings

    free = shutil.disk_usage(settings.CITYHALL_DATA).free
    if free < 2_000_000_000:
        yield f"Only {free / 1e9:.1f} GB are free at {settings.CITYHALL_DATA}. Free some, or move the data folder."
    for file in sorted((settings.CITYHALL_DATA / "secrets").glob("*")):
        if file.stat().st_mode & 0o077:
            yield f"Others on this machine can read {file}. Run: chmod 600 {file}"
    if not settings.CITYHALL_DEMO and not settings.SECURE:
        yield "The public address is not https. Set it with `cityhall init --public-url https://311.city.example`."
    if not settings.CITYHALL_DEMO and len(settings.SECRET_KEY) < 32:
        yield "CITYHALL_SECRET_KEY is too short to be safe. Unset it, and one is made in the data folder."
    if settings.DEBUG:
        yield "CITYHALL_DEBUG is on. Unset it: it shows strangers the inside of errors."
