"""`cityhall opendata`: publish data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cityhall.cli.app import app
from cityhall.cli.runtime import city, console, progress, refuse

commands = typer.Typer(no_args_is_help=True, help="Open data: publish a table that everybody can query.")
app.add_typer(commands, name="opendata")


@commands.command("publish")
def publish(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV file with a heading.")],
    contract: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="The dataset's contract, a TOML file. Without one, types are guessed."
        ),
    ] = None,
    name: Annotated[str, typer.Option(help="The dataset's name in addresses. Default: the contract's or file's.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON line for programs.")] = False,
) -> None:
    """Publish a file as a dataset, new or anew. Rows that cannot be used are put aside with their reason.

    A file that breaks the contract is refused, and what was published before stays up.
    """
    with city():
        from cityhall.apps.opendata import public
        from cityhall.apps.opendata.contracts import Refused
        from cityhall.kernel.actors import system
        from cityhall.kernel.errors import CityhallError, Invalid

        try:
            terms = public.read_contract(contract.read_text(encoding="utf-8")) if contract else None
            with progress() as bar:
                task = bar.add_task("Reading", total=None)
                done = public.publish_file(
                    file,
                    actor=system("Command line"),
                    contract=terms,
                    name=name,
                    progress=lambda what: bar.update(task, description=what.capitalize()),
                )
        except Invalid as refusal:
            refuse("\n".join(f"{field}: {words}" for field, words in refusal.fields.items()))
        except Refused as refusal:
            refuse("Not published; what was published before stays up. " + " ".join(refusal.reasons))
        except CityhallError as refusal:
            refuse(str(refusal.message))
        except UnicodeDecodeError:
            refuse(f"{contract} is no UTF-8 text.")
    for why, many in done.reasons.items():
        console.print(f"Put aside: {many:,} × {why}.", soft_wrap=True)
    if as_json:
        line = {
            "id": done.id, "resource_id": str(done.resource_id), "snapshot": done.snapshot, "rows": done.rows,
            "quarantined": done.quarantined, "seconds": done.seconds,
        }  # fmt: skip
        typer.echo(json.dumps(line))
        return
    told = "Published" if done.is_new else "Nothing has changed:"
    console.print(
        f"{told} {done.rows:,} rows as [bold]{done.id}[/] (snapshot {done.snapshot}). Read them at /data/{done.id}/"
    )
