"""`cityhall requests`: load another system's history, and hand ours out."""

from __future__ import annotations

import json
import os
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from cityhall.cli.app import app
from cityhall.cli.runtime import city, console, writable
from cityhall.kernel.actors import system
from cityhall.kernel.errors import CityhallError

if TYPE_CHECKING:
    from cityhall.apps.service_requests.public import Report

commands = typer.Typer(no_args_is_help=True, help="Service requests: histories in, published requests out.")
app.add_typer(commands, name="requests")

#: How far what takes minutes stands back for the web processes where the machine is busy.
_BEHIND_PAGES = 10
#: What may come of a row, and what that means.
_OUTCOMES = {
    "imported": "new",
    "updated": "here before or earlier in the file, and changed",
    "unchanged": "here before or earlier in the file, and the same",
    "quarantined": "cannot be used",
}


class Format(StrEnum):
    """Formats of `cityhall requests export`."""

    CSV = "csv"
    JSONL = "jsonl"
    GEOREPORT_JSON = "georeport-json"
    GEOREPORT_XML = "georeport-xml"
    SAN_DIEGO = "san-diego"


@commands.command("import", epilog="Example: `cityhall requests import history.csv --dry-run`")
def import_requests(
    file: Annotated[Path, typer.Argument(help="CSV, JSON, JSON lines, GeoJSON or XML; packed or not.")],
    profile: Annotated[
        str, typer.Option("--profile", help="Name of a profile, or path of your own. Default: told by the columns.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count everything, write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON line for programs.")] = False,
    quarantine: Annotated[
        Path | None,
        typer.Option("--quarantine", metavar="OUT.csv", help="Write the rows that could not be used, with the reason."),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of", metavar="YYYY-MM-DD", formats=["%Y-%m-%d"], help="The day a file without dates is from."
        ),
    ] = None,
    open_categories: Annotated[
        bool, typer.Option("--open-categories", help="Let residents file under categories the import makes.")
    ] = False,
) -> None:
    """Load a file of service requests. Loading it again changes nothing; a newer file updates what it changed."""
    writable(quarantine)
    with city():
        from cityhall.apps.service_requests import public as requests

        bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=as_json,
            transient=True,
        )
        with bar:
            task = bar.add_task(file.name, total=1.0)
            try:
                report = requests.import_file(
                    file,
                    actor=system("Import"),
                    profile=profile,
                    dry_run=dry_run,
                    as_of=as_of.date() if as_of else None,
                    quarantine=quarantine,
                    open_for_filing=open_categories,
                    progress=lambda rows, share: bar.update(
                        task, completed=share, description=f"{file.name}: {rows:,} rows"
                    ),
                )
            except CityhallError as refusal:
                bar.stop()
                _refuse(str(refusal.message), as_json=as_json)
    if as_json:
        numbers = {name: getattr(report, name) for name in ("rows", *_OUTCOMES)}
        typer.echo(json.dumps({**numbers, "seconds": report.seconds}))
        return
    _show(report, dry_run=dry_run, quarantine=quarantine, opened=open_categories)


@commands.command("export", epilog="Example: `cityhall requests export requests.csv --format csv`")
def export_requests(
    file: Annotated[Path, typer.Argument(help="Where to write.")],
    form: Annotated[Format, typer.Option("--format", help="What to write.")] = Format.CSV,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON line for programs.")] = False,
) -> None:
    """Write what the public may see of every request, while pages come first. The file can be imported again."""
    os.nice(_BEHIND_PAGES)
    with city():
        from cityhall.apps.service_requests import public as requests

        try:
            rows = requests.export_file(file, form.value)
        except (CityhallError, OSError) as refusal:
            _refuse(f"{file} cannot be written: {refusal}", as_json=as_json)
    if as_json:
        typer.echo(json.dumps({"rows": rows, "format": form.value}))
    else:
        console.print(f"{rows:,} requests written to {file}.")


@commands.command("recount", epilog="Example: `cityhall requests recount`")
def recount(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for programs.")] = False,
) -> None:
    """Count the figures again from the requests, mend what differs and say what it was. Nobody's work waits for it."""
    os.nice(_BEHIND_PAGES)
    with city():
        from cityhall.apps.service_requests import public as requests

        found = requests.recount_tallies()
    if as_json:
        typer.echo(json.dumps(found))
        return
    if not found["differences"]:
        console.print("The figures are what a recount finds.")
        return
    console.print(f"[bold]{found['differences']:,}[/] rows of the figures were wrong and are mended. Added to them:")
    for row in found["first"][:20]:
        counts = ", ".join(f"{name} {value:+d}" for name, value in row.items() if isinstance(value, int) and value)
        where = ", ".join(f"{name} {row[name]}" for name in ("area", "category", "department", "team") if row[name])
        console.print(f"  {row.get('month') or row['day']}, {where or 'the whole city'}: {counts or 'days to fix'}")
    if found["differences"] > 20:
        console.print(f"  and {found['differences'] - 20:,} more; --json names the first 1,000.")


def _refuse(told: str, *, as_json: bool) -> NoReturn:
    if as_json:
        typer.echo(json.dumps({"error": told}))
    console.print(f"[bold red]Not imported:[/] {told}" if not as_json else told, soft_wrap=True)
    raise typer.Exit(2)


def _show(report: Report, *, dry_run: bool, quarantine: Path | None, opened: bool) -> None:
    would = " (dry run: nothing was written)" if dry_run else ""
    console.print(f"Read as [bold]{report.profile}[/]{would}: {report.rows:,} rows in {report.seconds:,.1f} s.")
    table = Table(show_header=False, box=None)
    for name, meaning in _OUTCOMES.items():
        table.add_row(name, f"{getattr(report, name):,}", f"[dim]{meaning}[/]")
    for code, count in report.reasons.items():
        table.add_row(f"  {code}", f"{count:,}")
    console.print(table)
    if report.linked:
        console.print(f"{report.linked:,} of them repeat another request and are its duplicates now.")
    if report.made:
        count = len(report.made)
        made, them = ("1 category was made", "it") if count == 1 else (f"{count:,} categories were made", "them")
        filing = "may" if opened else "cannot"
        console.print(
            f"{made}, and residents {filing} file under {them}. Places in {them} are shown roughly, words and photos "
            "not at all, until staff say otherwise."
        )
    outside = report.reasons.get("outside_boundary", 0)
    if outside > report.rows / 2:
        console.print(
            f"{outside:,} of {report.rows:,} rows lie outside the boundary. Is this file your city's? And is the"
            " boundary?"
        )
    if report.quarantined and quarantine is None:
        console.print("Give --quarantine OUT.csv to get the rows that could not be used, with the reason.")
