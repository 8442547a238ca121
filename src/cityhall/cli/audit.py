"""`cityhall audit`: is the audit chain whole?"""

from __future__ import annotations

import json
from typing import Annotated

import typer

from cityhall.cli.app import app
from cityhall.cli.runtime import city, console

commands = typer.Typer(no_args_is_help=True, help="The audit log: every write, chained so that changes show.")
app.add_typer(commands, name="audit")


@commands.command(epilog="Example: `cityhall audit verify`")
def verify(as_json: Annotated[bool, typer.Option("--json", help="One JSON line for programs.")] = False) -> None:
    """Seal what waits, recompute the whole chain and compare its head with the anchor outside the database."""
    with city():
        from cityhall.kernel.django import audit

        while audit.seal():
            pass
        verdict = audit.verify()
    if as_json:
        typer.echo(json.dumps({"entries": verdict.entries, "head": verdict.head, "problem": verdict.problem}))
    elif verdict.problem:
        console.print(f"[bold red]The audit chain is broken:[/] {verdict.problem}.")
    else:
        console.print(f"The audit chain is whole: {verdict.entries:,} entries, head {verdict.head[:16]}…")
    raise typer.Exit(1 if verdict.problem else 0)
