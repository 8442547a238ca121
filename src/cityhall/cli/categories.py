"""`cityhall categories`: what residents can report, as a file one can read, edit and keep."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from cityhall.cli.app import app
from cityhall.cli.runtime import city, console
from cityhall.kernel.actors import system
from cityhall.kernel.errors import CityhallError, Invalid

commands = typer.Typer(no_args_is_help=True, help="Category packs: what residents can report, in one file.")
app.add_typer(commands, name="categories")

Json = Annotated[bool, typer.Option("--json", help="One JSON line for programs.")]


@commands.command("load", epilog="Example: `cityhall categories load pack.toml --check`")
def load(
    pack: Annotated[Path | None, typer.Argument(help="A category pack (TOML); none loads the one that ships.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only say whether the pack can be loaded.")] = False,
    as_json: Json = False,
) -> None:
    """Load a pack of categories with their groups, departments and questions.

    What is there already is brought up to date by its code; nothing is ever removed. Begin a pack of your own with
    `cityhall categories export`.
    """
    with city():
        from cityhall.apps.service_requests import public as requests

        try:
            if check:
                count = len(requests.read_category_pack(pack)["categories"])
            else:
                count = requests.load_category_pack(pack, actor=system("Command line"))
        except CityhallError as refusal:
            _refuse(refusal, as_json=as_json)
    if as_json:
        typer.echo(json.dumps({"categories": count, "loaded": not check}))
    else:
        console.print(f"{count} categories {'can be loaded' if check else 'loaded'}.")


@commands.command("export", epilog="Example: `cityhall categories export pack.toml`")
def export(
    file: Annotated[Path, typer.Argument(help="Where to write the pack; a file that is there is replaced.")],
) -> None:
    """Write this city's categories as a pack. Loading it again changes nothing."""
    with city():
        from cityhall.apps.service_requests import public as requests

        text = requests.export_category_pack()
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as problem:
        console.print(f"[bold red]{file} cannot be written:[/] {problem.strerror}")
        raise typer.Exit(1) from problem
    console.print(f"{file} holds the categories.")


def _refuse(refusal: CityhallError, *, as_json: bool) -> NoReturn:
    fields = refusal.fields if isinstance(refusal, Invalid) else {"pack": refusal.message}
    if as_json:
        typer.echo(json.dumps({"refused": {name: str(text) for name, text in fields.items()}}))
    else:
        console.print("[bold red]Nothing was loaded:[/]")
        for text in fields.values():
            console.print(f"• {text}", soft_wrap=True, markup=False)
    raise typer.Exit(2) from refusal
