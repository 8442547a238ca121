"""`cityhall categories`: what residents can report, as a file one can read, edit and keep."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from cityhall.cli.app import app
from cityhall.cli.runtime import city, console, refuse
from cityhall.kernel.actors import system
from cityhall.kernel.errors import CityhallError, Invalid

if TYPE_CHECKING:
    from cityhall.apps.service_requests.contracts import PackLook

commands = typer.Typer(no_args_is_help=True, help="Category packs: what residents can report, in one file.")
app.add_typer(commands, name="categories")

Json = Annotated[bool, typer.Option("--json", help="One JSON line for programs.")]

#: How many lines are told of what a pack changes.
_MOST = 12


@commands.command("load", epilog="Example: `cityhall categories load pack.toml --check`")
def load(
    pack: Annotated[Path | None, typer.Argument(help="A category pack (TOML); none loads the one that ships.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only say whether the pack can be loaded, and what it would change.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Load the pack that ships over categories that are there already.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Load a pack of categories with their groups, departments and questions.

    What is there already is brought up to date by its code; nothing is ever removed, nor is a translation that the
    pack leaves out of a text. Begin a pack of your own with `cityhall categories export`.
    """
    with city():
        from cityhall.apps.service_requests import public as requests

        try:
            look = requests.look_at_category_pack(pack)
            if pack is None and not (yes or check):
                _need_yes(look)
            if not check:
                requests.load_category_pack(pack, actor=system("Command line"))
        except CityhallError as refusal:
            _refuse(refusal, as_json=as_json)
    if as_json:
        found = {"categories": look.categories, "loaded": not check, "changed": look.changed, "added": look.added}
        typer.echo(json.dumps({**found, "lacking": look.lacking}))
        return
    if check:
        _list("It would change:", look.changed)
        _list("It would add:", look.added)
    for text in look.lacking:
        console.print(f"Note: {text}.", soft_wrap=True, markup=False)
    word = "category" if look.categories == 1 else "categories"
    console.print(f"{look.categories} {word} {'can be loaded' if check else 'loaded'}.")


def _need_yes(look: PackLook) -> None:
    """Refuse to load the pack that ships over what a city calls its own: nobody named it."""
    if not look.changed and (look.is_first or not look.added):
        return
    console.print("[bold red]Nothing was loaded:[/] this city has categories or departments of its own already.")
    _list("The pack that ships would change:", look.changed)
    _list("It would add:", look.added)
    refuse("Name the file of your pack, or give --yes to load the one that ships.", code=2)


def _list(heading: str, lines: list[str]) -> None:
    if lines:
        console.print(heading)
    for line in lines[:_MOST]:
        console.print(f"• {line}", soft_wrap=True, markup=False)
    if len(lines) > _MOST:
        console.print(f"• and {len(lines) - _MOST:,} more")


@commands.command("export", epilog="Example: `cityhall categories export pack.toml`")
def export(
    file: Annotated[Path, typer.Argument(help="Where to write the pack.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write this city's categories as a pack. Loading it again changes nothing."""
    if file.exists() and not force:
        refuse(f"Nothing was written: {file} is there already. Choose another name, or give --force to replace it.")
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
